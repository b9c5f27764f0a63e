//! Plans the reminders of items. Planning again without a change changes nothing. It takes one read,
//! however many items there are, up to five hundred of a kind. For a new item it reads nothing. What
//! it writes is sent with the commit, or before reminders are read again.
//!
//! An item has a reminder at each of its offsets that is still ahead. If none is ahead and none
//! has fired, it has one two hours before. A member who joins after all of these gets a reminder of
//! their own: two hours before, or at once if that time has passed.
//!
//! Something that needs people has one more reminder for those who could claim it: two days before,
//! and when that has fired, one day before.

mod ahead;
mod decide;
mod zone;

pub use ahead::{cancel_all_later, cancel_held_later, plan_all_ahead, replan_all_ahead};
pub use zone::{follow_zone, move_days};

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel};

pub(super) use self::decide::LAST_GAP;
pub use self::decide::Newcomer;
use self::decide::decide;
use super::item::Item;
use super::parts::{PartKey, members_with_parts};
use crate::access::CircleWrite;
use crate::entity::ids::MemberId;
use crate::entity::reminder::{self, Column, ReminderState};
use crate::notify::subject::{SubjectId, reminders_of};
use crate::problem::Problem;

/// How many ids go into one query.
const AT_ONCE: usize = 500;

/// Brings the planned reminders of items up to date.
pub async fn plan(write: &CircleWrite, items: &[Item]) -> Result<(), Problem> {
    Planner::of(write).plan(items, &[]).await
}

/// Like [`plan`], for an item that was created in this transaction: it has no reminders yet. They
/// are sent with the commit.
pub fn plan_new(write: &CircleWrite, item: &Item) {
    plan_new_for(write, item, &[]);
}

/// Like [`plan_new`], with members who have said yes to it already.
pub fn plan_new_for(write: &CircleWrite, item: &Item, takers: &[MemberId]) {
    let newcomers = newcomers(item, takers, true);
    plan_all_new(write, std::slice::from_ref(item), &newcomers);
}

/// Like [`plan_new`], for several items, with members who have said yes to them already.
pub fn plan_all_new(write: &CircleWrite, items: &[Item], newcomers: &[Newcomer]) {
    let planner = Planner::of(write);
    let mut rows = Vec::new();
    for item in items {
        let mine = newcomers.iter().filter(|newcomer| newcomer.item == item.id);
        let mine: Vec<Newcomer> = mine.copied().collect();
        let timing = planner.timing(item);
        let decided = decide(item, timing, &[], &mine, |_| false, write.now());
        rows.extend(
            decided
                .new
                .into_iter()
                .map(|wanted| planner.insert(item, wanted)),
        );
    }
    write.insert_all_later::<reminder::Entity>(rows);
}

/// Like [`plan`], for members who have just said yes to an item. If no reminder is ahead any more,
/// they get a confirmation at once.
pub async fn plan_for_takers(
    write: &CircleWrite,
    item: &Item,
    members: &[MemberId],
) -> Result<(), Problem> {
    let newcomers = newcomers(item, members, true);
    let items = std::slice::from_ref(item);
    Planner::of(write).plan(items, &newcomers).await
}

/// Like [`plan_for_takers`], for several items to which these members have just said yes.
pub async fn plan_all_for_takers(
    write: &CircleWrite,
    items: &[Item],
    members: &[MemberId],
) -> Result<(), Problem> {
    let newcomers = items.iter().flat_map(|item| newcomers(item, members, true));
    let newcomers: Vec<Newcomer> = newcomers.collect();
    Planner::of(write).plan(items, &newcomers).await
}

/// Like [`plan_for_takers`], for an item of which the caller knows which members have a part: these
/// are not read, so what changes in their parts may still wait for the commit.
pub async fn plan_with_parts(
    write: &CircleWrite,
    item: &Item,
    parts: &[MemberId],
    takers: &[MemberId],
) -> Result<(), Problem> {
    let newcomers = newcomers(item, takers, true);
    let items = std::slice::from_ref(item);
    let parts = parts.iter().map(|member| (item.id, *member));
    plan_all_with_parts(write, items, parts, &newcomers).await
}

