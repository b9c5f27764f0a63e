//! How circles are read and described.

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::rules::{CircleFacts, CircleVerb};
use super::types::{Circle, Patient};
use crate::access::{CallerCircles, CircleScope, Verb, patient_id_of};
use crate::entity::circle;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership;
use crate::problem::Problem;

/// The circle as its reader sees it.
pub(super) fn show_circle(
    row: circle::Model,
    scope: &CircleScope,
    patient: Option<MemberId>,
) -> Circle {
    let facts = CircleFacts {
        scope,
        circle: &row,
        patient,
    };
    Circle {
        actions: CircleVerb::actions(&facts),
        id: row.id,
        version: row.version,
        name: row.name,
        alias: row.alias,
        time_zone: row.time_zone,
        patient: Patient {
            name: row.patient_name,
            about: row.patient_about,
            member_id: patient,
        },
        my_member_id: scope.member_id(),
        my_access: scope.access(),
        deletion_scheduled_for: row.deletion_scheduled_for,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// A circle as its reader sees it.
pub(super) async fn describe_circle(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    row: circle::Model,
) -> Result<Circle, Problem> {
    let patient = patient_id_of(connection, scope).await?;
    Ok(show_circle(row, scope, patient))
}

/// All circles of the caller, as they see them, in the order in which they were created.
/// Always two queries.
#[expect(
    clippy::disallowed_methods,
    reason = "the circles' own rows, by ids that were proven"
)]
pub async fn describe_circles(mine: &CallerCircles) -> Result<Vec<Circle>, Problem> {
    let ids: Vec<CircleId> = mine.scopes().iter().map(CircleScope::circle_id).collect();
    let rows = circle::Entity::find()
        .filter(circle::Column::Id.is_in(ids))
        .order_by_asc(circle::Column::CreatedAt)
        .order_by_asc(circle::Column::Id)
        .all(mine.db())
        .await?;
    let patients = |_: &CircleScope| Condition::all().add(membership::Column::IsPatient.eq(true));
    let patients = mine.find::<membership::Entity>(patients);
    let patients = patients.all(mine.db()).await?;
    let describe = |row: circle::Model| {
        let mut patients = patients.iter();
        let patient = patients.find(|member| member.circle_id == row.id);
        let patient = patient.map(|patient| patient.id);
        let mut scopes = mine.scopes().iter();
        let scope = scopes.find(|scope| scope.circle_id() == row.id)?;
        Some(show_circle(row, scope, patient))
    };
    Ok(rows.into_iter().filter_map(describe).collect())
}
