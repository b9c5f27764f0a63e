//! The rows in which the caller has a part, in all circles, for the views of a person.

use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait};

use super::part::Part;
use crate::access::{CircleOwned, CircleScope, Mine, MyCircles, table};
use crate::entity::circle::CircleState;

/// Which table the database reads first, to find the rows in which the caller has a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// The caller's parts in these states. It is for states that end when the row ends, so that old
    /// parts are not read.
    Parts,
    /// The rows. It is for conditions with an index that finds few rows in a circle.
    Rows,
}

/// A circle in memory asks nothing of its members any more, although what had begun in it is still
/// there.
fn unless_in_memory(scope: &CircleScope) -> Condition {
    let nothing = (scope.circle_state() == CircleState::InMemory).then(|| Expr::cust("1 = 0"));
    Condition::all().add_option(nothing)
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
    let mut rows = circles.select::<P::Parent>(tables, unless_in_memory);
    rows.and_where(part(P::circle_column()).eq(Mine::CircleId.col()))
        .and_where(part(P::parent_column()).equals(id))
        .and_where(part(P::member_column()).eq(Mine::MemberId.col()))
        .and_where(P::state_column().is_in(states.iter().copied()));
    rows
}
