//! The tables of this feature, inside the fence: a thread is seen by who sees
//! its topic or is named in it, what is in it by who sees the thread.

use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};

use crate::access::{CircleScope, Permission, circle_owned, own_id};
use crate::entity::thread::ThreadKind;
use crate::entity::{message, message_edit, read_cursor, thread, thread_member};

own_id!(thread);
own_id!(message);

circle_owned!(thread, ThreadId, "thread", audience);

circle_owned!(thread_member, ThreadMemberId, "thread_member", |scope| {
    Condition::all().add(thread_member::Column::ThreadId.in_subquery(visible_threads(scope)))
});

circle_owned!(message, MessageId, "message", |scope| Condition::all()
    .add(message::Column::ThreadId.in_subquery(visible_threads(scope)))
    .add(since_joining(scope)));

circle_owned!(message_edit, MessageEditId, "message_edit", |scope| {
    let messages = scope
        .find::<message::Entity>()
        .select_only()
        .column(message::Column::Id)
        .into_query();
    Condition::all().add(message_edit::Column::MessageId.in_subquery(messages))
});

circle_owned!(read_cursor, ReadCursorId, "read_cursor", |scope| {
    Condition::all().add_option(
        scope
            .member_id()
            .map(|me| read_cursor::Column::MemberId.eq(me)),
    )
});

/// Kith itself sees every thread; nobody else sees one they are not named in.
fn audience(scope: &CircleScope) -> Condition {
    let Some(me) = scope.member_id() else {
        return Condition::all();
    };
    let naming_me = Query::select()
        .column(thread_member::Column::ThreadId)
        .from(thread_member::Entity)
        .and_where(thread_member::Column::CircleId.eq(scope.circle_id()))
        .and_where(thread_member::Column::MemberId.eq(me))
        .take();
    Condition::any()
        .add(thread::Column::Topic.is_in(scope.topics().readable()))
        .add(
            thread::Column::Kind
                .eq(ThreadKind::Direct)
                .and(thread::Column::Id.in_subquery(naming_me)),
        )
}

/// What was written before one came in is for those who may read the history of
/// a topic; a direct thread was written for the people it had at the time.
fn since_joining(scope: &CircleScope) -> Condition {
    let Some(joined_at) = scope.joined_at() else {
        return Condition::all();
    };
    let since = Condition::any().add(message::Column::CreatedAt.gte(joined_at));
    if !scope.may(Permission::ReadHistory) {
        return since;
    }
    let about_topics = scope
        .find::<thread::Entity>()
        .filter(thread::Column::Kind.eq(ThreadKind::Topic))
        .select_only()
        .column(thread::Column::Id)
        .into_query();
    since.add(message::Column::ThreadId.in_subquery(about_topics))
}

/// The ids of the threads a caller sees.
fn visible_threads(scope: &CircleScope) -> SelectStatement {
    scope
        .find::<thread::Entity>()
        .select_only()
        .column(thread::Column::Id)
        .into_query()
}

/// What others wrote behind the caller's cursors.
pub fn unread_messages(scope: &CircleScope) -> Condition {
    let read_up_to = Query::select()
        .column((read_cursor::Entity, read_cursor::Column::Number))
        .from(read_cursor::Entity)
        .and_where(same_circle())
        .and_where(
            Expr::col((read_cursor::Entity, read_cursor::Column::ThreadId))
                .equals((message::Entity, message::Column::ThreadId)),
        )
        .and_where(read_cursor::Column::MemberId.eq(scope.member_id()))
        .take();
    let read_up_to = Expr::SubQuery(None, Box::new(read_up_to.into()));
    let number = Expr::col((message::Entity, message::Column::Number));
    Condition::all()
        .add(message::Column::DeletedAt.is_null())
        .add(message::Column::CreatedBy.ne(scope.member_id()))
        .add(number.gt(Func::coalesce([read_up_to, Expr::value(0)])))
}

fn same_circle() -> Expr {
    Expr::col((read_cursor::Entity, read_cursor::Column::CircleId))
        .equals((message::Entity, message::Column::CircleId))
}
