//! The offsets of reminders as a row stores them: a JSON array of minutes before the time, each
//! once, the largest first.

use crate::platform::text::ReminderMinutes;

/// The offsets as they are stored.
pub fn offsets_json(minutes: &[ReminderMinutes]) -> String {
    let minutes = minutes.iter().map(|minutes| minutes.get());
    in_order(minutes.collect())
}

/// The offsets that were sent, or the default of the kind, as they are stored.
pub fn chosen_offsets(minutes: Option<&[ReminderMinutes]>, default: &[i32]) -> String {
    minutes.map_or_else(|| in_order(default.to_vec()), offsets_json)
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
