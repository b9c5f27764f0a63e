//! Whether an email about a circle may be sent now: one function for reminders and notifications.
//!
//! **What it guarantees.** A person gets no email while they are away, of a category that they turned
//! off, or at an address from which emails come back ([`why_none`] decides it and says why), and none
//! in their quiet hours. Nothing is dropped because of the hour: it is sent when the quiet hours end,
//! or in the next digest. What would come too late then is sent at once, and so is what needs
//! somebody within twelve hours.
//!
//! **How.** It is asked when the email is written, so the settings of that moment count. What waits
//! keeps its row, with the reason, and a job that is due when it may be sent asks again. When
//! something happens, [`why_none`] alone is asked: who gets no email anyhow finds it in the app, and
//! the table in `notifications/who.rs` tells others in their place.
//!
//! Emails about an account, an invitation, or the end of a circle always come, so nobody asks about
//! them. Other emails about a circle itself, such as that it is paused, are in no category: they only
//! wait for the end of quiet hours ([`quiet_until`]).

use chrono::{DateTime, TimeDelta, Utc};

use crate::entity::delivery::DeliveryReason;
use crate::entity::notification_setting::NotificationDelivery;
use crate::entity::user::{self, EmailState, UserState};
use crate::schedule::{DigestTime, QuietHours};

/// An email that comes later than so long before its matter begins is too late.
const LEAD: TimeDelta = TimeDelta::hours(1);
/// What begins sooner than this and needs somebody does not wait, neither for the end of quiet hours
/// nor for a digest.
const URGENT: TimeDelta = TimeDelta::hours(12);

/// Who gets an email.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// The account to whose address it goes. It has the quiet hours and the time of the digest.
    pub account: &'a user::Model,
    /// Whether the member is away, and this is not told to people who are.
    pub is_away: bool,
    /// How the member wants emails of this category.
    pub wish: NotificationDelivery,
}

impl Person<'_> {
    /// Whether emails reach them.
    pub fn email_facts(self) -> EmailFacts {
        EmailFacts {
            is_away: self.is_away,
            has_account: self.account.state == UserState::Active,
            is_stopped: EmailState::after(self.account.bounces) == EmailState::Stopped,
            wish: self.wish,
        }
    }
}

/// What decides whether a person gets emails of a category at all.
#[derive(Clone, Copy, Debug)]
pub struct EmailFacts {
    /// Whether the member is away, and this is not told to people who are.
    pub is_away: bool,
    /// Whether their account is in use.
    pub has_account: bool,
    /// Whether so many emails came back that no more are sent.
    pub is_stopped: bool,
    /// How the member wants emails of this category.
    pub wish: NotificationDelivery,
}

impl EmailFacts {
    /// What is known before the account is read: when the email is written, it is asked again.
    pub fn without_account(is_away: bool, wish: NotificationDelivery) -> Self {
        Self {
            is_away,
            has_account: true,
            is_stopped: false,
            wish,
        }
    }
}

/// Why a person gets no email of a category, if they get none at any hour.
pub fn why_none(facts: EmailFacts) -> Option<DeliveryReason> {
    if facts.is_away {
        Some(DeliveryReason::Away)
    } else if !facts.has_account {
        Some(DeliveryReason::NoAccount)
    } else if facts.is_stopped {
        Some(DeliveryReason::AddressRefused)
    } else if facts.wish == NotificationDelivery::Off {
        Some(DeliveryReason::TurnedOff)
    } else {
        None
    }
}

/// What an email is about.
#[derive(Clone, Copy, Debug)]
pub struct Matter {
    /// When it happened or was due.
    pub since: DateTime<Utc>,
    /// When the thing begins, if it is still to come.
    pub begins_at: Option<DateTime<Utc>>,
    /// Whether it says that somebody is needed.
    pub needs_somebody: bool,
}

/// Whether an email may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaySend {
    Now,
    /// Ask again at this time. The email waits for this reason.
    Later(DateTime<Utc>, DeliveryReason),
    /// The person gets none, for this reason.
    Never(DeliveryReason),
}

