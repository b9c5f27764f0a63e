//! How circles are read and described.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::rules::{CircleFacts, CircleVerb};
use super::types::{Circle, Patient};
use crate::access::{CallerCircles, CircleScope, CircleWrite, Verb, patient_id_of};
use crate::entity::circle;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::{self, MemberState};
use crate::platform::db::{ReadRows, Reads, SelectByPosition};
use crate::problem::Problem;
use crate::row::Row;

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
        locale: row.locale,
        patient: Patient {
            name: row.patient_name,
            about: row.patient_about,
            photo_url: scope.picture_url(row.patient_photo_file_id),
            member_id: patient,
        },
        my_member_id: scope.member_id(),
        my_access: scope.access(),
        state: row.state,
        email_details_forbidden: row.email_details_forbidden,
        deputy_member_id: row.deputy_member_id,
        deletion_scheduled_for: row.deletion_scheduled_for,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// A circle as its reader sees it.
pub(super) async fn describe_circle(
    connection: &impl Reads,
    scope: &CircleScope,
    row: circle::Model,
) -> Result<Circle, Problem> {
    let patient = patient_id_of(connection, scope).await?;
    Ok(show_circle(row, scope, patient))
}

/// The members of a circle whom a change of the circle depends on.
#[derive(Default)]
pub(super) struct CirclePeople {
    pub patient: Option<MemberId>,
    pub active: Vec<MemberId>,
}

/// A circle with the member who is its patient.
#[derive(Debug, Row)]
struct CircleRow {
    circle: circle::Model,
    patient_id: Option<MemberId>,
}

/// The circle of a transaction, with the id of its patient and the members who are active: one
/// statement.
#[expect(
    clippy::disallowed_methods,
    reason = "the circle's own row, by an id that was proven"
)]
pub(super) async fn circle_and_people(
    write: &CircleWrite,
) -> Result<(circle::Model, CirclePeople), Problem> {
    use membership::Column as Member;
    let member = |column: Member| Expr::col((membership::Entity, column));
    let here = Condition::all()
        .add(member(Member::CircleId).equals((circle::Entity, circle::Column::Id)))
        .add(Member::State.is_in([
            MemberState::Active,
            MemberState::Suspended,
            MemberState::Leaving,
        ]));
    let mut rows = circle::Entity::find_by_id(write.circle_id())
        .expr_as(member(Member::IsPatient), "is_patient")
        .expr_as(member(Member::State), "state")
        .expr_as(member(Member::Id), "member_id");
    QueryTrait::query(&mut rows).left_join(membership::Entity, here);
    let rows = rows
        .by_position::<(
            circle::Model,
            Option<bool>,
            Option<MemberState>,
            Option<MemberId>,
        )>()
        .read(write.tx())
        .await?;
    let mut circle = None;
    let mut people = CirclePeople::default();
    for (row, is_patient, state, id) in rows {
        circle = Some(row);
        people.patient = people.patient.or(id.filter(|_| is_patient == Some(true)));
        people
            .active
            .extend(id.filter(|_| state == Some(MemberState::Active)));
    }
    Ok((circle.ok_or(Problem::NotFound)?, people))
}

/// All circles of the caller, as they see them, in the order in which they were created.
/// One query, or none without a circle.
#[expect(
    clippy::disallowed_methods,
    reason = "the circles' own rows, by ids that were proven"
)]
pub async fn describe_circles(mine: &CallerCircles) -> Result<Vec<Circle>, Problem> {
    use membership::Column as Member;
    if mine.scopes().is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<CircleId> = mine.scopes().iter().map(CircleScope::circle_id).collect();
    let member = |column: Member| Expr::col((membership::Entity, column));
    let patient = Condition::all()
        .add(member(Member::CircleId).equals((circle::Entity, circle::Column::Id)))
        .add(Member::IsPatient.eq(true))
        .add(mine.visible::<membership::Entity>(|_| Condition::all()));
    let mut rows = circle::Entity::find()
        .expr_as(member(Member::Id), "patient_id")
        .filter(circle::Column::Id.is_in(ids))
        .order_by_asc(circle::Column::CreatedAt)
        .order_by_asc(circle::Column::Id);
    QueryTrait::query(&mut rows).left_join(membership::Entity, patient);
    let rows = rows.by_position::<CircleRow>().read(mine.db()).await?;
    let scopes: HashMap<CircleId, &CircleScope> = mine
        .scopes()
        .iter()
        .map(|scope| (scope.circle_id(), scope))
        .collect();
    let describe = |CircleRow { circle, patient_id }: CircleRow| {
        let scope = scopes.get(&circle.id)?;
        Some(show_circle(circle, scope, patient_id))
    };
    Ok(rows.into_iter().filter_map(describe).collect())
}
