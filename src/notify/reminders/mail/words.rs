//! What the subject of a reminder says: when the thing is, and how long before that.

use chrono::{DateTime, TimeDelta, Utc};

use crate::entity::reminder::{self, ReminderKind};
use crate::platform::time::civil::Moment;

/// An email that is later than this says how much time is left, and not its offset.
const ON_TIME: TimeDelta = TimeDelta::minutes(2);

/// What tells this reminder from others: when the thing is, and how long before that the reminder
/// is. An email that is late says how much time is left.
pub(super) fn which(
    reminder: &reminder::Model,
    moment: Moment,
    zone: &str,
    now: DateTime<Utc>,
) -> String {
    let when = moment.in_short(zone);
    let how_long = if reminder.kind == ReminderKind::ClaimConfirmation {
        None
    } else if now - reminder.fire_at <= ON_TIME {
        Some(how_long_before(reminder.offset_minutes))
    } else if let Moment::At(at) = moment {
        how_long_left(at - now)
    } else {
        None
    };
    match how_long {
        Some(how_long) => format!("{when} ({how_long})"),
        None => when,
    }
}

/// The time that is left, in words: `in 40 minutes`, `in about 3 hours`.
fn how_long_left(left: TimeDelta) -> Option<String> {
    let minutes = (left.num_seconds() + 30) / 60;
    if minutes <= 0 {
        return None;
    }
    let (length, unit) = if minutes >= 2880 {
        (1440, "day")
    } else if minutes == 60 || minutes >= 120 {
        (60, "hour")
    } else {
        (1, "minute")
    };
    let count = (minutes + length / 2) / length;
    let about = if count * length == minutes {
        ""
    } else {
        "about "
    };
    let plural = if count == 1 { "" } else { "s" };
    Some(format!("in {about}{count} {unit}{plural}"))
}

/// An offset in words: `1 day before`, `90 minutes before`.
fn how_long_before(minutes: i32) -> String {
    let (count, unit) = match minutes {
        0 => return "now".into(),
        _ if minutes % 1440 == 0 => (minutes / 1440, "day"),
        _ if minutes % 60 == 0 => (minutes / 60, "hour"),
        _ => (minutes, "minute"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} before")
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::{how_long_before, how_long_left};

    #[test]
    fn a_late_mail_says_how_much_time_is_left() {
        let phrases = [-5, 0, 1, 40, 60, 90, 120, 160, 1450, 2880, 4000]
            .map(|minutes| how_long_left(TimeDelta::minutes(minutes)).unwrap_or_default());
        let expected = [
            "",
            "",
            "in 1 minute",
            "in 40 minutes",
            "in 1 hour",
            "in 90 minutes",
            "in 2 hours",
            "in about 3 hours",
            "in about 24 hours",
            "in 2 days",
            "in about 3 days",
        ];
        assert_eq!(phrases, expected);
    }

    #[test]
    fn an_offset_is_said_in_its_largest_whole_unit() {
        let phrases = [0, 1, 15, 60, 90, 120, 1440, 1500, 2880].map(how_long_before);
        let expected = [
            "now",
            "1 minute before",
            "15 minutes before",
            "1 hour before",
            "90 minutes before",
            "2 hours before",
            "1 day before",
            "25 hours before",
            "2 days before",
        ];
        assert_eq!(phrases, expected);
    }
}
