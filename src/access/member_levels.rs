//! What members other than the caller see, for offers and emails.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Iterable, QueryFilter, QueryOrder, QueryTrait, Select,
};

use super::permission::Permission;
use super::scope::CircleScope;
use super::write::CircleWrite;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::entity::topic_grant::{self, Topic, TopicLevel};
use crate::entity::topic_levels::TopicLevels;
use crate::platform::db::{ReadRows, Reads, SelectByPosition, in_list};
use crate::problem::Problem;
use crate::row::Joined;

/// The grants of members of the circle.
#[expect(
    clippy::disallowed_methods,
    reason = "grants have no id of their own; the circle is filtered here"
)]
pub async fn grants_of(
    connection: &impl Reads,
    scope: &CircleScope,
    members: &[MemberId],
) -> Result<Vec<topic_grant::Model>, Problem> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    Ok(topic_grant::Entity::find()
        .filter(topic_grant::Column::CircleId.eq(scope.circle_id()))
        .filter(topic_grant::Column::MemberId.is_in(members.iter().copied()))
        .read(connection)
        .await?)
}

/// Which of the members are active and see the topic now.
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

/// A member, and the level that they have now for each topic.
pub struct MemberLevels {
    pub row: membership::Model,
    levels: TopicLevels,
}

impl MemberLevels {
    /// A member whose grants are among these.
    pub fn of(row: membership::Model, grants: &[topic_grant::Model], now: DateTime<Utc>) -> Self {
        Self {
            levels: levels_now(&row, grants, now),
            row,
        }
    }

    /// Whether the member can create and change things of this topic.
    pub fn writes(&self, topic: Topic) -> bool {
        self.levels.level(topic) == TopicLevel::Write
    }

    /// Whether the member sees things of this topic. Everybody sees what has no topic.
    pub fn sees(&self, topic: Option<Topic>) -> bool {
        topic.is_none_or(|topic| self.levels.level(topic) >= TopicLevel::Read)
    }

    /// Whether the member can be asked to claim something of this topic.
    pub fn may_take_part(&self, topic: Option<Topic>) -> bool {
        may_claim(&self.row) && self.sees(topic)
    }
}

/// These members, in any state: one query, however many there are.
pub async fn levels_of(
    write: &CircleWrite,
    members: &[MemberId],
) -> Result<Vec<MemberLevels>, Problem> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let these = membership::Column::Id.is_in(in_list(members.iter().copied()));
    levels_of_members(write, Condition::all().add(these)).await
}

async fn levels_of_members(
    write: &CircleWrite,
    which: Condition,
) -> Result<Vec<MemberLevels>, Problem> {
    let members = members_with_grants(write, which).await?.into_iter();
    let with_levels = |(row, grants): (_, Vec<_>)| MemberLevels::of(row, &grants, write.now());
    Ok(members.map(with_levels).collect())
}

/// The members who fit a condition, each with their grants: one query.
pub async fn members_with_grants(
    write: &CircleWrite,
    which: Condition,
) -> Result<Vec<(membership::Model, Vec<topic_grant::Model>)>, Problem> {
    let mut rows = write
        .find::<membership::Entity>()
        .filter(which)
        .order_by_asc(membership::Column::CreatedAt)
        .order_by_asc(membership::Column::Id);
    join_grants(&mut rows);
    let rows = rows
        .by_position::<(membership::Model, Joined<topic_grant::Model>)>()
        .read(write.tx())
        .await?;
    let mut members: Vec<(membership::Model, Vec<topic_grant::Model>)> = Vec::new();
    for (row, Joined(grant)) in rows {
        match members.last_mut() {
            Some((last, grants)) if last.id == row.id => grants.extend(grant),
            _ => members.push((row, grant.into_iter().collect())),
        }
    }
    Ok(members)
}

/// Joins the grants of each member, and selects their columns: a row for each grant, and one for a
/// member without any.
pub fn join_grants(members: &mut Select<membership::Entity>) {
    use topic_grant::Column as Grant;
    let grant = |column: Grant| Expr::col((topic_grant::Entity, column));
    let member = |column: membership::Column| (membership::Entity, column);
    let of_member = Condition::all()
        .add(grant(Grant::CircleId).equals(member(membership::Column::CircleId)))
        .add(grant(Grant::MemberId).equals(member(membership::Column::Id)));
    QueryTrait::query(members)
        .left_join(topic_grant::Entity, of_member)
        .exprs(Grant::iter().map(grant));
}

/// The levels that a member has now: those of their grants. The patient has all of them.
pub fn levels_now(
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

/// The topics of which a member can be asked to claim something.
pub async fn topics_to_take_part_in(
    write: &CircleWrite,
    member: &membership::Model,
) -> Result<Vec<Topic>, Problem> {
    if !may_claim(member) {
        return Ok(Vec::new());
    }
    let grants = grants_of(write.tx(), write.scope(), &[member.id]).await?;
    Ok(topics_to_take_part_in_with(member, &grants, write.now()))
}

/// The same, for a member whose grants were read.
pub fn topics_to_take_part_in_with(
    member: &membership::Model,
    grants: &[topic_grant::Model],
    now: DateTime<Utc>,
) -> Vec<Topic> {
    if may_claim(member) {
        levels_now(member, grants, now).readable()
    } else {
        Vec::new()
    }
}

fn may_claim(member: &membership::Model) -> bool {
    let has_right = Permission::ClaimTasks.is_given_to(member.access, member.is_patient);
    member.state == MemberState::Active && has_right
}

/// Which of the members can be asked to claim something of a topic: one query, however many there
/// are, and none if there are none.
pub async fn who_may_take_part(
    write: &CircleWrite,
    members: &[MemberId],
    topic: Topic,
) -> Result<HashSet<MemberId>, Problem> {
    let members = levels_of(write, members).await?;
    let able = members
        .iter()
        .filter(|member| member.may_take_part(Some(topic)));
    Ok(able.map(|member| member.row.id).collect())
}
