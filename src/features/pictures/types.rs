//! How pictures are sent and answered.

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::entity::ids::FileId;
use crate::platform::crypto::keys::sha256;
use crate::platform::picture::LARGEST_FILE;

/// A size of a picture. All are squares.
///
/// - `large`: 512 pixels wide, or as wide as the picture that was sent, if that is smaller.
/// - `small`: 96 pixels wide, for lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(title = "PictureSize")]
pub enum PictureSize {
    Large,
    Small,
}

impl PictureSize {
    pub(super) const ALL: [Self; 2] = [Self::Large, Self::Small];

    /// The part of the stored file.
    pub(super) fn part(self) -> &'static str {
        match self {
            Self::Large => "large.jpg",
            Self::Small => "small.jpg",
        }
    }
}

/// Which size of a picture to get.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PictureQuery {
    /// The size. Default: `large`.
    #[param(inline)]
    pub size: Option<PictureSize>,
}

impl PictureQuery {
    pub(super) fn size(self) -> PictureSize {
        self.size.unwrap_or(PictureSize::Large)
    }
}

fn file() -> ObjectBuilder {
    let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(binary))
}

/// A picture to set, as bytes.
pub struct PictureToSet;

impl PartialSchema for PictureToSet {
    fn schema() -> RefOr<Schema> {
        file().max_length(Some(LARGEST_FILE)).into()
    }
}

impl ToSchema for PictureToSet {}

/// A picture of a person, as bytes.
pub struct PictureBytes;

impl PartialSchema for PictureBytes {
    fn schema() -> RefOr<Schema> {
        file().into()
    }
}

impl ToSchema for PictureBytes {}

/// How long a client may keep a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeping {
    /// It asks every time, because the address can show another picture.
    Asked,
    /// For good: another picture has another address.
    ForGood,
}

/// The entity tag of a picture. It does not tell the id.
pub(super) fn tag_of(id: FileId, size: PictureSize) -> String {
    let digest = sha256(format!("{id} {}", size.part()).as_bytes());
    format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&digest[..12]))
}

/// A picture, or 304 without its bytes.
#[derive(Debug)]
pub struct Picture {
    pub(super) tag: String,
    /// None: the client has it.
    pub(super) bytes: Option<Bytes>,
    pub(super) keeping: Keeping,
}

impl IntoResponse for Picture {
    fn into_response(self) -> Response {
        let mut response = match self.bytes {
            None => StatusCode::NOT_MODIFIED.into_response(),
            Some(bytes) => {
                let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"))];
                (kind, bytes).into_response()
            }
        };
        let headers = response.headers_mut();
        if let Ok(tag) = HeaderValue::try_from(self.tag) {
            headers.insert(header::ETAG, tag);
        }
        if self.keeping == Keeping::ForGood {
            let for_good = HeaderValue::from_static("private, max-age=31536000, immutable");
            headers.insert(header::CACHE_CONTROL, for_good);
            // A web app of another origin shows it, even one that isolates itself.
            let policy = HeaderName::from_static("cross-origin-resource-policy");
            headers.insert(policy, HeaderValue::from_static("cross-origin"));
        }
        response
    }
}
