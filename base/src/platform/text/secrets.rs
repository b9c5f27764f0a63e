//! Passwords and other secrets. They are used as they were typed and never cleaned.

use std::borrow::Cow;

use garde::Validate;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::garde_error;
use crate::problem::FieldErrorCode;

/// A new password: 12 to 256 characters of any kind, never trimmed.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct NewPassword(SecretString);

impl NewPassword {
    /// The password as it was typed.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl Validate for NewPassword {
    type Context = ();
    fn validate_into(
        &self,
        (): &(),
        parent: &mut dyn FnMut() -> garde::Path,
        report: &mut garde::Report,
    ) {
        let fault = match self.expose().chars().count() {
            ..12 => Some((FieldErrorCode::TooShort, "At least 12 characters.".into())),
            257.. => Some((FieldErrorCode::TooLong, "At most 256 characters.".into())),
            _ => None,
        };
        if let Some(fault) = fault {
            report.append(parent(), garde_error(fault));
        }
    }
}

impl utoipa::PartialSchema for NewPassword {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::Password,
            )))
            .description(Some("A new password: 12 to 256 characters of any kind. `GET /v1/server` says if this server asks \
                 for more than 12. Refused with 422 `too_short`, `password_too_weak` or `password_breached`."))
            .min_length(Some(12))
            .max_length(Some(256))
            .examples(["correct horse battery staple"])
            .into()
    }
}

impl utoipa::ToSchema for NewPassword {
    fn name() -> Cow<'static, str> {
        "NewPassword".into()
    }
}

/// A secret that a caller sends to sign in: at most 1024 bytes.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct PresentedSecret(SecretString);

impl PresentedSecret {
    /// The secret as it was sent.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl Validate for PresentedSecret {
    type Context = ();
    fn validate_into(
        &self,
        (): &(),
        parent: &mut dyn FnMut() -> garde::Path,
        report: &mut garde::Report,
    ) {
        if self.expose().len() > 1024 {
            report.append(
                parent(),
                garde_error((FieldErrorCode::TooLong, "At most 1024 bytes.".into())),
            );
        }
    }
}

impl utoipa::PartialSchema for PresentedSecret {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(1024))
            .into()
    }
}

impl utoipa::ToSchema for PresentedSecret {
    fn name() -> Cow<'static, str> {
        "PresentedSecret".into()
    }
}
