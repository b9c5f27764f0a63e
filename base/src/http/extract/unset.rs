//! What a client has not set. Several generated clients send null or `[]` for every field that
//! nobody set, and forms send an empty text. So in a create or a verb they mean the same as leaving
//! the field out. In a merge patch they mean something, so there they stay.

use serde_json::{Map, Value};

/// Takes the fields that are null, `[]` or an empty text, and may be left out, out of a body.
pub(super) fn drop_unset(value: &mut Value, schema: &Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, member| !(is_empty(member) && is_optional(schema, name)));
            for (name, member) in members {
                drop_unset(member, &schema["properties"][name]);
            }
        }
        Value::Array(items) => {
            for item in items {
                drop_unset(item, &schema["items"]);
            }
        }
        _ => {}
    }
}

fn is_empty(member: &Value) -> bool {
    match member {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// Whether the schema knows the field and does not require it.
fn is_optional(schema: &Value, name: &str) -> bool {
    let properties = schema["properties"].as_object();
    let mut required = schema["required"].as_array().into_iter().flatten();
    properties.is_some_and(|known: &Map<_, _>| known.contains_key(name))
        && !required.any(|required| required == name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_optional_field_that_is_null_or_empty_is_not_sent() {
        let part = json!({
            "properties": { "at": {}, "by": {} },
            "required": ["at"],
        });
        let schema = json!({
            "properties": {
                "title": {}, "notes": {}, "minutes": {}, "on": {},
                "part": part, "parts": { "type": "array", "items": part },
            },
            "required": ["title"],
        });
        let mut body = json!({
            "title": null, "notes": null, "minutes": [], "on": "", "unknown": null,
            "part": { "at": null, "by": null },
            "parts": [{ "at": [], "by": [] }, null],
        });
        drop_unset(&mut body, &schema);
        let left = json!({
            "title": null, "unknown": null,
            "part": { "at": null },
            "parts": [{ "at": [] }, null],
        });
        assert_eq!(body, left);
    }
}
