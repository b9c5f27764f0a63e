//! `mark_thread_read`: moves the caller's read cursor forward. It is not in the change log, because
//! nobody else may know how far the caller has read.

use garde::Validate;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, IntoActiveModel, Iterable, QueryFilter, QuerySelect, QueryTrait,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedThread;
use super::rules::ThreadVerb;
use super::types::{Thread, ThreadPath};
use crate::access::{CircleAccess, CirclePath, ManageOwnMembership, seen_of};
use crate::app::App;
use crate::entity::ids::MessageId;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::{message, read_cursor};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::{FieldErrorCode, Problem};
use crate::row::Joined;

/// How far you have read a thread.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "last_read_message_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c51" })))]
pub struct MarkThreadReadRequest {
    /// The id of the newest message that you have read.
    #[garde(skip)]
    pub last_read_message_id: MessageId,
}

/// Mark a thread as read.
///
/// Sets how far you have read, up to the message `last_read_message_id`. It only moves forward: an older message
/// than before changes nothing. No other member sees how far you have read.
///
/// - 422 `unknown_message`: the thread has no message with this id that you can read.
#[utoipa::path(
    post, path = "/circles/{circle_id}/threads/{thread_id}/mark-read", tag = "threads",
    params(CirclePath, ThreadPath),
    security(("personal_access_token" = [TokenScope::MessagesWrite])),
    responses((status = OK, description = "The thread", body = Thread), Problem),
)]
pub async fn mark_thread_read(
    app: App,
    circle: CircleAccess<ManageOwnMembership>,
    Path(path): Path<ThreadPath>,
    Json(MarkThreadReadRequest {
        last_read_message_id,
    }): Json<MarkThreadReadRequest>,
) -> Result<Resource<Thread>, Problem> {
    let mut thread = LockedThread::open(&app, &circle, path.thread_id).await?;
    let (message, cursor) = thread
        .find_with_cursor(last_read_message_id)
        .await?
        .ok_or_else(|| {
            let detail = "Send the id of a message in this thread.";
            Problem::field(
                "/last_read_message_id",
                FieldErrorCode::UnknownMessage,
                detail,
            )
        })?;
    if cursor
        .as_ref()
        .is_some_and(|cursor| cursor.number >= message.number)
    {
        return thread.respond().await;
    }
    thread.check(ThreadVerb::MarkRead)?;
    thread.move_cursor(cursor, message.number).await?;
    thread.respond().await
}

impl LockedThread {
    /// A message of the thread, and the caller's cursor in the thread: one statement.
    async fn find_with_cursor(
        &self,
        id: MessageId,
    ) -> Result<Option<(message::Model, Option<read_cursor::Model>)>, Problem> {
        use read_cursor::Column as Cursor;
        let cursor = seen_of::<message::Entity, read_cursor::Entity>(
            self.write.scope(),
            message::Column::ThreadId,
            Cursor::ThreadId,
        );
        let mut messages = self
            .write
            .find::<message::Entity>()
            .filter(message::Column::Id.eq(id))
            .filter(message::Column::ThreadId.eq(self.row.id))
            .columns(Cursor::iter());
        QueryTrait::query(&mut messages).left_join(read_cursor::Entity, cursor);
        let found = messages
            .by_position::<(message::Model, Joined<read_cursor::Model>)>()
            .read_one(self.write.tx())
            .await?;
        Ok(found.map(|(message, Joined(cursor))| (message, cursor)))
    }

    async fn move_cursor(
        &mut self,
        cursor: Option<read_cursor::Model>,
        number: i32,
    ) -> Result<(), Problem> {
        let me = self.write.scope().member_id().ok_or(Problem::NotFound)?;
        if let Some(before) = cursor {
            let mut row = before.clone().into_active_model();
            row.number = Set(number);
            self.write
                .update::<read_cursor::Entity>(&before, row)
                .await?;
        } else {
            let row = read_cursor::ActiveModel {
                id: Set(self.write.new_id()),
                thread_id: Set(self.row.id),
                member_id: Set(me),
                number: Set(number),
                ..Default::default()
            };
            self.write.insert::<read_cursor::Entity>(row).await?;
        }
        self.write.count_read();
        Ok(())
    }
}