/// Like [`plan`], for several items of which the caller knows which members have a part: these are
/// not read, so what changes in their parts may still wait for the commit. Newcomers have said yes or
/// were asked just now.
pub async fn plan_all_with_parts(
    write: &CircleWrite,
    items: &[Item],
    parts: impl IntoIterator<Item = PartKey>,
    newcomers: &[Newcomer],
) -> Result<(), Problem> {
    let parts = parts.into_iter().collect();
    Planner::of(write)
        .plan_with(items, newcomers, Some(parts))
        .await
}

/// Like [`plan`], for members who were asked and can still say no.
pub async fn plan_for_asked(
    write: &CircleWrite,
    item: &Item,
    members: &[MemberId],
) -> Result<(), Problem> {
    let newcomers = newcomers(item, members, false);
    let items = std::slice::from_ref(item);
    Planner::of(write).plan(items, &newcomers).await
}

/// Cancels the reminders of an item that were planned for these members alone, because they do not
/// take part any more.
pub async fn cancel_for_members(
    write: &CircleWrite,
    item: SubjectId,
    members: &[MemberId],
) -> Result<(), Problem> {
    cancel_in_all(write, &[item], members).await
}

/// Like [`cancel_for_members`], sent with the commit: do not call it after the item was planned in the
/// same transaction.
pub fn cancel_for_members_later(write: &CircleWrite, item: SubjectId, members: &[MemberId]) {
    let of_members = Column::MemberId.is_in(members.iter().copied());
    let of_item = Condition::all().add(SubjectId::reminders(&[item]));
    let (planned, values) = cancellation(write, of_item.add(of_members));
    write.update_all_later::<reminder::Entity>(planned, values);
}

/// Like [`cancel_for_members`], for several items.
pub async fn cancel_in_all(
    write: &CircleWrite,
    items: &[SubjectId],
    members: &[MemberId],
) -> Result<(), Problem> {
    for items in items.chunks(AT_ONCE) {
        let of_members = Column::MemberId.is_in(members.iter().copied());
        let of_items = SubjectId::reminders(items);
        cancel(write, Condition::all().add(of_items).add(of_members)).await?;
    }
    Ok(())
}

/// Cancels all reminders that were planned for this member alone, when the transaction commits.
pub fn cancel_all_for_member_later(write: &CircleWrite, member: MemberId) {
    cancel_where_later(write, Condition::all().add(Column::MemberId.eq(member)));
}

/// Cancels the reminders of an item that does not take place any more, or is done. Nothing is read
/// for it, and it is sent with the commit: do not call it
/// after the item was planned in the same transaction.
pub fn cancel_later(write: &CircleWrite, item: SubjectId) {
    cancel_items_later(write, &[item]);
}

/// Like [`cancel_later`], for several items.
pub fn cancel_items_later(write: &CircleWrite, items: &[SubjectId]) {
    for items in items.chunks(AT_ONCE) {
        cancel_where_later(write, Condition::all().add(SubjectId::reminders(items)));
    }
}

fn cancel_where_later(write: &CircleWrite, which: Condition) {
    let (planned, values) = cancellation(write, which);
    write.update_all_later::<reminder::Entity>(planned, values);
}

/// Cancels these when the transaction commits. What waits for the commit may be about the same rows.
async fn cancel(write: &CircleWrite, which: Condition) -> Result<(), Problem> {
    write.send_later_of::<reminder::Entity>().await?;
    let (planned, values) = cancellation(write, which);
    write.update_all_later::<reminder::Entity>(planned, values);
    Ok(())
}

/// The planned reminders of these, and what is written into them.
fn cancellation(write: &CircleWrite, which: Condition) -> (Condition, Vec<(Column, Expr)>) {
    let planned = which.add(Column::State.eq(ReminderState::Planned));
    let values = vec![
        (Column::State, Expr::value(ReminderState::Canceled)),
        (Column::Version, Expr::col(Column::Version).add(1)),
        (Column::UpdatedAt, Expr::value(write.now())),
    ];
    (planned, values)
}

/// These members as newcomers to an item.
pub fn newcomers(item: &Item, members: &[MemberId], said_yes: bool) -> Vec<Newcomer> {
    let newcomer = |member: &MemberId| Newcomer {
        item: item.id,
        member: *member,
        said_yes,
    };
    members.iter().map(newcomer).collect()
}

/// What planning depends on besides the items.
struct Planner<'a> {
    write: &'a CircleWrite,
    zone: &'a str,
}

