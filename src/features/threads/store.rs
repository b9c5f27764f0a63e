//! Reads threads as the reader sees them, and who is named in them.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect};

use super::rules::{ThreadFacts, ThreadVerb};
use super::types::{LastMessage, Thread, ThreadMember};
use crate::access::change_log::Change;
use crate::access::{CircleScope, Person, Verb, people_of};
use crate::entity::ids::{MemberId, ThreadId};
use crate::entity::thread::{self, ThreadKind};
use crate::entity::{message, read_cursor, thread_member};
use crate::platform::text::excerpt::{Detail, Texts};
use crate::problem::Problem;

/// A line of the change log about something in a thread.
pub(super) fn in_thread(change: Change, thread: &thread::Model) -> Change {
    change.within(thread.id).about(thread.topic)
}

/// One thread as the reader sees it.
pub(super) async fn describe_thread(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    row: thread::Model,
) -> Result<Thread, Problem> {
    let mut threads = describe_threads(connection, scope, vec![row]).await?;
    threads.pop().ok_or(Problem::NotFound)
}

/// Threads as the reader sees them: five more queries, however many threads there are.
pub(super) async fn describe_threads(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    rows: Vec<thread::Model>,
) -> Result<Vec<Thread>, Problem> {
    let direct = rows.iter().filter(|row| row.kind == ThreadKind::Direct);
    let mut named = named_in(connection, scope, direct.map(|row| row.id).collect()).await?;
    let mut last = last_messages(connection, scope, &rows).await?;
    let read = read_numbers(connection, scope, &rows).await?;
    let unread = unread_counts(connection, scope, &rows, &read).await?;
    let authors = last
        .values()
        .filter_map(|message| message.created_by_member_id);
    let shown = named.values().flatten().copied().chain(authors).collect();
    let people = people_of(connection, scope, shown).await?;

    let describe = |row: thread::Model| Thread {
        members: named
            .remove(&row.id)
            .into_iter()
            .flatten()
            .filter_map(|id| people.get(&id).map(|person| describe_member(id, person)))
            .collect(),
        last_message: last
            .remove(&row.id)
            .map(|message| describe_last(message, &people)),
        last_read_number: read.get(&row.id).copied().unwrap_or_default(),
        unread_count: unread.get(&row.id).copied().unwrap_or_default(),
        actions: ThreadVerb::actions(&ThreadFacts {
            scope,
            thread: &row,
        }),
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        kind: row.kind,
        topic: row.topic,
        title: row.title,
        state: row.state,
        last_activity_at: row.last_activity_at,
        created_at: row.created_at,
        created_by_member_id: row.created_by_member_id,
        updated_at: row.updated_at,
    };
    Ok(rows.into_iter().map(describe).collect())
}

fn describe_member(member_id: MemberId, person: &Person) -> ThreadMember {
    ThreadMember {
        member_id,
        name: person.name.clone(),
        state: person.state,
    }
}

fn describe_last(row: message::Model, people: &HashMap<MemberId, Person>) -> LastMessage {
    let mut texts = Texts::new(Detail::Excerpt);
    LastMessage {
        id: row.id,
        number: row.number,
        author_name: author_name(&row, people),
        body: texts.show("body", row.body),
        truncated_fields: texts.truncated(),
        is_deleted: row.deleted_at.is_some(),
        created_at: row.created_at,
        created_by_member_id: row.created_by_member_id,
    }
}

/// The name of the person who wrote a message.
pub(super) fn author_name(message: &message::Model, people: &HashMap<MemberId, Person>) -> String {
    let author = message.created_by_member_id.and_then(|id| people.get(&id));
    author.map(|person| person.name.clone()).unwrap_or_default()
}

/// The members who are named in these threads.
pub(super) async fn named_in(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    threads: Vec<ThreadId>,
) -> Result<HashMap<ThreadId, Vec<MemberId>>, Problem> {
    use thread_member::Column;
    let mut named: HashMap<ThreadId, Vec<MemberId>> = HashMap::new();
    if threads.is_empty() {
        return Ok(named);
    }
    let rows = scope
        .find::<thread_member::Entity>()
        .filter(Column::ThreadId.is_in(threads))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    for row in rows {
        named.entry(row.thread_id).or_default().push(row.member_id);
    }
    Ok(named)
}

/// The newest message of each thread, if the reader sees it.
async fn last_messages(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    threads: &[thread::Model],
) -> Result<HashMap<ThreadId, message::Model>, Problem> {
    use message::Column;
    let newest = threads.iter().filter(|thread| thread.last_number > 0);
    let newest = newest.fold(Condition::any(), |any, thread| {
        let number = Column::Number.eq(thread.last_number);
        any.add(
            Condition::all()
                .add(Column::ThreadId.eq(thread.id))
                .add(number),
        )
    });
    if newest.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = scope.find::<message::Entity>().filter(newest);
    let rows = rows.all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.thread_id, row)).collect())
}

/// How far the reader has read these threads.
async fn read_numbers(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    threads: &[thread::Model],
) -> Result<HashMap<ThreadId, i32>, Problem> {
    if threads.is_empty() {
        return Ok(HashMap::new());
    }
    let ids = threads.iter().map(|thread| thread.id);
    let cursors = scope
        .find::<read_cursor::Entity>()
        .filter(read_cursor::Column::ThreadId.is_in(ids))
        .all(connection)
        .await?;
    let numbers = cursors.into_iter().map(|row| (row.thread_id, row.number));
    Ok(numbers.collect())
}

/// How many messages of others the reader has not read. Threads that the reader has read to the
/// end are not in the query.
async fn unread_counts(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    threads: &[thread::Model],
    read: &HashMap<ThreadId, i32>,
) -> Result<HashMap<ThreadId, i64>, Problem> {
    use message::Column;
    let behind = threads.iter().fold(Condition::any(), |any, thread| {
        let number = read.get(&thread.id).copied().unwrap_or_default();
        if number >= thread.last_number {
            return any;
        }
        let later = Column::Number.gt(number);
        any.add(
            Condition::all()
                .add(Column::ThreadId.eq(thread.id))
                .add(later),
        )
    });
    let (Some(me), false) = (scope.member_id(), behind.is_empty()) else {
        return Ok(HashMap::new());
    };
    let counts = scope
        .find::<message::Entity>()
        .select_only()
        .column(Column::ThreadId)
        .column_as(Column::Id.count(), "unread")
        .filter(behind)
        .filter(Column::DeletedAt.is_null())
        .filter(Column::CreatedByMemberId.ne(me))
        .group_by(Column::ThreadId)
        .into_tuple::<(ThreadId, i64)>()
        .all(connection)
        .await?;
    Ok(counts.into_iter().collect())
}
