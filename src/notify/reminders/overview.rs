//! What became of the reminders of something, for everybody who sees it: a
//! reminder is never lost silently.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{CircleAccess, Permission, ViewCircle};
use crate::entity::delivery::{self, Channel, DeliveryState};
use crate::entity::ids::{MemberId, NeedId, ReminderId};
use crate::entity::reminder::{self, ReminderKind, ReminderState};
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::Problem;

/// One reminder of something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c42",
    "kind": "task_due",
    "need_id": null,
    "member_id": null,
    "schedule_version": 1,
    "offset_minutes": 1440,
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
pub struct PlannedReminder {
    pub id: ReminderId,
    pub kind: ReminderKind,
    /// Which need of the appointment it is about, if it is not the appointment itself.
    pub need_id: Option<NeedId>,
    /// Whose it is alone, because they took part later than everybody was reminded;
    /// null: everybody's who takes part when it fires.
    pub member_id: Option<MemberId>,
    /// Of which time of the item it is.
    pub schedule_version: i32,
    /// How long before that time.
    pub offset_minutes: i32,
    #[serde(serialize_with = "in_milliseconds")]
    pub fire_at: DateTime<Utc>,
    pub state: ReminderState,
    pub deliveries: Vec<ReminderDelivery>,
}

/// A reminder to one person.
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
    pub member_id: MemberId,
    pub channel: Channel,
    pub state: DeliveryState,
    /// Why it is in that state, where the state alone does not say. What tells
    /// of somebody's own choices or sight is shown to them and to coordinators.
    pub reason: Option<String>,
    pub attempts: i32,
    #[serde(serialize_with = "in_milliseconds")]
    pub sent_at: Option<DateTime<Utc>>,
}

/// All reminders of something.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReminderOverview {
    pub data: Vec<PlannedReminder>,
}

/// The reminders that fit a condition, and what happened to each mail.
pub async fn overview_of(
    circle: &CircleAccess<ViewCircle>,
    which: Condition,
) -> Result<ReminderOverview, Problem> {
    let reminders = circle
        .find::<reminder::Entity>()
        .filter(which)
        .order_by_asc(reminder::Column::FireAt)
        .order_by_asc(reminder::Column::Id)
        .all(circle.db())
        .await?;
    let ids = reminders.iter().map(|reminder| reminder.id);
    let deliveries = circle
        .find::<delivery::Entity>()
        .filter(delivery::Column::ReminderId.is_in(ids))
        .order_by_asc(delivery::Column::CreatedAt)
        .order_by_asc(delivery::Column::Id)
        .all(circle.db())
        .await?;
    let mut of_reminder: HashMap<ReminderId, Vec<ReminderDelivery>> = HashMap::new();
    for row in deliveries {
        let tells_all = row.state != DeliveryState::Skipped
            || circle.scope().is_member(row.member_id)
            || circle.scope().may(Permission::ManageMembers);
        let delivery = ReminderDelivery {
            member_id: row.member_id,
            channel: row.channel,
            state: row.state,
            reason: row.reason.filter(|_| tells_all),
            attempts: row.attempts,
            sent_at: row.sent_at,
        };
        of_reminder
            .entry(row.reminder_id)
            .or_default()
            .push(delivery);
    }
    let describe = |row: reminder::Model| PlannedReminder {
        deliveries: of_reminder.remove(&row.id).unwrap_or_default(),
        id: row.id,
        kind: row.kind,
        need_id: row.need_id,
        member_id: row.member_id,
        schedule_version: row.schedule_version,
        offset_minutes: row.offset_minutes,
        fire_at: row.fire_at,
        state: row.state,
    };
    let data = reminders.into_iter().map(describe).collect();
    Ok(ReminderOverview { data })
}
