//! The published document. What is equal at several operations is written once, as a component
//! that they refer to: the complete document has twice the size.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::facts::is_public;
use super::{change_operations, enums};
use crate::platform::text::capitalized;

/// Makes the published document of the complete one.
pub fn share(mut document: Value) -> Value {
    change_operations(&mut document, |_, _, operation| {
        leave_one_success(operation);
        ask_for_nothing(operation);
    });
    enums::name(&mut document);
    share_all(&mut document, "headers", headers_of, |name, _| {
        name.to_owned()
    });
    share_all(
        &mut document,
        "parameters",
        parameters_of,
        |_, parameter| parameter["name"].as_str().unwrap_or_default().to_owned(),
    );
    share_all(&mut document, "responses", responses_of, name_of_response);
    document
}

/// Leaves out the answer without a body where there is one with a body. Only a personal access
/// token that may not read gets it, and generators would make a union of both. The description of
/// the document tells it.
fn leave_one_success(operation: &mut Value) {
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    let has_body = |status: &str| {
        let response = responses.get(status);
        response.is_some_and(|response| response["content"].is_object())
    };
    if ["200", "201", "202"].into_iter().any(has_body) {
        responses.remove("204");
    }
}

/// Writes "everybody may" as an empty list. The complete document has a list of one empty
/// alternative, which says on purpose what a forgotten list would not; generators of clients take
/// that for one more way to sign in, and ask for a token.
fn ask_for_nothing(operation: &mut Value) {
    if is_public(operation) {
        operation["security"] = json!([]);
    }
}

/// The places of an operation where something can stand for itself or be shared: what stands
/// there, by the name that it has there.
type Places<'a> = Vec<(String, &'a mut Value)>;

fn responses_of(operation: &mut Value) -> Places<'_> {
    named(&mut operation["responses"])
}

fn headers_of(operation: &mut Value) -> Places<'_> {
    let responses = operation["responses"].as_object_mut().into_iter();
    let responses = responses.flat_map(|all| all.values_mut());
    responses
        .filter_map(|response| response.get_mut("headers"))
        .flat_map(named)
        .collect()
}

fn parameters_of(operation: &mut Value) -> Places<'_> {
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    let parameters = parameters.into_iter().flatten();
    parameters
        .map(|parameter| (String::new(), parameter))
        .collect()
}

fn named(members: &mut Value) -> Places<'_> {
    let members = members.as_object_mut().into_iter().flatten();
    members.map(|(name, value)| (name.clone(), value)).collect()
}

/// Moves what stands at two or more places into components of this kind.
fn share_all(
    document: &mut Value,
    kind: &str,
    places: for<'a> fn(&'a mut Value) -> Places<'a>,
    name: fn(&str, &Value) -> String,
) {
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    change_operations(document, |_, _, operation| {
        for (at, value) in places(operation) {
            if !is_reference(value) {
                *counts.entry((at, value.to_string())).or_default() += 1;
            }
        }
    });
    let components = &document["components"][kind];
    let mut components = components.as_object().cloned().unwrap_or_default();
    let mut names = BTreeMap::new();
    for (at, text, value) in in_order(counts) {
        let base = name(&at, &value);
        let free = free_name(&base, &value, &components);
        components.insert(free.clone(), value);
        names.insert((at, text), format!("#/components/{kind}/{free}"));
    }
    change_operations(document, |_, _, operation| {
        for (at, value) in places(operation) {
            if let Some(reference) = names.get(&(at, value.to_string())) {
                *value = json!({ "$ref": reference });
            }
        }
    });
    if !components.is_empty() {
        document["components"][kind] = Value::Object(components);
    }
}

fn is_reference(value: &Value) -> bool {
    value.get("$ref").is_some()
}

/// What is shared, in the order in which names are given: what is used most gets the plain name.
fn in_order(counts: BTreeMap<(String, String), usize>) -> Vec<(String, String, Value)> {
    let mut shared: Vec<_> = counts
        .into_iter()
        .filter(|(_, count)| *count > 1)
        .filter_map(|((at, text), count)| {
            let value: Value = serde_json::from_str(&text).ok()?;
            Some((usize::MAX - count, at, text, value))
        })
        .collect();
    shared.sort_by(|one, other| (one.0, &one.1, &one.2).cmp(&(other.0, &other.1, &other.2)));
    shared
        .into_iter()
        .map(|(_, at, text, value)| (at, text, value))
        .collect()
}

/// The plain name, or one that says how this one differs from the one that has the plain name: by
/// its headers, or else by its description.
fn free_name(base: &str, value: &Value, taken: &Map<String, Value>) -> String {
    let other = taken.get(base).unwrap_or(&Value::Null);
    let only_of = |one: &Value, other: &Value| -> String {
        let headers = one["headers"].as_object().into_iter().flat_map(Map::keys);
        let only = headers.filter(|name| other["headers"][name.as_str()].is_null());
        only.map(|name| pascal(name)).collect()
    };
    let (more, less) = (only_of(value, other), only_of(other, value));
    let description = value["description"].as_str().unwrap_or_default();
    let beginning = description
        .split(['.', ':', ','])
        .next()
        .unwrap_or_default();
    let different = match (more.as_str(), less.as_str()) {
        ("", "") => pascal(beginning),
        ("", less) => format!("{base}Without{less}"),
        (more, _) => format!("{base}With{more}"),
    };
    let numbered = (2..).map(|number| format!("{base}{number}"));
    let mut free = [base.to_owned(), different]
        .into_iter()
        .chain(numbered)
        .filter(|name| !name.is_empty() && !taken.contains_key(name));
    free.next().unwrap_or_default()
}

/// What an answer is, by its status, and of which schema it is.
fn name_of_response(status: &str, response: &Value) -> String {
    let kind = match status {
        "200" => "Ok",
        "201" => "Created",
        "202" => "Accepted",
        "204" => "NoContent",
        "304" => "NotModified",
        "400" => "BadRequest",
        "401" => "Unauthenticated",
        "403" => "Forbidden",
        "404" => "NotFound",
        "409" => "Conflict",
        "410" => "Gone",
        "412" => "PreconditionFailed",
        "413" => "ContentTooLarge",
        "415" => "UnsupportedMediaType",
        "422" => "UnprocessableContent",
        "429" => "TooManyRequests",
        "503" => "ServiceUnavailable",
        "default" => "AnyProblem",
        other => other,
    };
    let schema = response["content"]["application/json"]["schema"]["$ref"].as_str();
    let schema = schema.and_then(|reference| reference.rsplit('/').next());
    format!("{}{kind}", schema.unwrap_or_default())
}

/// `Retry-After` as `RetryAfter`.
fn pascal(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.map(capitalized).collect()
}
