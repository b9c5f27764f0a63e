//! A role as a subject: what notifications ask of it. Nobody is reminded of a role,
//! because it lasts for a long time.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, QueryFilter};

use crate::access::CircleWrite;
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::role::{self, RoleState};
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::entity::topic_grant::Topic;
use crate::features::participation::{Uncertain, is_asked_to_take_over};
use crate::notify::details::Details;
use crate::notify::notifications::Notification;
use crate::notify::subject::{Involvement, MemberPart, Stage, Subject, SubjectId};
use crate::platform::time::civil::Moment;
use crate::problem::Problem;

impl Subject for role::Entity {
    const QUESTION: &'static str = "line-asked-take-longer";

    fn subject_id(row: &role::Model) -> SubjectId {
        SubjectId::Role(row.id)
    }

    fn topic(_: &role::Model) -> Option<Topic> {
        None
    }

    /// Everybody sees a role, so no topic says whether its title is about health.
    fn details(_: &role::Model) -> Details {
        Details::of_kind("what-role")
    }

    fn moment(_: &role::Model) -> Option<Moment> {
        None
    }

    fn stage(row: &role::Model) -> Stage {
        Stage::on_if(row.state == RoleState::Active)
    }

    /// A role has no time. Its assignments have one: see `notification_of`.
    fn starts_at(_: &role::Model, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    fn over_at(_: &role::Model, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    async fn involvement(
        write: &CircleWrite,
        row: &role::Model,
        member: MemberId,
    ) -> Result<Involvement, Problem> {
        let parts = write
            .find::<role_assignment::Entity>()
            .filter(role_assignment::Column::RoleId.eq(row.id))
            .all(write.tx())
            .await?;
        let has = |state| {
            let mut own_parts = parts.iter().filter(|part| part.member_id == member);
            own_parts.any(|part| part.state == state)
        };
        let is_held = |part: &&role_assignment::Model| part.state == RoleAssignmentState::Active;
        let held = parts.iter().filter(is_held);
        let ids = held.clone().map(|part| part.id.into());
        let asked_to_take_over =
            is_asked_to_take_over::<role_assignment::Entity>(write, ids, member).await?;
        Ok(Involvement {
            member: if has(RoleAssignmentState::Active) {
                MemberPart::Held
            } else if has(RoleAssignmentState::Offered) {
                MemberPart::Asked
            } else {
                MemberPart::None
            },
            needs_people: held.clone().all(role_assignment::Entity::is_uncertain),
            is_unsure: false,
            asked_to_take_over,
        })
    }
}

/// A notification about a role. `starts_at` is when the assignment begins or began.
pub(super) fn notification_of(
    write: &CircleWrite,
    kind: NotificationKind,
    role: &role::Model,
    starts_at: DateTime<Utc>,
) -> Notification {
    Notification::of(kind, role, write.scope().time_zone()).starting_at(starts_at)
}
