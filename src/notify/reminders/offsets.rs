//! How long before something its reminders are, as a row keeps it: a JSON
//! array of minutes, each once, the earliest first.

use crate::platform::text::ReminderMinutes;

/// The offsets as they are stored.
pub fn offsets_json(minutes: &[ReminderMinutes]) -> String {
    let minutes = minutes.iter().map(|minutes| minutes.get());
    in_order(minutes.collect())
}

/// What was chosen, or the default of its kind.
pub fn chosen_offsets(minutes: Option<&[ReminderMinutes]>, default: &[i32]) -> String {
    minutes.map_or_else(|| in_order(default.to_vec()), offsets_json)
}

/// The offsets that a row keeps.
pub fn offsets_of(stored: &str) -> Vec<i32> {
    serde_json::from_str(stored).unwrap_or_default()
}

fn in_order(mut minutes: Vec<i32>) -> String {
    minutes.sort_unstable_by(|a, b| b.cmp(a));
    minutes.dedup();
    serde_json::json!(minutes).to_string()
}
