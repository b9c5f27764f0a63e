//! Makes the occurrences of a series what its row says.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use super::reach::{Reach, Repetition};
use crate::access::change_log::Change;
use crate::access::{CircleOwned, CircleWrite, Person};
use crate::entity::ids::MemberId;
use crate::features::participation::{
    HasParts, Part, Work, members_in, new_part, part_of, set_parts, with_parts,
};
use crate::notify::reminders::{self, Newcomer, PartKey};
use crate::notify::subject::{Reminded, Stage, Subject};
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;
use crate::row::Joined;

type ItemOf<S> = <S as Repeats>::Item;
type RowOf<E> = <E as EntityTrait>::Model;
type PartsOf<S> = <ItemOf<S> as HasParts>::Parts;

/// A table of series: its rows repeat items of one kind.
pub trait Repeats: Subject {
    /// What its occurrences are.
    type Item: Work<Model: PartialEq>;

    /// The columns of an occurrence that name its series and its date.
    const SERIES: <Self::Item as EntityTrait>::Column;
    const ORIGINAL_ON: <Self::Item as EntityTrait>::Column;
    /// The column that says whether an occurrence was changed by itself.
    const IS_EXCEPTION: <Self::Item as EntityTrait>::Column;

    /// The columns of an occurrence that its series writes.
    const WRITTEN: &'static [<Self::Item as EntityTrait>::Column];

    /// What the row says about its dates.
    fn repetition(row: &Self::Model) -> Repetition;

    /// Which occurrence an item is; none if it belongs to no series.
    fn occurrence(item: &RowOf<Self::Item>) -> Option<Occurrence>;

    /// The occurrence on a date as the series describes it: a new row, or `before` changed. Its
    /// new members are not in it yet.
    fn describe(
        write: &CircleWrite,
        row: &Self::Model,
        on: NaiveDate,
        before: Option<&RowOf<Self::Item>>,
    ) -> Result<RowOf<Self::Item>, Problem>;

    /// The occurrence, canceled with its series.
    fn called_off(before: &RowOf<Self::Item>) -> RowOf<Self::Item>;
}

/// Which occurrence of its series an item is.
#[derive(Clone, Copy, Debug)]
pub struct Occurrence {
    /// The date that the rule gives it.
    pub on: NaiveDate,
    /// Whether it was changed or canceled by itself.
    pub is_exception: bool,
}

/// Who does which occurrence.
pub trait Turns: Sync {
    /// The members who do the occurrence on a date.
    fn of(&self, on: NaiveDate) -> Vec<MemberId>;
    /// Whether a member has a part in the series, or had one.
    fn includes(&self, member: MemberId) -> bool;
    /// Whether a member had a part in the series and gave it back, or it was taken off them.
    fn gave_back(&self, member: MemberId) -> bool;
}

/// What became of the occurrences, for those who are told.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The members who hold an occurrence that has another time now, or were asked.
    pub moved: BTreeSet<MemberId>,
    /// The members whose occurrences were canceled.
    pub called_off: BTreeSet<MemberId>,
    /// The members whose canceled occurrences take place after all.
    pub back_on: BTreeSet<MemberId>,
    /// The members who got or lost occurrences, because the turns are others now.
    pub reassigned: BTreeSet<MemberId>,
}

/// Writes the difference between the occurrences that there are and those that the series describes.
/// It reads twice, however many there are, and writes when the transaction commits. For a new series it
/// reads nothing.
pub async fn make<S: Repeats>(
    write: &mut CircleWrite,
    series: &S::Model,
    turns: &impl Turns,
    reach: Reach,
) -> Result<Outcome, Problem> {
    let mut dates = S::repetition(series).dates(reach.from, reach.until);
    let mut making = Making::<S>::new();
    let before = if reach.is_new {
        Vec::new()
    } else {
        existing::<S>(write, S::id_of(series).into(), &reach).await?
    };
    for before in before {
        let Some(occurrence) = S::occurrence(&before.row) else {
            continue;
        };
        let is_date = dates.remove(&occurrence.on);
        let stage = S::Item::stage(&before.row);
        // A task that was moved to another topic is another thing now.
        let is_elsewhere = S::Item::topic(&before.row) != S::topic(series);
        let is_replaced = reach.exceptions_too && stage == Stage::On && !is_elsewhere;
        let stays = occurrence.is_exception && !is_replaced;
        let is_taken_on = reach.taken_on_by.is_some() && stage == Stage::On && !is_elsewhere;
        if stays && (!is_taken_on || is_past::<S>(write, &before.row)) {
            continue;
        }
        let after = match stage {
            _ if stays => before.row.clone(),
            Stage::On | Stage::Off if is_date => {
                S::describe(write, series, occurrence.on, Some(&before.row))?
            }
            Stage::On if !has_begun::<S>(write, &before.row) => S::called_off(&before.row),
            _ => continue,
        };
        let mut members = turns.of(occurrence.on);
        members.retain(|member| !stays || reach.taken_on_by == Some(*member));
        let reach = Reach {
            reassigns: reach.reassigns && !stays,
            ..reach
        };
        making.change(write, &before, after, &members, turns, &reach)?;
    }
    for on in dates {
        let row = S::describe(write, series, on, None)?;
        making.add(write, row, &turns.of(on))?;
    }
    making.finish(write, reach.is_new).await
}

