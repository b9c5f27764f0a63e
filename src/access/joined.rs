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
