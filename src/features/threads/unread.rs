//! Which messages the caller has not read.

use sea_orm::sea_query::{Expr, ExprTrait, Func, Query};
use sea_orm::{ColumnTrait, Condition};

use crate::access::CircleScope;
use crate::entity::{message, read_cursor};

/// The messages of others that came after the caller's read cursors.
pub fn unread_messages(scope: &CircleScope) -> Condition {
    let last_read_number = Query::select()
        .column((read_cursor::Entity, read_cursor::Column::Number))
        .from(read_cursor::Entity)
        .and_where(same_circle())
        .and_where(
            Expr::col((read_cursor::Entity, read_cursor::Column::ThreadId))
                .equals((message::Entity, message::Column::ThreadId)),
        )
        .and_where(read_cursor::Column::MemberId.eq(scope.member_id()))
        .take();
    let last_read_number = Expr::SubQuery(None, Box::new(last_read_number.into()));
    let number = Expr::col((message::Entity, message::Column::Number));
    Condition::all()
        .add(message::Column::DeletedAt.is_null())
        .add(message::Column::CreatedByMemberId.ne(scope.member_id()))
        .add(number.gt(Func::coalesce([last_read_number, Expr::value(0)])))
}

fn same_circle() -> Expr {
    Expr::col((read_cursor::Entity, read_cursor::Column::CircleId))
        .equals((message::Entity, message::Column::CircleId))
}
