//! What happens to somebody's part in a role: accepted, declined, taken back,
//! ended. Only who was asked answers.

use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter};

use super::part_types::{
    RoleAssignment, RoleAssignmentChanges, RoleAssignmentPage, RoleAssignmentPath,
    RoleTimelineQuery,
};
use super::patient_part::SaidOfPatient;
use super::rules::{self, PartVerb};
use super::store;
use super::types::RolePath;
use crate::access::change_log::Change;
use crate::access::{
    ArrangeRoles, CarryRoles, CircleAccess, CirclePath, CircleWrite, Needs, Permission, ViewCircle,
    may_revise_patient_part,
};
use crate::app::App;
use crate::entity::notice::NoticeKind;
use crate::entity::role;
use crate::entity::role_assignment::{self, Column, RoleAssignmentState};
use crate::http::extract::{Json, Path, Query};
use crate::http::pagination::OrderBy;
use crate::http::response::{Found, Listed};
use crate::notify::notifications;
use crate::platform::time::civil::Day;
use crate::problem::{Conflict, Problem};

/// A part in a role in hand, under the circle's lock.
struct Hand {
    write: CircleWrite,
    role: role::Model,
    part: role_assignment::Model,
}

impl Hand {
    async fn open<P: Needs>(
        app: &App,
        circle: &CircleAccess<P>,
        path: RoleAssignmentPath,
    ) -> Result<Self, Problem> {
        let write = app.begin_write(circle).await?;
        let part = write
            .require::<role_assignment::Entity>(path.role_assignment_id)
            .await?;
        let role = write.require::<role::Entity>(part.role_id).await?;
        Ok(Self { write, role, part })
    }

    /// Refuses what the caller may not do, has not seen, or what does not fit;
    /// answers whether there is anything to do.
    fn check(&self, verb: PartVerb) -> Result<bool, Problem> {
        if !verb.allowed(self.write.scope(), &self.part) {
            return Err(Problem::Forbidden(match verb {
                PartVerb::Accept | PartVerb::Decline => Permission::CarryRoles,
                _ => Permission::ManageRoles,
            }));
        }
        if verb.is_in_effect(self.part.state) {
            return Ok(false);
        }
        self.write.check_version(self.part.version)?;
        if verb.leads_to(self.part.state).is_none() {
            let actions = rules::part_actions(self.write.scope(), &self.part, false);
            return Err(Conflict::invalid_transition(self.part.state.as_str(), actions).into());
        }
        Ok(true)
    }

    async fn update(
        &mut self,
        row: role_assignment::ActiveModel,
        verb: &'static str,
        fields: Vec<&'static str>,
    ) -> Result<(), Problem> {
        self.part = self
            .write
            .update::<role_assignment::Entity>(&self.part, row)
            .await?;
        let change = Change::to::<role_assignment::Entity>(verb, &self.part);
        self.write.log(change.fields(fields)).await?;
        store::touch(&mut self.write, &self.role).await?;
        Ok(())
    }

    /// Ends it today, or takes it back.
    async fn let_go(&mut self) -> Result<(), Problem> {
        let today = store::today(&self.write);
        let (part, change) = store::let_go(&self.write, &self.part, today).await?;
        self.part = part;
        self.write.log(change).await?;
        store::touch(&mut self.write, &self.role).await?;
        Ok(())
    }

    async fn answer(self) -> Result<Found<RoleAssignment>, Problem> {
        let part = store::describe_part(self.write.tx(), self.write.scope(), self.part).await?;
        self.write.commit(Found::new(part)).await
    }
}

