//! The sentences of the app about notifications and reminders, in the language of the account that
//! reads them, or else of the circle. They are those of the emails. An email tells what is true when
//! it is sent; a line in the app stays, and tells what happened.

use chrono::{DateTime, Utc};

use super::line::{
    ASKED_ANEW, CANCELED, DONE, MOVED, NO_PART, NOT_APPROVED, NOT_TO_COME, Reader, say,
};
use crate::entity::notification::NotificationKind;
use crate::entity::notification_setting::NotificationCategory;
use crate::entity::reminder::ReminderKind;
use crate::notify::subject::{MemberPart, SubjectId};
use crate::platform::language::Language;
use crate::platform::time::civil::ReaderZone;

/// What happened to a subject. `is_contact`: it is about a member for whom the reader acts.
pub(super) fn what_happened(
    about: SubjectId,
    kind: NotificationKind,
    category: NotificationCategory,
    is_contact: bool,
    now: DateTime<Utc>,
    language: Language,
) -> String {
    let takes_part = category == NotificationCategory::Assignments;
    let part = match kind {
        NotificationKind::Offered | NotificationKind::HandoverOffered => MemberPart::Asked,
        NotificationKind::Scheduled if takes_part => MemberPart::Asked,
        NotificationKind::ContactChanged if is_contact => MemberPart::Held,
        _ => MemberPart::None,
    };
    let state = about.state_of_kind(part);
    let key = match kind {
        NotificationKind::Removed => NO_PART,
        NotificationKind::OfferWithdrawn => NOT_TO_COME,
        NotificationKind::Completed => DONE,
        NotificationKind::Canceled => CANCELED,
        NotificationKind::Rejected => NOT_APPROVED,
        NotificationKind::Rescheduled if state.repeats => state.changed,
        NotificationKind::Rescheduled if state.asks_anew && takes_part => ASKED_ANEW,
        NotificationKind::Rescheduled => MOVED,
        _ => {
            // The sentences of the others tell no time.
            let reader = Reader {
                zone: ReaderZone::in_circle("UTC", "UTC").in_language(language),
                now: None,
                last_day: None,
                about: None,
            };
            match say(&state, kind, None, reader, now) {
                Ok(line) => return line.what,
                Err(_) => state.changed,
            }
        }
    };
    language.say(key).to_string()
}

/// What a reminder says.
pub(super) fn reminds(kind: ReminderKind, language: Language) -> String {
    let key = match kind {
        ReminderKind::Uncovered => "app-needed",
        ReminderKind::ClaimConfirmation => "app-said-yes",
        ReminderKind::TaskDue | ReminderKind::AppointmentUpcoming | ReminderKind::NeedUpcoming => {
            "app-coming"
        }
    };
    language.say(key).to_string()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_kind_of_notification_has_a_sentence() {
        let appointment = SubjectId::Appointment(Uuid::nil().into());
        for kind in NotificationKind::ALL {
            let category = NotificationCategory::Assignments;
            for language in Language::all() {
                let start = DateTime::UNIX_EPOCH;
                let text = what_happened(appointment, *kind, category, false, start, language);
                assert!(text.ends_with('.'), "{kind:?} {language:?}: {text}");
            }
        }
    }
}
