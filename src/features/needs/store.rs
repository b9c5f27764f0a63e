//! Reading needs with who takes them, and what happens to them when their
//! appointment changes.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::rules;
use super::types::{Need, NeedTaker};
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, names_of, who_may_take_part};
use crate::entity::appointment;
use crate::entity::ids::{AppointmentId, MemberId, NeedId};
use crate::entity::need::{self, NeedState};
use crate::entity::need_commitment::{self, CommitmentState};
use crate::entity::topic_grant::Topic;
use crate::notify::reminders::{self, Item};
use crate::platform::text::excerpt::{Detail, Texts};
use crate::platform::time::civil::{Day, WallTime};
use crate::problem::Problem;
use crate::schedule::when::{When, WhenInstants, moment_of_need};

/// Who takes needs that were found inside the fence.
pub(in crate::features) async fn commitments_of(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    needs: &[need::Model],
) -> Result<Vec<need_commitment::Model>, Problem> {
    if needs.is_empty() {
        return Ok(Vec::new());
    }
    Ok(scope
        .find::<need_commitment::Entity>()
        .filter(need_commitment::Column::NeedId.is_in(needs.iter().map(|need| need.id)))
        .order_by_asc(need_commitment::Column::CreatedAt)
        .order_by_asc(need_commitment::Column::Id)
        .all(connection)
        .await?)
}

/// One need as the reader sees it.
pub(super) async fn describe(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    row: need::Model,
) -> Result<Need, Problem> {
    let mut needs = describe_as(connection, scope, vec![row], Detail::Whole).await?;
    needs.pop().ok_or(Problem::NotFound)
}

/// Needs as the reader sees them in a list: three more queries, however many.
pub(super) async fn describe_all(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    rows: Vec<need::Model>,
) -> Result<Vec<Need>, Problem> {
    describe_as(connection, scope, rows, Detail::Excerpt).await
}

async fn describe_as(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    rows: Vec<need::Model>,
    detail: Detail,
) -> Result<Vec<Need>, Problem> {
    let commitments = commitments_of(connection, scope, &rows).await?;
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
    let its = || commitments.iter().filter(|held| held.need_id == row.id);
    let mine = rules::mine(scope, its()).map(|mine| mine.state);
    let taker = |held: &need_commitment::Model| NeedTaker {
        member_id: held.member_id,
        name: names.get(&held.member_id).cloned().unwrap_or_default(),
        state: held.state,
        updated_at: held.updated_at,
    };
    Need {
        coverage: rules::coverage(&row),
        takers: its().map(taker).collect(),
        my_commitment: mine,
        actions: rules::actions(scope, &row, mine),
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
    let (from, to) = (When::of_appointment(before), When::of_appointment(after));
    let needs = needs_of(write, after.id).await?;
    let ids: Vec<NeedId> = needs.iter().map(|need| need.id).collect();
    let taken = holders_of(write, &ids, &[CommitmentState::Accepted]).await?;
    let holders: Vec<MemberId> = taken.iter().map(|held| held.member_id).collect();
    let able = if holders.is_empty() {
        HashSet::new()
    } else {
        who_may_take_part(write, &holders, Topic::Daily).await?
    };
    for need in needs {
        let old = When::of_need(&need);
        let when = old.following(&from, &to);
        if when == old {
            continue;
        }
        let mut row = need.clone().into_active_model();
        when.write_to_need(&mut row, zone);
        let takes_longer = when
            .instants(zone)
            .goes_on_after(WhenInstants::of_need(&need));
        if takes_longer || when.moment(zone) != moment_of_need(&need) {
            let its = taken.iter().filter(|held| held.need_id == need.id);
            let (mine, theirs): (Vec<_>, Vec<_>) =
                its.partition(|held| write.scope().is_member(held.member_id));
            for held in theirs {
                let mut row = held.clone().into_active_model();
                // Who has left since is asked no more.
                let is_asked = able.contains(&held.member_id);
                row.state = Set(if is_asked {
                    CommitmentState::Offered
                } else {
                    CommitmentState::Released
                });
                row.created_by = Set(write.actor());
                write.update::<need_commitment::Entity>(held, row).await?;
            }
            row.people_accepted = Set(i32::from(!mine.is_empty()));
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

/// What people are reminded of. Who takes a need may not see its appointment.
pub(super) async fn item_of(write: &CircleWrite, need: &need::Model) -> Result<Item, Problem> {
    let its = write
        .find_in_circle::<appointment::Entity>()
        .filter(appointment::Column::Id.eq(need.appointment_id))
        .one(write.tx())
        .await?
        .ok_or(Problem::NotFound)?;
    Ok(Item::Need(need.clone(), its))
}

/// Plans the reminders of an appointment's needs anew: they follow its state, its
/// time and its offsets.
pub(in crate::features) async fn plan_needs(
    write: &CircleWrite,
    row: &appointment::Model,
) -> Result<(), Problem> {
    let needs = needs_of(write, row.id).await?.into_iter();
    let items: Vec<_> = needs.map(|need| Item::Need(need, row.clone())).collect();
    reminders::plan(write, &items).await
}

/// Plans the reminders of those who hold a need of an appointment as if they took it
/// now, because it is on from now on.
pub(in crate::features) async fn plan_for_holders(
    write: &CircleWrite,
    row: &appointment::Model,
) -> Result<(), Problem> {
    let needs = needs_of(write, row.id).await?;
    let ids: Vec<NeedId> = needs.iter().map(|need| need.id).collect();
    let held = holders_of(write, &ids, &[CommitmentState::Accepted]).await?;
    for need in needs {
        let its = held.iter().filter(|held| held.need_id == need.id);
        let members: Vec<MemberId> = its.map(|held| held.member_id).collect();
        if !members.is_empty() {
            let item = Item::Need(need, row.clone());
            reminders::plan_for_takers(write, &item, &members).await?;
        }
    }
    Ok(())
}

/// Puts a member's part in a need into a state, and counts who has accepted. It was
/// made by who asked for it last, or by the member themselves.
pub(super) async fn put_commitment(
    write: &CircleWrite,
    need: &need::Model,
    commitments: &[need_commitment::Model],
    member: MemberId,
    state: CommitmentState,
) -> Result<need::Model, Problem> {
    let held = commitments.iter().find(|held| held.member_id == member);
    if let Some(before) = held {
        let mut row = before.clone().into_active_model();
        row.state = Set(state);
        if state == CommitmentState::Offered {
            row.created_by = Set(write.actor());
        } else if state == CommitmentState::Accepted && before.state != CommitmentState::Offered {
            row.created_by = Set(Some(member));
        }
        write.update::<need_commitment::Entity>(before, row).await?;
    } else {
        let row = need_commitment::ActiveModel {
            id: Set(write.new_id()),
            need_id: Set(need.id),
            member_id: Set(member),
            state: Set(state),
            ..Default::default()
        };
        write.insert::<need_commitment::Entity>(row).await?;
    }
    let accepted = |state| i32::from(state == Some(CommitmentState::Accepted));
    let mut row = need.clone().into_active_model();
    let change = accepted(Some(state)) - accepted(held.map(|held| held.state));
    row.people_accepted = Set(need.people_accepted + change);
    write.update::<need::Entity>(need, row).await
}
