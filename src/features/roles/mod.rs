//! Roles: who carries what, since when, and who carried it before.

mod locked;
mod over;
mod owned;
mod part_types;
mod parts;
mod patient_part;
mod rules;
mod store;
mod subject;
mod types;
mod verbs;

pub use over::end_what_is_over;
pub use owned::open_role_offers;
pub use part_types::*;
pub use parts::*;
pub use rules::{is_open, title};
pub use store::{hand_on, held_by, let_go, notifications_of_end, patient_of, today, touch};
pub use types::*;
pub use verbs::*;

use sea_orm::sea_query::IntoCondition;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait,
};

use self::locked::LockedRole;
use self::rules::RoleVerb;
use crate::access::change_log::Change;
use crate::access::limits;
use crate::access::{ArrangeRoles, CircleAccess, CirclePath, ViewCircle};
use crate::app::App;
use crate::entity::personal_token::TokenScope;
use crate::entity::role::{self, Column, RoleState};
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::features::participation::members_in;
use crate::http::extract::{Json, Path, Query};
use crate::http::pagination::OrderBy;
use crate::http::response::{Created, Found, Listed};
use crate::platform::text::EffortMinutes;
use crate::problem::Problem;

/// Create a role.
///
/// Nobody carries it yet: offer it, or take it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/roles", tag = "roles", params(CirclePath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = CREATED, description = "The role", body = Role), Problem),
)]
pub async fn create_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Json(new): Json<NewRole>,
) -> Result<Created<Role>, Problem> {
    let mut write = app.begin_write(&circle).await?;
    if let Some(before) = write.made_before::<role::Entity>(new.id).await? {
        let answer = store::describe(write.tx(), write.scope(), before).await?;
        return write.commit(Created::again(answer)).await;
    }
    let id = new.id.unwrap_or_else(|| write.new_id());
    if new.title.is_none() && rules::default_title(new.kind).is_none() {
        return Err(untitled());
    }
    let active = Column::State.eq(RoleState::Active).into_condition();
    write
        .check_limit::<role::Entity>(limits::ROLES, active)
        .await?;
    let row = role::ActiveModel {
        id: Set(id),
        kind: Set(new.kind),
        title: Set(new.title.map(Into::into)),
        description: Set(new.description.map(Into::into)),
        effort_minutes_per_week: Set(new.effort_minutes_per_week.map(EffortMinutes::get)),
        shared: Set(new.shared),
        previously_carried_by_patient: Set(new.previously_carried_by_patient),
        state: Set(RoleState::Active),
        ..Default::default()
    };
    let role = write.create::<role::Entity>(row).await?;
    write
        .log(Change::to::<role::Entity>("created", &role))
        .await?;
    let answer = store::describe(write.tx(), write.scope(), role).await?;
    write.commit(Created::new(answer)).await
}

/// List roles.
///
/// In the order in which they were made. Each role embeds who carries it now
/// and who was asked.
#[utoipa::path(
    get, path = "/circles/{circle_id}/roles", tag = "roles", params(CirclePath, RoleQuery),
    security(("access_token" = [TokenScope::RolesRead])),
    responses((status = OK, description = "A page of roles", body = RolePage), Problem),
)]
pub async fn list_roles(
    circle: CircleAccess<ViewCircle>,
    Query(mut query): Query<RoleQuery>,
) -> Result<Listed<RolePage>, Problem> {
    if query.state.is_empty() {
        query.state = vec![RoleState::Active];
    }
    let listing = circle.listing("roles", &query)?;
    let etag = circle.collection_tag()?;

    let held = || {
        circle
            .find::<role_assignment::Entity>()
            .filter(role_assignment::Column::State.eq(RoleAssignmentState::Active))
            .select_only()
            .column(role_assignment::Column::RoleId)
    };
    let mut rows = circle
        .find::<role::Entity>()
        .filter(Column::State.is_in(query.state));
    if !query.kind.is_empty() {
        rows = rows.filter(Column::Kind.is_in(query.kind));
    }
    if let Some(member) = query.held_by {
        let by_them = held().filter(role_assignment::Column::MemberId.eq(member));
        rows = rows.filter(Column::Id.in_subquery(by_them.into_query()));
    }
    if query.uncovered == Some(true) {
        rows = rows.filter(Column::Id.not_in_subquery(held().into_query()));
    }
    let order = OrderBy::ascending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = store::describe_all(circle.db(), circle.scope(), rows).await?;
    Listed::known(&RolePage { data, next_cursor }, etag)
}

/// Read a role.
///
/// With who carries it now and who was asked.
#[utoipa::path(
    get, path = "/circles/{circle_id}/roles/{role_id}", tag = "roles",
    params(CirclePath, RolePath),
    security(("access_token" = [TokenScope::RolesRead])),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn read_role(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<RolePath>,
) -> Result<Found<Role>, Problem> {
    let row = circle.require::<role::Entity>(path.role_id).await?;
    let role = store::describe(circle.db(), circle.scope(), row).await?;
    circle.found(role)
}

/// Change a role.
///
/// Without a title it is called after its kind again.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/roles/{role_id}", tag = "roles",
    params(CirclePath, RolePath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The role", body = Role), Problem),
)]
pub async fn update_role(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RolePath>,
    Json(changes): Json<RoleChanges>,
) -> Result<Found<Role>, Problem> {
    let mut role = LockedRole::open(&app, &circle, path.role_id).await?;
    role.check(RoleVerb::Change)?;
    let before = &role.row;
    let kind = changes.kind.unwrap_or(before.kind);
    let titled = match &changes.title {
        Some(title) => title.is_some(),
        None => before.title.is_some(),
    };
    if !titled && rules::default_title(kind).is_none() {
        return Err(untitled());
    }
    let active = [RoleAssignmentState::Active];
    let carriers = members_in::<role_assignment::Entity>(&role.related, &active);
    if changes.shared == Some(false) && carriers.len() > 1 {
        let detail = "Several people carry it.";
        return Err(Problem::field("/shared", "several_holders", detail));
    }

    let mut row = before.clone().into_active_model();
    let fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        role.save(RoleVerb::Change, row, fields.names()).await?;
    }
    role.respond().await
}

fn untitled() -> Problem {
    Problem::field("/title", "missing", "A custom role needs a title.")
}
