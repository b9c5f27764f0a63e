//! What other members than the caller see: for offers and for mails.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::permission::Permission;
use super::scope::CircleScope;
use super::write::CircleWrite;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::entity::topic_grant::{self, Topic, TopicLevel};
use crate::entity::topic_levels::TopicLevels;
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

/// An active member, with what they see now.
pub struct Sight {
    pub member: membership::Model,
    levels: TopicLevels,
}

impl Sight {
    /// Whether they see what is about this; everybody sees what has no topic.
    pub fn sees(&self, topic: Option<Topic>) -> bool {
        topic.is_none_or(|topic| self.levels.level(topic) >= TopicLevel::Read)
    }

    /// Whether they can be asked to take something of this topic on.
    pub fn may_take_part(&self, topic: Option<Topic>) -> bool {
        let takes_on = takes_things_on(&self.member);
        takes_on && self.sees(topic)
    }
}

/// Every active member: two queries, however many.
pub async fn sights_of_all(write: &CircleWrite) -> Result<Vec<Sight>, Problem> {
    let active = Condition::all().add(membership::Column::State.eq(MemberState::Active));
    sights_of(write, active).await
}

async fn sights_of(write: &CircleWrite, which: Condition) -> Result<Vec<Sight>, Problem> {
    let members = write
        .find::<membership::Entity>()
        .filter(which)
        .order_by_asc(membership::Column::CreatedAt)
        .order_by_asc(membership::Column::Id)
        .all(write.tx())
        .await?;
    let ids: Vec<MemberId> = members.iter().map(|member| member.id).collect();
    let grants = grants_of(write.tx(), write.scope(), &ids).await?;
    let sight = |member: membership::Model| Sight {
        levels: levels_now(&member, &grants, write.now()),
        member,
    };
    Ok(members.into_iter().map(sight).collect())
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
    if !takes_things_on(member) {
        return Ok(Vec::new());
    }
    topics_seen_by(write, member).await
}

/// The topics that a member sees now.
pub async fn topics_seen_by(
    write: &CircleWrite,
    member: &membership::Model,
) -> Result<Vec<Topic>, Problem> {
    let grants = grants_of(write.tx(), write.scope(), &[member.id]).await?;
    Ok(levels_now(member, &grants, write.now()).readable())
}

fn takes_things_on(member: &membership::Model) -> bool {
    let takes_on = Permission::ClaimTasks.is_given_to(member.access, member.is_patient);
    member.state == MemberState::Active && takes_on
}

/// Who of these members can be asked to take something of a topic on: two
/// queries, however many.
pub async fn who_may_take_part(
    write: &CircleWrite,
    members: &[MemberId],
    topic: Topic,
) -> Result<HashSet<MemberId>, Problem> {
    let these = membership::Column::Id.is_in(members.iter().copied());
    let sights = sights_of(write, Condition::all().add(these)).await?;
    let able = sights
        .iter()
        .filter(|sight| sight.may_take_part(Some(topic)));
    Ok(able.map(|sight| sight.member.id).collect())
}

/// Whether a member can be asked to take something of a topic on.
pub async fn may_take_part(
    write: &CircleWrite,
    member: &membership::Model,
    topic: Topic,
) -> Result<bool, Problem> {
    Ok(takes_part_in(write, member).await?.contains(&topic))
}
