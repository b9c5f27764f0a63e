//! Releases what a member holds: all of it, because they leave or are suspended, or what they
//! no longer see or may no longer do.

use sea_orm::{QueryFilter, QueryOrder, Select};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::part::held_by;
use super::work::{HasParts, Work, release_part, require_active, unknown_member};
use crate::access::{CircleWrite, Permission, topics_seen_by, topics_to_take_part_in};
use crate::entity::ids::MemberId;
use crate::entity::membership;
use crate::entity::notification::NotificationKind;
use crate::entity::subjects;
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::features::roles::release_roles;
use crate::notify::notifications::{self, Notification};
use crate::notify::reminders;
use crate::problem::Problem;

/// Something that somebody no longer holds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "type": "task",
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3f",
    "title": "Shopping"
})))]
pub struct Released {
    /// `task`, `need`, `role`
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub id: Uuid,
    /// The task's title, or what kind of need it is.
    pub title: String,
}

/// What was released, and the notifications of it, which are sent at the end.
#[derive(Default)]
pub struct ReleaseOutcome {
    /// What the writer may see of it.
    pub released: Vec<Released>,
    pub notifications: Vec<Notification>,
}

impl ReleaseOutcome {
    async fn finish(self, write: &CircleWrite) -> Result<Vec<Released>, Problem> {
        notifications::notify(write, self.notifications).await?;
        Ok(self.released)
    }
}

/// Whose parts are released, and which of them.
pub struct ReleasePlan<'a> {
    pub member: MemberId,
    /// The topics of which they may still take things on.
    pub topics_to_take_part_in: &'a [Topic],
    /// The topics that they still see.
    pub sees: &'a [Topic],
    /// Who is asked in their place, and the topics of which that person takes things on.
    pub reassign_to: Option<(MemberId, Vec<Topic>)>,
}

/// Releases all that a member holds and has been asked to take, takes them off
/// appointments, and offers `reassign_to` what they can take on of it. Those who relied
/// on them are told. Answers what the writer may see of it.
pub async fn release_all(
    write: &mut CircleWrite,
    member: MemberId,
    reassign_to: Option<MemberId>,
) -> Result<Vec<Released>, Problem> {
    let reassign_to = match reassign_to {
        Some(id) => Some(require_other(write, member, id).await?),
        None => None,
    };
    let reassign_to = reassign_to.as_ref();
    let with_topics = match reassign_to {
        Some(next) => Some((next.id, topics_to_take_part_in(write, next).await?)),
        None => None,
    };
    let plan = ReleasePlan {
        member,
        topics_to_take_part_in: &[],
        sees: &[],
        reassign_to: with_topics,
    };
    let mut outcome = ReleaseOutcome::default();
    release_parts(write, &plan, &mut outcome).await?;
    release_roles(write, member, reassign_to, &mut outcome).await?;
    reminders::cancel_all_for_member(write, member).await?;
    // The member is out of the circle and hears nothing of it any more.
    let to_them = |notification: &Notification| {
        matches!(
            notification.kind,
            NotificationKind::TakenOff | NotificationKind::Unasked
        )
    };
    outcome
        .notifications
        .retain(|notification| !to_them(notification));
    outcome.finish(write).await
}

/// Releases what a member may not do any more, because they see less or may do
/// less than before: nobody holds what they can neither do nor give back. Answers
/// what the writer may see of it.
pub async fn release_out_of_reach(
    write: &mut CircleWrite,
    member: &membership::Model,
) -> Result<Vec<Released>, Problem> {
    let topics_to_take_part_in = topics_to_take_part_in(write, member).await?;
    let sees = topics_seen_by(write, member).await?;
    let plan = ReleasePlan {
        member: member.id,
        topics_to_take_part_in: &topics_to_take_part_in,
        sees: &sees,
        reassign_to: None,
    };
    let mut outcome = ReleaseOutcome::default();
    release_parts(write, &plan, &mut outcome).await?;
    if !Permission::CarryRoles.is_given_to(member.access, member.is_patient) {
        release_roles(write, member.id, None, &mut outcome).await?;
    }
    outcome.finish(write).await
}

/// Another active member, who is to have what is released.
async fn require_other(
    write: &CircleWrite,
    member: MemberId,
    id: MemberId,
) -> Result<membership::Model, Problem> {
    let other = require_active(write, "/hand_to", id).await?;
    if other.id == member {
        return Err(unknown_member("/hand_to"));
    }
    Ok(other)
}

macro_rules! release_parts {
    (
        reminded {$($kind:ident($id:ident): $entity:ident by $field:ident($column:ident);)+}
        notified $rest:tt
    ) => {
        /// Releases all that people take part in, in the order of the list.
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

/// Releases the work of one kind that is about a topic of which the member takes nothing on
/// any more, and offers it to the member in their place.
pub async fn release_work<E: Work>(
    write: &mut CircleWrite,
    plan: &ReleasePlan<'_>,
    outcome: &mut ReleaseOutcome,
) -> Result<(), Problem> {
    let ahead = E::is_ahead(write.now());
    let soonest_first = |rows: Select<E>| rows.filter(ahead).order_by_asc(E::SORT_AT);
    for (row, parts) in held_by::<E::Parts>(write, plan.member, soonest_first).await? {
        let topic = E::topic(&row);
        let is_among = |topics: &[Topic]| topic.is_some_and(|topic| topics.contains(&topic));
        if is_among(plan.topics_to_take_part_in) {
            continue;
        }
        let reassign_to = plan.reassign_to.as_ref();
        let reassign_to = reassign_to.filter(|(_, topics)| is_among(topics));
        let next = reassign_to.map(|(member, _)| *member);
        let (row, notifications) = release_part::<E>(write, row, &parts, plan.member, next).await?;
        outcome.notifications.extend(notifications);
        let level = |topic| write.scope().topics().level(topic);
        if topic.is_none_or(|topic| level(topic) >= TopicLevel::Read) {
            outcome.released.push(Released {
                kind: E::SUBJECT,
                id: E::id_of(&row).into(),
                title: E::title(&row),
            });
        }
    }
    Ok(())
}
