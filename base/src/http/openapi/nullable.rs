//! Says in the document that a create or a verb takes null for every field that may be left out:
//! `extract/unset.rs` reads it as not sent.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{change_operations, collect};

/// Lets the optional fields of bodies be null. A merge patch says itself which fields can be
/// cleared. A schema that answers or merge patches have too stays as it is.
pub(super) fn accept_null(document: &mut Value) {
    let whole = document.clone();
    let (mut bodies, mut others) = (BTreeSet::new(), BTreeSet::new());
    change_operations(document, |_, method, operation| {
        let names = match method {
            "patch" => &mut others,
            _ => &mut bodies,
        };
        collect(&operation["requestBody"], &whole, names);
        collect(&operation["responses"], &whole, &mut others);
    });
    for name in bodies.difference(&others) {
        allow_null(&mut document["components"]["schemas"][name]);
    }
}

fn allow_null(schema: &mut Value) {
    let required = schema["required"].clone();
    let required = required.as_array().cloned().unwrap_or_default();
    let Some(properties) = schema["properties"].as_object_mut() else {
        return;
    };
    for (name, property) in properties {
        if !required.iter().any(|required| required == name)
            && let Value::Object(property) = property
        {
            make_nullable(property);
        }
    }
}

fn make_nullable(property: &mut Map<String, Value>) {
    if let Some(kind @ Value::String(_)) = property.get("type").cloned() {
        property.insert("type".into(), json!([kind, "null"]));
        if let Some(Value::Array(values)) = property.get_mut("enum") {
            values.push(Value::Null);
        }
    } else if let Some(reference) = property.remove("$ref") {
        let options = json!([{ "type": "null" }, { "$ref": reference }]);
        property.insert("oneOf".into(), options);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_optional_fields_of_bodies_become_nullable() {
        let object = |name: &str| json!({ "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{name}") } } } });
        let fields = json!({
            "type": "object", "required": ["a"],
            "properties": {
                "a": { "type": "string" },
                "b": { "type": "string", "enum": ["x"] },
                "c": { "type": ["integer", "null"] },
                "d": { "$ref": "#/components/schemas/Shared" },
            },
        });
        let mut document = json!({
            "paths": { "/x": {
                "post": { "requestBody": object("New"), "responses": { "200": object("Shared") } },
                "patch": { "requestBody": object("Patch") },
            } },
            "components": { "schemas": { "New": fields, "Patch": fields, "Shared": fields } },
        });
        accept_null(&mut document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Patch"], fields);
        assert_eq!(schemas["Shared"], fields);
        let nullable = json!({
            "a": { "type": "string" },
            "b": { "type": ["string", "null"], "enum": ["x", null] },
            "c": { "type": ["integer", "null"] },
            "d": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Shared" }] },
        });
        assert_eq!(schemas["New"]["properties"], nullable);
    }
}