impl<'a> Planner<'a> {
    fn of(write: &'a CircleWrite) -> Self {
        Self {
            write,
            zone: write.scope().time_zone(),
        }
    }

    async fn plan(&self, items: &[Item], newcomers: &[Newcomer]) -> Result<(), Problem> {
        self.plan_with(items, newcomers, None).await
    }

    /// `parts` are the members' parts in these items; without them they are read where they matter.
    async fn plan_with(
        &self,
        items: &[Item],
        newcomers: &[Newcomer],
        parts: Option<HashSet<PartKey>>,
    ) -> Result<(), Problem> {
        let ids: Vec<SubjectId> = items.iter().map(|item| item.id).collect();
        let mut existing = self.existing(&ids).await?;
        // Who takes part matters only for reminders of single members, and these are few.
        let personal = |rows: &Vec<reminder::Model>| rows.iter().any(|row| row.member_id.is_some());
        let parts = if let Some(parts) = parts {
            parts
        } else {
            let asked: Vec<SubjectId> = ids
                .iter()
                .copied()
                .filter(|id| existing.get(id).is_some_and(personal))
                .collect();
            members_with_parts(self.write, &asked).await?
        };

        let mut rows = Vec::new();
        for item in items {
            let planned = existing.remove(&item.id).unwrap_or_default();
            let timing = self.timing(item);
            let takes_part = |member: MemberId| parts.contains(&(item.id, member));
            let joining: Vec<_> = newcomers
                .iter()
                .filter(|newcomer| newcomer.item == item.id)
                .copied()
                .collect();
            let decided = decide(
                item,
                timing,
                &planned,
                &joining,
                takes_part,
                self.write.now(),
            );
            rows.extend(decided.changed);
            rows.extend(
                decided
                    .new
                    .into_iter()
                    .map(|wanted| self.insert(item, wanted)),
            );
        }
        let changed = [
            Column::Kind,
            Column::State,
            Column::FireAt,
            Column::NotAfter,
        ];
        self.write
            .put_rows_later::<reminder::Entity>(rows, &changed);
        Ok(())
    }

    /// The reminders of these items in every state.
    async fn existing(
        &self,
        items: &[SubjectId],
    ) -> Result<HashMap<SubjectId, Vec<reminder::Model>>, Problem> {
        let mut existing: HashMap<SubjectId, Vec<reminder::Model>> = HashMap::new();
        for row in reminders_of(self.write, items).await? {
            if let Some(item) = SubjectId::of_reminder(&row) {
                existing.entry(item).or_default().push(row);
            }
        }
        Ok(existing)
    }

    /// When an item is, if it is still to come.
    fn timing(&self, item: &Item) -> Option<decide::Timing<'a>> {
        let moment = item.moment?;
        let (due, not_after) = item.due(self.zone)?;
        let scope = self.write.scope();
        let is_silent = scope.silence().is_some() || item.id.is_held(scope);
        let is_ahead = item.is_on && !is_silent && not_after > self.write.now();
        is_ahead.then_some(decide::Timing {
            moment,
            zone: self.zone,
            due,
            not_after,
        })
    }

    fn insert(&self, item: &Item, wanted: decide::Wanted) -> reminder::ActiveModel {
        let mut row = reminder::ActiveModel {
            id: Set(self.write.new_id()),
            kind: Set(wanted.kind),
            member_id: Set(wanted.member),
            schedule_version: Set(item.schedule_version),
            offset_minutes: Set(wanted.offset_minutes),
            fire_at: Set(wanted.fire_at),
            not_after: Set(wanted.not_after),
            state: Set(ReminderState::Planned),
            sent_early: Set(false),
            version: Set(1),
            created_at: Set(self.write.now()),
            created_by_member_id: Set(self.write.actor()),
            ..Default::default()
        };
        item.id.write_to_reminder(&mut row);
        row
    }
}

/// The new row of a reminder, with all its columns.
fn changed(
    row: &reminder::Model,
    state: ReminderState,
    times: Option<(DateTime<Utc>, DateTime<Utc>)>,
) -> reminder::ActiveModel {
    let (fire_at, not_after) = times.unwrap_or((row.fire_at, row.not_after));
    let after = reminder::Model {
        state,
        fire_at,
        not_after,
        version: row.version + 1,
        ..row.clone()
    };
    after.into_active_model().reset_all()
}
