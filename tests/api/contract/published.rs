//! The published document has the shape from which generators of clients make good code: equal
//! parts are written once, an enum is one class, and an operation has one type of success.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::document::{operations, walk};

/// The largest document that is served, in bytes for each operation on average.
const MOST_BYTES: usize = 3_125;

/// What a component says beyond the complete document.
const NEW_VALUES: &str = "\n\nExpect values that you do not know.";

#[test]
fn the_committed_document_is_the_generated_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/openapi.json");
    let committed: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert!(
        committed == kith::api::document(),
        "the API has changed; run: cargo run -- openapi > openapi/openapi.json"
    );
}

#[test]
fn every_reference_resolves_and_every_component_is_used() {
    let document = kith::api::document();
    let names = |kind: &'static str| {
        let parts = document["components"][kind].as_object().unwrap().keys();
        parts.map(move |name| format!("#/components/{kind}/{name}"))
    };
    let components: BTreeSet<_> = ["schemas", "responses", "headers", "parameters"]
        .into_iter()
        .flat_map(names)
        .collect();
    let mut used = BTreeSet::new();
    walk(&document, "", &mut |path, members| {
        if let Some(reference) = members.get("$ref") {
            let reference = reference.as_str().unwrap().to_owned();
            assert!(
                components.contains(&reference),
                "{path}: {reference} leads nowhere. Derive ToSchema for the type, or add it to \
                 `components(schemas(…))` in src/api.rs"
            );
            used.insert(reference);
        }
    });
    let unused: Vec<_> = components.difference(&used).collect();
    assert!(
        unused.is_empty(),
        "nothing refers to {unused:?}: remove them from `components(schemas(…))` in src/api.rs, or \
         let base/src/http/openapi/mod.rs drop them"
    );
}

#[test]
fn the_served_document_is_small() {
    let document = kith::api::document();
    let count = operations(&document).len();
    let size = document.to_string().len();
    assert!(
        size < MOST_BYTES * count,
        "{size} bytes for {count} operations: something large is repeated. base/src/http/openapi/share.rs moves what \
         is equal at several operations into components"
    );
}

#[test]
fn equal_parts_of_operations_are_shared() {
    let document = kith::api::document();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (_, _, operation) in operations(&document) {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let responses = operation["responses"].as_object().unwrap().values();
        let headers = responses.clone().flat_map(|response| {
            let headers = response["headers"].as_object();
            headers.into_iter().flat_map(Map::values)
        });
        for part in parameters.chain(responses.clone()).chain(headers) {
            if part["$ref"].is_null() {
                *seen.entry(part.to_string()).or_default() += 1;
            }
        }
    }
    let repeated: Vec<_> = seen.iter().filter(|(_, count)| **count > 1).collect();
    assert!(
        repeated.is_empty(),
        "{repeated:#?} is repeated: see base/src/http/openapi/share.rs"
    );
}

#[test]
fn the_published_document_says_what_the_complete_one_says() {
    let document = kith::api::document();
    let mut complete = kith::api::operations();
    for item in complete["paths"].as_object_mut().unwrap().values_mut() {
        for operation in item.as_object_mut().unwrap().values_mut() {
            let responses = operation["responses"].as_object_mut().unwrap();
            let mut statuses = ["200", "201", "202"].into_iter();
            if statuses
                .any(|status| !responses.get(status).unwrap_or(&Value::Null)["content"].is_null())
            {
                responses.remove("204");
            }
            if operation["security"] == json!([{}]) {
                operation["security"] = json!([]);
            }
        }
    }
    take_off_notes(&mut complete);
    assert_eq!(expand(&document["paths"], &document), complete["paths"]);
    let schemas = complete["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        let published = &document["components"]["schemas"][name];
        assert_eq!(expand(published, &document), *schema, "{name}");
    }
}

fn take_off_notes(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("x-enum");
            members.values_mut().for_each(take_off_notes);
        }
        Value::Array(items) => items.iter_mut().for_each(take_off_notes),
        _ => {}
    }
}

/// Whether the complete document has this component, too.
fn stays(reference: &str, component: &Value) -> bool {
    let in_both = ["RateLimit", "RateLimit-Policy", "Idempotency-Replayed"];
    let header = reference.strip_prefix("#/components/headers/");
    let is_object = component["type"] == "object";
    is_object || header.is_some_and(|name| in_both.contains(&name))
}

/// Writes out what the complete document writes out.
fn expand(value: &Value, document: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let options = members.get("anyOf").and_then(Value::as_array);
            let option = options.map(|options| expand(&options[0], document));
            if let Some(Value::Object(option)) = option.filter(|option| option["$ref"].is_null()) {
                let own = members.get("description");
                return nullable(inline(option, own));
            }
            let reference = members.get("$ref").and_then(Value::as_str);
            let component = reference.map(|reference| resolve(reference, document));
            if let (Some(reference), Some(component)) = (reference, component)
                && !stays(reference, component)
            {
                let Value::Object(target) = expand(component, document) else {
                    panic!("{reference} is no object");
                };
                return Value::Object(inline(target, members.get("description")));
            }
            let members = members.iter();
            let expanded = members.map(|(name, value)| (name.clone(), expand(value, document)));
            Value::Object(expanded.collect())
        }
        Value::Array(items) => items.iter().map(|item| expand(item, document)).collect(),
        _ => value.clone(),
    }
}

