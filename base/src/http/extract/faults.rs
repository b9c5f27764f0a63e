//! Lists everything that is wrong with a body: each fault with its field and with what to send
//! instead. The texts never contain a message of a library or a value of the body.

use std::collections::BTreeSet;

use garde::Validate;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::bounds::{BrokenBound, bounds};
use crate::http::openapi::{Shape, what_to_send};
use crate::platform::text::capitalized;
use crate::problem::{FieldError, FieldErrorCode, Problem};

/// At most so many faults of a request are listed.
pub(crate) const MOST_FAULTS: usize = 50;

/// Reads a body and checks its bounds.
pub(super) fn judge<T>(value: &Value, shape: &Shape) -> Result<T, Problem>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    // serde would read a list as the fields of the struct in their order.
    let Value::Object(members) = value else {
        return Err(Problem::field(
            "",
            FieldErrorCode::WrongType,
            "Send an object.",
        ));
    };
    match read::<T>(value) {
        Ok(body) => {
            let broken = bounds(&body, members);
            if broken.is_empty() {
                return Ok(body);
            }
            let errors = broken.into_iter().map(|bound| bound.error);
            Err(Problem::Invalid(errors.collect()))
        }
        Err(first) => Err(Problem::Invalid(all_faults::<T>(members, shape, &first))),
    }
}

/// Where a value does not fit, and the message of serde about it.
struct Misfit {
    pointer: String,
    message: String,
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Misfit> {
    serde_path_to_error::deserialize(value).map_err(|error| Misfit {
        pointer: pointer(&error.path().to_string()),
        message: error.inner().to_string(),
    })
}

/// The faults of each field, the missing fields, and the bounds that readable fields break.
fn all_faults<T>(members: &Map<String, Value>, shape: &Shape, first: &Misfit) -> Vec<FieldError>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    let mut errors = Vec::new();
    let mut faulty = BTreeSet::new();
    for (name, value) in members {
        if errors.len() >= MOST_FAULTS {
            return errors;
        }
        let before = errors.len();
        errors.extend(faults_of::<T>(name, value, shape));
        if errors.len() > before {
            faulty.insert(name.as_str());
        }
    }
    for name in shape.required().filter(|name| !members.contains_key(*name)) {
        errors.push(missing(&format!("/{name}"), shape));
        faulty.insert(name);
    }
    // Faulty fields are replaced by the document's example, so that the other fields can be
    // checked.
    let mut mended = members.clone();
    mended.retain(|name, _| !faulty.contains(name.as_str()));
    for name in shape.required().filter(|name| faulty.contains(name)) {
        mended.insert(name.to_owned(), shape.example()[name].clone());
    }
    if let Ok(body) = read::<T>(&Value::Object(mended)) {
        let of_faulty = |bound: &BrokenBound| {
            let name = bound.error.pointer.split('/').nth(1).unwrap_or_default();
            let mut fields = bound.others.split(',').chain([name]);
            fields.any(|field| faulty.contains(field))
        };
        let broken = bounds(&body, members)
            .into_iter()
            .filter(|bound| !of_faulty(bound));
        errors.extend(broken.map(|bound| bound.error));
    }
    if errors.is_empty() {
        errors.push(shape_error(first, shape));
    }
    errors
}

/// The faults of one field. For a list, the faults of every item.
fn faults_of<T: DeserializeOwned>(name: &str, value: &Value, shape: &Shape) -> Vec<FieldError> {
    let alone = |value: &Value| {
        let members = Map::from_iter([(name.to_owned(), value.clone())]);
        read::<T>(&Value::Object(members)).err().filter(|misfit| {
            // This body has only one field, so the others are missing. That is not a fault here.
            !(misfit.pointer.is_empty() && misfit.message.starts_with("missing field"))
        })
    };
    let Some(misfit) = alone(value) else {
        return Vec::new();
    };
    let items = value.as_array().into_iter().flatten().enumerate();
    let start = format!("/{name}/0");
    let of_items: Vec<_> = items
        .filter_map(|(index, item)| {
            let mut misfit = alone(&Value::Array(vec![item.clone()]))?;
            let rest = misfit.pointer.strip_prefix(&start)?;
            misfit.pointer = format!("/{name}/{index}{rest}");
            Some(shape_error(&misfit, shape))
        })
        .collect();
    if of_items.is_empty() {
        return vec![shape_error(&misfit, shape)];
    }
    of_items
}

