//! The failures that an operation names beside `Problem` in its `responses`, because they
//! follow from what it does. `operations.rs` adds those that follow from its kind.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response, ResponseBuilder};

/// A status and what it means.
pub(super) type StatusText = (&'static str, &'static str);

pub(super) const NOT_SIGNED_IN: StatusText =
    ("401", "You are not signed in, or the credentials are wrong");
pub(super) const NOT_ALLOWED: StatusText = ("403", "You are not allowed to do this");
pub(super) const GONE: StatusText = ("410", "The link or code no longer works");

fn declare((status, description): StatusText) -> BTreeMap<String, RefOr<Response>> {
    let response = ResponseBuilder::new().description(description).build();
    [(status.to_owned(), response.into())].into()
}

/// 401 of a public operation that takes credentials.
#[derive(Clone, Copy, Debug)]
pub struct WrongCredentials;

impl IntoResponses for WrongCredentials {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        declare(NOT_SIGNED_IN)
    }
}

/// 403 of a public operation that the operator may have closed.
#[derive(Clone, Copy, Debug)]
pub struct SignupsClosed;

impl IntoResponses for SignupsClosed {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        declare(NOT_ALLOWED)
    }
}

/// 410 of an operation for signed-in people whose link or code can have ended.
#[derive(Clone, Copy, Debug)]
pub struct LinkGone;

impl IntoResponses for LinkGone {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        declare(GONE)
    }
}

/// 429 of an operation with a limit of its own: where secrets can be guessed, where mails go to
/// addresses that nobody has proven, and where all data of a person is read.
#[derive(Clone, Copy, Debug)]
pub struct TriedTooOften;

impl IntoResponses for TriedTooOften {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        declare(("429", "Too many attempts: try again after Retry-After"))
    }
}