/// See who carried a role, and who was asked.
///
/// Every assignment there ever was, oldest first.
#[utoipa::path(
    get, path = "/circles/{circle_id}/roles/{role_id}/timeline", tag = "roles",
    params(CirclePath, RolePath, RoleTimelineQuery),
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
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn update_role_assignment(
    app: App,
    circle: CircleAccess<CarryRoles>,
    Path(path): Path<RoleAssignmentPath>,
    Json(changes): Json<RoleAssignmentChanges>,
) -> Result<Found<RoleAssignment>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    let scope = hand.write.scope();
    let patient = SaidOfPatient::from(&changes);
    let time_is_theirs = changes.ends_on.is_none() || rules::may_change_time(scope, &hand.part);
    let patient_is_theirs = patient.is_empty() || may_revise_patient_part(scope);
    if !time_is_theirs || !patient_is_theirs {
        return Err(Problem::Forbidden(Permission::ManageRoles));
    }
    hand.check(PartVerb::Change)?;

    let mut row = hand.part.clone().into_active_model();
    let ends_on = changes.ends_on.flatten().map(|Day(day)| day);
    let mut fields = changes.write_to(&mut row);
    if !fields.is_empty() {
        store::check_end(&hand.write, hand.part.starts_on, ends_on)?;
    }
    if !patient.is_empty() {
        let patient = patient.or_part_of(&hand.part);
        patient.check(&hand.write).await?;
        if patient.write_to(&mut row) {
            fields.note("patient_part");
        }
    }
    if !fields.is_empty() {
        hand.update(row, "changed", fields.names()).await?;
    }
    hand.answer().await
}

/// Accept an offered role.
///
/// From then on you carry it. If it was to be taken over, that ends today, and the
/// person who carried it is told;
/// if somebody else carries it meanwhile, 409 `already_held`.
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/accept",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn accept_role(
    app: App,
    circle: CircleAccess<CarryRoles>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Found<RoleAssignment>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.check(PartVerb::Accept)? {
        let (part, off) = store::accept(&mut hand.write, &hand.role, &hand.part).await?;
        hand.part = part;
        store::touch(&mut hand.write, &hand.role).await?;
        notifications::tell(&app, &hand.write, vec![off]).await?;
    }
    hand.answer().await
}

/// Decline an offered role.
///
/// Nobody asks why, and nobody counts. The person who asked is told, the coordinators
/// too if it was to begin within a day; if nobody else would be told, those who could
/// carry it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/decline",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn decline_role(
    app: App,
    circle: CircleAccess<CarryRoles>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Found<RoleAssignment>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.check(PartVerb::Decline)? {
        let mut row = hand.part.clone().into_active_model();
        row.state = Set(RoleAssignmentState::Declined);
        let before = hand.part.clone();
        hand.update(row, "declined", vec!["state"]).await?;
        let kind = NoticeKind::Declined;
        let news = store::news_of_letting_go(&hand.write, kind, &hand.role, &before);
        notifications::tell(&app, &hand.write, vec![news]).await?;
    }
    hand.answer().await
}

/// Take an offer of a role back.
///
/// By whoever made it, or by a coordinator.
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/withdraw",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn withdraw_role_offer(
    app: App,
    circle: CircleAccess<ArrangeRoles>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Found<RoleAssignment>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.check(PartVerb::Withdraw)? {
        hand.let_go().await?;
    }
    hand.answer().await
}

/// Stop carrying a role.
///
/// By the person who carries it, or by a coordinator. It ends today. Those who relied
/// on it are told: the person who asked, and the coordinators; the person who carried
/// it, if a coordinator ends it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/role-assignments/{role_assignment_id}/end",
    tag = "roles", params(CirclePath, RoleAssignmentPath),
    responses((status = OK, description = "The assignment", body = RoleAssignment), Problem),
)]
pub async fn end_role_assignment(
    app: App,
    circle: CircleAccess<CarryRoles>,
    Path(path): Path<RoleAssignmentPath>,
) -> Result<Found<RoleAssignment>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.check(PartVerb::End)? {
        let before = hand.part.clone();
        hand.let_go().await?;
        let news = if hand.write.scope().is_member(before.member_id) {
            let kind = NoticeKind::GivenBack;
            vec![store::news_of_letting_go(
                &hand.write,
                kind,
                &hand.role,
                &before,
            )]
        } else {
            store::news_of_end(&hand.write, &hand.role, &before)
        };
        notifications::tell(&app, &hand.write, news).await?;
    }
    hand.answer().await
}
