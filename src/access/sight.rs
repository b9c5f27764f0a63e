//! What other members than the caller see: for offers and for mails.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::permission::Permission;
use super::scope::CircleScope;
use super::topic::TopicLevels;
use super::write::CircleWrite;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::entity::topic_grant::{self, Topic, TopicLevel};
use crate::problem::Problem;

/// The grants of members of the circle.
#[expect(
    clippy::disallowed_methods,
    reason = "grants have no id of their own; the circle is filtered here"
)]
pub async fn grants_of(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    members: &[MemberId],
) -> Result<Vec<topic_grant::Model>, Problem> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    Ok(topic_grant::Entity::find()
        .filter(topic_grant::Column::CircleId.eq(scope.circle_id()))
        .filter(topic_grant::Column::MemberId.is_in(members.iter().copied()))
        .all(connection)
        .await?)
}

/// Who of these members is active and sees the topic now.
pub async fn who_sees(
    write: &CircleWrite,
    members: &[membership::Model],
    topic: Topic,
) -> Result<HashSet<MemberId>, Problem> {
    let ids: Vec<MemberId> = members.iter().map(|member| member.id).collect();
    let grants = grants_of(write.tx(), write.scope(), &ids).await?;
    let sees = |member: &&membership::Model| {
        let level = levels_now(member, &grants, write.now()).level(topic);
        member.state == MemberState::Active && level >= TopicLevel::Read
    };
    Ok(members
        .iter()
        .filter(sees)
        .map(|member| member.id)
        .collect())
}

/// Every active member who sees the topic now.
pub async fn all_who_see(write: &CircleWrite, topic: Topic) -> Result<Vec<MemberId>, Problem> {
    let members = write
        .find::<membership::Entity>()
        .filter(membership::Column::State.eq(MemberState::Active))
        .all(write.tx())
        .await?;
    let seeing = who_sees(write, &members, topic).await?;
    let members = members.into_iter().map(|member| member.id);
    Ok(members.filter(|id| seeing.contains(id)).collect())
}

pub(super) fn levels_now(
    member: &membership::Model,
    grants: &[topic_grant::Model],
    now: DateTime<Utc>,
) -> TopicLevels {
    if member.is_patient {
        return TopicLevels::ALL;
    }
    grants
        .iter()
        .filter(|grant| grant.member_id == member.id)
        .fold(TopicLevels::NONE, |levels, grant| {
            levels.granted(grant.topic, grant.level, grant.until, now)
        })
}

/// The topics of which a member can be asked to take something on.
pub async fn takes_part_in(
    write: &CircleWrite,
    member: &membership::Model,
) -> Result<Vec<Topic>, Problem> {
    let takes_on = Permission::ClaimTasks.is_given_to(member.access, member.is_patient);
    if member.state != MemberState::Active || !takes_on {
        return Ok(Vec::new());
    }
    let grants = grants_of(write.tx(), write.scope(), &[member.id]).await?;
    Ok(levels_now(member, &grants, write.now()).readable())
}

/// Whether a member can be asked to take something of a topic on.
pub async fn may_take_part(
    write: &CircleWrite,
    member: &membership::Model,
    topic: Topic,
) -> Result<bool, Problem> {
    Ok(takes_part_in(write, member).await?.contains(&topic))
}
