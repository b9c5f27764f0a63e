//! The reminders of a task or appointment and what became of them. Every member who sees the thing
//! can read this, so that no reminder is lost unnoticed.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, IdenStatic, Iterable, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{CircleAccess, Permission, ViewCircle, seen_of};
use crate::entity::delivery::{self, DeliveryChannel, DeliveryReason, DeliveryState};
use crate::entity::ids::{MemberId, NeedId, ReminderId};
use crate::entity::reminder::{self, ReminderKind, ReminderState};
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;
use crate::row::Joined;

/// A reminder of a task, an appointment or a need.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c42",
    "kind": "task_due",
    "need_id": null,
    "member_id": null,
    "schedule_version": 1,
    "minutes_before": 1440,
    "fire_at": "2027-01-01T16:30:00.000Z",
    "state": "fired",
    "deliveries": [{
        "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
        "channel": "email",
        "state": "sent",
        "reason": null,
        "attempts": 1,
        "sent_at": "2027-01-01T16:30:02.000Z"
    }]
})))]
pub struct Reminder {
    /// The id of the reminder.
    pub id: ReminderId,
    /// What the reminder is for.
    pub kind: ReminderKind,
    /// The need that it is about. Null if it is about the appointment or task itself.
    pub need_id: Option<NeedId>,
    /// The only member who gets it, because they joined after the others were reminded. Null if
    /// everybody gets it who takes part when it fires.
    pub member_id: Option<MemberId>,
    /// The `schedule_version` of the task or appointment for which it was planned.
    pub schedule_version: i32,
    /// How many minutes before the time of the task, appointment or need it fires.
    pub minutes_before: i32,
    /// When it fires.
    #[serde(serialize_with = "in_milliseconds")]
    pub fire_at: DateTime<Utc>,
    /// Whether it is planned, fired, or no longer needed.
    pub state: ReminderState,
    /// One entry for each member who was to get it. Empty until it fires.
    pub deliveries: Vec<ReminderDelivery>,
}

/// The delivery of a reminder to one member.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "channel": "email",
    "state": "sent",
    "reason": null,
    "attempts": 1,
    "sent_at": "2027-01-01T16:30:02.000Z"
})))]
pub struct ReminderDelivery {
    /// The member who gets the reminder.
    pub member_id: MemberId,
    /// How it is sent.
    pub channel: DeliveryChannel,
    /// Whether it was sent.
    pub state: DeliveryState,
    /// Why it is in this state, if the state alone does not say it. The reason of a skipped
    /// delivery is shown only to the member and to coordinators, because it tells what the member
    /// sees or has set.
    pub reason: Option<DeliveryReason>,
    /// How many times the server tried to send it.
    pub attempts: i32,
    /// When the mail server accepted it.
    #[serde(serialize_with = "in_milliseconds")]
    pub sent_at: Option<DateTime<Utc>>,
}

/// The reminders of a task or appointment.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReminderCollection {
    /// The reminders, the earliest first.
    pub data: Vec<Reminder>,
}

/// The reminders that meet a condition, with their deliveries.
pub async fn overview_of(
    circle: &CircleAccess<ViewCircle>,
    which: Condition,
) -> Result<ReminderCollection, Problem> {
    let delivery = seen_of::<reminder::Entity, delivery::Entity>(
        circle.scope(),
        reminder::Column::Id,
        delivery::Column::ReminderId,
    );
    let mut rows = circle
        .find::<reminder::Entity>()
        .filter(which)
        .filter(is_of_use())
        .order_by_asc(reminder::Column::FireAt)
        .order_by_asc(reminder::Column::Id)
        .order_by_asc(delivery::Column::CreatedAt)
        .order_by_asc(delivery::Column::Id);
    QueryTrait::query(&mut rows).left_join(delivery::Entity, delivery);
    for column in delivery::Column::iter() {
        rows = rows.column_as(column, format!("delivery_{}", column.as_str()));
    }
    let rows = rows
        .by_position::<(reminder::Model, Joined<delivery::Model>)>()
        .read(circle.db())
        .await?;
    let deliver = |row: delivery::Model| {
        let tells_all = row.state != DeliveryState::Skipped
            || circle.scope().is_member(row.member_id)
            || circle.scope().may(Permission::ManageMembers);
        ReminderDelivery {
            member_id: row.member_id,
            channel: row.channel,
            state: row.state,
            reason: row.reason.filter(|_| tells_all),
            attempts: row.attempts,
            sent_at: row.sent_at,
        }
    };
    let describe = |row: reminder::Model| Reminder {
        deliveries: Vec::new(),
        id: row.id,
        kind: row.kind,
        need_id: row.need_id,
        member_id: row.member_id,
        schedule_version: row.schedule_version,
        minutes_before: row.offset_minutes,
        fire_at: row.fire_at,
        state: row.state,
    };
    let mut data: Vec<Reminder> = Vec::new();
    for (row, Joined(delivery)) in rows {
        if data.last().is_none_or(|last| last.id != row.id) {
            data.push(describe(row));
        }
        if let Some(last) = data.last_mut() {
            last.deliveries.extend(delivery.map(deliver));
        }
    }
    Ok(ReminderCollection { data })
}

/// Reminders that something needs people are planned for everything. They are shown if they fired:
/// when people were needed.
fn is_of_use() -> Condition {
    Condition::any()
        .add(reminder::Column::Kind.ne(ReminderKind::Uncovered))
        .add(reminder::Column::State.eq(ReminderState::Fired))
}