pub(super) fn resolve<'a>(reference: &str, document: &'a Value) -> &'a Value {
    document
        .pointer(reference.strip_prefix('#').unwrap())
        .unwrap()
}

/// The component with the description of the place that refers to it, and with the list of its
/// values.
fn inline(mut target: Map<String, Value>, own: Option<&Value>) -> Map<String, Value> {
    let about = target.get("description").and_then(Value::as_str);
    let about = about.unwrap_or_default().replace(NEW_VALUES, "");
    let list = about.split_once("\n\n").map(|(_, list)| list);
    let text = match (own.and_then(Value::as_str), list) {
        (Some(own), Some(list)) => format!("{own}\n\n{list}"),
        (Some(own), None) => own.to_owned(),
        (None, _) => about,
    };
    if target.contains_key("description") {
        target.insert("description".into(), text.into());
    }
    target
}

fn nullable(mut schema: Map<String, Value>) -> Value {
    let kind = schema["type"].clone();
    schema.insert("type".into(), json!([kind, "null"]));
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
    Value::Object(schema)
}

#[test]
fn every_operation_has_one_type_of_success() {
    let document = kith::api::document();
    for (_, _, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        let responses = operation["responses"].as_object().unwrap();
        let successes = responses
            .iter()
            .filter(|(status, _)| status.starts_with('2'));
        let types: BTreeSet<_> = successes
            .map(|(_, response)| match response["$ref"].as_str() {
                Some(reference) => resolve(reference, &document),
                None => response,
            })
            .map(|response| response["content"].to_string())
            .collect();
        assert!(
            types.len() < 2,
            "{name} answers {types:?}: a generator makes a union of two types. Answer with one \
             type, in `responses(…)` of its handler"
        );
    }
}

/// Clients in Python, Kotlin and Swift ask for a token before a sign-in otherwise.
#[test]
fn an_operation_for_everybody_has_an_empty_list_of_ways_to_sign_in() {
    let complete = kith::api::operations();
    let document = kith::api::document();
    let mut open = 0;
    for (path, method, operation) in operations(&complete) {
        let security = &document["paths"][&path][&method]["security"];
        if operation["security"] == json!([{}]) {
            assert_eq!(*security, json!([]), "{method} {path}");
            open += 1;
        } else {
            assert_eq!(*security, operation["security"], "{method} {path}");
        }
    }
    assert!(open > 10, "{open}");
}

#[test]
fn what_can_be_null_is_written_in_one_way() {
    let document = kith::api::document();
    let mut found = 0;
    walk(&document, "", &mut |path, members| {
        for word in ["oneOf", "allOf", "nullable", "discriminator"] {
            let is_schema = members
                .get(word)
                .is_some_and(|value| value["description"].is_null());
            assert!(
                !is_schema,
                "{path}: {word}: see base/src/http/openapi/scalars.rs"
            );
        }
        if let Some(options) = members.get("anyOf") {
            let is_reference =
                options[0]["$ref"].is_string() && options[0].as_object().unwrap().len() == 1;
            let rest = &options.as_array().unwrap()[1..];
            assert!(
                is_reference && rest == [json!({ "type": "null" })],
                "{path}: {options}: `anyOf` is a reference and null, and nothing else"
            );
            found += 1;
        }
        if let Some(Value::Array(kinds)) = members.get("type") {
            let is_scalar = kinds[0] != "object" && kinds[1..] == [json!("null")];
            assert!(is_scalar, "{path}: {kinds:?}: a type, and null after it");
            found += 1;
        }
        let values = members.get("enum").and_then(Value::as_array);
        let has_null = values.is_some_and(|values| values.contains(&Value::Null));
        assert!(!has_null, "{path}: an enum with null");
    });
    assert!(found > 100, "{found}");
}

#[test]
fn an_operation_with_an_idempotency_key_says_that_its_answer_can_be_a_repeated_one() {
    let document = kith::api::operations();
    let mut with_key = 0;
    for (_, _, operation) in operations(&document) {
        let name = &operation["operationId"];
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let mut names = parameters.map(|parameter| &parameter["name"]);
        let takes_key = names.any(|name| name == "Idempotency-Key");
        for (status, response) in operation["responses"].as_object().unwrap() {
            let says_so = response["headers"]["Idempotency-Replayed"].is_object();
            let succeeds = status.starts_with('2');
            assert_eq!(says_so, takes_key && succeeds, "{name} {status}");
            with_key += usize::from(says_so);
        }
    }
    assert!(with_key > 50, "{with_key}");
}
