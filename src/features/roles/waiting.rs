//! Which role offers wait for the caller.

use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{ColumnTrait, Condition};

use crate::access::{Mine, MyCircles, table};
use crate::entity::role_assignment::{Column, Entity, RoleAssignmentState};

/// The role offers that the caller has not answered.
pub fn open_role_offers(circles: &MyCircles<'_>) -> SelectStatement {
    let offered = Condition::all().add(Column::State.eq(RoleAssignmentState::Offered));
    let mut offers = circles.select::<Entity>([table::<Entity>()], |_| offered.clone());
    offers.and_where(Expr::col((Entity, Column::MemberId)).eq(Mine::MemberId.col()));
    offers
}
