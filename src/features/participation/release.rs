//! Releases what a member holds: all of it when they leave or are suspended, otherwise
//! what they no longer see or may no longer do.

use sea_orm::{QueryFilter, QueryOrder, Select};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::contacts::hand_over_contacts;
use super::held::Held;
use super::part::with_parts_of_all;
use super::release_many::{Released, Releasing, release_many};
use super::work::{TakesTime, Work, require_active};
use crate::access::{
    CircleWrite, Permission, levels_now, topics_to_take_part_in, topics_to_take_part_in_with,
    unknown_member,
};
use crate::entity::ids::MemberId;
use crate::entity::membership;
use crate::entity::notification::NotificationKind;
use crate::entity::reminder;
use crate::entity::subjects;
use crate::entity::topic_grant::{self, Topic, TopicLevel};
use crate::entity::wire_enum;
use crate::features::handovers::release_handovers;
use crate::features::roles::release_roles;
use crate::features::series::release_series;
use crate::notify::notifications::{self, Notification};
use crate::notify::reminders;
use crate::problem::Problem;

wire_enum! {
    /// What a released thing is, in the document.
    ReleasedItemType {
        /// A task.
        Task = "task",
        /// A need of an appointment.
        Need = "need",
        /// A role.
        Role = "role",
        /// A series of tasks.
        TaskSeries = "task_series",
    }
}

/// Something that a member no longer holds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "type": "task",
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "title": "Shopping"
})))]
pub struct ReleasedItem {
    /// What it is.
    #[serde(rename = "type")]
    #[schema(value_type = ReleasedItemType)]
    pub kind: &'static str,
    /// The id of the task, the need, the role or the series.
    pub id: Uuid,
    /// The title of the task, the role or the series, or the kind of the need.
    pub title: String,
}

/// What was released, and the notifications about it, which are sent at the end.
#[derive(Default)]
pub struct ReleaseOutcome {
    /// What the caller may see of it.
    pub released: Vec<ReleasedItem>,
    pub notifications: Vec<Notification>,
}

impl ReleaseOutcome {
    async fn finish(self, write: &CircleWrite) -> Result<Vec<ReleasedItem>, Problem> {
        notifications::notify(write, self.notifications).await?;
        Ok(self.released)
    }
}

/// Whose parts are released, and which of them.
pub struct ReleasePlan<'a> {
    pub member: MemberId,
    /// What the member has a part in.
    pub held: &'a Held,
    /// The topics in which the member may still claim things.
    pub topics_to_take_part_in: &'a [Topic],
    /// The topics that the member still sees.
    pub sees: &'a [Topic],
    /// The member who is asked instead, and the topics in which that member may claim
    /// things.
    pub reassign_to: Option<(MemberId, Vec<Topic>)>,
}

/// The field of a request that names the member to whom released work is offered.
pub const REASSIGN_TO: &str = "/reassign_to_member_id";

/// Releases everything that a member holds or was asked to take, takes them off
/// appointments, and offers `reassign_to` what that member can claim of it. Members without an
/// account whose contact they are get another one. The members
/// who relied on them are told. Returns what the caller may see of it.
pub async fn release_all(
    write: &mut CircleWrite,
    member: MemberId,
    reassign_to: Option<MemberId>,
) -> Result<Vec<ReleasedItem>, Problem> {
    let reassign_to = match reassign_to {
        Some(id) => Some(require_other(write, REASSIGN_TO, member, id).await?),
        None => None,
    };
    let reassign_to = reassign_to.as_ref();
    let with_topics = match reassign_to {
        Some(next) => Some((next.id, topics_to_take_part_in(write, next).await?)),
        None => None,
    };
    let held = Held::read(write, member).await?;
    let plan = ReleasePlan {
        member,
        held: &held,
        topics_to_take_part_in: &[],
        sees: &[],
        reassign_to: with_topics,
    };
    let mut outcome = ReleaseOutcome::default();
    release_parts(write, &plan, &mut outcome).await?;
    release_series(write, &plan, &mut outcome).await?;
    release_roles(write, &plan, reassign_to, &mut outcome).await?;
    release_handovers(write, &plan, &mut outcome).await?;
    hand_over_contacts(write, &plan, &mut outcome).await?;
    // The reminders of what was released are canceled already: no row is written twice at once.
    write.send_later_of::<reminder::Entity>().await?;
    reminders::cancel_all_for_member_later(write, member);
    // The member is not in the circle any more, so they are not told.
    let to_them = |notification: &Notification| {
        matches!(
            notification.kind,
            NotificationKind::Removed | NotificationKind::OfferWithdrawn
        )
    };
    outcome
        .notifications
        .retain(|notification| !to_them(notification));
    outcome.finish(write).await
}

