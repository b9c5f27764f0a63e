//! Makes the occurrences of a series what its row says.

use std::collections::BTreeSet;

use sea_orm::{ActiveModelTrait, IntoActiveModel, TryIntoModel};
use uuid::Uuid;

use super::existing::{existing, has_begun, is_past};
use super::making::Making;
use super::reach::Reach;
use super::repeats::{ItemOf, Repeats, RowOf, Turns};
use super::room::{check_room, more_occurrences};
use crate::access::{Absences, CircleWrite};
use crate::entity::ids::MemberId;
use crate::entity::task_series::SeriesState;
use crate::notify::notifications::Notification;
use crate::notify::subject::{Stage, Subject};
use crate::problem::Problem;

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
    /// What members are told of what belongs to the occurrences.
    pub notifications: Vec<Notification>,
}

impl Outcome {
    /// The members for whom an occurrence is at another time now, canceled, or on again.
    pub fn concerned(&self) -> BTreeSet<MemberId> {
        let all = [&self.moved, &self.called_off, &self.back_on];
        all.into_iter().flatten().copied().collect()
    }
}

/// Writes the difference between the occurrences that there are and those that the series describes.
/// `was` is the series before a change, or the one that this one continues: its occurrences from the date
/// on belong to this one, also those that were changed by themselves or are over. It reads twice, and
/// what belongs to the occurrences once, however many there are, and writes when the transaction
/// commits. For a new series it reads nothing. While somebody is away, it reads once more: what an
/// absent member gets is uncovered.
pub async fn make<S: Repeats>(
    write: &mut CircleWrite,
    series: &S::Model,
    was: &S::Model,
    turns: &S::Turns,
    reach: Reach,
) -> Result<Outcome, Problem> {
    let mut dates = S::repetition(series).dates(reach.from, S::made_until(series));
    let absences = Absences::of_all(write).await?;
    let [old, id]: [Uuid; 2] = [S::id_of(was).into(), S::id_of(series).into()];
    let is_split = old != id;
    let changes_around = S::changes_around(was, series);
    let mut making = Making::<S>::new(absences, changes_around || is_split);
    let is_paused = S::state(series) == SeriesState::Paused;
    let before = if reach.is_new {
        Vec::new()
    } else {
        existing::<S>(write, old, &reach).await?
    };
    for mut before in before {
        let Some(occurrence) = S::occurrence(&before.row) else {
            continue;
        };
        if is_split {
            before.row = in_series::<S>(before.row, id)?;
        }
        let is_date = dates.remove(&occurrence.on);
        let stage = S::item_stage(&before.row);
        // What was moved to another topic is another thing now.
        let is_elsewhere = S::Item::topic(&before.row) != S::topic(series);
        let is_replaced = reach.exceptions_too && stage == Stage::On && !is_elsewhere;
        let stays = occurrence.is_exception && !is_replaced;
        let is_taken_on = reach.taken_on_by.is_some() && stage == Stage::On && !is_elsewhere;
        if stays && (!is_taken_on || is_past::<S>(write, &before.row)) {
            making.leave(before.row, is_split)?;
            continue;
        }
        let after = match stage {
            _ if stays => before.row.clone(),
            Stage::On | Stage::Off if is_date => {
                S::on_date(write, series, occurrence.on, Some(&before.row))?
            }
            Stage::On if !has_begun::<S>(write, &before.row) => S::called_off(write, &before.row),
            // It comes back after the break, with what belongs to it.
            Stage::Off if is_paused && changes_around => before.row.clone(),
            _ => {
                making.leave(before.row, is_split)?;
                continue;
            }
        };
        let mut members = turns.of(occurrence.on);
        members.retain(|member| !stays || reach.taken_on_by == Some(*member));
        let reach = Reach {
            reassigns: reach.reassigns && !stays,
            ..reach
        };
        making.change(write, before, after, &members, turns, &reach)?;
    }
    for on in dates {
        let row = S::on_date(write, series, on, None)?;
        making.add(write, row, &turns.of(on), turns);
    }
    let more = more_occurrences(write, &making);
    check_room::<S>(write, series, reach.is_new || is_split, more).await?;
    S::follow(write, was, series, &mut making).await?;
    making.finish(write, reach.is_new).await
}

/// The occurrence in another series.
fn in_series<S: Repeats>(row: RowOf<ItemOf<S>>, series: Uuid) -> Result<RowOf<ItemOf<S>>, Problem> {
    let mut row = row.into_active_model();
    row.set(S::SERIES, series.into());
    Ok(row.try_into_model()?)
}
