//! What a series is going to write: its occurrences, the parts of members in them, and their reminders.

use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, TryIntoModel};

use super::existing::Existing;
use super::occurrences::Outcome;
use super::reach::Reach;
use super::repeats::{ItemOf, PartStateOf, PartsOf, Repeats, RowOf, Turns};
use crate::access::change_log::Change;
use crate::access::{Absences, CircleOwned, CircleWrite};
use crate::entity::ids::MemberId;
use crate::features::participation::{
    KeptParts, Part, new_part, part_of, set_parts, set_parts_and,
};
use crate::notify::reminders::{self, Item, Newcomer, PartKey};
use crate::notify::subject::{Reminded, Stage, Subject};
use crate::problem::Problem;

/// An occurrence before a change and after it.
pub type BeforeAndAfter<S> = (RowOf<ItemOf<S>>, RowOf<ItemOf<S>>);

/// A part that a member gets again: in which state, and whether the member is away then.
type GivenAgain<S> = ((PartStateOf<S>, bool), RowOf<PartsOf<S>>);

/// What is going to be written.
pub struct Making<S: Repeats> {
    rows: Vec<<ItemOf<S> as EntityTrait>::ActiveModel>,
    /// The rows as they will be, whose reminders are planned.
    items: Vec<RowOf<ItemOf<S>>>,
    new_parts: Vec<<PartsOf<S> as EntityTrait>::ActiveModel>,
    given_again: Vec<GivenAgain<S>>,
    asked_again: Vec<RowOf<PartsOf<S>>>,
    released: Vec<RowOf<PartsOf<S>>>,
    /// Parts that stay with their members.
    kept: KeptParts<PartsOf<S>>,
    pub absences: Absences,
    /// Who takes part in the items, and who of them is new in it.
    pub takers: Vec<PartKey>,
    newcomers: Vec<Newcomer>,
    pub changes: Vec<Change>,
    pub outcome: Outcome,
    /// Whether occurrences that stay as they are change by what belongs to them, or by their series.
    changes_around: bool,
    /// The occurrences that were there, before and after.
    pub changed: Vec<BeforeAndAfter<S>>,
    /// The occurrences that are new.
    pub new: Vec<RowOf<ItemOf<S>>>,
    /// What belongs to the occurrences and is reminded of as well.
    pub items_around: Vec<Item>,
}

impl<S: Repeats> Making<S> {
    pub(super) fn new(absences: Absences, changes_around: bool) -> Self {
        Self {
            rows: Vec::new(),
            items: Vec::new(),
            new_parts: Vec::new(),
            given_again: Vec::new(),
            asked_again: Vec::new(),
            released: Vec::new(),
            kept: KeptParts::default(),
            absences,
            takers: Vec::new(),
            newcomers: Vec::new(),
            changes: Vec::new(),
            outcome: Outcome::default(),
            changes_around,
            changed: Vec::new(),
            new: Vec::new(),
            items_around: Vec::new(),
        }
    }

    /// Adds a new occurrence.
    pub(super) fn add(
        &mut self,
        write: &CircleWrite,
        row: RowOf<ItemOf<S>>,
        members: &[MemberId],
        turns: &S::Turns,
    ) {
        let (mut accepted, mut uncertain) = (0, 0);
        for member in members.iter().take(S::room(&row).unwrap_or(usize::MAX)) {
            uncertain += i32::from(self.give(write, &row, *member, turns));
            accepted += 1;
        }
        let row = S::counted(row, accepted, uncertain);
        self.new.push(row.clone());
        self.note(row);
    }

