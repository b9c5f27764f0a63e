//! How members are described. Each reader sees only what they may.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, Iterable, QueryFilter, QuerySelect, QueryTrait};

use super::rules::{MemberFacts, MemberVerb};
use super::topic_grants::{Granted, add_grant, nothing_granted};
use super::types::{Member, MemberTopicExpiries};
use crate::access::{CircleScope, Permission, TopicLevels, Verb};
use crate::entity::ids::{FileId, MemberId};
use crate::entity::membership::{self, AccessLevel, MemberState};
use crate::entity::user::EmailState;
use crate::entity::{topic_grant, user};
use crate::platform::db::{ByPosition, ReadRows, Reads, SelectByPosition, in_list};
use crate::problem::Problem;
use crate::row::Joined;

/// One member as the reader sees them.
pub(in crate::features::circles) async fn describe_member(
    connection: &impl Reads,
    scope: &CircleScope,
    row: membership::Model,
) -> Result<Member, Problem> {
    let mut members = describe_members(connection, scope, vec![row]).await?;
    members.pop().ok_or(Problem::NotFound)
}

/// Members as the reader sees them: one more query, however many members there are.
pub(super) async fn describe_members(
    connection: &impl Reads,
    scope: &CircleScope,
    rows: Vec<membership::Model>,
) -> Result<Vec<Member>, Problem> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut accounts = HashMap::new();
    let mut levels: HashMap<MemberId, Granted> = HashMap::new();
    let shown = shown_of(scope, rows.iter().map(|row| row.id));
    for (member, email, avatar, bounces, Joined(grant)) in shown.read(connection).await? {
        accounts.insert(member, (email, avatar, bounces));
        if let Some(grant) = grant {
            let granted = levels.entry(member).or_insert_with(nothing_granted);
            add_grant(granted, &grant);
        }
    }

    let topics = |row: &membership::Model| match levels.get(&row.id) {
        Some(_) if row.is_patient => Some((TopicLevels::ALL, MemberTopicExpiries::default())),
        granted => granted.copied(),
    };
    let sees_emails = scope.may(Permission::ManageMembers);
    let describe = |row: membership::Model| {
        let (email, avatar, bounces) = accounts.remove(&row.id).unwrap_or_default();
        let sees_email = sees_emails || scope.is_member(row.id);
        Member {
            capacity: row.capacity.filter(|_| sees_capacity(scope, &row)),
            contact_member_id: row.contact_member_id.filter(|_| row.is_managed()),
            actions: MemberVerb::actions(&MemberFacts {
                scope,
                member: &row,
            }),
            released: None,
            email: email.filter(|_| sees_email),
            email_state: bounces.filter(|_| sees_email).map(EmailState::after),
            avatar_url: scope.picture_url(avatar),
            topic_levels: topics(&row).map(|(levels, _)| levels.into()),
            topic_expiries: topics(&row).map(|(_, ends)| ends),
            id: row.id,
            circle_id: row.circle_id,
            version: row.version,
            account_id: row.user_id,
            name: row.name,
            access: row.access,
            is_patient: row.is_patient,
            is_proxy: row.is_proxy,
            relationship: row.relationship,
            phone: row.phone,
            state: row.state,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    };
    Ok(rows.into_iter().map(describe).collect())
}

/// Whether the reader sees how much time a member has. The patient must not count who could do
/// more for them.
fn sees_capacity(scope: &CircleScope, member: &membership::Model) -> bool {
    let plans = matches!(
        scope.access(),
        None | Some(AccessLevel::Coordinator | AccessLevel::Caregiver)
    );
    scope.is_member(member.id) || scope.acts_for(member) || plans && !scope.is_patient()
}

/// A member, the address and the picture of their account, how many emails came back, and a grant.
type Shown = (
    MemberId,
    Option<String>,
    Option<FileId>,
    Option<i32>,
    Joined<topic_grant::Model>,
);

/// The addresses, the pictures and the grants of members. The grants are those that the reader
/// sees. Everybody sees their own.
fn shown_of(scope: &CircleScope, members: impl Iterator<Item = MemberId>) -> ByPosition<Shown> {
    use membership::Column;
    use topic_grant::Column as Grant;
    let member = |column: Column| Expr::col((membership::Entity, column));
    // A former member may have another address and picture by now, which this circle must not see.
    let is_here = Column::State.is_in([
        MemberState::Active,
        MemberState::Suspended,
        MemberState::Leaving,
    ]);
    let account = Condition::all()
        .add(Expr::col((user::Entity, user::Column::Id)).eq(member(Column::UserId)))
        .add(is_here);
    let grants = Condition::all()
        .add(Expr::col((topic_grant::Entity, Grant::CircleId)).eq(member(Column::CircleId)))
        .add(Expr::col((topic_grant::Entity, Grant::MemberId)).eq(member(Column::Id)))
        .add(
            Condition::any()
                .add(Expr::value(scope.may(Permission::SetTopics)))
                .add(Column::Id.eq(scope.member_id())),
        );
    let mut rows = scope
        .find::<membership::Entity>()
        .filter(Column::Id.is_in(in_list(members)))
        .select_only()
        .column(Column::Id)
        .column(user::Column::Email)
        .column(user::Column::AvatarFileId)
        .column(user::Column::Bounces)
        .columns(Grant::iter());
    QueryTrait::query(&mut rows)
        .left_join(user::Entity, account)
        .left_join(topic_grant::Entity, grants);
    rows.by_position()
}
