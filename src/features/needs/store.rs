//! Reading needs with their assignments, and what happens to needs when their appointment
//! changes.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
    TryIntoModel,
};

use super::rules::{self, NeedFacts, NeedVerb};
use super::types::{Need, NeedAssignment};
use crate::access::change_log::Change;
use crate::access::{Absences, CircleScope, CircleWrite, Verb, with_appointment};
use crate::entity::ids::{AppointmentId, MemberId, NeedId};
use crate::entity::need::{self, NeedState};
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::topic_grant::Topic;
use crate::entity::{appointment, membership};
use crate::features::participation::{
    join_parts, keep_parts_later, note_parts, uncertain_in, withdraw_handovers_later,
};
use crate::platform::db::{ByPosition, ReadRows, Reads, SelectByPosition, in_list};
use crate::platform::text::excerpt::{Detail, Texts};
use crate::platform::time::civil::{Day, WallTime};
use crate::problem::Problem;
use crate::row::Joined;
use crate::schedule::when::{When, WhenInstants, moment_of_need};

/// One need as the reader sees it.
pub(super) async fn describe(
    connection: &impl Reads,
    scope: &CircleScope,
    row: need::Model,
) -> Result<Need, Problem> {
    let mut needs = describe_all(connection, scope, vec![row], Detail::Whole).await?;
    needs.pop().ok_or(Problem::NotFound)
}

/// Needs as the reader sees them: one more query, however many needs there are.
pub(super) async fn describe_all(
    connection: &impl Reads,
    scope: &CircleScope,
    rows: Vec<need::Model>,
    detail: Detail,
) -> Result<Vec<Need>, Problem> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut appointments = HashMap::new();
    let mut assignments: HashMap<NeedId, Vec<NeedAssignment>> = HashMap::new();
    let around = around(scope, rows.iter().map(|row| row.id));
    for (need, appointment, Joined(assignment)) in around.read(connection).await? {
        appointments.insert(need, appointment);
        assignments.entry(need).or_default().extend(assignment);
    }
    let describe = |row: need::Model| {
        let appointment = appointments.get(&row.id).copied().flatten();
        let assignments = assignments.remove(&row.id).unwrap_or_default();
        assemble(scope, row, appointment, assignments, detail)
    };
    Ok(rows.into_iter().map(describe).collect())
}

/// What is shown around needs: the appointment of each, if the caller sees it, and its assignments,
/// the oldest first.
fn around(
    scope: &CircleScope,
    needs: impl Iterator<Item = NeedId>,
) -> ByPosition<(NeedId, Option<AppointmentId>, Joined<NeedAssignment>)> {
    use need_assignment::Column as Part;
    let rows = scope
        .find::<need::Entity>()
        .filter(need::Column::Id.is_in(in_list(needs)))
        .order_by_asc(Part::CreatedAt)
        .order_by_asc(Part::Id)
        .select_only()
        .column(need::Column::Id);
    let mut rows = with_appointment(scope, rows, need::Column::AppointmentId);
    with_assignments(scope, &mut rows);
    rows.column(Part::MemberId)
        .column(membership::Column::Name)
        .columns([
            Part::State,
            Part::IsHandingOver,
            Part::IsAway,
            Part::UpdatedAt,
        ])
        .by_position()
}

/// Joins to needs their assignments and the members whom they name.
pub(in crate::features) fn with_assignments(scope: &CircleScope, needs: &mut Select<need::Entity>) {
    join_parts::<need_assignment::Entity>(scope, needs);
}

/// A need that was added in this transaction, to an appointment that the reader sees: nobody has a
/// part in it yet.
pub(super) fn describe_new(scope: &CircleScope, row: need::Model) -> Need {
    let appointment = Some(row.appointment_id);
    assemble(scope, row, appointment, Vec::new(), Detail::Whole)
}

/// A need as the reader sees it, with its appointment if the reader sees that.
pub(in crate::features) fn assemble(
    scope: &CircleScope,
    row: need::Model,
    appointment_id: Option<AppointmentId>,
    assignments: Vec<NeedAssignment>,
    detail: Detail,
) -> Need {
    let mut texts = Texts::new(detail);
    let mut of_caller = assignments
        .iter()
        .filter(|part| scope.is_member(part.member_id));
    let mine = of_caller.next();
    let my_assignment = mine.map(|part| part.state);
    let facts = NeedFacts {
        scope,
        need: &row,
        my_assignment,
        is_handing_over: mine.is_some_and(|part| part.is_handing_over),
    };
    let actions = NeedVerb::actions(&facts);
    Need {
        coverage: rules::coverage(&row),
        assignments,
        my_assignment,
        actions,
        appointment_id,
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        kind: row.kind,
        people_needed: row.people_needed,
        pickup_location: row.pickup_location,
        dropoff_location: row.dropoff_location,
        notes: texts.show("notes", row.notes),
        truncated_fields: texts.truncated(),
        starts_on: row.starts_on.map(Day),
        ends_on: row.ends_on.map(Day),
        starts_local: row.starts_local.map(WallTime),
        ends_local: row.ends_local.map(WallTime),
        time_zone: row.time_zone,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        state: row.state,
        created_at: row.created_at,
        created_by_member_id: row.created_by_member_id,
        updated_at: row.updated_at,
    }
}

