//! Values for the fields of a body, taken from the document.

use serde_json::{Map, Value, json};
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

/// What the body of an operation needs beside its required fields: one of several fields.
pub fn also_needed(operation: &str) -> Map<String, Value> {
    let needed = match operation {
        "create_appointment" | "reschedule_appointment" => {
            json!({ "starts_local": "2027-01-02T12:00" })
        }
        "create_handover" => json!({ "task_id": Uuid::now_v7() }),
        "create_task_series" => {
            json!({ "due_local": "2027-01-02T12:00", "recurrence": "FREQ=WEEKLY" })
        }
        "create_appointment_series" => {
            json!({ "starts_local": "2027-01-02T12:00", "recurrence": "FREQ=WEEKLY" })
        }
        "create_thread" => json!({ "topic": "daily", "title": "Visits" }),
        _ => json!({}),
    };
    needed.as_object().unwrap().clone()
}

/// Whether a property may be of this type.
pub fn is(property: &Value, kind: &str) -> bool {
    property["type"]
        .to_string()
        .contains(&format!("\"{kind}\""))
}