    /// Changes an occurrence, if it is another than before.
    pub(super) fn change(
        &mut self,
        write: &CircleWrite,
        before: Existing<S>,
        mut after: RowOf<ItemOf<S>>,
        members: &[MemberId],
        turns: &S::Turns,
        reach: &Reach,
    ) -> Result<(), Problem> {
        let Existing { row: before, parts } = before;
        self.note_outcome(&before, &after, &parts, turns);
        let (was, is) = (S::item_stage(&before), S::item_stage(&after));
        let moves = S::Item::moment(&before) != S::Item::moment(&after);
        let mut is_touched = self.changes_around;
        let (mut more, mut uncertain) = (0, 0);
        let reminded = parts.iter().filter(|part| S::is_reminded(part));
        let mut takers: Vec<MemberId> = reminded.map(<PartsOf<S>>::member_of).collect();
        for part in &parts {
            let member = <PartsOf<S>>::member_of(part);
            let is_others_turn =
                reach.reassigns && turns.includes(member) && !members.contains(&member);
            let left = was == Stage::Off && turns.gave_back(member);
            if is == Stage::On && (is_others_turn || left) && S::ends(part) {
                let others = is_others_turn.then_some(member);
                self.outcome.reassigned.extend(others);
                self.released.push(part.clone());
                takers.retain(|taker| *taker != member);
                is_touched = true;
                more -= 1;
            } else if is == Stage::On && moves && is_asked_anew::<S>(write, part) {
                self.asked_again.push(part.clone());
                if !takers.contains(&member) {
                    takers.push(member);
                }
            } else if <PartsOf<S>>::state_of(part) == <PartsOf<S>>::TAKEN {
                let is_away = self.is_away(&after, member);
                let kept = self
                    .kept
                    .keep(part, S::doubt(part), is != Stage::Off, is_away);
                uncertain += i32::from(kept.is_uncertain);
                is_touched |= kept.is_changed;
            }
        }
        for member in members.iter().filter(|_| is == Stage::On) {
            if S::room(&after).is_some_and(|room| below_zero(room, more)) {
                break;
            }
            let is_away = match part_of::<PartsOf<S>>(&parts, *member) {
                None if turns.joins(*member) => self.give(write, &after, *member, turns),
                Some(part) if can_have_again::<S>(part, turns, reach) => {
                    takers.retain(|taker| taker != member);
                    self.give_again(&after, part, turns)
                }
                _ => continue,
            };
            let others = reach.reassigns.then_some(*member);
            self.outcome.reassigned.extend(others);
            uncertain += i32::from(is_away);
            is_touched = true;
            more += 1;
        }
        after = S::counted(after, more, uncertain);
        if after == before && !is_touched {
            return Ok(());
        }
        let subject = S::Item::subject_id(&after);
        self.takers
            .extend(takers.into_iter().map(|taker| (subject, taker)));
        let after = with_next_version::<S>(after)?;
        self.changed.push((before, after.clone()));
        self.note(after);
        Ok(())
    }

    /// Leaves an occurrence as it is. If it belongs to another series now, a client that follows the
    /// changes has to see that.
    pub(super) fn leave(
        &mut self,
        row: RowOf<ItemOf<S>>,
        is_in_another_series: bool,
    ) -> Result<(), Problem> {
        if is_in_another_series {
            self.note_row(&with_next_version::<S>(row)?);
        }
        Ok(())
    }

    /// Notes what the members who have a part in an occurrence are told.
    fn note_outcome(
        &mut self,
        before: &RowOf<ItemOf<S>>,
        after: &RowOf<ItemOf<S>>,
        parts: &[RowOf<PartsOf<S>>],
        turns: &S::Turns,
    ) {
        let held = parts.iter().filter(|part| S::concerns(part));
        let held: Vec<MemberId> = held.map(<PartsOf<S>>::member_of).collect();
        match (S::item_stage(before), S::item_stage(after)) {
            (Stage::On, Stage::Off) => self.outcome.called_off.extend(&held),
            (Stage::Off, Stage::On) => {
                let still = held.iter().filter(|member| !turns.gave_back(**member));
                self.outcome.back_on.extend(still);
            }
            _ if S::Item::moment(before) != S::Item::moment(after) => {
                self.outcome.moved.extend(&held);
            }
            _ => {}
        }
    }

    /// Whether a member is away then, in a kind of occurrences that notes it.
    fn is_away(&self, row: &RowOf<ItemOf<S>>, member: MemberId) -> bool {
        S::IS_AWAY.is_some() && self.absences.covers(member, S::Item::moment(row))
    }

    /// Gives a new part to a member. Returns whether the member has said yes and is away then.
    fn give(
        &mut self,
        write: &CircleWrite,
        row: &RowOf<ItemOf<S>>,
        member: MemberId,
        turns: &S::Turns,
    ) -> bool {
        let state = turns.first_state(member);
        let is_away = state == <PartsOf<S>>::TAKEN && self.is_away(row, member);
        let mut part = new_part::<PartsOf<S>>(write, row, member, state);
        if let Some(column) = S::IS_AWAY {
            part.set(column, is_away.into());
        }
        let asked_by = turns.asked_by(member).or(write.actor());
        part.set(<PartsOf<S>>::version_column(), 1.into());
        part.set(<PartsOf<S>>::created_at_column(), write.now().into());
        part.set(<PartsOf<S>>::created_by_member_column(), asked_by.into());
        self.new_parts.push(part);
        self.remind(row, member, state);
        is_away
    }

    /// Gives a part to a member who had it before, or was asked. Returns whether they are away then.
    fn give_again(
        &mut self,
        row: &RowOf<ItemOf<S>>,
        part: &RowOf<PartsOf<S>>,
        turns: &S::Turns,
    ) -> bool {
        let member = <PartsOf<S>>::member_of(part);
        let state = turns.first_state(member);
        let is_away = state == <PartsOf<S>>::TAKEN && self.is_away(row, member);
        self.given_again.push(((state, is_away), part.clone()));
        self.remind(row, member, state);
        is_away
    }

