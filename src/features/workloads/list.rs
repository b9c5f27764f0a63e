//! `list_workloads`: who carries what in a circle.

use serde::Serialize;
use utoipa::ToSchema;

use super::room::Room;
use super::rows::read_workloads;
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::entity::ids::{MemberId, RoleId};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::role::RoleKind;
use crate::http::response::Page;
use crate::problem::Problem;

/// What a member carries.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "member_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "name": "Ben Díaz",
    "roles": [{
        "role_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c44",
        "title": "Cooking on weekdays",
        "kind": "meals",
        "effort_minutes_per_week": 300
    }],
    "open_tasks": 2,
    "open_needs": 1,
    "open_minutes": 150,
    "completed_tasks": 5,
    "completed_needs": 0,
    "completed_minutes": 200,
    "room": "balanced"
})))]
pub struct Workload {
    /// The id of the member.
    pub member_id: MemberId,
    /// The name of the member.
    pub name: String,
    /// The roles that the member carries now.
    pub roles: Vec<WorkloadRole>,
    /// How many open tasks the member has claimed that are due in the next 14 days, are overdue, or
    /// have no due time.
    pub open_tasks: i64,
    /// How many needs the member has claimed that begin in the next 14 days.
    pub open_needs: i64,
    /// How long these tasks and needs take, in minutes. A task without `effort_minutes` and a need
    /// that takes all day count nothing. A need with a start and no end counts one hour.
    pub open_minutes: i64,
    /// How many tasks, or parts of tasks, the member completed in the last 28 days.
    pub completed_tasks: i64,
    /// How many needs of the last 28 days the member had claimed. Those of a missed appointment do not
    /// count.
    pub completed_needs: i64,
    /// How long these tasks and needs took, in minutes, counted as in `open_minutes`.
    pub completed_minutes: i64,
    /// Whether the member could take something on: less than half of their time is taken, about all
    /// of it, or more. It is made from the roles that they carry, what they completed in the last 28
    /// days, and the capacity that they declared: a week has one hour with `a_little`, four with
    /// `some_hours` or without a capacity, and fourteen with `a_lot`. A role without an estimate
    /// counts one hour a week, a task half an hour, and a need that takes all day four hours. Null
    /// for the patient, for viewers, for members who are away today, and in a circle that plans
    /// nothing any more.
    pub room: Option<Room>,
}

/// A role that a member carries.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "role_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c44",
    "title": "Cooking on weekdays",
    "kind": "meals",
    "effort_minutes_per_week": 300
})))]
pub struct WorkloadRole {
    /// The id of the role.
    pub role_id: RoleId,
    /// What the role is called.
    pub title: String,
    /// The kind of role.
    pub kind: RoleKind,
    /// How long it takes each week, in minutes.
    pub effort_minutes_per_week: Option<i32>,
}

/// Who carries what in a circle.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkloadCollection {
    /// The active members, by name.
    pub data: Vec<Workload>,
}

/// List who carries what.
///
/// Coordinators and caregivers get every active member. Helpers, viewers and the patient get only
/// themselves, and helpers and viewers also the members without an account for whom they act.
/// Members come by name. Only what you see is counted, and nothing that somebody declined or
/// released, hands over, or cannot do because they are away. `room` says who could take something
/// on. It ranks nobody.
#[utoipa::path(
    get, path = "/circles/{circle_id}/workloads", tag = "members", params(CirclePath),
    security(("personal_access_token" = [
        TokenScope::CircleRead,
        TokenScope::TasksRead,
        TokenScope::AppointmentsRead,
        TokenScope::RolesRead,
    ])),
    responses((status = OK, description = "Who carries what", body = WorkloadCollection,
        headers(("ETag" = String, description = "The version of this answer."))), Problem),
)]
pub async fn list_workloads(
    circle: CircleAccess<ViewCircle>,
) -> Result<Page<WorkloadCollection>, Problem> {
    let data = read_workloads(circle.db(), circle.scope(), circle.now()).await?;
    circle.listed(&WorkloadCollection { data })
}
