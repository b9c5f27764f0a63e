//! A need that a request changes, with who takes it, under the circle's lock.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};

use super::rules::{NeedFacts, NeedVerb};
use super::store;
use super::types::Need;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked, Permission};
use crate::entity::need::{self, Column, NeedKind, NeedState};
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::topic_grant::Topic;
use crate::features::participation::{
    Commitment, Leaving, Releasing, Shared, Work, part, part_of_caller, release_work,
};
use crate::problem::Problem;
use crate::schedule::goes_on;

/// A need, with who takes it, under the circle's lock.
pub(super) type LockedNeed = Locked<need::Entity>;

impl Lockable for need::Entity {
    type Related = Vec<need_commitment::Model>;
    type Verb = NeedVerb;
    type Answer = Need;

    async fn related(write: &CircleWrite, row: &need::Model) -> Result<Self::Related, Problem> {
        let needs = std::slice::from_ref(row);
        store::commitments_of(write.tx(), write.scope(), needs).await
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        need: &'a need::Model,
        commitments: &'a Self::Related,
    ) -> NeedFacts<'a> {
        let my_commitment = part_of_caller::<need_commitment::Entity>(scope, commitments);
        NeedFacts {
            scope,
            need,
            my_commitment: my_commitment.map(|commitment| commitment.state),
        }
    }

    fn refusal(_: NeedVerb) -> Problem {
        Permission::ScheduleAppointments.refused()
    }

    fn shown(change: Change, _: &need::Model, _: &Self::Related) -> Change {
        change.about(Topic::Daily)
    }

    async fn describe(
        write: &CircleWrite,
        row: need::Model,
        _: &Self::Related,
    ) -> Result<Need, Problem> {
        store::describe(write.tx(), write.scope(), row).await
    }
}

part! {
    need_commitment of need by need_id(NeedId),
    CommitmentState in state(State): Offered => Accepted,
    asked by created_by
}

impl Shared for need::Entity {
    type Parts = need_commitment::Entity;

    /// With a time of day.
    fn commitment(row: &need::Model) -> Option<Commitment> {
        let commitment = Commitment::of::<Self>(row, row.circle_id, row.starts_at?, row.ends_at);
        // Who looks after the children is not at the appointment.
        let is_there = row.kind != NeedKind::ChildCare;
        Some(commitment.at(is_there.then_some(row.appointment_id)))
    }

    fn is_binding() -> Condition {
        Condition::all().add(Column::State.eq(NeedState::Open))
    }

    async fn release(
        write: &mut CircleWrite,
        leaving: &Leaving<'_>,
        releasing: &mut Releasing,
    ) -> Result<(), Problem> {
        release_work::<Self>(write, leaving, releasing).await
    }
}

impl Work for need::Entity {
    const CANNOT_TAKE_PART: &'static str = "This person does not see needs, or takes nothing on.";
    const RELEASED: CommitmentState = CommitmentState::Released;

    fn title(row: &need::Model) -> String {
        row.kind.as_str().to_owned()
    }

    /// What is over stays as it was: who drove, drove.
    fn is_ahead(now: DateTime<Utc>) -> Condition {
        Condition::all()
            .add(goes_on::<Self>(now))
            .add(Column::State.is_in([NeedState::Open, NeedState::OnHold]))
    }

    fn accepted(row: &need::Model) -> i32 {
        row.people_accepted
    }

    fn needed(row: &need::Model) -> i32 {
        row.people_needed
    }

    fn set_accepted(row: &mut need::ActiveModel, accepted: i32) {
        row.people_accepted = Set(accepted);
    }
}