/// Releases what a member may no longer do, because they see less or may do less than
/// before: a member must not hold what they can neither do nor release. `grants` are those that the
/// member has now. Returns what the caller may see of it.
pub async fn release_out_of_reach(
    write: &mut CircleWrite,
    member: &membership::Model,
    grants: &[topic_grant::Model],
) -> Result<Vec<ReleasedItem>, Problem> {
    let now = write.now();
    let topics_to_take_part_in = topics_to_take_part_in_with(member, grants, now);
    let sees = levels_now(member, grants, now).readable();
    let held = Held::read(write, member.id).await?;
    let plan = ReleasePlan {
        member: member.id,
        held: &held,
        topics_to_take_part_in: &topics_to_take_part_in,
        sees: &sees,
        reassign_to: None,
    };
    let mut outcome = ReleaseOutcome::default();
    release_parts(write, &plan, &mut outcome).await?;
    release_series(write, &plan, &mut outcome).await?;
    if !Permission::CarryRoles.is_given_to(member.access, member.is_patient) {
        release_roles(write, &plan, None, &mut outcome).await?;
    }
    release_handovers(write, &plan, &mut outcome).await?;
    outcome.finish(write).await
}

/// Another active member, to whom something of a member who goes is given.
pub async fn require_other(
    write: &CircleWrite,
    pointer: &'static str,
    member: MemberId,
    id: MemberId,
) -> Result<membership::Model, Problem> {
    let other = require_active(write, pointer, id).await?;
    if other.id == member {
        return Err(Problem::Invalid(vec![unknown_member(pointer)]));
    }
    Ok(other)
}

macro_rules! release_parts {
    (
        reminded {$($kind:ident($id:ident): $entity:ident by $field:ident($column:ident);)+}
        notified $rest:tt
    ) => {
        /// Releases the parts in all kinds of things, in the order of the list.
        async fn release_parts(
            write: &mut CircleWrite,
            plan: &ReleasePlan<'_>,
            outcome: &mut ReleaseOutcome,
        ) -> Result<(), Problem> {
            $(crate::entity::$entity::Entity::release(write, plan, outcome).await?;)+
            Ok(())
        }
    };
}

subjects!(release_parts);

/// Releases the work of one kind whose topics the member can no longer take part in, and
/// offers it to the member in their place.
pub async fn release_work<E: Work>(
    write: &mut CircleWrite,
    plan: &ReleasePlan<'_>,
    outcome: &mut ReleaseOutcome,
) -> Result<(), Problem> {
    let ahead = E::is_ahead(write.now());
    let soonest_first = |rows: Select<E>| rows.filter(ahead).order_by_asc(E::SORT_AT);
    let mut releasing = Vec::new();
    for (row, parts) in with_parts_of_all::<E::Parts>(write, plan.held, soonest_first).await? {
        let topic = E::topic(&row);
        let is_among = |topics: &[Topic]| topic.is_some_and(|topic| topics.contains(&topic));
        if is_among(plan.topics_to_take_part_in) {
            continue;
        }
        let reassign_to = plan.reassign_to.as_ref();
        let reassign_to = reassign_to.filter(|(_, topics)| is_among(topics));
        releasing.push(Releasing {
            row,
            parts,
            reassign_to: reassign_to.map(|(member, _)| *member),
        });
    }
    for Released { row, notifications } in release_many::<E>(write, plan.member, releasing).await? {
        outcome.notifications.extend(notifications);
        let topic = E::topic(&row);
        let level = |topic| write.scope().topics().level(topic);
        if topic.is_none_or(|topic| level(topic) >= TopicLevel::Read) {
            outcome.released.push(ReleasedItem {
                kind: E::SUBJECT,
                id: E::id_of(&row).into(),
                title: E::title(&row),
            });
        }
    }
    Ok(())
}
