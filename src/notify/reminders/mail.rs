//! Sends one reminder to one member. It says what is true when it is sent: when the thing is, and
//! how long before that. The words are in `base/src/platform/mail/templates/reminder.*`.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::audience::audience;
use super::superseded::is_superseded_for;
use crate::access::CircleWrite;
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::delivery::{self, DeliveryReason, DeliveryState};
use crate::entity::ids::{CircleId, DeliveryId};
use crate::entity::notification_setting::{NotificationCategory, NotificationDelivery};
use crate::entity::reminder::{self, ReminderKind};
use crate::http::response::NoContent;
use crate::notify::notifications::{account_of, delivery_of, unsubscribe_link};
use crate::notify::posting::{Outcome, deliver};
use crate::notify::subject::item_of;
use crate::platform::mail::Reminder;
use crate::platform::queue::{Failure, Leased, Run};
use crate::platform::time::civil::{Moment, ReaderZone};
use crate::problem::Problem;

/// An email that is later than this says how much time is left, and not its offset.
const ON_TIME: TimeDelta = TimeDelta::minutes(2);

/// A letter and where it goes.
struct Addressed {
    to: String,
    letter: Reminder,
}

/// Why there is nothing to send.
struct Skip {
    state: DeliveryState,
    reason: DeliveryReason,
}

/// Sends one delivery and records the outcome.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailReminder {
    pub circle_id: CircleId,
    pub delivery_id: DeliveryId,
}

impl Run<App> for MailReminder {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let (circle_id, id) = (self.circle_id, self.delivery_id);
        let write = CircleWrite::begin_as_system(app, circle_id, ActorKind::System, None).await?;
        let delivery = write.require::<delivery::Entity>(id).await?;
        if !is_waiting(&delivery) {
            return Ok(());
        }
        let addressed = match write_letter(app, &write, &delivery).await? {
            Ok(addressed) => addressed,
            Err(skip) => {
                // The email may have been sent: that is recorded in another way than a skip.
                let (state, reason) = if delivery.state == DeliveryState::Unknown {
                    (DeliveryState::Failed, DeliveryReason::ServerSilent)
                } else {
                    (skip.state, skip.reason)
                };
                record(&write, &delivery, state, Some(reason), 0).await?;
                write.commit(NoContent).await?;
                return Ok(());
            }
        };
        // The lock of the circle is released before the mail server is called.
        drop(write);

        let Addressed { to, letter } = addressed;
        let unsubscribe = letter.unsubscribe.clone();
        let sent = deliver(app, id.0, &to, &letter, Some(&unsubscribe)).await;
        let was_unknown = delivery.state == DeliveryState::Unknown;
        let outcome = Outcome::of(sent, was_unknown);

        let write = CircleWrite::begin_as_system(app, circle_id, ActorKind::System, None).await?;
        let delivery = write.require::<delivery::Entity>(id).await?;
        // A server whose lease has ended must not write: another server has the job.
        if lease.is_held(write.tx()).await? && is_waiting(&delivery) {
            record(&write, &delivery, outcome.state, outcome.reason, 1).await?;
            write.commit(NoContent).await?;
        }
        outcome.failure.map_or(Ok(()), Err)
    }

    /// Ends the delivery of a dead job.
    async fn give_up(&self, app: &App, _: &Leased) -> Result<(), Problem> {
        let write =
            CircleWrite::begin_as_system(app, self.circle_id, ActorKind::System, None).await?;
        let delivery = write.require::<delivery::Entity>(self.delivery_id).await?;
        if is_waiting(&delivery) {
            let end = Outcome::when_given_up(delivery.reason);
            record(&write, &delivery, end.state, end.reason, 0).await?;
            write.commit(NoContent).await?;
        }
        Ok(())
    }
}

fn is_waiting(delivery: &delivery::Model) -> bool {
    matches!(
        delivery.state,
        DeliveryState::Queued | DeliveryState::Unknown
    )
}

async fn record(
    write: &CircleWrite,
    delivery: &delivery::Model,
    state: DeliveryState,
    reason: Option<DeliveryReason>,
    attempts: i32,
) -> Result<(), Problem> {
    let mut row = delivery.clone().into_active_model();
    row.state = Set(state);
    row.reason = Set(reason);
    row.attempts = Set(delivery.attempts + attempts);
    if state == DeliveryState::Sent {
        row.sent_at = Set(Some(write.now()));
    }
    write.update::<delivery::Entity>(delivery, row).await?;
    Ok(())
}

/// Reads everything again and writes the letter, if the member still needs it.
async fn write_letter(
    app: &App,
    write: &CircleWrite,
    delivery: &delivery::Model,
) -> Result<Result<Addressed, Skip>, Problem> {
    let skip = |reason| {
        Ok(Err(Skip {
            state: DeliveryState::Skipped,
            reason,
        }))
    };
    if write.scope().is_ending() {
        return skip(DeliveryReason::CircleEnding);
    }
    let reminder = write
        .require::<reminder::Entity>(delivery.reminder_id)
        .await?;
    let item = item_of(write, &reminder).await?;
    if !item.is_on || item.schedule_version != reminder.schedule_version {
        return skip(DeliveryReason::NoLongerDue);
    }
    if reminder.not_after <= write.now()
        || is_superseded_for(write, &item, &reminder, delivery.member_id).await?
    {
        return Ok(Err(Skip {
            state: DeliveryState::Expired,
            reason: DeliveryReason::TooLate,
        }));
    }
    let mut concerned = audience(write, &item, Some(delivery.member_id)).await?;
    let Some(concerned) = concerned.pop() else {
        return skip(DeliveryReason::Released);
    };
    let (true, Some(moment)) = (concerned.sees, concerned.moment) else {
        return skip(DeliveryReason::NotVisible);
    };
    let member = concerned.member;
    let wish = delivery_of(write.tx(), &member, NotificationCategory::Reminders).await?;
    if wish == NotificationDelivery::Off {
        return skip(DeliveryReason::TurnedOff);
    }
    let Some(user) = account_of(write, &member).await? else {
        return skip(DeliveryReason::NoAccount);
    };
    let about = [NotificationCategory::Reminders];
    let zone = ReaderZone::in_circle(&user.time_zone, write.scope().time_zone());
    Ok(Ok(Addressed {
        letter: Reminder {
            when: moment.for_reader(zone),
            confirms: reminder.kind == ReminderKind::ClaimConfirmation,
            which: which(&reminder, moment, &user.time_zone, write.now()),
            unsubscribe: unsubscribe_link(app, write, &member, &about).await?,
            alias: write.circle().await?.alias,
            name: member.name,
        },
        to: user.email,
    }))
}

/// What tells this reminder from others: when the thing is, and how long before that the reminder
/// is. An email that is late says how much time is left.
fn which(reminder: &reminder::Model, moment: Moment, zone: &str, now: DateTime<Utc>) -> String {
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
