//! What the subject of a reminder says: when the thing is, and how long before that.

use chrono::{DateTime, TimeDelta, Utc};

use crate::entity::reminder::{self, ReminderKind};
use crate::platform::language::Language;
use crate::platform::time::civil::Moment;

/// An email that is later or earlier than this says how much time is left, and not its offset.
const ON_TIME: TimeDelta = TimeDelta::minutes(2);

/// What tells this reminder from others: when the thing is, and how long before that the reminder
/// is. An email that is late says how much time is left. It is in the reader's zone and language.
pub(super) fn which(
    reminder: &reminder::Model,
    moment: Moment,
    (zone, language): (&str, Language),
    now: DateTime<Utc>,
) -> String {
    let when = moment.in_short(zone, language);
    let how_long = if reminder.kind == ReminderKind::ClaimConfirmation {
        None
    } else if (now - reminder.fire_at).abs() <= ON_TIME {
        Some(how_long_before(reminder.offset_minutes, language))
    } else if let Moment::At(at) = moment {
        how_long_left(at - now, language)
    } else {
        None
    };
    let Some(how_long) = how_long else {
        return when;
    };
    let message = language.say("reminder-which").with("when", &when);
    message.with("how-long", &how_long).to_string()
}

/// The time that is left, in words: `in 40 minutes`, `in about 3 hours`.
fn how_long_left(left: TimeDelta, language: Language) -> Option<String> {
    let minutes = (left.num_seconds() + 30) / 60;
    if minutes <= 0 {
        return None;
    }
    let (length, key, about) = if minutes >= 2880 {
        (1440, "reminder-left-days", "reminder-left-about-days")
    } else if minutes == 60 || minutes >= 120 {
        (60, "reminder-left-hours", "reminder-left-about-hours")
    } else {
        (1, "reminder-left-minutes", "reminder-left-minutes")
    };
    let count = (minutes + length / 2) / length;
    let key = if count * length == minutes {
        key
    } else {
        about
    };
    Some(language.say(key).with("count", &count).to_string())
}

/// An offset in words: `1 day before`, `90 minutes before`.
fn how_long_before(minutes: i32, language: Language) -> String {
    let (count, key) = match minutes {
        0 => return language.say("reminder-now").to_string(),
        _ if minutes % 1440 == 0 => (minutes / 1440, "reminder-before-days"),
        _ if minutes % 60 == 0 => (minutes / 60, "reminder-before-hours"),
        _ => (minutes, "reminder-before-minutes"),
    };
    let count = i64::from(count);
    language.say(key).with("count", &count).to_string()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::{how_long_before, how_long_left};
    use crate::platform::language::Language;

    #[test]
    fn a_late_mail_says_how_much_time_is_left() {
        let phrases = [-5, 0, 1, 40, 60, 90, 120, 160, 1450, 2880, 4000]
            .map(|minutes| how_long_left(TimeDelta::minutes(minutes), Language::ENGLISH))
            .map(Option::unwrap_or_default);
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
        let phrases = [0, 1, 15, 60, 90, 120, 1440, 1500, 2880]
            .map(|minutes| how_long_before(minutes, Language::ENGLISH));
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
