//! Firing what is due: in one transaction the reminder is claimed, who is to
//! be reminded is found out anew, and a delivery and a mail job made for each.

use std::time::Duration;

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::preferences::reminder_delivery;
use crate::access::{CircleWrite, who_sees};
use crate::answer::Done;
use crate::app::App;
use crate::entity::change::Way;
use crate::entity::delivery::{self, Channel, DeliveryState};
use crate::entity::ids::{CircleId, ReminderId};
use crate::entity::mail_token::MailTokenKind;
use crate::entity::membership;
use crate::entity::notification_preference::NotificationDelivery;
use crate::entity::reminder::{self, ReminderState};
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::jobs::{Job, enqueue};
use crate::mail_tokens::{self, Subject};
use crate::problem::Problem;

const AT_ONCE: u64 = 200;
/// How often the plan is looked at: well inside the promised minute.
const ROUND: Duration = Duration::from_secs(5);

/// Fires what is due until the server stops.
pub async fn keep_firing(app: App) {
    while !app.stopping().is_cancelled() {
        if let Err(problem) = fire_due_reminders(&app).await {
            tracing::warn!(?problem, "reminders could not be fired");
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            () = app.stopping().cancelled() => {}
        }
    }
}

/// Fires everything that is due now; answers how many reminders.
pub async fn fire_due_reminders(app: &App) -> Result<usize, Problem> {
    let mut fired = 0;
    loop {
        let due = find_due(app).await?;
        if due.is_empty() {
            break;
        }
        for circle in due.chunk_by(|a, b| a.0 == b.0) {
            let Some((circle_id, _)) = circle.first() else {
                continue;
            };
            let write = app
                .begin_circle_write(*circle_id, Way::System, None)
                .await?;
            for (_, id) in circle {
                fired += usize::from(fire(app, &write, *id).await?);
            }
            write.commit(Done).await?;
        }
        app.jobs_waiting().notify_one();
    }
    Ok(fired)
}

/// The oldest due reminders, those of one circle together.
#[expect(
    clippy::disallowed_methods,
    reason = "looks over all circles; each is entered through its own scope"
)]
async fn find_due(app: &App) -> Result<Vec<(CircleId, ReminderId)>, Problem> {
    use reminder::Column;
    let mut due = reminder::Entity::find()
        .select_only()
        .columns([Column::CircleId, Column::Id])
        .filter(Column::State.eq(ReminderState::Planned))
        .filter(Column::FireAt.lte(app.clock().now()))
        .order_by_asc(Column::FireAt)
        .limit(AT_ONCE)
        .into_tuple::<(CircleId, ReminderId)>()
        .all(app.reader())
        .await?;
    due.sort_by_key(|(circle_id, _)| *circle_id);
    Ok(due)
}

/// Fires one reminder, unless it is not due any more.
async fn fire(app: &App, write: &CircleWrite, id: ReminderId) -> Result<bool, Problem> {
    let reminder = write.require::<reminder::Entity>(id).await?;
    if reminder.state != ReminderState::Planned || reminder.fire_at > write.now() {
        return Ok(false);
    }
    let task = write.require::<task::Entity>(reminder.task_id).await?;
    let current =
        task.state == TaskState::Open && task.schedule_version == reminder.schedule_version;
    let state = if !current {
        ReminderState::Cancelled
    } else if reminder.not_after <= write.now() {
        ReminderState::Expired
    } else {
        remind_holders(app, write, &reminder, &task).await?;
        ReminderState::Fired
    };
    let mut row = reminder.clone().into_active_model();
    row.state = Set(state);
    write.update::<reminder::Entity>(&reminder, row).await?;
    Ok(true)
}

async fn remind_holders(
    app: &App,
    write: &CircleWrite,
    reminder: &reminder::Model,
    task: &task::Model,
) -> Result<(), Problem> {
    let holders = write
        .find::<task_assignment::Entity>()
        .filter(task_assignment::Column::TaskId.eq(task.id))
        .filter(task_assignment::Column::State.eq(AssignmentState::Accepted))
        .all(write.tx())
        .await?;
    let members = write
        .find::<membership::Entity>()
        .filter(membership::Column::Id.is_in(holders.iter().map(|held| held.member_id)))
        .all(write.tx())
        .await?;
    let seeing = who_sees(write, &members, task.topic).await?;
    for member in members {
        let preference = reminder_delivery(write.tx(), write.circle_id(), member.id).await?;
        let skipped = if !seeing.contains(&member.id) {
            Some("no_longer_sees_it")
        } else if preference == NotificationDelivery::Off {
            Some("switched_off")
        } else {
            None
        };
        let row = delivery::ActiveModel {
            id: Set(app.clock().new_id()),
            reminder_id: Set(reminder.id),
            member_id: Set(member.id),
            channel: Set(Channel::Email),
            state: Set(if skipped.is_some() {
                DeliveryState::Skipped
            } else {
                DeliveryState::Queued
            }),
            reason: Set(skipped.map(str::to_owned)),
            attempts: Set(0),
            sent_at: Set(None),
            ..Default::default()
        };
        let delivery = write.insert::<delivery::Entity>(row).await?;
        if delivery.state == DeliveryState::Queued {
            make_unsubscribe_token(app, write, &member).await?;
            let job = Job::MailReminder {
                circle_id: delivery.circle_id,
                delivery_id: delivery.id,
            };
            enqueue(app, write.tx(), &job, write.now()).await?;
        }
    }
    Ok(())
}

/// One token a member, good for every mail: it does not end.
async fn make_unsubscribe_token(
    app: &App,
    write: &CircleWrite,
    member: &membership::Model,
) -> Result<(), Problem> {
    let subject = Subject::member(member.circle_id, member.id);
    let kind = MailTokenKind::Unsubscribe;
    if mail_tokens::newest(write.tx(), kind, subject)
        .await?
        .is_none()
    {
        mail_tokens::issue(app, write.tx(), kind, subject, write.now(), None).await?;
    }
    Ok(())
}
