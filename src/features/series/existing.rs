//! The occurrences that a series has already.

use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::reach::Reach;
use super::repeats::{ItemOf, PartsOf, Repeats, RowOf};
use crate::access::{CircleWrite, Person};
use crate::features::participation::with_parts;
use crate::notify::subject::Subject;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::Problem;
use crate::row::Joined;

/// An occurrence as it is, with the parts of all members.
pub(super) struct Existing<S: Repeats> {
    pub row: RowOf<ItemOf<S>>,
    pub parts: Vec<RowOf<PartsOf<S>>>,
}

/// The occurrences from a date on, with the parts of all members.
pub(super) async fn existing<S: Repeats>(
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
pub(super) fn is_past<S: Repeats>(write: &CircleWrite, row: &RowOf<ItemOf<S>>) -> bool {
    let zone = write.scope().time_zone();
    let too_late_at = <S::Item as Subject>::too_late_at(row, zone);
    let until = too_late_at.or(<S::Item as Subject>::late_at(row, zone));
    until.is_some_and(|at| at <= write.now())
}

/// Whether somebody may be doing it already. It is not canceled with its series.
pub(super) fn has_begun<S: Repeats>(write: &CircleWrite, row: &RowOf<ItemOf<S>>) -> bool {
    let starts_at = <S::Item as Subject>::starts_at(row, write.scope().time_zone());
    starts_at.is_some_and(|at| at <= write.now())
}
