//! The members: who they are, what they may do, and how they go.

use std::cmp::Ordering;
use std::collections::HashMap;

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::grants::{follow_access, levels_of};
use super::invitations::{withdraw_invitations_of, withdraw_invitations_to};
use super::types::{Departed, Departure, Member, MemberChanges, MemberPage, MemberPath, TopicEnds};
use crate::access::{
    Caller, CircleAccess, CirclePath, CircleScope, CircleWrite, ManageMembers, Permission,
    RemoveMembers, TopicLevels, ViewCircle, replay_to_who_left,
};
use crate::answer::{Found, Listed, Report};
use crate::app::App;
use crate::changes::Change;
use crate::commitments;
use crate::entity::ids::{MemberId, UserId};
use crate::entity::membership::{self, Access, MemberState};
use crate::entity::user;
use crate::extract::{Json, Path, Query};
use crate::page::{PageRequest, Position};
use crate::problem::{Conflict, Problem};

/// Which members.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MemberQuery {
    /// Only members in one of these states. Default: active and suspended ones.
    #[serde(default)]
    #[param(inline)]
    pub state: Vec<MemberState>,
    /// How many at most; more than 200 counts as 200.
    #[param(minimum = 1, default = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// List the members.
///
/// In the order in which they came.
#[utoipa::path(
    get, path = "/circles/{circle_id}/members", tag = "members", params(CirclePath, MemberQuery),
    responses((status = OK, description = "A page of members", body = MemberPage), Problem),
)]
pub async fn list_members(
    app: App,
    circle: CircleAccess<ViewCircle>,
    Query(mut query): Query<MemberQuery>,
) -> Result<Listed<MemberPage>, Problem> {
    if query.state.is_empty() {
        query.state = vec![MemberState::Active, MemberState::Suspended];
    }
    let list = format!("members {} {:?}", circle.circle_id(), query.state);
    let page = PageRequest::read(app.keys(), list, query.limit, query.cursor.as_deref())?;
    let etag = circle.collection_tag()?;

    let rows = circle
        .find::<membership::Entity>()
        .filter(membership::Column::State.is_in(query.state))
        .filter(page.condition(
            membership::Column::CreatedAt,
            membership::Column::Id,
            Ordering::Less,
        ))
        .order_by_asc(membership::Column::CreatedAt)
        .order_by_asc(membership::Column::Id)
        .limit(page.rows_to_read())
        .all(circle.db())
        .await?;
    let (rows, next_cursor) = page.cut(rows, |row| Position {
        at: row.created_at,
        id: row.id.0,
    });
    let data = describe_members(circle.db(), circle.scope(), rows).await?;
    Ok(Listed {
        body: MemberPage { data, next_cursor },
        etag,
    })
}

/// Read a member.
///
/// With what they see, topic by topic, for those who may know.
#[utoipa::path(
    get, path = "/circles/{circle_id}/members/{member_id}", tag = "members",
    params(CirclePath, MemberPath),
    responses((status = OK, description = "The member", body = Member), Problem),
)]
pub async fn read_member(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MemberPath>,
) -> Result<Found<Member>, Problem> {
    let row = circle.require::<membership::Entity>(path.member_id).await?;
    let etag = circle.tag(row.version)?;
    let member = describe_member(circle.db(), circle.scope(), row).await?;
    Ok(Found::tagged(member, etag))
}

/// Change a member.
///
/// One's own name, phone and relationship; coordinators also change others'
/// access and relationship. What is seen by default follows the access.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/members/{member_id}", tag = "members",
    params(CirclePath, MemberPath),
    responses((status = OK, description = "The member", body = Member), Problem),
)]
pub async fn update_member(
    app: App,
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MemberPath>,
    Json(changes): Json<MemberChanges>,
) -> Result<Found<Member>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    let before = write.require::<membership::Entity>(path.member_id).await?;
    let mine = write.scope().is_member(before.id);
    let manages = write.scope().may(Permission::ManageMembers);
    let of_others = changes.access.is_some();
    let ones_own = changes.name.is_some() || changes.phone.is_some();
    if (of_others && !manages) || (ones_own && !mine) || !(mine || manages) {
        return Err(Problem::Forbidden(Permission::ManageMembers));
    }
    write.check_version(before.version)?;
    if !matches!(before.state, MemberState::Active | MemberState::Suspended) {
        return Err(invalid_state(write.scope(), &before));
    }

    let mut row = before.clone().into_active_model();
    let mut fields = Vec::new();
    if let Some(name) = changes.name {
        row.name = Set(name.into());
        fields.push("name");
    }
    if let Some(phone) = changes.phone {
        row.phone = Set(phone.map(Into::into));
        fields.push("phone");
    }
    if let Some(relationship) = changes.relationship {
        row.relationship = Set(relationship.map(Into::into));
        fields.push("relationship");
    }
    if let Some(access) = changes.access.filter(|access| *access != before.access) {
        if before.is_patient && !mine && access > before.access {
            return Err(is_the_patient());
        }
        if before.access == Access::Coordinator {
            if !has_another_coordinator(&write, before.id).await? {
                return Err(last_coordinator());
            }
            withdraw_invitations_of(&mut write, before.id).await?;
        }
        follow_access(&write, &before, access).await?;
        row.access = Set(access);
        fields.push("access");
    }
    let after = write.update::<membership::Entity>(&before, row).await?;
    if after.access != before.access {
        commitments::release_out_of_reach(&app, &mut write, &after).await?;
    }
    write
        .log(Change::to::<membership::Entity>("changed", &after).fields(fields))
        .await?;
    // The reader's own rights may just have changed: show them as they are now.
    let member = describe_member(write.tx(), write.scope(), after).await?;
    write.commit(Found::new(member)).await
}

