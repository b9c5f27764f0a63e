//! The texts of an operation in one form: a summary is a title without a full stop, although the
//! doc comment that it comes from is a sentence, and a description ends with one.

use serde_json::{Value, json};

pub(super) fn tidy(operation: &mut Value) {
    if let Some(summary) = operation["summary"].as_str() {
        operation["summary"] = json!(summary.trim_end_matches('.'));
    }
    let responses = operation["responses"].as_object_mut();
    for response in responses.into_iter().flat_map(|all| all.values_mut()) {
        end(&mut response["description"]);
    }
}

/// Ends a text with a full stop.
pub(super) fn end(text: &mut Value) {
    if let Some(sentence) = text
        .as_str()
        .filter(|text| !text.ends_with(['.', '?', '!']))
    {
        *text = json!(format!("{sentence}."));
    }
}
