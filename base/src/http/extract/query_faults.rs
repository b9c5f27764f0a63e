//! Lists everything that is wrong with a query: each fault with its parameter and with what to
//! send instead.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::faults::{MOST_FAULTS, is_ours, sentence};
use crate::http::openapi::{Shape, what_to_send};
use crate::problem::{FieldError, FieldErrorCode, Problem};

/// At most so many parameters of a query are checked for faults.
const MOST_PARAMETERS: usize = 1000;

/// Reads a query, or lists every parameter that cannot be accepted.
pub(super) fn judge_query<T: DeserializeOwned>(query: &str, shape: &Shape) -> Result<T, Problem> {
    let fault = match serde_html_form::from_str(query) {
        Ok(read) => return Ok(read),
        Err(fault) => fault.to_string(),
    };
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes())
        .take(MOST_PARAMETERS)
        .collect();
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in &pairs {
        by_name.entry(name).or_default().push(value);
    }
    let mut errors: Vec<FieldError> = Vec::new();
    for (name, _) in &pairs {
        if errors.len() >= MOST_FAULTS {
            break;
        }
        // Each name once, in the order of the query.
        let name: &str = name;
        let Some(values) = by_name.remove(name) else {
            continue;
        };
        let message_about = |values: &[&str]| {
            let mut alone = url::form_urlencoded::Serializer::new(String::new());
            alone.extend_pairs(values.iter().map(|value| (name, value)));
            let read = serde_html_form::from_str::<T>(&alone.finish());
            let message = read.err().map(|error| error.to_string());
            message.filter(|message| !message.starts_with("missing field"))
        };
        let Some(message) = message_about(&values) else {
            continue;
        };
        let each_fits = values.iter().all(|value| message_about(&[value]).is_none());
        let fault = query_fault(&values, shape.query(name), each_fits, &message);
        errors.push(FieldError::new(format!("?{name}"), fault.0, fault.1));
    }
    if errors.is_empty() && pairs.len() == MOST_PARAMETERS {
        let detail = format!("Send fewer than {MOST_PARAMETERS} parameters.");
        return Err(Problem::Malformed(detail));
    }
    if errors.is_empty() {
        let missing = fault.strip_prefix("missing field `");
        let Some(name) = missing.and_then(|rest| rest.strip_suffix('`')) else {
            return Err(Problem::Malformed("The query cannot be read.".into()));
        };
        let send = what_to_send(shape.query(name));
        errors.push(FieldError::new(
            format!("?{name}"),
            FieldErrorCode::Required,
            send,
        ));
    }
    Err(Problem::BadQuery(errors))
}

fn query_fault(
    values: &[&str],
    schema: &Value,
    each_fits: bool,
    message: &str,
) -> (FieldErrorCode, String) {
    // A list is sent as one parameter several times.
    let schema = Some(&schema["items"])
        .filter(|items| items.is_object())
        .unwrap_or(schema);
    let send = what_to_send(schema);
    let lost_plus = |value: &&str| schema["format"] == "date-time" && value.contains(' ');
    if each_fits {
        (
            FieldErrorCode::GivenTwice,
            "Send this parameter once.".into(),
        )
    } else if values.iter().any(lost_plus) {
        let detail = "A + in a query arrives as a space: send %2B, or a time with Z.";
        (FieldErrorCode::InvalidValue, format!("{send} {detail}"))
    } else if is_ours(message) {
        (FieldErrorCode::InvalidValue, sentence(message))
    } else if schema["enum"].is_array() {
        (FieldErrorCode::UnknownValue, send)
    } else {
        (FieldErrorCode::InvalidValue, send)
    }
}