/// Turns the path `a.b[0]` into the JSON pointer `/a/b/0`.
pub(super) fn pointer(path: &str) -> String {
    path.split(['.', '['])
        .map(|part| part.trim_end_matches(']'))
        .filter(|part| !part.is_empty() && *part != "?")
        .flat_map(|part| ["/".into(), part.replace('~', "~0").replace('/', "~1")])
        .collect()
}

fn missing(pointer: &str, shape: &Shape) -> FieldError {
    let detail = format!("This is required. {}", what_to_send(shape.at(pointer)));
    FieldError::new(pointer, FieldErrorCode::Required, detail)
}

/// Turns a misfit into a field error that says what to send.
fn shape_error(misfit: &Misfit, shape: &Shape) -> FieldError {
    let (pointer, message) = (misfit.pointer.as_str(), misfit.message.as_str());
    let child = || {
        let name = message.split('`').nth(1).unwrap_or_default();
        if pointer.ends_with(&format!("/{name}")) {
            pointer.to_owned()
        } else {
            format!("{pointer}/{name}")
        }
    };
    let send = || what_to_send(shape.at(pointer));
    let (code, detail) = if message.starts_with("unknown field") {
        let pointer = child();
        let around = pointer.rsplit_once('/').map_or("", |(around, _)| around);
        let known = shape.known_fields(around).join(", ");
        let detail = format!("There is no such field. These exist: {known}.");
        return FieldError::new(pointer, FieldErrorCode::UnknownField, detail);
    } else if message.starts_with("missing field") {
        return missing(&child(), shape);
    } else if message.starts_with("invalid type: null") {
        (
            FieldErrorCode::WrongType,
            about_null(&send(), shape.may_leave_out(pointer)),
        )
    } else if message.starts_with("unknown variant") {
        (FieldErrorCode::UnknownValue, send())
    } else if message.starts_with("invalid ") && message.contains(", expected ") {
        (FieldErrorCode::WrongType, send())
    } else if is_ours(message) {
        (FieldErrorCode::InvalidValue, sentence(message))
    } else {
        (FieldErrorCode::InvalidValue, send())
    };
    FieldError::new(pointer, code, detail)
}

/// Names both null and empty, because an empty text in a merge patch means null.
fn about_null(send: &str, optional: bool) -> String {
    match send.strip_prefix('S').filter(|_| optional) {
        Some(rest) => format!("This cannot be null or empty: leave it out, or s{rest}"),
        None => format!("This cannot be null or empty. {send}"),
    }
}

/// Whether it is a sentence of Kith's own types, which says what to send. They begin with
/// "this".
pub(super) fn is_ours(message: &str) -> bool {
    message.starts_with("this ")
}

