//! What tasks and appointments have in common as things that members comment on.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Iterable, QueryFilter, QuerySelect, QueryTrait};

use crate::access::{
    CircleAccess, CircleOwned, CircleScope, CircleWrite, Locked, ViewCircle, WriteMessages, seen_of,
};
use crate::app::App;
use crate::entity::ids::ThreadId;
use crate::entity::thread::{self, ThreadKind, ThreadState};
use crate::entity::topic_grant::Topic;
use crate::entity::{appointment, message, task};
use crate::features::threads::messages::{
    CreateMessageRequest, Message, MessagePage, MessageQuery, page_of_thread, send,
};
use crate::http::response::{Created, Page};
use crate::platform::db::{ReadRows, Reads, SelectByPosition};
use crate::problem::Problem;
use crate::row::Joined;

/// What an item shows of its comments.
#[derive(Clone, Copy, Debug, Default)]
pub struct Comments {
    /// Their thread, if there ever was a comment.
    pub thread_id: Option<ThreadId>,
    /// How many there are. Deleted ones do not count.
    pub count: i64,
}

/// How many messages of a thread are not deleted, in a statement that selects threads.
pub fn comment_count() -> Expr {
    use message::Column;
    let message = |column| Expr::col((message::Entity, column));
    let count = Query::select()
        .expr(message(Column::Id).count())
        .from(message::Entity)
        .and_where(message(Column::CircleId).equals((thread::Entity, thread::Column::CircleId)))
        .and_where(message(Column::ThreadId).equals((thread::Entity, thread::Column::Id)))
        .and_where(message(Column::DeletedAt).is_null())
        .take();
    Expr::SubQuery(None, Box::new(count.into()))
}

/// Gives the thread of an item the topic that the item has now, when the transaction commits.
pub fn follow_topic(write: &CircleWrite, thread: ThreadId, topic: Topic) {
    let topic = (thread::Column::Topic, Expr::value(topic));
    write.update_rows_later::<thread::Entity>(&[thread.0], vec![topic]);
}

/// Counts up the version of the item that a thread is about, because the item shows how many
/// comments it has.
pub(in crate::features::threads) fn touch_item(write: &CircleWrite, thread: &thread::Model) {
    if let Some(task) = thread.task_id {
        write.update_rows_later::<task::Entity>(&[task.0], Vec::new());
    }
    if let Some(appointment) = thread.appointment_id {
        write.update_rows_later::<appointment::Entity>(&[appointment.0], Vec::new());
    }
}

/// Something that members comment on.
pub(super) trait Commented: CircleOwned {
    /// The column by which its thread names it.
    const NAMED_BY: thread::Column;

    fn topic(row: &Self::Model) -> Topic;

    /// Names it in its thread.
    fn name_in(row: &Self::Model, thread: &mut thread::Model);
}

impl Commented for task::Entity {
    const NAMED_BY: thread::Column = thread::Column::TaskId;

    fn topic(row: &task::Model) -> Topic {
        row.topic
    }

    fn name_in(row: &task::Model, thread: &mut thread::Model) {
        thread.task_id = Some(row.id);
    }
}

impl Commented for appointment::Entity {
    const NAMED_BY: thread::Column = thread::Column::AppointmentId;

    fn topic(row: &appointment::Model) -> Topic {
        row.topic
    }

    fn name_in(row: &appointment::Model, thread: &mut thread::Model) {
        thread.appointment_id = Some(row.id);
    }
}

/// Writes a comment. The first one creates the thread.
pub(super) async fn comment_on<E: Commented>(
    app: &App,
    circle: &CircleAccess<WriteMessages>,
    id: E::Id,
    new: CreateMessageRequest,
) -> Result<Created<Message>, Problem> {
    let write = app.begin_write(circle).await?;
    let (item, found) = require_with_thread::<E>(write.tx(), write.scope(), id).await?;
    let (is_new, version) = (found.is_none(), E::version_of(&item));
    let row = found.unwrap_or_else(|| new_thread::<E>(&write, &item));
    let thread = Locked {
        write,
        row,
        related: (),
    };
    send(thread, is_new, new, |thread| {
        thread.write.check_version(version)
    })
    .await
}

/// A page of the comments of an item; an empty one if nobody has commented on it.
pub(super) async fn list_comments<E: Commented>(
    circle: &CircleAccess<ViewCircle>,
    id: E::Id,
    query: &MessageQuery,
) -> Result<Page<MessagePage>, Problem> {
    let uuid: uuid::Uuid = id.into();
    let listing = circle.listing(format_args!("comments {uuid}"), query)?;
    let (_, thread) = require_with_thread::<E>(circle.db(), circle.scope(), id).await?;
    page_of_thread(circle, &listing, thread.as_ref()).await
}

/// An item that the caller sees, with its thread if it has one, or 404: one query.
async fn require_with_thread<E: Commented>(
    connection: &impl Reads,
    scope: &CircleScope,
    id: E::Id,
) -> Result<(E::Model, Option<thread::Model>), Problem> {
    let its_thread = seen_of::<E, thread::Entity>(scope, E::id_column(), E::NAMED_BY);
    let mut one = scope
        .find::<E>()
        .filter(E::id_column().eq(id.into()))
        .columns(thread::Column::iter());
    QueryTrait::query(&mut one).left_join(thread::Entity, its_thread);
    let found = one
        .by_position::<(E::Model, Joined<thread::Model>)>()
        .read_one(connection)
        .await?;
    let (item, Joined(thread)) = found.ok_or(Problem::NotFound)?;
    Ok((item, thread))
}

/// The thread of an item on which nobody has commented, as it will be.
fn new_thread<E: Commented>(write: &CircleWrite, item: &E::Model) -> thread::Model {
    let now = write.now();
    let mut thread = thread::Model {
        circle_id: write.circle_id(),
        id: write.new_id(),
        kind: ThreadKind::Item,
        topic: Some(E::topic(item)),
        task_id: None,
        appointment_id: None,
        title: None,
        titled_by: None,
        state: ThreadState::Open,
        last_number: 0,
        last_activity_at: now,
        version: 1,
        created_at: now,
        created_by_member_id: write.actor(),
        updated_at: now,
        sent_hash: None,
    };
    E::name_in(item, &mut thread);
    thread
}
