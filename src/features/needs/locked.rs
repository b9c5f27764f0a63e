//! A need that a request changes, with its assignments, under the circle's lock.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{CaseStatement, Expr};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};

use super::rules::{NeedFacts, NeedVerb};
use super::store;
use super::types::{Need, NeedAssignment};
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::ids::NeedId;
use crate::entity::need::{self, Column, NeedKind, NeedState};
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::topic_grant::Topic;
use crate::features::participation::{
    BusyColumns, BusyTime, HasParts, PartsAndAppointment, RelatedParts, ReleaseOutcome,
    ReleasePlan, TakesTime, Work, part, part_of_caller, release_work,
    require_with_parts_and_appointment,
};
use crate::platform::text::excerpt::Detail;
use crate::problem::Problem;
use crate::schedule::is_not_over;

/// What is read with a need: its assignments, and its appointment if the caller sees that.
type AroundNeed = PartsAndAppointment<need_assignment::Entity>;

/// A need, with its assignments, under the circle's lock.
pub(super) type LockedNeed = Locked<need::Entity>;

impl Lockable for need::Entity {
    type Related = AroundNeed;
    type Verb = NeedVerb;
    type Answer = Need;

    async fn related(write: &CircleWrite, row: &need::Model) -> Result<Self::Related, Problem> {
        let (_, related) = Self::read(write, row.id).await?;
        Ok(related)
    }

    async fn read(write: &CircleWrite, id: NeedId) -> Result<(need::Model, AroundNeed), Problem> {
        require_with_parts_and_appointment::<need_assignment::Entity>(
            write,
            id,
            Column::AppointmentId,
        )
        .await
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        need: &'a need::Model,
        related: &'a Self::Related,
    ) -> NeedFacts<'a> {
        let my_assignment = part_of_caller::<need_assignment::Entity>(scope, related.parts());
        NeedFacts {
            scope,
            need,
            my_assignment: my_assignment.map(|assignment| assignment.state),
            is_handing_over: my_assignment.is_some_and(|assignment| assignment.is_handing_over),
        }
    }

    fn shown(change: Change, _: &need::Model, _: &Self::Related) -> Change {
        change.about(Topic::Daily)
    }

    async fn describe(
        write: &CircleWrite,
        row: need::Model,
        related: &Self::Related,
    ) -> Result<Need, Problem> {
        let people = related.taken.people(write).await?;
        let assignment = |part: &need_assignment::Model| NeedAssignment {
            member_id: part.member_id,
            name: people
                .get(&part.member_id)
                .map(|person| person.name.clone())
                .unwrap_or_default(),
            state: part.state,
            is_handing_over: part.is_handing_over,
            is_away: part.is_away,
            updated_at: part.updated_at,
        };
        let assignments = related.parts().iter().map(assignment).collect();
        Ok(store::assemble(
            write.scope(),
            row,
            related.appointment_id,
            assignments,
            Detail::Whole,
        ))
    }
}

part! {
    need_assignment of need by need_id(NeedId),
    NeedAssignmentState in state(State): Offered => Accepted,
    asked by created_by_member_id,
    fn reset(row: &mut need_assignment::ActiveModel) {
        row.is_handing_over = Set(false);
        row.is_away = Set(false);
    }

    fn write_taken(row: &mut need_assignment::ActiveModel, at: Option<DateTime<Utc>>) {
        row.taken_at = Set(at);
    }
}

impl HasParts for need::Entity {
    type Parts = need_assignment::Entity;
}

impl TakesTime for need::Entity {
    /// Only a need with a time of day takes time.
    fn busy_time(row: &need::Model) -> Option<BusyTime> {
        let busy_time = BusyTime::of::<Self>(row, row.circle_id, row.starts_at?, row.ends_at);
        // The member who looks after the children is not at the appointment.
        let is_there = row.kind != NeedKind::ChildCare;
        Some(busy_time.at(is_there.then_some(row.appointment_id)))
    }

    fn busy_columns() -> BusyColumns {
        let column = |column: Column| Expr::col((need::Entity, column));
        let is_there = Column::Kind.ne(NeedKind::ChildCare);
        let at = CaseStatement::new().case(is_there, column(Column::AppointmentId));
        BusyColumns {
            topic: Expr::value(Topic::Daily),
            at: at.into(),
            from: column(Column::StartsAt),
            ends_at: column(Column::EndsAt),
        }
    }

    fn is_binding() -> Condition {
        Condition::all().add(Column::State.eq(NeedState::Open))
    }

    async fn release(
        write: &mut CircleWrite,
        plan: &ReleasePlan<'_>,
        outcome: &mut ReleaseOutcome,
    ) -> Result<(), Problem> {
        release_work::<Self>(write, plan, outcome).await
    }
}

impl Work for need::Entity {
    const CANNOT_TAKE_PART: &'static str =
        "This member is a viewer or does not see everyday things. Name another member.";
    const RELEASED: NeedAssignmentState = NeedAssignmentState::Released;
    const ACCEPTED: Column = Column::PeopleAccepted;
    const UNCERTAIN: Column = Column::PeopleUncertain;
    const IS_AWAY: need_assignment::Column = need_assignment::Column::IsAway;
    const NEEDED: Column = Column::PeopleNeeded;

    fn title(row: &need::Model) -> String {
        row.kind.as_str().to_owned()
    }

    /// A need in the past is not released: the member did help.
    fn is_ahead(now: DateTime<Utc>) -> Condition {
        is_not_over::<Self>(now).add(Column::State.is_in([NeedState::Open, NeedState::OnHold]))
    }

    fn needed(row: &need::Model) -> i32 {
        row.people_needed
    }

    fn accepted(row: &need::Model) -> i32 {
        row.people_accepted
    }

    fn uncertain(row: &need::Model) -> i32 {
        row.people_uncertain
    }
}