/// Suspend a member.
///
/// They see nothing until they are reinstated; what they held is released.
#[utoipa::path(
    post, path = "/circles/{circle_id}/members/{member_id}/suspend", tag = "members",
    params(CirclePath, MemberPath),
    responses((status = OK, description = "What was released", body = Departed), Problem),
)]
pub async fn suspend_member(
    app: App,
    circle: CircleAccess<RemoveMembers>,
    Path(path): Path<MemberPath>,
    Json(departure): Json<Departure>,
) -> Result<Report<Departed>, Problem> {
    let write = app.begin_write(&circle).await?;
    depart(
        &app,
        write,
        path.member_id,
        MemberState::Suspended,
        departure,
    )
    .await
}

/// Remove a member.
///
/// What they held is released. Nobody removes the patient.
#[utoipa::path(
    post, path = "/circles/{circle_id}/members/{member_id}/remove", tag = "members",
    params(CirclePath, MemberPath),
    responses((status = OK, description = "What was released", body = Departed), Problem),
)]
pub async fn remove_member(
    app: App,
    circle: CircleAccess<RemoveMembers>,
    Path(path): Path<MemberPath>,
    Json(departure): Json<Departure>,
) -> Result<Report<Departed>, Problem> {
    let write = app.begin_write(&circle).await?;
    depart(&app, write, path.member_id, MemberState::Removed, departure).await
}

/// Leave the circle.
///
/// What one held is released. The last coordinator names a successor.
#[utoipa::path(
    post, path = "/circles/{circle_id}/leave", tag = "members", params(CirclePath),
    request_body = Departure,
    responses((status = OK, description = "What was released", body = Departed), Problem),
)]
pub async fn leave_circle(
    app: App,
    circle: Result<CircleAccess<ViewCircle>, Problem>,
    caller: Caller,
    Path(path): Path<CirclePath>,
    departure: Result<Json<Departure>, Problem>,
) -> Result<Report<Departed>, Problem> {
    let begun = match circle {
        Ok(circle) => app.begin_write(&circle).await,
        Err(problem) => Err(problem),
    };
    let (write, Json(departure)) = match begun {
        Err(Problem::NotFound) => {
            return Err(replay_to_who_left(&app, &caller, path.circle_id).await);
        }
        begun => (begun?, departure?),
    };
    let me = write.scope().member_id().ok_or(Problem::NotFound)?;
    depart(&app, write, me, MemberState::Left, departure).await
}

/// Reinstate a suspended member.
///
/// With the access and the topics they had. What was released stays released.
#[utoipa::path(
    post, path = "/circles/{circle_id}/members/{member_id}/reinstate", tag = "members",
    params(CirclePath, MemberPath),
    responses((status = OK, description = "The member", body = Member), Problem),
)]
pub async fn reinstate_member(
    app: App,
    circle: CircleAccess<ManageMembers>,
    Path(path): Path<MemberPath>,
) -> Result<Found<Member>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    let before = write.require::<membership::Entity>(path.member_id).await?;
    write.check_version(before.version)?;
    let after = match before.state {
        MemberState::Active => before,
        MemberState::Suspended => {
            let mut row = before.clone().into_active_model();
            row.state = Set(MemberState::Active);
            let after = write.update::<membership::Entity>(&before, row).await?;
            write
                .log(Change::to::<membership::Entity>("reinstated", &after))
                .await?;
            after
        }
        _ => return Err(invalid_state(write.scope(), &before)),
    };
    let member = describe_member(write.tx(), write.scope(), after).await?;
    write.commit(Found::new(member)).await
}

