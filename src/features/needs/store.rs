//! Reading needs with who takes them, and what happens to them when their
//! appointment changes.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::rules::{self, NeedFacts, NeedVerb};
use super::subject::{item_of, items_of};
use super::types::{Need, NeedTaker};
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Verb, names_of, who_may_take_part};
use crate::entity::appointment;
use crate::entity::ids::{AppointmentId, MemberId, NeedId};
use crate::entity::need::{self, NeedState};
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::topic_grant::Topic;
use crate::features::participation::{part_of_caller, parts_of};
use crate::notify::reminders;
use crate::platform::text::excerpt::{Detail, Texts};
use crate::platform::time::civil::{Day, WallTime};
use crate::problem::Problem;
use crate::schedule::when::{When, WhenInstants, moment_of_need};

/// One need as the reader sees it.
pub(super) async fn describe(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    row: need::Model,
) -> Result<Need, Problem> {
    let mut needs = describe_all(connection, scope, vec![row], Detail::Whole).await?;
    needs.pop().ok_or(Problem::NotFound)
}

/// Needs as the reader sees them: three more queries, however many.
pub(super) async fn describe_all(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    rows: Vec<need::Model>,
    detail: Detail,
) -> Result<Vec<Need>, Problem> {
    let commitments = parts_of::<need_commitment::Entity>(connection, scope, &rows).await?;
    let members = commitments.iter().map(|row| row.member_id).collect();
    let names = names_of(connection, scope, members).await?;
    let visible = if rows.is_empty() {
        HashSet::new()
    } else {
        let found = scope
            .find::<appointment::Entity>()
            .select_only()
            .column(appointment::Column::Id)
            .filter(appointment::Column::Id.is_in(rows.iter().map(|row| row.appointment_id)))
            .into_tuple::<AppointmentId>()
            .all(connection)
            .await?;
        found.into_iter().collect()
    };
    let describe = |row| assemble(scope, row, &commitments, &names, &visible, detail);
    Ok(rows.into_iter().map(describe).collect())
}

/// A need as the reader sees it; of its appointment only what is `visible`.
pub(in crate::features) fn assemble(
    scope: &CircleScope,
    row: need::Model,
    commitments: &[need_commitment::Model],
    names: &HashMap<MemberId, String>,
    visible: &HashSet<AppointmentId>,
    detail: Detail,
) -> Need {
    let mut texts = Texts::new(detail);
    let of_this_need = || {
        commitments
            .iter()
            .filter(|commitment| commitment.need_id == row.id)
    };
    let my_commitment = part_of_caller::<need_commitment::Entity>(scope, of_this_need());
    let my_commitment = my_commitment.map(|commitment| commitment.state);
    let facts = NeedFacts {
        scope,
        need: &row,
        my_commitment,
    };
    let actions = NeedVerb::actions(&facts);
    let taker = |commitment: &need_commitment::Model| NeedTaker {
        member_id: commitment.member_id,
        name: names
            .get(&commitment.member_id)
            .cloned()
            .unwrap_or_default(),
        state: commitment.state,
        updated_at: commitment.updated_at,
    };
    Need {
        coverage: rules::coverage(&row),
        takers: of_this_need().map(taker).collect(),
        my_commitment,
        actions,
        appointment_id: Some(row.appointment_id).filter(|id| visible.contains(id)),
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        kind: row.kind,
        people_needed: row.people_needed,
        pick_up: row.pick_up,
        drop_off: row.drop_off,
        notes: texts.show("notes", row.notes),
        truncated: texts.truncated(),
        starts_on: row.starts_on.map(Day),
        starts_local: row.starts_local.map(WallTime),
        ends_local: row.ends_local.map(WallTime),
        time_zone: row.time_zone,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        state: row.state,
        created_at: row.created_at,
        created_by: row.created_by,
        updated_at: row.updated_at,
    }
}

/// All needs of an appointment, seen by the caller or not.
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

/// The needs of an appointment that are in a state, seen by the caller or not.
pub(in crate::features) async fn needs_in(
    write: &CircleWrite,
    appointment: AppointmentId,
    state: NeedState,
) -> Result<Vec<need::Model>, Problem> {
    let mut needs = needs_of(write, appointment).await?;
    needs.retain(|need| need.state == state);
    Ok(needs)
}

/// Who holds needs or was asked to, seen by the caller or not.
pub async fn holders_of(
    write: &CircleWrite,
    needs: &[NeedId],
    states: &[CommitmentState],
) -> Result<Vec<need_commitment::Model>, Problem> {
    if needs.is_empty() {
        return Ok(Vec::new());
    }
    Ok(write
        .find_in_circle::<need_commitment::Entity>()
        .filter(need_commitment::Column::NeedId.is_in(needs.iter().copied()))
        .filter(need_commitment::Column::State.is_in(states.iter().copied()))
        .all(write.tx())
        .await?)
}

/// Moves the needs of an appointment along with it. Those who took one did so
/// for another time, and are asked anew by who moves it; only the caller chose the
/// new one. A need that starts when it did and takes no longer is still theirs.
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
    let taken = holders_of(write, &ids, &[CommitmentState::Accepted]).await?;
    let holders: Vec<MemberId> = taken
        .iter()
        .map(|commitment| commitment.member_id)
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
                .filter(|commitment| commitment.need_id == need.id);
            let (my_commitments, others): (Vec<_>, Vec<_>) =
                takers.partition(|commitment| write.scope().is_member(commitment.member_id));
            for commitment in others {
                let mut row = commitment.clone().into_active_model();
                // A person who has left since is not asked.
                let is_asked = able.contains(&commitment.member_id);
                row.state = Set(if is_asked {
                    CommitmentState::Offered
                } else {
                    CommitmentState::Released
                });
                row.created_by = Set(write.actor());
                write
                    .update::<need_commitment::Entity>(commitment, row)
                    .await?;
            }
            row.people_accepted = Set(i32::from(!my_commitments.is_empty()));
        }
        let need = write.update::<need::Entity>(&need, row).await?;
        let change = Change::to::<need::Entity>("moved", &need).about(Topic::Daily);
        write.log(change.fields(vec!["starts", "ends"])).await?;
    }
    Ok(())
}

/// Puts needs of an appointment into the state that follows from its own.
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
            NeedState::OnHold | NeedState::Cancelled => "cancelled",
            NeedState::Over => "ended",
        };
        let change = Change::to::<need::Entity>(verb, &need).about(Topic::Daily);
        write.log(change.fields(vec!["state"])).await?;
    }
    Ok(())
}

/// Plans the reminders of an appointment's needs anew: they follow its state, its
/// time and its offsets.
pub(in crate::features) async fn plan_needs(
    write: &CircleWrite,
    row: &appointment::Model,
) -> Result<(), Problem> {
    reminders::plan(write, &items_of(write, row).await?).await
}

/// Plans the reminders of those who hold a need of an appointment as if they took it
/// now, because it is on from now on.
pub(in crate::features) async fn plan_for_holders(
    write: &CircleWrite,
    row: &appointment::Model,
) -> Result<(), Problem> {
    let needs = needs_of(write, row.id).await?;
    let ids: Vec<NeedId> = needs.iter().map(|need| need.id).collect();
    let taken = holders_of(write, &ids, &[CommitmentState::Accepted]).await?;
    for need in needs {
        let takers = taken
            .iter()
            .filter(|commitment| commitment.need_id == need.id);
        let members: Vec<MemberId> = takers.map(|commitment| commitment.member_id).collect();
        if !members.is_empty() {
            let item = item_of(&need, row);
            reminders::plan_for_takers(write, &item, &members).await?;
        }
    }
    Ok(())
}
