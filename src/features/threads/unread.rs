//! Which messages the caller has not read.

use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{Condition, IntoSimpleExpr};

use crate::access::{CircleScope, Mine, MyCircles, table, written_for};
use crate::entity::{message, read_cursor, thread};

/// The threads that the caller sees and has not read to the end. It still has no columns:
/// [`unread_of_mine`] is the number of messages. A thread that the caller has read costs one look
/// at its cursor, and messages that were read before cost nothing.
pub fn unread_threads(circles: &MyCircles<'_>) -> SelectStatement {
    let every = |_: &CircleScope| Condition::all();
    let mut threads = circles.select::<thread::Entity>([table::<thread::Entity>()], every);
    threads
        .left_join(read_cursor::Entity, cursor_of(Mine::MemberId.col()))
        .and_where(thread_column(thread::Column::LastNumber).gt(last_read_number()));
    threads
}

/// How many messages of others came after the caller's cursor, as a column of [`unread_threads`].
pub fn unread_of_mine() -> Expr {
    count_unread(Mine::MemberId.col(), MyCircles::written_for_me())
}

/// The same for a statement in one circle, which has joined the caller's cursor to the thread: see
/// [`cursor_of`].
pub(super) fn unread_count(scope: &CircleScope) -> Expr {
    count_unread(Expr::value(scope.member_id()), written_for(scope))
}

/// Counts messages of a thread in a subquery: it begins at the cursor, on both databases.
fn count_unread(me: Expr, written_for_me: Condition) -> Expr {
    let count = Query::select()
        .expr(Expr::col((message::Entity, message::Column::Id)).count())
        .from(message::Entity)
        .cond_where(is_unread(me))
        .cond_where(written_for_me)
        .take();
    Expr::SubQuery(None, Box::new(count.into()))
}

/// Joins a member's read cursor to a thread. `me` is the id of the member.
pub(super) fn cursor_of(me: Expr) -> Condition {
    use read_cursor::Column;
    let cursor = |column| Expr::col((read_cursor::Entity, column));
    Condition::all()
        .add(cursor(Column::CircleId).eq(thread_column(thread::Column::CircleId)))
        .add(cursor(Column::ThreadId).eq(thread_column(thread::Column::Id)))
        .add(cursor(Column::MemberId).eq(me))
}

/// The number of the newest message that the member has read; 0 without a cursor.
pub(super) fn last_read_number() -> Expr {
    let number = Expr::col((read_cursor::Entity, read_cursor::Column::Number));
    Func::coalesce([number, Expr::value(0)]).into()
}

/// The messages of a thread that others wrote after the member's cursor.
fn is_unread(me: Expr) -> Condition {
    use message::Column;
    let message = |column| Expr::col((message::Entity, column));
    Condition::all()
        .add(message(Column::CircleId).eq(thread_column(thread::Column::CircleId)))
        .add(message(Column::ThreadId).eq(thread_column(thread::Column::Id)))
        .add(message(Column::Number).gt(last_read_number()))
        .add(message(Column::DeletedAt).is_null())
        .add(message(Column::CreatedByMemberId).ne(me))
}

fn thread_column(column: thread::Column) -> Expr {
    column.into_simple_expr()
}