/// Whether an email about this may be sent to this person now.
pub fn may_send(person: Person<'_>, matter: Matter, now: DateTime<Utc>) -> MaySend {
    if let Some(reason) = why_none(person.email_facts()) {
        return MaySend::Never(reason);
    }
    let account = person.account;
    let zone = account.time_zone.as_str();
    let quiet_hours = QuietHours::of(account);
    let after_quiet_hours = |at| {
        let end = quiet_hours.and_then(|hours| hours.end_after(at, zone));
        end.unwrap_or(at)
    };
    let is_too_late = |at: DateTime<Utc>| matter.begins_at.is_some_and(|begins| begins - LEAD < at);
    let wait = |at: DateTime<Utc>, reason| {
        if at <= now {
            MaySend::Now
        } else {
            MaySend::Later(at, reason)
        }
    };
    let is_soon = matter
        .begins_at
        .is_some_and(|begins| begins - now <= URGENT);
    let is_urgent = matter.needs_somebody && is_soon;
    match person.wish {
        _ if is_urgent => return MaySend::Now,
        NotificationDelivery::Email | NotificationDelivery::Off => {}
        NotificationDelivery::Digest => {
            let digest_at = DigestTime::of(account).next_after(matter.since, zone);
            let at = after_quiet_hours(digest_at.max(now));
            if !is_too_late(at) {
                return wait(at, DeliveryReason::Digest);
            }
        }
    }
    let at = after_quiet_hours(now);
    if is_too_late(at) {
        return MaySend::Now;
    }
    wait(at, DeliveryReason::QuietHours)
}

/// When the quiet hours of an account end that it has now.
pub fn quiet_until(account: &user::Model, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    QuietHours::of(account)?.end_after(now, &account.time_zone)
}