    /// Notes that a member whose part is in this state from now on is reminded, if it is so.
    fn remind(&mut self, row: &RowOf<ItemOf<S>>, member: MemberId, state: PartStateOf<S>) {
        let item = S::Item::subject_id(row);
        if S::is_reminded_in(state) {
            self.takers.push((item, member));
        }
        if state == <PartsOf<S>>::TAKEN {
            self.newcomers.push(Newcomer {
                item,
                member,
                said_yes: true,
            });
        }
    }

    fn note(&mut self, row: RowOf<ItemOf<S>>) {
        self.note_row(&row);
        self.items.push(row);
    }

    fn note_row(&mut self, row: &RowOf<ItemOf<S>>) {
        let change = Change::to::<S::Item>(Change::REPEATED, row).about(S::Item::topic(row));
        self.changes.push(change);
        self.rows.push(row.clone().into_active_model().reset_all());
    }

    /// Writes the occurrences when the transaction commits. What belongs to them is written after them.
    pub fn write_occurrences(&mut self, write: &CircleWrite) {
        write.put_rows_later::<S::Item>(std::mem::take(&mut self.rows), S::WRITTEN);
    }

    pub(super) async fn finish(
        mut self,
        write: &mut CircleWrite,
        is_new: bool,
    ) -> Result<Outcome, Problem> {
        if self.changes.is_empty() {
            return Ok(self.outcome);
        }
        self.write_occurrences(write);
        write.put_rows_later::<PartsOf<S>>(std::mem::take(&mut self.new_parts), &[]);
        self.write_parts(write);
        let mut items = S::Item::items(write, &self.items).await?;
        items.append(&mut self.items_around);
        if is_new {
            reminders::plan_all_new(write, &items, &self.newcomers);
        } else if !items.is_empty() {
            reminders::plan_all_with_parts(write, &items, self.takers, &self.newcomers).await?;
        }
        write.log_all(self.changes).await?;
        Ok(self.outcome)
    }

    /// Writes the parts that there were before: each is in one of these lists at most.
    fn write_parts(&self, write: &CircleWrite) {
        let mut ways: Vec<(PartStateOf<S>, bool)> = Vec::new();
        for (way, _) in &self.given_again {
            if !ways.contains(way) {
                ways.push(*way);
            }
        }
        for (state, is_away) in ways {
            let these = self.given_again.iter();
            let these = these.filter(|(way, _)| *way == (state, is_away));
            let these = these.map(|(_, part)| part);
            set_parts_and::<PartsOf<S>>(write, these, state, |part| {
                if let Some(column) = S::IS_AWAY {
                    part.set(column, is_away.into());
                }
            });
        }
        set_parts::<PartsOf<S>>(write, &self.asked_again, <PartsOf<S>>::ASKED);
        S::take_off(write, &self.released, &self.kept);
    }
}

/// The occurrence with the version after its own.
fn with_next_version<S: Repeats>(row: RowOf<ItemOf<S>>) -> Result<RowOf<ItemOf<S>>, Problem> {
    let version = S::Item::version_of(&row) + 1;
    let mut row = row.into_active_model();
    row.set(S::Item::version_column(), version.into());
    Ok(row.try_into_model()?)
}

/// Whether no place is left after so many more have one.
fn below_zero(room: usize, more: i32) -> bool {
    i32::try_from(room).unwrap_or(i32::MAX) <= more
}

/// Whether a member is asked again when the occurrence has another time: not if they were asked and
/// have not answered, or chose the new time themselves.
fn is_asked_anew<S: Repeats>(write: &CircleWrite, part: &RowOf<PartsOf<S>>) -> bool {
    let state = <PartsOf<S>>::state_of(part);
    let chose_it = write.actor() == Some(<PartsOf<S>>::member_of(part));
    let is_settled = state == <PartsOf<S>>::ASKED || chose_it && state == <PartsOf<S>>::TAKEN;
    S::Item::ASKS_ANEW && !is_settled
}

/// Whether a member who has a part in it already gets it: it was taken off them and the turns were
/// changed, or they take the series on, and they were asked or have not chosen something else.
fn can_have_again<S: Repeats>(part: &RowOf<PartsOf<S>>, turns: &S::Turns, reach: &Reach) -> bool {
    let takes_on = reach.taken_on_by == Some(<PartsOf<S>>::member_of(part));
    let is_open = turns.takes_anew(<PartsOf<S>>::state_of(part));
    reach.reassigns && S::was_taken_off(part) || takes_on && is_open
}