/// Moves the needs of an appointment together with it. Members who claimed a need claimed
/// it for the old time, so those who are `able` to take part are asked again. The caller is not
/// asked, because they chose the new time. A need that starts at the same moment and takes no longer
/// stays claimed. Everything is written when the transaction commits.
pub(in crate::features) async fn move_needs(
    write: &mut CircleWrite,
    needs: &mut [need::Model],
    assignments: &mut [need_assignment::Model],
    able: &HashSet<MemberId>,
    before: &appointment::Model,
    after: &appointment::Model,
) -> Result<(), Problem> {
    let zone = write.scope().time_zone().to_owned();
    let (from, to) = (
        When::of::<appointment::Entity>(before),
        When::of::<appointment::Entity>(after),
    );
    let holders: Vec<MemberId> = assignments.iter().map(|part| part.member_id).collect();
    let absences = Absences::of(write, &holders).await?;
    let mut changes = Vec::new();
    for need in needs {
        let old = When::of::<need::Entity>(need);
        let when = old.following(&from, &to);
        if when == old {
            continue;
        }
        let mut row = need.clone().into_active_model();
        when.write_to::<need::Entity>(&mut row, &zone);
        let takes_longer = when
            .instants(&zone)
            .goes_on_after(WhenInstants::of_row::<need::Entity>(need));
        if takes_longer || when.moment(&zone) != moment_of_need(need) {
            let mut is_mine = false;
            let taken = assignments.iter_mut().filter(|assignment| {
                assignment.need_id == need.id && assignment.state == NeedAssignmentState::Accepted
            });
            for assignment in taken {
                if write.scope().is_member(assignment.member_id) {
                    is_mine = true;
                    continue;
                }
                withdraw_handovers_later::<need_assignment::Entity>(write, [&*assignment]);
                let mut row = assignment.clone().into_active_model();
                // A member who left since then, or sees less now, is not asked.
                let is_asked = able.contains(&assignment.member_id);
                row.state = Set(if is_asked {
                    NeedAssignmentState::Offered
                } else {
                    NeedAssignmentState::Released
                });
                row.is_handing_over = Set(false);
                row.is_away = Set(false);
                row.created_by_member_id = Set(write.actor());
                *assignment = write.update_later::<need_assignment::Entity>(assignment, row)?;
            }
            row.people_accepted = Set(i32::from(is_mine));
        }
        let moved = row.clone().try_into_model()?;
        let of_need = assignments
            .iter_mut()
            .filter(|part| part.need_id == need.id);
        let taken = of_need.filter(|part| part.state == NeedAssignmentState::Accepted);
        note_parts::<need::Entity>(write, &moved, taken, &absences)?;
        row.people_uncertain = Set(uncertain_in::<need_assignment::Entity>(
            assignments.iter().filter(|part| part.need_id == need.id),
        ));
        *need = write.update_later::<need::Entity>(need, row)?;
        let change = Change::to::<need::Entity>("rescheduled", need).about(Topic::Daily);
        changes.push(change.fields(vec!["starts", "ends"]));
    }
    write.log_all(changes).await
}

/// Puts some needs of an appointment into the state that follows from the appointment's state, when
/// the transaction commits. Needs that end are no longer handed over.
pub(in crate::features) async fn follow_state(
    write: &mut CircleWrite,
    needs: &mut [need::Model],
    assignments: &mut [need_assignment::Model],
    which: impl Fn(&need::Model) -> bool + Send,
    to: NeedState,
) -> Result<(), Problem> {
    let verb = match to {
        NeedState::Open => "reinstated",
        NeedState::OnHold | NeedState::Canceled => "canceled",
        NeedState::Past => "ended",
    };
    let mut changes = Vec::new();
    for need in needs {
        if !which(need) {
            continue;
        }
        let mut row = need.clone().into_active_model();
        row.state = Set(to);
        if to != NeedState::Open {
            let of_need = assignments
                .iter_mut()
                .filter(|part| part.need_id == need.id);
            keep_parts_later::<need_assignment::Entity>(write, of_need)?;
            row.people_uncertain = Set(uncertain_in::<need_assignment::Entity>(
                assignments.iter().filter(|part| part.need_id == need.id),
            ));
        }
        *need = write.update_later::<need::Entity>(need, row)?;
        let change = Change::to::<need::Entity>(verb, need).about(Topic::Daily);
        changes.push(change.fields(vec!["state"]));
    }
    write.log_all(changes).await
}