/// The verdict about an email with several matters: it is sent as soon as one of them is.
pub fn first_of(verdicts: impl IntoIterator<Item = MaySend>) -> MaySend {
    let sooner = |first, other| match (first, other) {
        (MaySend::Now, _) | (_, MaySend::Now) => MaySend::Now,
        (MaySend::Later(at, _), MaySend::Later(other_at, _)) if other_at < at => other,
        (MaySend::Never(_), other) => other,
        (first, _) => first,
    };
    let nothing = MaySend::Never(DeliveryReason::NothingHappened);
    verdicts.into_iter().fold(nothing, sooner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::ids::UserId;

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// Quiet from 22:00 to 07:00 in Berlin, with a digest at 08:00.
    fn account() -> user::Model {
        let at = instant("2026-12-01T08:00:00Z");
        user::Model {
            id: UserId(uuid::Uuid::nil()),
            email: "ana@test.example".into(),
            name: "Ana".into(),
            password_hash: None,
            time_zone: "Europe/Berlin".into(),
            locale: None,
            state: UserState::Active,
            quiet_from: Some("22:00".into()),
            quiet_until: Some("07:00".into()),
            quiet_check_at: None,
            digest_time: "08:00".into(),
            digest_weekday: None,
            avatar_file_id: None,
            deletion_scheduled_for: None,
            bouncing_since: None,
            bounces: 0,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }

    #[test]
    fn an_email_waits_for_the_end_of_quiet_hours_unless_it_cannot() {
        use NotificationDelivery::{Digest, Email, Off};
        let account = account();
        // The wish, the hour now, the hours until the thing begins, whether it needs somebody.
        for (wish, now, begins_in, needs_somebody, expected) in [
            (Email, "2026-12-01T12:00:00Z", Some(2), false, "now"),
            (
                Email,
                "2026-12-01T23:00:00Z",
                None,
                false,
                "02T06:00 quiet_hours",
            ),
            (
                Email,
                "2026-12-01T23:00:00Z",
                Some(24),
                false,
                "02T06:00 quiet_hours",
            ),
            (
                Email,
                "2026-12-01T23:00:00Z",
                Some(8),
                false,
                "02T06:00 quiet_hours",
            ),
            // At seven o'clock less than an hour would be left.
            (Email, "2026-12-01T23:00:00Z", Some(7), false, "now"),
            (Email, "2026-12-01T23:00:00Z", Some(12), true, "now"),
            (
                Email,
                "2026-12-01T23:00:00Z",
                Some(13),
                true,
                "02T06:00 quiet_hours",
            ),
            (Off, "2026-12-01T12:00:00Z", Some(1), true, "turned_off"),
            (
                Digest,
                "2026-12-01T12:00:00Z",
                None,
                false,
                "02T07:00 digest",
            ),
            (
                Digest,
                "2026-12-01T12:00:00Z",
                Some(20),
                false,
                "02T07:00 digest",
            ),
            // Somebody is needed today: that does not wait for the digest.
            (Digest, "2026-12-01T06:30:00Z", Some(11), true, "now"),
            (
                Digest,
                "2026-12-01T06:30:00Z",
                Some(11),
                false,
                "01T07:00 digest",
            ),
            // The digest would come too late.
            (Digest, "2026-12-01T12:00:00Z", Some(19), false, "now"),
            (
                Digest,
                "2026-12-01T23:00:00Z",
                Some(8),
                false,
                "02T06:00 quiet_hours",
            ),
        ] {
            let now = instant(now);
            let matter = Matter {
                since: now,
                begins_at: begins_in.map(|hours| now + TimeDelta::hours(hours)),
                needs_somebody,
            };
            let person = Person {
                account: &account,
                is_away: false,
                wish,
            };
            let verdict = match may_send(person, matter, now) {
                MaySend::Now => "now".to_owned(),
                MaySend::Never(reason) => reason.as_str().to_owned(),
                MaySend::Later(at, reason) => {
                    format!("{} {}", at.format("%dT%H:%M"), reason.as_str())
                }
            };
            assert_eq!(verdict, expected, "{wish:?} {now} {matter:?}");
        }
    }

    #[test]
    fn what_waited_for_a_digest_is_sent_when_its_time_has_come() {
        let account = account();
        let person = Person {
            account: &account,
            is_away: false,
            wish: NotificationDelivery::Digest,
        };
        let matter = Matter {
            since: instant("2026-12-01T12:00:00Z"),
            begins_at: None,
            needs_somebody: false,
        };
        for (now, expected) in [
            ("2026-12-02T06:59:59Z", false),
            ("2026-12-02T07:00:00Z", true),
            ("2026-12-02T09:00:00Z", true),
        ] {
            let verdict = may_send(person, matter, instant(now));
            assert_eq!(verdict == MaySend::Now, expected, "{now}");
        }
    }

    #[test]
    fn one_reason_says_why_nobody_gets_an_email() {
        use NotificationDelivery::{Email, Off};
        // Away, an account, stopped, the wish.
        for (is_away, has_account, is_stopped, wish, expected) in [
            (false, true, false, Email, None),
            (false, true, false, Off, Some(DeliveryReason::TurnedOff)),
            (false, true, true, Off, Some(DeliveryReason::AddressRefused)),
            (false, false, false, Off, Some(DeliveryReason::NoAccount)),
            (true, true, true, Off, Some(DeliveryReason::Away)),
        ] {
            let facts = EmailFacts {
                is_away,
                has_account,
                is_stopped,
                wish,
            };
            assert_eq!(why_none(facts), expected, "{facts:?}");
        }
        let stopped = user::Model {
            bounces: 3,
            ..account()
        };
        let person = Person {
            account: &stopped,
            is_away: false,
            wish: Email,
        };
        let matter = Matter {
            since: instant("2026-12-01T12:00:00Z"),
            begins_at: None,
            needs_somebody: true,
        };
        let verdict = may_send(person, matter, matter.since);
        assert_eq!(verdict, MaySend::Never(DeliveryReason::AddressRefused));
    }

    #[test]
    fn the_soonest_matter_decides() {
        let later = |at| MaySend::Later(instant(at), DeliveryReason::Digest);
        let (first, second) = (later("2026-12-02T07:00:00Z"), later("2026-12-03T07:00:00Z"));
        assert_eq!(first_of([second, first]), first);
        let never = MaySend::Never(DeliveryReason::TurnedOff);
        assert_eq!(first_of([never, second]), second);
        assert_eq!(first_of([second, MaySend::Now, first]), MaySend::Now);
        assert_eq!(
            first_of([]),
            MaySend::Never(DeliveryReason::NothingHappened)
        );
    }
}
