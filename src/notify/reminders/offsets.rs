//! The offsets of reminders as a row stores them: a JSON array of minutes before the time, each
//! once, the largest first. An empty array says that the reminders are off.
//!
//! A request has two fields for them, because many clients send `[]` for what nobody set:
//! `reminder_minutes`, where `[]` counts as not sent and null is the default of the kind, and
//! `reminders_off`.

use crate::platform::text::ReminderMinutes;
use crate::problem::{FieldErrorCode, Problem};

/// The offsets of something new, as they are stored. `default` is that of the kind.
pub fn new_offsets(
    minutes: Option<&[ReminderMinutes]>,
    off: bool,
    default: &[i32],
) -> Result<String, Problem> {
    let changed = changed_offsets("[]", Some(minutes), Some(off), default)?;
    Ok(changed.unwrap_or_default())
}

/// The offsets after a change, as they are stored; `None` if the request does not change them.
pub fn changed_offsets(
    stored: &str,
    minutes: Option<Option<&[ReminderMinutes]>>,
    off: Option<bool>,
    default: &[i32],
) -> Result<Option<String>, Problem> {
    // Some generated clients send an empty list for what was not set.
    let minutes = minutes.filter(|minutes| minutes.is_none_or(|minutes| !minutes.is_empty()));
    let chosen = minutes.flatten();
    let turned_on = off == Some(false) && offsets_of(stored).is_empty();
    match (chosen, off) {
        (Some(_), Some(true)) => {
            let detail = "You sent reminder_minutes too. Send only one of the two.";
            Err(Problem::field(
                "/reminders_off",
                FieldErrorCode::MinutesAndOff,
                detail,
            ))
        }
        (None, Some(true)) => Ok(Some(in_order(Vec::new()))),
        (Some(chosen), _) => Ok(Some(in_order(
            chosen.iter().map(|minutes| minutes.get()).collect(),
        ))),
        (None, _) if minutes.is_some() || turned_on => Ok(Some(in_order(default.to_vec()))),
        (None, _) => Ok(None),
    }
}

/// Reads the stored offsets.
pub fn offsets_of(stored: &str) -> Vec<i32> {
    serde_json::from_str(stored).unwrap_or_default()
}

fn in_order(mut minutes: Vec<i32>) -> String {
    minutes.sort_unstable_by(|a, b| b.cmp(a));
    minutes.dedup();
    serde_json::json!(minutes).to_string()
}