/// An occurrence as it is, with the parts of all members.
struct Existing<S: Repeats> {
    row: RowOf<ItemOf<S>>,
    parts: Vec<RowOf<PartsOf<S>>>,
}

/// The occurrences from a date on, with the parts of all members.
async fn existing<S: Repeats>(
    write: &CircleWrite,
    series: Uuid,
    reach: &Reach,
) -> Result<Vec<Existing<S>>, Problem> {
    let mut which = Condition::any().add(S::ORIGINAL_ON.gte(reach.from));
    if reach.taken_on_by.is_some() {
        // What was put off until a later day.
        which = which.add(S::IS_EXCEPTION.eq(true));
    }
    let rows = write
        .find_in_circle::<S::Item>()
        .filter(S::SERIES.eq(series))
        .filter(which)
        .order_by_asc(S::ORIGINAL_ON);
    let rows = with_parts::<PartsOf<S>>(write.scope(), rows)
        .by_position::<(RowOf<ItemOf<S>>, Joined<(RowOf<PartsOf<S>>, Person)>)>()
        .read(write.tx())
        .await?;
    let mut all: Vec<Existing<S>> = Vec::new();
    for (row, Joined(part)) in rows {
        let part = part.map(|(part, _)| part);
        match all.last_mut() {
            Some(last) if last.row == row => last.parts.extend(part),
            _ => all.push(Existing {
                row,
                parts: part.into_iter().collect(),
            }),
        }
    }
    Ok(all)
}

/// Whether its time has passed, although it may still be done late.
fn is_past<S: Repeats>(write: &CircleWrite, row: &RowOf<ItemOf<S>>) -> bool {
    let zone = write.scope().time_zone();
    let until = S::Item::too_late_at(row, zone).or(S::Item::late_at(row, zone));
    until.is_some_and(|at| at <= write.now())
}

/// Whether somebody may be doing it already. It is not canceled with its series.
fn has_begun<S: Repeats>(write: &CircleWrite, row: &RowOf<ItemOf<S>>) -> bool {
    let starts_at = S::Item::starts_at(row, write.scope().time_zone());
    starts_at.is_some_and(|at| at <= write.now())
}

/// What is going to be written.
struct Making<S: Repeats> {
    rows: Vec<<ItemOf<S> as EntityTrait>::ActiveModel>,
    /// The rows as they will be, whose reminders are planned.
    items: Vec<RowOf<ItemOf<S>>>,
    new_parts: Vec<<PartsOf<S> as EntityTrait>::ActiveModel>,
    taken_again: Vec<RowOf<PartsOf<S>>>,
    released: Vec<RowOf<PartsOf<S>>>,
    /// Who takes part in the items, and who of them is new in it.
    takers: Vec<PartKey>,
    newcomers: Vec<Newcomer>,
    changes: Vec<Change>,
    outcome: Outcome,
}

impl<S: Repeats> Making<S> {
    fn new() -> Self {
        Self {
            rows: Vec::new(),
            items: Vec::new(),
            new_parts: Vec::new(),
            taken_again: Vec::new(),
            released: Vec::new(),
            takers: Vec::new(),
            newcomers: Vec::new(),
            changes: Vec::new(),
            outcome: Outcome::default(),
        }
    }

    /// Adds a new occurrence.
    fn add(
        &mut self,
        write: &CircleWrite,
        mut row: RowOf<ItemOf<S>>,
        members: &[MemberId],
    ) -> Result<(), Problem> {
        let mut accepted = 0;
        for member in members.iter().take(room::<S>(&row)) {
            self.give(write, &row, *member);
            accepted += 1;
        }
        row = with_accepted::<S>(&row, accepted)?;
        self.note(row);
        Ok(())
    }

