//! One reminder to one person: written when it is sent, from what is true then.

use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter};

use super::preferences::{put_reminder_delivery, reminder_delivery};
use crate::access::{CircleWrite, who_sees};
use crate::accounts::require_user;
use crate::answer::Done;
use crate::app::App;
use crate::entity::change::Way;
use crate::entity::delivery::{self, DeliveryState};
use crate::entity::ids::{CircleId, DeliveryId, MemberId};
use crate::entity::mail_token::MailTokenKind;
use crate::entity::membership;
use crate::entity::notification_preference::NotificationDelivery;
use crate::entity::reminder;
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::entity::user::{self, UserState};
use crate::extract::Asked;
use crate::jobs::Failure;
use crate::mail::{Reminder, SendError, deliver};
use crate::mail_tokens::{self, Subject};
use crate::problem::Problem;
use crate::wall_time::{day_for_reader, for_reader};

/// How often one mail is tried; what a mail server refuses for now gets that many chances.
const MAX_ATTEMPTS: i32 = 10;

/// A letter and where it goes.
struct Addressed {
    to: String,
    letter: Reminder,
}

/// Why there is nothing to send.
struct Skip {
    state: DeliveryState,
    reason: &'static str,
}

/// Sends one delivery and writes down how it ended.
pub async fn mail_reminder(
    app: &App,
    circle_id: CircleId,
    id: DeliveryId,
    attempt: i32,
) -> Result<(), Failure> {
    let write = app.begin_circle_write(circle_id, Way::System, None).await?;
    let delivery = write.require::<delivery::Entity>(id).await?;
    if !matches!(
        delivery.state,
        DeliveryState::Queued | DeliveryState::Unknown
    ) {
        return Ok(());
    }
    let addressed = match write_letter(app, &write, &delivery).await? {
        Ok(addressed) => addressed,
        Err(Skip { state, reason }) => {
            record(&write, &delivery, state, Some(reason)).await?;
            write.commit(Done).await?;
            return Ok(());
        }
    };
    // The mail server is not talked to while the circle is locked.
    drop(write);

    let Addressed { to, letter } = addressed;
    let unsubscribe = letter.unsubscribe.clone();
    let outcome = deliver(app, id.0, &to, &letter, Some(&unsubscribe)).await;
    let was_unknown = delivery.state == DeliveryState::Unknown;
    let (state, reason, failure) = judge(outcome, attempt, was_unknown);

    let write = app.begin_circle_write(circle_id, Way::System, None).await?;
    let delivery = write.require::<delivery::Entity>(id).await?;
    record(&write, &delivery, state, reason).await?;
    write.commit(Done).await?;
    failure.map_or(Ok(()), Err)
}

/// The state a send leaves behind, its reason, and whether the job goes on.
fn judge(
    outcome: Result<(), SendError>,
    attempt: i32,
    was_unknown: bool,
) -> (DeliveryState, Option<&'static str>, Option<Failure>) {
    use DeliveryState::{Bounced, Failed, Queued, Sent, Unknown};
    let last = attempt >= MAX_ATTEMPTS;
    match outcome {
        Ok(()) => (Sent, None, None),
        Err(SendError::Bounced(_)) => (Bounced, Some("address_refused"), None),
        Err(SendError::Refused(_)) => (Failed, Some("message_refused"), None),
        Err(SendError::Later(error)) if last => (
            Failed,
            Some("refused_too_often"),
            Some(Failure::GiveUp(error)),
        ),
        Err(SendError::Later(error)) => {
            (Queued, Some("asked_to_wait"), Some(Failure::Retry(error)))
        }
        Err(SendError::Transport(error)) => {
            (Queued, Some("server_away"), Some(Failure::Postpone(error)))
        }
        // One more try, with the same Message-ID; then it stays unknown no longer.
        Err(SendError::Unknown(error)) if !was_unknown => {
            (Unknown, Some("no_answer"), Some(Failure::Retry(error)))
        }
        Err(SendError::Unknown(_)) => (Failed, Some("no_answer"), None),
    }
}

async fn record(
    write: &CircleWrite,
    delivery: &delivery::Model,
    state: DeliveryState,
    reason: Option<&str>,
) -> Result<(), Problem> {
    let mut row = delivery.clone().into_active_model();
    row.state = Set(state);
    row.reason = Set(reason.map(str::to_owned));
    row.attempts = Set(delivery.attempts + 1);
    if state == DeliveryState::Sent {
        row.sent_at = Set(Some(write.now()));
    }
    write.update::<delivery::Entity>(delivery, row).await?;
    Ok(())
}

