//! Reads threads as the reader sees them, and who is named in them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

use super::rules::{ThreadFacts, ThreadVerb};
use super::types::{LastMessage, Thread, ThreadMember};
use super::unread::{cursor_of, last_read_number, unread_count};
use crate::access::change_log::Change;
use crate::access::{CircleOwned, CircleScope, Verb, in_circle_of, written_for};
use crate::entity::ids::{MemberId, MessageId, ThreadId};
use crate::entity::membership::{self, MemberState};
use crate::entity::thread::{self, ThreadKind};
use crate::entity::{appointment, message, read_cursor, task, thread_member};
use crate::platform::db::{ReadRows, Reads, SelectByPosition, in_list};
use crate::platform::text::excerpt::{Detail, Texts};
use crate::problem::Problem;
use crate::row::Row;

/// A line of the change log about something in a thread.
pub(super) fn in_thread(change: Change, thread: &thread::Model) -> Change {
    change.within(thread.id).about(thread.topic)
}

/// A thread with what its reader sees of it: one row of [`with_messages`].
#[derive(Debug, Row)]
pub(super) struct ThreadRow {
    pub thread: thread::Model,
    last_read_number: i32,
    unread_count: i64,
    /// The newest message; `None` if there is none that the reader sees.
    message_id: Option<MessageId>,
    message_body: Option<String>,
    message_deleted_at: Option<DateTime<Utc>>,
    message_created_at: Option<DateTime<Utc>>,
    message_author: Option<MemberId>,
    message_author_name: Option<String>,
    /// The title of the item that the thread is about.
    item_title: Option<String>,
}

/// Adds to the threads what the reader sees of them: how far the reader has read, how many messages
/// are unread, the newest message with the name of its author, and the title of the item. All of it is joined by keys, so
/// it costs as much as the threads that are selected.
pub(super) fn with_messages(
    scope: &CircleScope,
    mut threads: Select<thread::Entity>,
) -> Select<thread::Entity> {
    use membership::Column as Member;
    use message::Column as Message;
    let me = Expr::value(scope.member_id());
    let of_message = |column: Message| Expr::col((message::Entity, column));
    let of_author = |column: Member| Expr::col((membership::Entity, column));
    let of_thread = |column: thread::Column| Expr::col((thread::Entity, column));
    let newest = Condition::all()
        .add(of_message(Message::CircleId).eq(of_thread(thread::Column::CircleId)))
        .add(of_message(Message::ThreadId).eq(of_thread(thread::Column::Id)))
        .add(of_message(Message::Number).eq(of_thread(thread::Column::LastNumber)))
        .add(written_for(scope));
    let author = Condition::all()
        .add(of_author(Member::CircleId).eq(of_message(Message::CircleId)))
        .add(of_author(Member::Id).eq(of_message(Message::CreatedByMemberId)))
        .add(membership::Entity::visible(scope));
    let its_task =
        in_circle_of::<thread::Entity, task::Entity>(thread::Column::TaskId, task::Column::Id);
    let its_appointment = in_circle_of::<thread::Entity, appointment::Entity>(
        thread::Column::AppointmentId,
        appointment::Column::Id,
    );
    let item_title = Func::coalesce([
        Expr::col((task::Entity, task::Column::Title)),
        Expr::col((appointment::Entity, appointment::Column::Title)),
    ]);
    QueryTrait::query(&mut threads)
        .left_join(read_cursor::Entity, cursor_of(me))
        .left_join(message::Entity, newest)
        .left_join(membership::Entity, author)
        .left_join(task::Entity, its_task)
        .left_join(appointment::Entity, its_appointment);
    threads
        .expr_as(last_read_number(), "last_read_number")
        .expr_as(unread_count(scope), "unread_count")
        .expr_as(of_message(Message::Id), "message_id")
        .expr_as(of_message(Message::Body), "message_body")
        .expr_as(of_message(Message::DeletedAt), "message_deleted_at")
        .expr_as(of_message(Message::CreatedAt), "message_created_at")
        .expr_as(of_message(Message::CreatedByMemberId), "message_author")
        .expr_as(of_author(Member::Name), "message_author_name")
        .expr_as(item_title, "item_title")
}

