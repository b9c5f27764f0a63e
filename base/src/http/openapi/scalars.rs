//! Single values in the document. A class for each id helps nobody, so ids, dates and texts stand
//! where they are used. An enum stands there, too, with a note ([`NOTE`]) of its name, from which
//! [`share`](super::share()) makes its component.

use serde_json::{Map, Value, json};

use super::SCHEMAS;

/// The note at an enum: its name, the description of all its values, and the description of the
/// property itself. No published document has it.
pub(super) const NOTE: &str = "x-enum";

/// Makes a text of an answer an open enum with a name. `about` describes all its values.
pub fn open_enum<T: AsRef<str>>(
    property: &mut Value,
    name: &str,
    about: &str,
    values: impl IntoIterator<Item = T>,
) {
    let values: Vec<_> = values
        .into_iter()
        .map(|value| json!(value.as_ref()))
        .collect();
    let mut scalar = json!({ "enum": values, "description": about });
    note(name, &mut scalar);
    scalar["x-extensible-enum"] = scalar["enum"].take();
    if let (Value::Object(members), Value::Object(mut scalar)) = (property, scalar) {
        scalar.remove("enum");
        insert(members, &scalar);
    }
}

/// Replaces the schemas of single values by the values.
pub(super) fn inline(document: &mut Value) {
    let scalars = take(document);
    inline_in(document, &scalars);
    note_unnamed(document, &scalars);
    super::nullable::accept_null(document);
    collapse_nullable(document);
}

fn take(document: &mut Value) -> Map<String, Value> {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else {
        return Map::new();
    };
    let is_scalar = |schema: &Value| {
        matches!(
            schema["type"].as_str(),
            Some("string" | "integer" | "number" | "boolean")
        )
    };
    let (mut scalars, others): (Map<_, _>, Map<_, _>) = std::mem::take(schemas)
        .into_iter()
        .partition(|(_, schema)| is_scalar(schema));
    *schemas = others;
    for (name, scalar) in &mut scalars {
        note(name, scalar);
    }
    scalars
}

/// Notes the name of an enum at it, and lists its values in its description.
fn note(name: &str, schema: &mut Value) {
    let Some(values) = schema["enum"].as_array() else {
        return;
    };
    let about = schema["description"].as_str().unwrap_or_default();
    let names: Vec<_> = values.iter().filter_map(Value::as_str).collect();
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    let about = if names.iter().all(|name| about.contains(name)) {
        about.to_owned()
    } else {
        format!("{about}\n\nValues: {}.", names.join(", "))
    };
    schema["description"] = json!(about);
    schema[NOTE] = json!({ "name": name, "about": about });
}

fn inline_in(value: &mut Value, scalars: &Map<String, Value>) {
    match value {
        Value::Object(members) => {
            let scalar = members
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| reference.strip_prefix(SCHEMAS))
                .and_then(|name| scalars.get(name));
            if let Some(Value::Object(scalar)) = scalar {
                members.remove("$ref");
                insert(members, scalar);
            }
            for value in members.values_mut() {
                inline_in(value, scalars);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| inline_in(item, scalars)),
        _ => {}
    }
}

fn insert(members: &mut Map<String, Value>, scalar: &Map<String, Value>) {
    let own = members.get("description").cloned();
    for (name, value) in scalar {
        match (name.as_str(), &own) {
            ("description", Some(own)) => {
                let own = own.as_str().unwrap_or_default();
                let list = value.as_str().and_then(|text| text.split_once("\n\n"));
                if let Some((_, list)) = list {
                    members.insert(name.clone(), json!(format!("{own}\n\n{list}")));
                }
            }
            (NOTE, Some(own)) => {
                let mut note = value.clone();
                note["own"] = own.clone();
                members.insert(name.clone(), note);
            }
            _ => {
                members.insert(name.clone(), value.clone());
            }
        }
    }
}

/// Names the enums that the generator wrote out in full, as it does in queries: by the scalar that
/// is the same, or else by their own title.
fn note_unnamed(value: &mut Value, scalars: &Map<String, Value>) {
    match value {
        Value::Object(members) => {
            if members.get("enum").is_some_and(Value::is_array) && !members.contains_key(NOTE) {
                let same = scalars.iter().find(|(_, scalar)| {
                    let about = scalar["description"].as_str().unwrap_or_default();
                    let own = members.get("description").and_then(Value::as_str);
                    let is_described = own.is_some_and(|own| about.starts_with(own));
                    is_described && Some(&scalar["enum"]) == members.get("enum")
                });
                let title = members.remove("title");
                let name = match (same, &title) {
                    (Some((name, _)), _) => name.as_str(),
                    (None, Some(Value::String(title))) => title,
                    _ => return,
                };
                let name = name.to_owned();
                let mut schema = Value::Object(std::mem::take(members));
                note(&name, &mut schema);
                *value = schema;
                return;
            }
            for (name, value) in members {
                if !matches!(name.as_str(), "examples" | "example") {
                    note_unnamed(value, scalars);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                note_unnamed(item, scalars);
            }
        }
        _ => {}
    }
}

/// Says everywhere in the same way what may be null: a single value has `null` as a second type,
/// and a reference stands in `anyOf` before `null`.
fn collapse_nullable(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(option) = nullable(members) {
                members.remove("oneOf");
                if option.contains_key("$ref") {
                    insert_reference(members, option);
                } else {
                    insert_nullable(members, option);
                }
            }
            members.values_mut().for_each(collapse_nullable);
        }
        Value::Array(items) => items.iter_mut().for_each(collapse_nullable),
        _ => {}
    }
}

/// Of `oneOf` with null and one other option, the other one.
fn nullable(members: &Map<String, Value>) -> Option<Map<String, Value>> {
    let options = members.get("oneOf")?.as_array()?;
    let mut rest = options.iter().filter(|option| option["type"] != "null");
    let option = rest.next()?.as_object()?;
    let is_one = options.len() == 2 && rest.next().is_none();
    let is_simple = option.contains_key("$ref") || option.get("type").is_some_and(Value::is_string);
    (is_one && is_simple).then(|| option.clone())
}

fn insert_reference(members: &mut Map<String, Value>, mut option: Map<String, Value>) {
    if let Some(description) = option.remove("description") {
        members.entry("description").or_insert(description);
    }
    members.insert("anyOf".into(), json!([option, { "type": "null" }]));
}

fn insert_nullable(members: &mut Map<String, Value>, option: Map<String, Value>) {
    for (name, value) in option {
        let value = match name.as_str() {
            "type" => json!([value, "null"]),
            "enum" => {
                let mut values = value.as_array().cloned().unwrap_or_default();
                values.push(Value::Null);
                Value::Array(values)
            }
            _ => value,
        };
        members.entry(name).or_insert(value);
    }
}
