//! Joins what the caller sees of another table, so that one statement reads rows that belong
//! together.

use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait};

use super::owned::CircleOwned;
use super::scope::CircleScope;

/// The condition on which to join the rows of `Other` that the caller sees and that belong to a row
/// of `Of`: `column` of the one is `other` of the other, in the same circle. In an outer join, a row
/// of `Of` stays if the caller sees none.
pub fn seen_of<Of: CircleOwned, Other: CircleOwned>(
    scope: &CircleScope,
    column: Of::Column,
    other: Other::Column,
) -> Condition {
    let joined = |column: Other::Column| Expr::col((Other::default(), column));
    Condition::all()
        .add(joined(Other::circle_column()).equals((Of::default(), Of::circle_column())))
        .add(joined(other).equals((Of::default(), column)))
        .add(Other::visible(scope))
}