/// One thread as the reader sees it.
pub(super) async fn describe_thread(
    connection: &impl Reads,
    scope: &CircleScope,
    id: ThreadId,
) -> Result<Thread, Problem> {
    let one = scope
        .find::<thread::Entity>()
        .filter(thread::Column::Id.eq(id));
    let rows = with_messages(scope, one)
        .by_position::<ThreadRow>()
        .read(connection)
        .await?;
    let mut threads = describe_threads(connection, scope, rows).await?;
    threads.pop().ok_or(Problem::NotFound)
}

/// Threads as the reader sees them: one more query if any of them is a direct thread.
pub(super) async fn describe_threads(
    connection: &impl Reads,
    scope: &CircleScope,
    rows: Vec<ThreadRow>,
) -> Result<Vec<Thread>, Problem> {
    let direct = rows
        .iter()
        .filter(|row| row.thread.kind == ThreadKind::Direct);
    let direct = direct.map(|row| row.thread.id).collect();
    let mut named = named_in(connection, scope, direct).await?;
    let describe = |mut row: ThreadRow| Thread {
        members: named.remove(&row.thread.id).unwrap_or_default(),
        last_message: describe_last(&mut row),
        last_read_number: row.last_read_number,
        unread_count: row.unread_count,
        actions: ThreadVerb::actions(&ThreadFacts {
            scope,
            thread: &row.thread,
        }),
        id: row.thread.id,
        circle_id: row.thread.circle_id,
        version: row.thread.version,
        kind: row.thread.kind,
        topic: row.thread.topic,
        task_id: row.thread.task_id,
        appointment_id: row.thread.appointment_id,
        title: row.thread.title.or(row.item_title),
        state: row.thread.state,
        last_activity_at: row.thread.last_activity_at,
        created_at: row.thread.created_at,
        created_by_member_id: row.thread.created_by_member_id,
        updated_at: row.thread.updated_at,
    };
    Ok(rows.into_iter().map(describe).collect())
}

fn describe_last(row: &mut ThreadRow) -> Option<LastMessage> {
    let (id, created_at) = (row.message_id?, row.message_created_at?);
    let mut texts = Texts::new(Detail::Excerpt);
    Some(LastMessage {
        id,
        number: row.thread.last_number,
        author_name: row.message_author_name.take().unwrap_or_default(),
        body: texts.show("body", row.message_body.take()),
        truncated_fields: texts.truncated(),
        is_deleted: row.message_deleted_at.is_some(),
        created_at,
        created_by_member_id: row.message_author,
    })
}

/// The members who are named in these threads, in the order in which they were named.
pub(super) async fn named_in(
    connection: &impl Reads,
    scope: &CircleScope,
    threads: Vec<ThreadId>,
) -> Result<HashMap<ThreadId, Vec<ThreadMember>>, Problem> {
    use membership::Column as Member;
    use thread_member::Column;
    let mut named: HashMap<ThreadId, Vec<ThreadMember>> = HashMap::new();
    if threads.is_empty() {
        return Ok(named);
    }
    let of_member = |column: Member| Expr::col((membership::Entity, column));
    let of_named = |column: Column| Expr::col((thread_member::Entity, column));
    let person = Condition::all()
        .add(of_member(Member::CircleId).eq(of_named(Column::CircleId)))
        .add(of_member(Member::Id).eq(of_named(Column::MemberId)))
        .add(membership::Entity::visible(scope));
    let mut rows = scope
        .find::<thread_member::Entity>()
        .filter(Column::ThreadId.is_in(in_list(threads)))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id);
    QueryTrait::query(&mut rows).inner_join(membership::Entity, person);
    let rows = rows
        .select_only()
        .columns([Column::ThreadId, Column::MemberId])
        .column(Member::Name)
        .column(Member::State)
        .by_position::<(ThreadId, MemberId, String, MemberState)>()
        .read(connection)
        .await?;
    for (thread, member_id, name, state) in rows {
        named.entry(thread).or_default().push(ThreadMember {
            member_id,
            name,
            state,
        });
    }
    Ok(named)
}
