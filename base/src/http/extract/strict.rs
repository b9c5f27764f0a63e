//! Reads JSON strictly. JSON that parsers understand differently is refused, such as a field that
//! appears twice.

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};

use super::faults::sentence;
use super::{MAX_DEPTH, MAX_ITEMS};
use crate::problem::{FieldError, FieldErrorCode, Problem};

/// Above this, floating-point numbers are not exact.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

/// Reads a body. A NUL character is refused as well, because PostgreSQL cannot store it.
pub(super) fn parse_strictly(bytes: &[u8]) -> Result<Value, Problem> {
    // Some programs put a byte order mark at the beginning of UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: 0 }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| {
            Problem::Malformed(format!("The body cannot be read as JSON. {}", why(&error)))
        })?;
    let mut errors = Vec::new();
    find_nul(&value, &mut String::new(), &mut errors);
    if errors.is_empty() {
        Ok(value)
    } else {
        Err(Problem::Invalid(errors))
    }
}

/// A sentence of Kith's own, or the place where the library stopped.
fn why(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        Category::Data => sentence(&error.to_string()),
        Category::Eof if (line, column) == (1, 0) => "It is empty: send at least `{}`.".into(),
        Category::Eof | Category::Io => "It ends before it is complete.".into(),
        Category::Syntax => format!("The fault is at line {line}, column {column}."),
    }
}

/// Reads any JSON, but refuses what parsers disagree about: duplicate fields, deep nesting and
/// long lists.
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: Error>(&self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(format_args!(
                "it is nested more than {MAX_DEPTH} levels deep"
            )));
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    /// Some languages have only one kind of number, and write 2 as 2.0.
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        if value.fract() == 0.0 && value.abs() < MOST_EXACT {
            return Ok((value as i64).into());
        }
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self.deeper()?)? {
            if items.len() == MAX_ITEMS {
                return Err(A::Error::custom(format_args!(
                    "a list has more than {MAX_ITEMS} items"
                )));
            }
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(self.deeper()?)?;
            if members.contains_key(&name) {
                let name: String = name.chars().take(60).collect();
                return Err(A::Error::custom(format_args!(
                    "the field {name} appears twice"
                )));
            }
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

fn find_nul(value: &Value, pointer: &mut String, errors: &mut Vec<FieldError>) {
    let mut inside = |name: &str, value: &Value| {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(name);
        find_nul(value, pointer, errors);
        pointer.truncate(length);
    };
    match value {
        Value::String(text) if text.contains('\0') => {
            let detail = "Send this text without the character NUL (U+0000).";
            errors.push(FieldError::new(
                &*pointer,
                FieldErrorCode::ForbiddenCharacter,
                detail,
            ));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                inside(&index.to_string(), item);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                inside(name, member);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_mark_at_the_beginning_and_a_point_in_a_whole_number_mean_nothing() {
        let body = b"\xef\xbb\xbf{\"people_needed\": 2.0, \"half\": 0.5, \"large\": 1e300}";
        let expected = json!({ "people_needed": 2, "half": 0.5, "large": 1e300 });
        assert_eq!(parse_strictly(body).unwrap(), expected);
    }
}
