//! A field of a form: checked by the rules of the API, with a sentence that stands under it.

use garde::Validate;
use serde::de::DeserializeOwned;

use crate::platform::language::Language;
use crate::platform::text::{capitalized, split_fault};
use crate::problem::Problem;

/// The value of a field, or a sentence that says what to change.
pub(super) fn field<T>(value: &str) -> Result<T, String>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    let read = serde_json::from_value::<T>(value.into());
    let field = read.map_err(|error| capitalized(&format!("{error}.")))?;
    field.validate().map_err(|report| {
        let first = report.iter().next().map(|(_, error)| error.message());
        let (_, detail) = split_fault(first.unwrap_or_default());
        capitalized(detail)
    })?;
    Ok(field)
}

/// The sentence under a field. The exact one is English: in other languages the message with this key
/// stands in its place.
pub(super) fn in_language(error: String, language: Language, key: &str) -> String {
    if language == Language::ENGLISH {
        error
    } else {
        language.say(key).to_string()
    }
}

/// The sentence about a field that the operation refused.
pub(super) fn refusal(outcome: Result<(), Problem>) -> Result<Option<String>, Problem> {
    match outcome {
        Ok(()) => Ok(None),
        Err(Problem::Invalid(errors)) => {
            let first = errors.into_iter().next();
            Ok(first.map(|error| capitalized(&error.detail)))
        }
        Err(problem) => Err(problem),
    }
}
