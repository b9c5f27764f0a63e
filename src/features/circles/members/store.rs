//! How members are described. Each reader sees only what they may.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, QuerySelect};

use super::rules::{MemberFacts, MemberVerb};
use super::topic_grants::levels_of;
use super::types::{Member, MemberTopicExpiries};
use crate::access::{CircleScope, Permission, TopicLevels, Verb};
use crate::auth::find_accounts;
use crate::entity::ids::UserId;
use crate::entity::membership::{self, MemberState};
use crate::entity::user;
use crate::problem::Problem;

/// One member as the reader sees them.
pub(in crate::features::circles) async fn describe_member(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    row: membership::Model,
) -> Result<Member, Problem> {
    let mut members = describe_members(connection, scope, vec![row]).await?;
    members.pop().ok_or(Problem::NotFound)
}

/// Members as the reader sees them: always two more queries.
pub(super) async fn describe_members(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    rows: Vec<membership::Model>,
) -> Result<Vec<Member>, Problem> {
    let sees_grants = scope.may(Permission::SetTopics);
    let sees_addresses = scope.may(Permission::ManageMembers);
    let shown = |all: bool, row: &membership::Model| all || scope.is_member(row.id);
    // A former member may have another address by now, which this circle must not see.
    let is_here = |row: &membership::Model| {
        use MemberState as S;
        matches!(row.state, S::Active | S::Suspended | S::Leaving)
    };

    let with_address = rows
        .iter()
        .filter(|row| is_here(row) && shown(sees_addresses, row));
    let emails = emails_of(
        connection,
        with_address.filter_map(|row| row.user_id).collect(),
    )
    .await?;
    let with_grants = rows.iter().filter(|row| shown(sees_grants, row));
    let levels = levels_of(connection, scope, with_grants.map(|row| row.id).collect()).await?;

    let topics = |row: &membership::Model| match levels.get(&row.id) {
        Some(_) if row.is_patient => Some((TopicLevels::ALL, MemberTopicExpiries::default())),
        granted => granted.copied(),
    };
    let describe = |row: membership::Model| Member {
        actions: MemberVerb::actions(&MemberFacts {
            scope,
            member: &row,
        }),
        released: None,
        email: row.user_id.and_then(|id| emails.get(&id).cloned()),
        topic_levels: topics(&row).map(|(levels, _)| levels.into()),
        topic_expiries: topics(&row).map(|(_, ends)| ends),
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        account_id: row.user_id,
        name: row.name,
        access: row.access,
        is_patient: row.is_patient,
        relationship: row.relationship,
        phone: row.phone,
        state: row.state,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    Ok(rows.into_iter().map(describe).collect())
}

async fn emails_of(
    connection: &impl ConnectionTrait,
    ids: Vec<UserId>,
) -> Result<HashMap<UserId, String>, Problem> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = find_accounts(ids)
        .select_only()
        .columns([user::Column::Id, user::Column::Email])
        .into_tuple::<(UserId, String)>()
        .all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}
