//! Joins what the caller sees of another table, so that one statement reads rows that belong
//! together.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait, Select};

use super::owned::CircleOwned;
use super::scope::CircleScope;
use crate::entity::appointment;
use crate::entity::ids::AppointmentId;

/// The condition on which to join the rows of `Other` that the caller sees and that belong to a row
/// of `Of`: `column` of the one is `other` of the other, in the same circle. In an outer join, a row
/// of `Of` stays if the caller sees none.
pub fn seen_of<Of: CircleOwned, Other: CircleOwned>(
    scope: &CircleScope,
    column: Of::Column,
    other: Other::Column,
) -> Condition {
    in_circle_of::<Of, Other>(column, other).add(Other::visible(scope))
}

/// Like [`seen_of`], whether the caller sees the rows of `Other` or not. It is for what must follow
/// a change everywhere.
pub fn in_circle_of<Of: CircleOwned, Other: CircleOwned>(
    column: Of::Column,
    other: Other::Column,
) -> Condition {
    let joined = |column: Other::Column| Expr::col((Other::default(), column));
    Condition::all()
        .add(joined(Other::circle_column()).equals((Of::default(), Of::circle_column())))
        .add(joined(other).equals((Of::default(), column)))
}

/// Selects the id of the appointment of rows, if the caller sees the appointment. `column` names it.
pub fn with_appointment<E: CircleOwned>(
    scope: &CircleScope,
    mut rows: Select<E>,
    column: E::Column,
) -> Select<E> {
    let seen = seen_of::<E, appointment::Entity>(scope, column, appointment::Column::Id);
    QueryTrait::query(&mut rows).left_join(appointment::Entity, seen);
    rows.column(appointment::Column::Id)
}

/// The rows of an appointment, if the caller sees the appointment. `column` names it.
pub fn of_seen_appointment<E: CircleOwned>(
    scope: &CircleScope,
    column: E::Column,
    id: AppointmentId,
) -> Condition {
    let seen = scope
        .find::<appointment::Entity>()
        .filter(appointment::Column::Id.eq(id))
        .select_only()
        .column(appointment::Column::Id)
        .into_query();
    Condition::all().add(column.in_subquery(seen))
}