    /// Changes an occurrence, if it is another than before.
    fn change(
        &mut self,
        write: &CircleWrite,
        before: &Existing<S>,
        mut after: RowOf<ItemOf<S>>,
        members: &[MemberId],
        turns: &impl Turns,
        reach: &Reach,
    ) -> Result<(), Problem> {
        let Existing { row: before, parts } = before;
        let held = members_in::<PartsOf<S>>(parts, &<PartsOf<S>>::OPEN);
        let (was, is) = (S::Item::stage(before), S::Item::stage(&after));
        match (was, is) {
            (Stage::On, Stage::Off) => self.outcome.called_off.extend(&held),
            (Stage::Off, Stage::On) => {
                let still = held.iter().filter(|member| !turns.gave_back(**member));
                self.outcome.back_on.extend(still);
            }
            _ if S::Item::moment(before) != S::Item::moment(&after) => {
                self.outcome.moved.extend(&held);
            }
            _ => {}
        }
        let mut more = 0;
        let mut takers = members_in::<PartsOf<S>>(parts, &[<PartsOf<S>>::TAKEN]);
        if is == Stage::On {
            let comes_back = was == Stage::Off;
            for part in parts {
                let member = <PartsOf<S>>::member_of(part);
                let is_others_turn =
                    reach.reassigns && turns.includes(member) && !members.contains(&member);
                let left = comes_back && turns.gave_back(member);
                if (is_others_turn || left) && takers.contains(&member) {
                    self.outcome
                        .reassigned
                        .extend(is_others_turn.then_some(member));
                    self.released.push(part.clone());
                    takers.retain(|taker| *taker != member);
                    more -= 1;
                }
            }
            for member in members {
                let accepted = S::Item::accepted(&after) + more;
                if accepted >= needed::<S>(&after) {
                    break;
                }
                match part_of::<PartsOf<S>>(parts, *member) {
                    None => self.give(write, &after, *member),
                    Some(part) if can_have_again::<S>(part, reach) => {
                        self.taken_again.push(part.clone());
                        self.welcome(&after, *member);
                    }
                    Some(_) => continue,
                }
                self.outcome
                    .reassigned
                    .extend(reach.reassigns.then_some(*member));
                more += 1;
            }
        }
        after = with_accepted::<S>(&after, more)?;
        if after == *before && self.is_untouched(&after) {
            return Ok(());
        }
        let subject = S::Item::subject_id(&after);
        self.takers
            .extend(takers.into_iter().map(|taker| (subject, taker)));
        let mut row = after.into_active_model();
        row.set(
            S::Item::version_column(),
            (S::Item::version_of(before) + 1).into(),
        );
        let after = sea_orm::TryIntoModel::try_into_model(row)?;
        self.note(after);
        Ok(())
    }

    /// Whether nothing was given or taken in the occurrence that was looked at last.
    fn is_untouched(&self, row: &RowOf<ItemOf<S>>) -> bool {
        let id: Uuid = S::Item::id_of(row).into();
        let is_here = |part: &RowOf<PartsOf<S>>| <PartsOf<S>>::parent_of(part) == id;
        let changed = self.released.last().is_some_and(is_here)
            || self.taken_again.last().is_some_and(is_here);
        !changed
    }

    /// Gives a new part to a member.
    fn give(&mut self, write: &CircleWrite, row: &RowOf<ItemOf<S>>, member: MemberId) {
        let part = new_part::<PartsOf<S>>(write, row, member, <PartsOf<S>>::TAKEN);
        self.new_parts.push(part);
        self.welcome(row, member);
    }

    fn welcome(&mut self, row: &RowOf<ItemOf<S>>, member: MemberId) {
        let item = S::Item::subject_id(row);
        self.takers.push((item, member));
        self.newcomers.push(Newcomer {
            item,
            member,
            said_yes: true,
        });
    }

    fn note(&mut self, row: RowOf<ItemOf<S>>) {
        let change = Change::to::<S::Item>(Change::REPEATED, &row).about(S::Item::topic(&row));
        self.changes.push(change);
        self.rows.push(row.clone().into_active_model().reset_all());
        self.items.push(row);
    }

    async fn finish(self, write: &mut CircleWrite, is_new: bool) -> Result<Outcome, Problem> {
        if self.items.is_empty() {
            return Ok(self.outcome);
        }
        write.put_rows_later::<S::Item>(self.rows, S::WRITTEN);
        write.insert_all_later::<PartsOf<S>>(self.new_parts);
        set_parts::<PartsOf<S>>(write, &self.taken_again, <PartsOf<S>>::TAKEN);
        set_parts::<PartsOf<S>>(write, &self.released, S::Item::RELEASED);
        let items = S::Item::items(write, &self.items).await?;
        if is_new {
            reminders::plan_all_new(write, &items, &self.newcomers);
        } else {
            reminders::plan_all_with_parts(write, &items, self.takers, &self.newcomers).await?;
        }
        write.log_all(self.changes).await?;
        Ok(self.outcome)
    }
}

/// How many more members can have it.
fn room<S: Repeats>(row: &RowOf<ItemOf<S>>) -> usize {
    let free = needed::<S>(row) - S::Item::accepted(row);
    usize::try_from(free).unwrap_or(0)
}

fn needed<S: Repeats>(row: &RowOf<ItemOf<S>>) -> i32 {
    S::Item::needed(row)
}

/// Whether a member who has a part in it already gets it: it was taken off them and the turns were
/// changed, or it is offered to them and they take the series on.
fn can_have_again<S: Repeats>(part: &RowOf<PartsOf<S>>, reach: &Reach) -> bool {
    let state = <PartsOf<S>>::state_of(part);
    let takes_on = reach.taken_on_by == Some(<PartsOf<S>>::member_of(part));
    reach.reassigns && state == S::Item::RELEASED || takes_on && state == <PartsOf<S>>::ASKED
}

fn with_accepted<S: Repeats>(
    row: &RowOf<ItemOf<S>>,
    more: i32,
) -> Result<RowOf<ItemOf<S>>, Problem> {
    let mut counted = row.clone().into_active_model();
    let accepted = S::Item::accepted(row) + more;
    counted.set(S::Item::ACCEPTED, accepted.into());
    Ok(sea_orm::TryIntoModel::try_into_model(counted)?)
}
