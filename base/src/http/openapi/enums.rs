//! The enums of the published document. Each is a component, so that a generator makes one class of
//! it, wherever it is used.
//!
//! What a request may send is a closed enum: `Topic`, with its values in `enum`. What an answer may
//! tell is an open one, with its values in `x-extensible-enum`: for generators it is a text, because
//! the classes that they make of a closed enum fail on a value that is newer than the client. Where
//! an enum is in requests and in answers, the open one has a name of its own: `TopicValue`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::SCHEMAS;
use super::scalars::NOTE;

/// Moves each enum into a component and refers to it.
pub(super) fn name(document: &mut Value) {
    let mut closed = BTreeSet::new();
    find_closed(document, &mut closed);
    let mut components = Map::new();
    refer(document, &closed, &mut components);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.append(&mut components);
    }
}

fn find_closed(value: &Value, closed: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            let name = members.get(NOTE).and_then(|note| note["name"].as_str());
            if let Some(name) = name.filter(|_| members.contains_key("enum")) {
                closed.insert(name.to_owned());
            }
            members
                .values()
                .for_each(|value| find_closed(value, closed));
        }
        Value::Array(items) => items.iter().for_each(|item| find_closed(item, closed)),
        _ => {}
    }
}

fn refer(value: &mut Value, closed: &BTreeSet<String>, components: &mut Map<String, Value>) {
    match value {
        Value::Object(members) => {
            if let Some(note) = members.remove(NOTE) {
                replace(members, &note, closed, components);
            }
            for value in members.values_mut() {
                refer(value, closed, components);
            }
        }
        Value::Array(items) => {
            for item in items {
                refer(item, closed, components);
            }
        }
        _ => {}
    }
}

/// Leaves of an enum a reference to its component, and what the property says of itself.
fn replace(
    members: &mut Map<String, Value>,
    note: &Value,
    closed: &BTreeSet<String>,
    components: &mut Map<String, Value>,
) {
    let own_name = note["name"].as_str().unwrap_or_default();
    let is_nullable = members.remove("type").is_some_and(|kind| kind.is_array());
    members.remove("description");
    if let Some(own) = note.get("own") {
        members.insert("description".into(), own.clone());
    }
    let about = note["about"].as_str().unwrap_or_default();
    let (name, component) = match (members.remove("enum"), members.remove("x-extensible-enum")) {
        (Some(values), _) => {
            let values = values.as_array().into_iter().flatten();
            let values: Vec<_> = values.filter(|value| !value.is_null()).collect();
            let closed = json!({ "type": "string", "enum": values, "description": about });
            (own_name.to_owned(), closed)
        }
        (None, values) => {
            let open = json!({
                "type": "string",
                "x-extensible-enum": values,
                "description": format!("{about}\n\nExpect values that you do not know."),
            });
            let taken = closed.contains(own_name);
            let name = if taken {
                format!("{own_name}Value")
            } else {
                own_name.to_owned()
            };
            (name, open)
        }
    };
    let reference = json!(format!("{SCHEMAS}{name}"));
    components.entry(name).or_insert(component);
    if is_nullable {
        let options = json!([{ "$ref": reference }, { "type": "null" }]);
        members.insert("anyOf".into(), options);
    } else {
        members.insert("$ref".into(), reference);
    }
}
