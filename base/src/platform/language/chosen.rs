//! The language that a person chose, or that was chosen for a circle.

use std::borrow::Cow;

use garde::Validate;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

use super::Language;

/// The most characters of a tag.
const LONGEST: usize = 35;

/// The tag of a language of this server, as a client sends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct LanguageTag(String);

impl From<Language> for LanguageTag {
    fn from(language: Language) -> Self {
        Self(language.tag().to_owned())
    }
}

impl From<LanguageTag> for String {
    fn from(tag: LanguageTag) -> Self {
        tag.0
    }
}

impl<'de> Deserialize<'de> for LanguageTag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = short(Cow::<str>::deserialize(deserializer)?)?;
        let language = Language::named(&text).ok_or_else(|| {
            de::Error::custom("this server does not have this language. Send one of `languages`")
        })?;
        Ok(language.into())
    }
}

/// Reads a language that has a default. A device may be set to a language that this server does not
/// have: then it is as if none were sent.
pub fn known_or_none<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<LanguageTag>, D::Error> {
    let text = Option::<Cow<'_, str>>::deserialize(deserializer)?;
    let text = text.map(short).transpose()?;
    let language = text.and_then(|text| Language::named(&text));
    Ok(language.map(LanguageTag::from))
}

/// Refuses what is too long for a tag.
fn short<E: de::Error>(text: Cow<'_, str>) -> Result<Cow<'_, str>, E> {
    if text.chars().count() > LONGEST {
        return Err(E::custom("Send at most 35 characters."));
    }
    Ok(text)
}

impl Validate for LanguageTag {
    type Context = ();
    fn validate_into(&self, (): &(), _: &mut dyn FnMut() -> garde::Path, _: &mut garde::Report) {}
}

impl utoipa::PartialSchema for LanguageTag {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "The tag of a language that this server has: see `languages` of `GET /v1/server`. \
                 You can also send a longer tag like `es-MX`; answers have the short one.",
            ))
            .max_length(Some(LONGEST))
            .examples(["es"])
            .into()
    }
}

impl utoipa::ToSchema for LanguageTag {
    fn name() -> Cow<'static, str> {
        "LanguageTag".into()
    }
}
