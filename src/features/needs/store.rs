//! Reading needs with their assignments, and what happens to needs when their appointment
//! changes.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};

use super::rules::{self, NeedFacts, NeedVerb};
use super::subject::{item_of, items_of};
use super::types::{Need, NeedAssignment};
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Verb, seen_of, who_may_take_part};
use crate::entity::ids::{AppointmentId, MemberId, NeedId};
use crate::entity::need::{self, NeedState};
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::topic_grant::Topic;
use crate::entity::{appointment, membership};
use crate::features::participation::join_parts;
use crate::notify::reminders;
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
    let mut rows = with_appointment(scope, rows);
    with_assignments(scope, &mut rows);
    rows.column(Part::MemberId)
        .column(membership::Column::Name)
        .columns([Part::State, Part::UpdatedAt])
        .by_position()
}

/// Selects the id of the appointment of needs, if the caller sees it.
pub(super) fn with_appointment(
    scope: &CircleScope,
    mut needs: Select<need::Entity>,
) -> Select<need::Entity> {
    let appointment = seen_of::<need::Entity, appointment::Entity>(
        scope,
        need::Column::AppointmentId,
        appointment::Column::Id,
    );
    QueryTrait::query(&mut needs).left_join(appointment::Entity, appointment);
    needs.column(appointment::Column::Id)
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
    let my_assignment = of_caller.next().map(|part| part.state);
    let facts = NeedFacts {
        scope,
        need: &row,
        my_assignment,
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

/// All needs of an appointment, also those that the caller does not see.
pub async fn needs_of(
    write: &CircleWrite,
    appointment: AppointmentId,
) -> Result<Vec<need::Model>, Problem> {
    Ok(write
        .find_in_circle::<need::Entity>()
        .filter(need::Column::AppointmentId.eq(appointment))
        .order_by_asc(need::Column::SortAt)
        .order_by_asc(need::Column::Id)
        .all(write.tx())
        .await?)
}

/// The needs of an appointment in one state, also those that the caller does not see.
pub(in crate::features) async fn needs_in(
    write: &CircleWrite,
    appointment: AppointmentId,
    state: NeedState,
) -> Result<Vec<need::Model>, Problem> {
    let mut needs = needs_of(write, appointment).await?;
    needs.retain(|need| need.state == state);
    Ok(needs)
}

/// The assignments to these needs in these states, also those that the caller does not
/// see.
pub async fn holders_of(
    write: &CircleWrite,
    needs: &[NeedId],
    states: &[NeedAssignmentState],
) -> Result<Vec<need_assignment::Model>, Problem> {
    if needs.is_empty() {
        return Ok(Vec::new());
    }
    Ok(write
        .find_in_circle::<need_assignment::Entity>()
        .filter(need_assignment::Column::NeedId.is_in(needs.iter().copied()))
        .filter(need_assignment::Column::State.is_in(states.iter().copied()))
        .all(write.tx())
        .await?)
}

/// Moves the needs of an appointment together with it. Members who claimed a need claimed
/// it for the old time, so they are asked again. The caller is not asked, because they
/// chose the new time. A need that starts at the same moment and takes no longer stays
/// claimed.
pub(in crate::features) async fn move_needs(
    write: &mut CircleWrite,
    before: &appointment::Model,
    after: &appointment::Model,
    zone: &str,
) -> Result<(), Problem> {
    let (from, to) = (
        When::of::<appointment::Entity>(before),
        When::of::<appointment::Entity>(after),
    );
    let needs = needs_of(write, after.id).await?;
    let ids: Vec<NeedId> = needs.iter().map(|need| need.id).collect();
    let taken = holders_of(write, &ids, &[NeedAssignmentState::Accepted]).await?;
    let holders: Vec<MemberId> = taken
        .iter()
        .map(|assignment| assignment.member_id)
        .collect();
    let able = if holders.is_empty() {
        HashSet::new()
    } else {
        who_may_take_part(write, &holders, Topic::Daily).await?
    };
    for need in needs {
        let old = When::of::<need::Entity>(&need);
        let when = old.following(&from, &to);
        if when == old {
            continue;
        }
        let mut row = need.clone().into_active_model();
        when.write_to::<need::Entity>(&mut row, zone);
        let takes_longer = when
            .instants(zone)
            .goes_on_after(WhenInstants::of_row::<need::Entity>(&need));
        if takes_longer || when.moment(zone) != moment_of_need(&need) {
            let takers = taken
                .iter()
                .filter(|assignment| assignment.need_id == need.id);
            let (my_assignments, others): (Vec<_>, Vec<_>) =
                takers.partition(|assignment| write.scope().is_member(assignment.member_id));
            for assignment in others {
                let mut row = assignment.clone().into_active_model();
                // A member who left since then, or sees less now, is not asked.
                let is_asked = able.contains(&assignment.member_id);
                row.state = Set(if is_asked {
                    NeedAssignmentState::Offered
                } else {
                    NeedAssignmentState::Released
                });
                row.created_by_member_id = Set(write.actor());
                write
                    .update::<need_assignment::Entity>(assignment, row)
                    .await?;
            }
            row.people_accepted = Set(i32::from(!my_assignments.is_empty()));
        }
        let need = write.update::<need::Entity>(&need, row).await?;
        let change = Change::to::<need::Entity>("rescheduled", &need).about(Topic::Daily);
        write.log(change.fields(vec!["starts", "ends"])).await?;
    }
    Ok(())
}

/// Puts needs of an appointment into the state that follows from the appointment's state.
pub(in crate::features) async fn follow_state(
    write: &mut CircleWrite,
    needs: Vec<need::Model>,
    to: NeedState,
) -> Result<(), Problem> {
    for need in needs {
        let mut row = need.clone().into_active_model();
        row.state = Set(to);
        let need = write.update::<need::Entity>(&need, row).await?;
        let verb = match to {
            NeedState::Open => "reinstated",
            NeedState::OnHold | NeedState::Canceled => "canceled",
            NeedState::Past => "ended",
        };
        let change = Change::to::<need::Entity>(verb, &need).about(Topic::Daily);
        write.log(change.fields(vec!["state"])).await?;
    }
    Ok(())
}

/// Plans the reminders of an appointment's needs again. They depend on its state, its
/// time and its offsets.
pub(in crate::features) async fn plan_needs(
    write: &CircleWrite,
    row: &appointment::Model,
) -> Result<(), Problem> {
    reminders::plan(write, &items_of(write, row).await?).await
}

/// Plans reminders as if the members claimed the needs now, because the appointment takes
/// place from now on.
pub(in crate::features) async fn plan_for_holders(
    write: &CircleWrite,
    row: &appointment::Model,
) -> Result<(), Problem> {
    let needs = needs_of(write, row.id).await?;
    let ids: Vec<NeedId> = needs.iter().map(|need| need.id).collect();
    let taken = holders_of(write, &ids, &[NeedAssignmentState::Accepted]).await?;
    for need in needs {
        let takers = taken
            .iter()
            .filter(|assignment| assignment.need_id == need.id);
        let members: Vec<MemberId> = takers.map(|assignment| assignment.member_id).collect();
        if !members.is_empty() {
            let item = item_of(&need, row);
            reminders::plan_for_takers(write, &item, &members).await?;
        }
    }
    Ok(())
}
