//! Values for the fields of a body, taken from the document.

use serde_json::{Value, json};
use uuid::Uuid;

/// A value that fits a property, for the fields that are not under test.
pub fn fitting(property: &Value) -> Value {
    let first = |list: &Value| list.as_array().and_then(|list| list.first().cloned());
    first(&property["enum"])
        .or_else(|| first(&property["examples"]))
        .unwrap_or_else(|| match property["type"].as_str() {
            Some("boolean") => json!(false),
            Some("object") => json!({}),
            Some("array") => json!([fitting(&property["items"])]),
            Some("integer") => json!(1),
            _ if property["format"] == "uuid" => json!(Uuid::now_v7()),
            _ => json!("x"),
        })
}

/// Whether a property may be of this type.
pub fn is(property: &Value, kind: &str) -> bool {
    property["type"]
        .to_string()
        .contains(&format!("\"{kind}\""))
}
