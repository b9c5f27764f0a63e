//! The rows in which the caller has a part, in all circles, for the views of a person.

use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait};

use super::part::Part;
use crate::access::{CircleOwned, CircleScope, Mine, MyCircles, table};

/// Which table the database reads first, to find the rows in which the caller has a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// The caller's parts in these states. It is for states that end when the row ends, so that old
    /// parts are not read.
    Parts,
    /// The rows. It is for conditions with an index that finds few rows in a circle.
    Rows,
}

/// Begins a statement for the rows that the caller sees and in which the caller has a part in one
/// of these states, joined with that part: at most one for each row. It still has no columns.
pub fn rows_with_my_part<P: Part>(
    circles: &MyCircles<'_>,
    first: First,
    states: &[P::State],
) -> SelectStatement {
    let (parts, parents) = (table::<P>(), table::<P::Parent>());
    let tables = match first {
        First::Parts => [parts, parents],
        First::Rows => [parents, parts],
    };
    let part = |column: <P as EntityTrait>::Column| Expr::col((P::default(), column));
    let id = (P::Parent::default(), P::Parent::id_column());
    let every = |_: &CircleScope| Condition::all();
    let mut rows = circles.select::<P::Parent>(tables, every);
    rows.and_where(part(P::circle_column()).eq(Mine::CircleId.col()))
        .and_where(part(P::parent_column()).equals(id))
        .and_where(part(P::member_column()).eq(Mine::MemberId.col()))
        .and_where(P::state_column().is_in(states.iter().copied()));
    rows
}
