//! The ways to fail that follow from what an operation does, and not from its kind:
//! it names them beside `Problem` in its `responses`. The rest of these answers is
//! filled in for all alike (`operations.rs`).

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response, ResponseBuilder};

/// A status and what it means.
pub(super) type Refusal = (&'static str, &'static str);

pub(super) const NOT_SIGNED_IN: Refusal = ("401", "Not signed in, or not the right credentials");
pub(super) const NOT_ALLOWED: Refusal = ("403", "Not allowed");
pub(super) const GONE: Refusal = ("410", "The link or code is no longer good");

fn declare((status, description): Refusal) -> BTreeMap<String, RefOr<Response>> {
    let response = ResponseBuilder::new().description(description).build();
    [(status.to_owned(), response.into())].into()
}

/// 401 of an operation that needs nobody signed in: it takes credentials.
#[derive(Clone, Copy, Debug)]
pub struct WrongCredentials;

impl IntoResponses for WrongCredentials {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        declare(NOT_SIGNED_IN)
    }
}

/// 403 of an operation that needs nobody signed in: the operator may have closed it.
#[derive(Clone, Copy, Debug)]
pub struct SignupsClosed;

impl IntoResponses for SignupsClosed {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        declare(NOT_ALLOWED)
    }
}

/// 410 of an operation for signed-in people: what it is about can have ended.
#[derive(Clone, Copy, Debug)]
pub struct LinkGone;

impl IntoResponses for LinkGone {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        declare(GONE)
    }
}

/// 429 of an operation that slows down who tries it too often: where secrets are
/// guessed, mails are sent to addresses that nobody has proven, or all of somebody is
/// read. All others are counted as usual.
#[derive(Clone, Copy, Debug)]
pub struct TriedTooOften;

impl IntoResponses for TriedTooOften {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        declare(("429", "Tried too often; try again after Retry-After"))
    }
}