/// Reads everything again and writes the letter, if it is still due to anybody.
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
    let reminder = write
        .require::<reminder::Entity>(delivery.reminder_id)
        .await?;
    let task = write.require::<task::Entity>(reminder.task_id).await?;
    if task.state != TaskState::Open || task.schedule_version != reminder.schedule_version {
        return skip("no_longer_due");
    }
    if reminder.not_after <= write.now() {
        return Ok(Err(Skip {
            state: DeliveryState::Expired,
            reason: "too_late",
        }));
    }
    let holds = write
        .find::<task_assignment::Entity>()
        .filter(task_assignment::Column::TaskId.eq(task.id))
        .filter(task_assignment::Column::MemberId.eq(delivery.member_id))
        .filter(task_assignment::Column::State.eq(AssignmentState::Accepted))
        .one(write.tx())
        .await?;
    if holds.is_none() {
        return skip("given_back");
    }
    let member = write
        .require::<membership::Entity>(delivery.member_id)
        .await?;
    let seeing = who_sees(write, std::slice::from_ref(&member), task.topic).await?;
    if !seeing.contains(&member.id) {
        return skip("no_longer_sees_it");
    }
    let preference = reminder_delivery(write.tx(), write.circle_id(), member.id).await?;
    if preference == NotificationDelivery::Off {
        return skip("switched_off");
    }
    let Some(user) = account_of(write, &member).await? else {
        return skip("no_account");
    };
    let subject = Subject::member(member.circle_id, member.id);
    let token = mail_tokens::newest(write.tx(), MailTokenKind::Unsubscribe, subject)
        .await?
        .ok_or_else(|| Problem::Internal(anyhow::anyhow!("the unsubscribe token is gone")))?;
    let when = match (task.due_at, task.due_on) {
        (Some(at), _) => for_reader(at, &user.time_zone),
        (None, Some(day)) => day_for_reader(day),
        (None, None) => return skip("no_longer_due"),
    };
    Ok(Ok(Addressed {
        to: user.email,
        letter: Reminder {
            name: member.name,
            alias: write.circle().await?.alias,
            when,
            unsubscribe: mail_tokens::link(app, "unsubscribe", token.id),
        },
    }))
}

async fn account_of(
    write: &CircleWrite,
    member: &membership::Model,
) -> Result<Option<user::Model>, Problem> {
    match member.user_id {
        Some(id) => {
            let user = require_user(write.tx(), id).await?;
            Ok(Some(user).filter(|user| user.state == UserState::Active))
        }
        None => Ok(None),
    }
}

/// Who an unsubscribe link is about, for its page.
#[derive(Debug)]
pub struct Unsubscription {
    pub alias: String,
    pub is_off: bool,
}

/// Describes what the link would do, without doing it.
pub async fn describe_unsubscription(app: &App, token: &str) -> Result<Unsubscription, Problem> {
    let (write, member) = open_unsubscription(app, None, token).await?;
    let preference = reminder_delivery(write.tx(), write.circle_id(), member).await?;
    Ok(Unsubscription {
        alias: write.circle().await?.alias,
        is_off: preference == NotificationDelivery::Off,
    })
}

/// Switches a member's reminder mails off.
pub async fn unsubscribe(app: &App, request: &Asked, token: &str) -> Result<(), Problem> {
    let (write, member) = open_unsubscription(app, Some(request), token).await?;
    put_reminder_delivery(&write, member, NotificationDelivery::Off).await?;
    write.commit(Done).await?;
    Ok(())
}

async fn open_unsubscription(
    app: &App,
    request: Option<&Asked>,
    token: &str,
) -> Result<(CircleWrite, MemberId), Problem> {
    let now = app.clock().now();
    let token = mail_tokens::require(app.reader(), MailTokenKind::Unsubscribe, token, now).await?;
    let circle_id = token.circle_id.ok_or(Problem::Gone)?;
    let request = request.map(|request| request.0.clone());
    let write = app
        .begin_circle_write(circle_id, Way::Mail, request)
        .await?;
    Ok((write, MemberId(token.subject_id)))
}
