//! Members as their reader sees them, and what may be done with them.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, QuerySelect};

use super::grants::levels_of;
use super::types::{Member, TopicEnds};
use crate::access::{CircleScope, Permission, TopicLevels};
use crate::auth::find_accounts;
use crate::entity::ids::UserId;
use crate::entity::membership::{self, MemberState};
use crate::entity::user;
use crate::problem::Problem;

/// What the reader may do with a member now.
pub(super) fn actions_on(scope: &CircleScope, member: &membership::Model) -> Vec<&'static str> {
    let mine = scope.is_member(member.id);
    let manages = scope.may(Permission::ManageMembers);
    let in_circle = matches!(member.state, MemberState::Active | MemberState::Suspended);
    let removable = scope.may(Permission::RemoveMembers) && !mine && !member.is_patient;
    let leaving = member.state == MemberState::Leaving;
    let is_self = mine && scope.is_signed_in();
    let mut actions = Vec::new();
    let mut offer = |verb, when: bool| {
        if when {
            actions.push(verb);
        }
    };
    offer("change", in_circle && (is_self || manages));
    // The patient sees everything.
    let grants = scope.may(Permission::GrantTopics) && !member.is_patient;
    offer("grant_topics", in_circle && grants);
    offer("suspend", member.state == MemberState::Active && removable);
    let suspended = member.state == MemberState::Suspended;
    offer("reinstate", suspended && manages);
    offer("remove", (in_circle || leaving) && removable);
    offer("leave", is_self && !leaving);
    actions
}

/// One member as the reader sees them.
pub(super) async fn describe_member(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    row: membership::Model,
) -> Result<Member, Problem> {
    let mut members = describe_members(connection, scope, vec![row]).await?;
    members.pop().ok_or(Problem::NotFound)
}

/// Members as the reader sees them: two more queries, however many.
pub(super) async fn describe_members(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    rows: Vec<membership::Model>,
) -> Result<Vec<Member>, Problem> {
    let sees_grants = scope.may(Permission::GrantTopics);
    let sees_addresses = scope.may(Permission::ManageMembers);
    let shown = |all: bool, row: &membership::Model| all || scope.is_member(row.id);
    // Who has gone may have another address by now, which is nobody's here.
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
        Some(_) if row.is_patient => Some((TopicLevels::ALL, TopicEnds::default())),
        granted => granted.copied(),
    };
    let describe = |row: membership::Model| Member {
        actions: actions_on(scope, &row),
        released: None,
        email: row.user_id.and_then(|id| emails.get(&id).cloned()),
        topics: topics(&row).map(|(levels, _)| levels.into()),
        topics_until: topics(&row).map(|(_, ends)| ends),
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        user_id: row.user_id,
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
