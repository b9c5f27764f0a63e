//! Which messages the caller has not read.

use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, IntoSimpleExpr};

use crate::access::{CircleOwned, CircleScope, Mine, MyCircles, in_circle_of, table, written_for};
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::thread::{self, ThreadKind};
use crate::entity::{appointment, message, read_cursor, task};

/// The threads that the caller sees and has not read to the end. It still has no columns:
/// [`unread_of_mine`] is the number of messages. A thread that the caller has read costs one look
/// at its cursor, and messages that were read before cost nothing. Comments count only if the
/// caller takes part in the item: see `takes_part`.
pub fn unread_threads(circles: &MyCircles<'_>) -> SelectStatement {
    let every = |_: &CircleScope| Condition::all();
    let mut threads = circles.select::<thread::Entity>([table::<thread::Entity>()], every);
    threads
        .left_join(read_cursor::Entity, cursor_of(Mine::MemberId.col()))
        .and_where(thread_column(thread::Column::LastNumber).gt(last_read_number()))
        .cond_where(takes_part(&Mine::MemberId.col()));
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

/// Every thread that is not about an item, and the items in which the member takes part: they were
/// asked to help or to come and have not said no, they created it, or they have commented on it.
/// Each of these is a look into one index, and only for items with comments that were not read.
fn takes_part(me: &Expr) -> Condition {
    use thread::Column;
    let asked = rows_of::<task_assignment::Entity>(task_assignment::Column::TaskId, Column::TaskId)
        .and_where(
            task_assignment::Column::MemberId
                .into_simple_expr()
                .eq(me.clone()),
        )
        .and_where(task_assignment::Column::State.is_in([
            TaskAssignmentState::Offered,
            TaskAssignmentState::Accepted,
            TaskAssignmentState::Completed,
        ]))
        .take();
    let invited =
        rows_of::<attendance::Entity>(attendance::Column::AppointmentId, Column::AppointmentId)
            .and_where(
                attendance::Column::MemberId
                    .into_simple_expr()
                    .eq(me.clone()),
            )
            .and_where(attendance::Column::Response.ne(AttendeeResponse::Declined))
            .take();
    let created = |mut rows: SelectStatement, by: Expr| rows.and_where(by.eq(me.clone())).take();
    let task = rows_of::<task::Entity>(task::Column::Id, Column::TaskId);
    let task = created(task, task::Column::CreatedByMemberId.into_simple_expr());
    let appointment =
        rows_of::<appointment::Entity>(appointment::Column::Id, Column::AppointmentId);
    let appointment = created(
        appointment,
        appointment::Column::CreatedByMemberId.into_simple_expr(),
    );
    let comment = rows_of::<message::Entity>(message::Column::ThreadId, Column::Id);
    let comment = created(
        comment,
        message::Column::CreatedByMemberId.into_simple_expr(),
    );
    let mut takes_part = Condition::any().add(Column::Kind.ne(ThreadKind::Item));
    for rows in [asked, invited, task, appointment, comment] {
        takes_part = takes_part.add(Expr::exists(rows));
    }
    takes_part
}

/// The rows of a table that name the same thing as a column of the thread, for a subquery.
fn rows_of<E: CircleOwned>(column: E::Column, of_thread: thread::Column) -> SelectStatement {
    Query::select()
        .expr(Expr::value(1))
        .from(E::default())
        .cond_where(in_circle_of::<thread::Entity, E>(of_thread, column))
        .take()
}

fn thread_column(column: thread::Column) -> Expr {
    column.into_simple_expr()
}