async fn depart(
    app: &App,
    mut write: CircleWrite,
    member_id: MemberId,
    state: MemberState,
    departure: Departure,
) -> Result<Report<Departed>, Problem> {
    let before = write.require::<membership::Entity>(member_id).await?;
    write.check_version(before.version)?;
    let mine = write.scope().is_member(before.id);
    if before.state == state {
        let released = Vec::new();
        let departed = Departed {
            member_id,
            state,
            released,
        };
        return write.commit(Report(departed)).await;
    }
    let may_go = match before.state {
        MemberState::Active => true,
        MemberState::Suspended => state == MemberState::Removed,
        _ => false,
    };
    if !may_go {
        return Err(invalid_state(write.scope(), &before));
    }
    if before.is_patient && !mine {
        return Err(is_the_patient());
    }
    if mine && state != MemberState::Left {
        let detail = "Use leave for oneself.";
        return Err(Conflict::of("oneself", detail).into());
    }
    let coordinates = before.access == Access::Coordinator;
    let last = coordinates && !has_another_coordinator(&write, member_id).await?;
    match departure.successor {
        Some(successor) if last => promote(&mut write, successor, member_id).await?,
        Some(_) => {
            let detail = "Somebody else coordinates already.";
            return Err(Problem::field("/successor", "not_needed", detail));
        }
        None if last => return Err(last_coordinator()),
        None => {}
    }
    if coordinates {
        withdraw_invitations_of(&mut write, member_id).await?;
    }
    if let Some(user_id) = before.user_id {
        withdraw_invitations_to(&mut write, user_id).await?;
    }
    let released = commitments::release(app, &mut write, member_id, departure.hand_to).await?;

    let mut row = before.clone().into_active_model();
    row.state = Set(state);
    if state != MemberState::Suspended {
        row.is_patient = Set(false);
    }
    let after = write.update::<membership::Entity>(&before, row).await?;
    write
        .log(Change::to::<membership::Entity>(state.as_str(), &after))
        .await?;
    let departed = Departed {
        member_id,
        state,
        released,
    };
    write.commit(Report(departed)).await
}

/// Makes the successor of the last coordinator one: whoever goes otherwise
/// makes nobody anything.
async fn promote(
    write: &mut CircleWrite,
    successor: MemberId,
    of: MemberId,
) -> Result<(), Problem> {
    let found = write.find_one::<membership::Entity>(successor).await?;
    let before = found
        .filter(|member| member.state == MemberState::Active && member.id != of)
        .ok_or_else(|| Problem::field("/successor", "unknown_member", "No such active member."))?;
    follow_access(write, &before, Access::Coordinator).await?;
    let mut row = before.clone().into_active_model();
    row.access = Set(Access::Coordinator);
    let after = write.update::<membership::Entity>(&before, row).await?;
    let change = Change::to::<membership::Entity>("changed", &after).fields(vec!["access"]);
    write.log(change).await
}

/// Somebody must always be there to coordinate; the circle's lock makes this true.
async fn has_another_coordinator(write: &CircleWrite, except: MemberId) -> Result<bool, Problem> {
    let others = write
        .find::<membership::Entity>()
        .filter(membership::Column::Access.eq(Access::Coordinator))
        .filter(membership::Column::State.eq(MemberState::Active))
        .filter(membership::Column::Id.ne(except))
        .count(write.tx())
        .await?;
    Ok(others > 0)
}

fn last_coordinator() -> Problem {
    let detail = "The circle would be without a coordinator. Name a successor.";
    Conflict::of("last_coordinator", detail).into()
}

fn is_the_patient() -> Problem {
    Conflict::of(
        "is_the_patient",
        "Nobody removes, suspends or demotes the patient.",
    )
    .into()
}

fn invalid_state(scope: &CircleScope, member: &membership::Model) -> Problem {
    Conflict::invalid_transition(member.state.as_str(), actions_on(scope, member)).into()
}

/// What the reader may do with a member now.
fn actions_on(scope: &CircleScope, member: &membership::Model) -> Vec<&'static str> {
    let mine = scope.is_member(member.id);
    let manages = scope.may(Permission::ManageMembers);
    let in_circle = matches!(member.state, MemberState::Active | MemberState::Suspended);
    let removable = scope.may(Permission::RemoveMembers) && !mine && !member.is_patient;
    let mut actions = Vec::new();
    let mut offer = |verb, when: bool| {
        if when {
            actions.push(verb);
        }
    };
    offer("change", in_circle && (mine || manages));
    offer(
        "grant_topics",
        in_circle && scope.may(Permission::GrantTopics),
    );
    offer("suspend", member.state == MemberState::Active && removable);
    offer(
        "reinstate",
        member.state == MemberState::Suspended && manages,
    );
    offer("remove", in_circle && removable);
    offer("leave", mine);
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
async fn describe_members(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    rows: Vec<membership::Model>,
) -> Result<Vec<Member>, Problem> {
    let sees_grants = scope.may(Permission::GrantTopics);
    let sees_addresses = scope.may(Permission::ManageMembers);
    let shown = |all: bool, row: &membership::Model| all || scope.is_member(row.id);

    let with_address = rows.iter().filter(|row| shown(sees_addresses, row));
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

#[expect(
    clippy::disallowed_methods,
    reason = "addresses of accounts whose membership was found inside the fence"
)]
async fn emails_of(
    connection: &impl ConnectionTrait,
    ids: Vec<UserId>,
) -> Result<HashMap<UserId, String>, Problem> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::Email])
        .filter(user::Column::Id.is_in(ids))
        .into_tuple::<(UserId, String)>()
        .all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}
