//! The bounds of a body: what garde checks of each field alone, and of fields compared with
//! others.

use garde::Validate;
use serde_json::{Map, Value};

use super::faults::pointer;
use crate::platform::text::split_fault;
use crate::problem::{FieldError, FieldErrorCode};

/// A bound that a field breaks, alone or compared with other fields.
pub(super) struct BrokenBound {
    pub(super) error: FieldError,
    /// The names of the other fields, separated by commas.
    pub(super) others: String,
}

/// The bounds that a body breaks. `members` are the body as it was sent.
pub(super) fn bounds(
    body: &impl Validate<Context = ()>,
    members: &Map<String, Value>,
) -> Vec<BrokenBound> {
    let Err(report) = body.validate() else {
        return Vec::new();
    };
    let broken = report.iter().map(|(path, error)| {
        let compared = error.message().strip_prefix(COMPARED);
        let compared = compared.and_then(|rest| rest.split_once(": "));
        let (others, message) = compared.unwrap_or(("", error.message()));
        let pointer = pointer(&path.to_string());
        let (code, detail) = of_bound(message, unit(&pointer, members));
        BrokenBound {
            error: FieldError::new(pointer, code, detail),
            others: others.to_owned(),
        }
    });
    broken.collect()
}

/// How the message of [`compared`] begins.
const COMPARED: &str = "compared with ";

/// A rule for `#[garde(custom(…))]` that compares a field with others: it refuses the field if
/// one of `faults` is about it. So the fault is told together with all other faults of the body.
/// It is left out if one of the others, like `"starts_on,starts_local"`, cannot be read.
pub fn compared<T: ?Sized>(
    field: &'static str,
    others: &'static str,
    faults: Vec<FieldError>,
) -> impl FnOnce(&T, &()) -> garde::Result {
    move |_, ()| {
        let of_field = |fault: &FieldError| fault.pointer.strip_prefix('/') == Some(field);
        match faults.into_iter().find(of_field) {
            Some(FieldError { code, detail, .. }) => Err(garde::Error::new(format!(
                "{COMPARED}{others}: {}: {detail}",
                code.as_str()
            ))),
            None => Ok(()),
        }
    }
}

/// What the length of this value counts.
fn unit(pointer: &str, members: &Map<String, Value>) -> &'static str {
    let path = pointer.strip_prefix('/').unwrap_or_default();
    let (name, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
    match members.get(name).and_then(|value| value.pointer(rest)) {
        Some(Value::Array(_)) => "item",
        _ => "character",
    }
}

/// A sentence of Kith's own checks as it is, or a sentence about a length that garde checked.
fn of_bound(message: &str, unit: &str) -> (FieldErrorCode, String) {
    let units = |count: &str| match count {
        "1" => format!("1 {unit}"),
        count => format!("{count} {unit}s"),
    };
    if let Some(most) = message.strip_prefix("length is greater than ") {
        let detail = format!("Send at most {}.", units(most));
        return (FieldErrorCode::TooLong, detail);
    }
    if let Some(least) = message.strip_prefix("length is lower than ") {
        let detail = format!("Send at least {}.", units(least));
        return (FieldErrorCode::TooShort, detail);
    }
    let (code, detail) = split_fault(message);
    (code, detail.to_owned())
}
