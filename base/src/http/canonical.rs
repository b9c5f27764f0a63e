//! The canonical form of a request. It recognizes a repeated request, even if the client writes the
//! path and the body in another way.

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::Value;
use uuid::Uuid;

/// A path with its ids in the usual spelling. Clients may send UUIDs in capitals, without hyphens,
/// in braces or percent-encoded.
pub fn canonical_path(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let plain = percent_decode_str(segment).decode_utf8().ok();
        let id = plain.as_deref().and_then(canonical_id);
        id.map_or(Cow::Borrowed(segment), Cow::Owned)
    });
    segments.collect::<Vec<_>>().join("/")
}

/// A body with its fields sorted, without null fields, with trimmed texts and with ids in their
/// usual spelling. It is the same when a client writes its JSON again in another way.
pub fn canonical_body(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            let members = members.map(|(name, value)| (name.clone(), canonical_body(value)));
            members.collect::<BTreeMap<_, _>>().into_iter().collect()
        }
        Value::Array(values) => values.iter().map(canonical_body).collect(),
        Value::String(text) => {
            let text = text.trim();
            Value::String(canonical_id(text).unwrap_or_else(|| text.to_owned()))
        }
        other => other.clone(),
    }
}

fn canonical_id(text: &str) -> Option<String> {
    let id = Uuid::try_parse(text).ok()?;
    Some(id.hyphenated().to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d";

    #[test]
    fn an_id_in_a_path_has_one_spelling() {
        let path = format!("/v1/circles/{ID}/tasks");
        let encoded =
            percent_encoding::percent_encode(ID.as_bytes(), percent_encoding::NON_ALPHANUMERIC);
        for spelled in [
            ID.to_uppercase(),
            ID.replace('-', ""),
            format!("%7B{ID}%7D"),
            format!("urn:uuid:{ID}"),
            encoded.to_string().replace('0', "%30"),
        ] {
            let other = format!("/v1/circles/{spelled}/tasks");
            assert_eq!(canonical_path(&other), path, "{spelled}");
        }
        assert_eq!(canonical_path("/v1/me%2Femail"), "/v1/me%2Femail");
    }

    #[test]
    fn a_body_that_is_written_anew_is_equal() {
        let sent = json!({ "title": "a", "id": ID, "notes": null });
        let again = json!({ "id": ID.to_uppercase(), "title": " a" });
        assert_eq!(canonical_body(&sent), canonical_body(&again));
        let other = json!({ "title": "b", "id": ID });
        assert_ne!(canonical_body(&sent), canonical_body(&other));
    }
}
