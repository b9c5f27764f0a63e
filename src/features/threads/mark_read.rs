//! `mark_thread_read`: moves the caller's read cursor forward. It is not in the change log, because
//! nobody else may know how far the caller has read.

use garde::Validate;
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter};
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedThread;
use super::rules::ThreadVerb;
use super::types::{Thread, ThreadPath};
use crate::access::{CircleAccess, CirclePath, ViewCircle};
use crate::app::App;
use crate::entity::ids::MessageId;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::{message, read_cursor};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::problem::{FieldErrorCode, Problem};

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
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<ThreadPath>,
    Json(MarkThreadReadRequest {
        last_read_message_id,
    }): Json<MarkThreadReadRequest>,
) -> Result<Resource<Thread>, Problem> {
    let mut thread = LockedThread::open(&app, &circle, path.thread_id).await?;
    let message = thread
        .write
        .find_one::<message::Entity>(last_read_message_id)
        .await?
        .filter(|message| message.thread_id == thread.row.id)
        .ok_or_else(|| {
            let detail = "Send the id of a message in this thread.";
            Problem::field(
                "/last_read_message_id",
                FieldErrorCode::UnknownMessage,
                detail,
            )
        })?;
    let cursor = thread
        .write
        .find::<read_cursor::Entity>()
        .filter(read_cursor::Column::ThreadId.eq(thread.row.id))
        .one(thread.write.tx())
        .await?;
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
        self.write.count_read().await
    }
}
