//! What happens to somebody's part in a role: accepted, declined, taken back,
//! ended. Only who was asked answers.

use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter};

use super::locked::LockedRolePart;
use super::part_types::{
    RoleAssignment, RoleAssignmentChanges, RoleAssignmentPage, RoleAssignmentPath,
    RoleTimelineQuery,
};
use super::patient_part::PatientPartChoice;
use super::rules::RolePartVerb;
use super::store;
use super::types::RolePath;
use crate::access::{
    ArrangeRoles, CarryRoles, CircleAccess, CirclePath, Permission, ViewCircle,
    may_revise_patient_part,
};
use crate::app::App;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_token::TokenScope;
use crate::entity::role;
use crate::entity::role_assignment::{self, Column, RoleAssignmentState};
use crate::http::extract::{Json, Path, Query};
use crate::http::pagination::OrderBy;
use crate::http::response::{Found, Listed};
use crate::notify::notifications;
use crate::platform::time::civil::Day;
use crate::problem::Problem;

/// See who carried a role, and who was asked.
///
/// Every assignment there ever was, oldest first.
#[utoipa::path(
    get, path = "/circles/{circle_id}/roles/{role_id}/timeline", tag = "roles",
    params(CirclePath, RolePath, RoleTimelineQuery),
    security(("access_token" = [TokenScope::RolesRead])),
    responses(
        (status = OK, description = "A page of assignments", body = RoleAssignmentPage), Problem
    ),
)]
pub async fn read_role_timeline(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<RolePath>,
    Query(query): Query<RoleTimelineQuery>,
) -> Result<Listed<RoleAssignmentPage>, Problem> {
    let listing = circle.listing(format_args!("timeline {}", path.role_id), &query)?;
    let role = circle.require::<role::Entity>(path.role_id).await?;
    let etag = circle.collection_tag()?;
    let rows = circle
        .find::<role_assignment::Entity>()
        .filter(Column::RoleId.eq(role.id));
    let order = OrderBy::ascending(Column::CreatedAt, Column::Id);
    let (rows, next_cursor) = listing.page(circle.db(), rows, order).await?;
    let data = store::describe_parts(circle.db(), circle.scope(), rows).await?;
    Listed::known(&RoleAssignmentPage { data, next_cursor }, etag)
}

/// Read one person's part in a role.
///
/// With what the patient keeps, where the role was the patient's.
#[utoipa::path(
    get, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}", tag = "roles",
    params(CirclePath, RoleAssignmentPath),
    security(("access_token" = [TokenScope::RolesRead])),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn read_role_assignment(
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Found<RoleAssignment>, Problem> {
    let row = circle
        .require::<role_assignment::Entity>(path.role_assignment_id)
        .await?;
    let part = store::describe_part(circle.db(), circle.scope(), row).await?;
    circle.found(part)
}

/// Change one person's part in a role.
///
/// When it ends: by whoever carries it, for an offer by whoever made it, or by
/// a coordinator. What the patient keeps: by the patient or a coordinator.
#[utoipa::path(
    patch, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}", tag = "roles",
    params(CirclePath, RoleAssignmentPath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn update_role_assignment(
    app: App,
    circle: CircleAccess<CarryRoles>,
    Path(path): Path<RoleAssignmentPath>,
    Json(changes): Json<RoleAssignmentChanges>,
) -> Result<Found<RoleAssignment>, Problem> {
    let mut part = LockedRolePart::open(&app, &circle, path.role_assignment_id).await?;
    let scope = part.write.scope();
    let patient = PatientPartChoice::from(&changes);
    let time_is_theirs = changes.ends_on.is_none() || part.facts().may_change_time();
    let patient_is_theirs = patient.is_empty() || may_revise_patient_part(scope);
    if !time_is_theirs || !patient_is_theirs {
        return Err(Problem::Forbidden(Permission::ManageRoles));
    }
    part.check(RolePartVerb::Change)?;

    let mut row = part.row.clone().into_active_model();
    let ends_on = changes.ends_on.flatten().map(|Day(day)| day);
    let mut fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        store::check_end(&part.write, part.row.starts_on, ends_on)?;
    }
    if !patient.is_empty() {
        let patient = patient.or_part_of(&part.row);
        patient.check(&part.write).await?;
        if patient.write_to(&mut row) {
            fields.note("patient_part");
        }
    }
    if !fields.is_empty() {
        part.save_part(RolePartVerb::Change, row, fields.names())
            .await?;
    }
    part.respond().await
}

/// Accept an offered role.
///
/// From then on you carry it. If it was to be taken over, that ends today, and the
/// person who carried it is told;
/// if somebody else carries it meanwhile, 409 `already_held`.
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/accept",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn accept_role(
    app: App,
    circle: CircleAccess<CarryRoles>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Found<RoleAssignment>, Problem> {
    let mut part = LockedRolePart::open(&app, &circle, path.role_assignment_id).await?;
    if part.begins_if_allowed(RolePartVerb::Accept)? {
        let (accepted, off) = store::accept(&mut part.write, &part.related, &part.row).await?;
        part.row = accepted;
        part.touch_role().await?;
        notifications::notify(&part.write, vec![off]).await?;
    }
    part.respond().await
}

/// Decline an offered role.
///
/// Nobody asks why, and nobody counts. The person who asked is told, the coordinators
/// too if it was to begin within a day; if nobody else would be told, those who could
/// carry it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/decline",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn decline_role(
    app: App,
    circle: CircleAccess<CarryRoles>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Found<RoleAssignment>, Problem> {
    let mut part = LockedRolePart::open(&app, &circle, path.role_assignment_id).await?;
    if part.begins_if_allowed(RolePartVerb::Decline)? {
        let mut row = part.row.clone().into_active_model();
        row.state = Set(RoleAssignmentState::Declined);
        let before = part.row.clone();
        part.save_part(RolePartVerb::Decline, row, vec!["state"])
            .await?;
        let kind = NotificationKind::Declined;
        let notification =
            store::notification_of_letting_go(&part.write, kind, &part.related, &before);
        notifications::notify(&part.write, vec![notification]).await?;
    }
    part.respond().await
}

/// Take an offer of a role back.
///
/// By whoever made it, or by a coordinator.
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/withdraw",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn withdraw_role_offer(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Found<RoleAssignment>, Problem> {
    let mut part = LockedRolePart::open(&app, &circle, path.role_assignment_id).await?;
    if part.begins_if_allowed(RolePartVerb::Withdraw)? {
        part.end_today().await?;
    }
    part.respond().await
}

/// Stop carrying a role.
///
/// By the person who carries it, or by a coordinator. It ends today. Those who relied
/// on it are told: the person who asked, and the coordinators; the person who carried
/// it, if a coordinator ends it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/end",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    security(("access_token" = [TokenScope::RolesWrite])),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn end_role_assignment(
    app: App,
    circle: CircleAccess<CarryRoles>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Found<RoleAssignment>, Problem> {
    let mut part = LockedRolePart::open(&app, &circle, path.role_assignment_id).await?;
    if part.begins_if_allowed(RolePartVerb::End)? {
        let before = part.row.clone();
        part.end_today().await?;
        let notifications = if part.write.scope().is_member(before.member_id) {
            let kind = NotificationKind::GivenBack;
            vec![store::notification_of_letting_go(
                &part.write,
                kind,
                &part.related,
                &before,
            )]
        } else {
            store::notifications_of_end(&part.write, &part.related, &before)
        };
        notifications::notify(&part.write, notifications).await?;
    }
    part.respond().await
}