/// Makes a message of serde a sentence: with a capital letter and a full stop, without line and
/// column.
pub(super) fn sentence(text: &str) -> String {
    let text = text.split(" at line ").next().unwrap_or_default();
    let text: String = text.chars().take(200).collect();
    format!("{}.", capitalized(&text))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::super::query_faults::judge_query;
    use super::super::strict::parse_strictly;
    use super::*;
    use crate::platform::text::{Notes, Title};

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[garde(dive)]
        title: Title,
        #[serde(default)]
        #[garde(dive)]
        notes: Option<Notes>,
        #[serde(default)]
        #[garde(skip)]
        _numbers: Vec<i32>,
    }

    fn shape() -> Shape {
        Shape::of_body(json!({
            "properties": {
                "title": { "type": "string" },
                "notes": { "type": ["string", "null"] },
                "_numbers": { "type": "array", "items": { "type": "integer" } },
            },
            "required": ["title"],
            "examples": [{ "title": "Pick up the prescription" }],
        }))
    }

    fn faults(json: &str) -> Vec<FieldError> {
        let judged =
            parse_strictly(json.as_bytes()).and_then(|value| judge::<Body>(&value, &shape()));
        match judged {
            Ok(_) => Vec::new(),
            Err(Problem::Invalid(errors)) => errors,
            Err(problem) => vec![FieldError::new(
                "",
                FieldErrorCode::InvalidValue,
                format!("{problem:?}"),
            )],
        }
    }

    fn errors(json: &str) -> Vec<String> {
        let faults = faults(json).into_iter();
        faults
            .map(|error| format!("{} {}", error.pointer, error.code.as_str()))
            .collect()
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Query {
        #[serde(default)]
        _limit: Option<u8>,
    }

    #[test]
    fn of_a_query_of_thousands_of_parameters_so_many_faults_are_told() {
        let names: Vec<String> = (0..20_000).map(|number| format!("x{number}=1")).collect();
        match judge_query::<Query>(&names.join("&"), &shape()) {
            Err(Problem::BadQuery(errors)) => {
                assert_eq!(errors.len(), MOST_FAULTS);
                assert_eq!(errors[0].pointer, "?x0");
            }
            judged => panic!("{judged:?}"),
        }
    }

    #[test]
    fn every_bad_field_is_named_at_once() {
        let long = format!(r#"{{"title": "", "notes": "{}"}}"#, "n".repeat(4001));
        assert_eq!(errors(&long), ["/notes too_long", "/title too_short"]);
        let mixed = format!(
            r#"{{"notes": "{}", "x": 1, "_numbers": [1, "b", 2, true], "y": 2}}"#,
            "n".repeat(4001)
        );
        assert_eq!(
            errors(&mixed),
            [
                "/_numbers/1 wrong_type",
                "/_numbers/3 wrong_type",
                "/x unknown_field",
                "/y unknown_field",
                "/title required",
                "/notes too_long",
            ]
        );
    }

    #[test]
    fn a_shape_error_points_at_the_member() {
        assert_eq!(errors("{}"), ["/title required"]);
        assert_eq!(errors(r#"{"title": 3}"#), ["/title wrong_type"]);
        assert_eq!(errors(r#"{"title": "a", "x": 1}"#), ["/x unknown_field"]);
        assert_eq!(
            errors(r#"{"title": "a", "_numbers": [1, "b"]}"#),
            ["/_numbers/1 wrong_type"]
        );
        assert_eq!(
            errors(r#"{"title": "a\u0000"}"#),
            ["/title forbidden_character"]
        );
    }

    #[test]
    fn a_fault_says_what_to_send() {
        let detail = |json: &str| faults(json).remove(0).detail;
        assert_eq!(detail(r#"{"title": 3}"#), "Send a text.");
        assert_eq!(detail("{}"), "This is required. Send a text.");
        assert_eq!(
            detail(r#"{"title": null}"#),
            "This cannot be null or empty. Send a text."
        );
        assert_eq!(
            detail(r#"{"title": "a", "_numbers": null}"#),
            "This cannot be null or empty: leave it out, or send a list; each of its items is a \
             whole number."
        );
        assert_eq!(
            detail(r#"{"title": "a", "_numbers": [null]}"#),
            "This cannot be null or empty. Send a whole number."
        );
        assert_eq!(
            detail(r#"{"title": "a", "x": 1}"#),
            "There is no such field. These exist: _numbers, notes, title."
        );
        assert_eq!(
            detail(r#"{"title": "a", "_numbers": [1.5]}"#),
            "Send a whole number."
        );
    }

    #[test]
    fn what_parsers_disagree_about_is_malformed() {
        let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
        for json in [
            r#"{"title": "a", "title": "b"}"#,
            r#"{"title": "a"} {}"#,
            r#"{"title": "\ud800"}"#,
            &deep,
            "",
            "{",
            "nul",
        ] {
            let fault = faults(json).remove(0);
            assert!(fault.detail.starts_with("Malformed"), "{json}: {fault:?}");
            for word in ["EOF", "expected", "surrogate", "trailing", "ident"] {
                assert!(!fault.detail.contains(word), "{json}: {fault:?}");
            }
        }
    }
}
