//! `delete_message`: deletes the text of a message, its revisions and the kept answers that show
//! it. The row stays, because replies refer to it.

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel};

use super::super::comments::touch_item;
use super::super::locked::LockedMessage;
use super::super::rules::MessageVerb;
use super::types::MessagePath;
use crate::access::{
    CircleAccess, CirclePath, CircleWrite, ViewCircle, drop_answers_that_show_message,
};
use crate::app::App;
use crate::entity::ids::MessageId;
use crate::entity::message_edit;
use crate::entity::personal_access_token::TokenScope;
use crate::http::extract::Path;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Delete a message.
///
/// Deletes its text for good, its earlier revisions included. Its place in the thread and the
/// replies to it stay. You can delete your own messages at any time. Coordinators can also delete
/// messages of others in a thread about a topic, and comments. Nobody is told. If it is deleted already, nothing
/// changes.
///
/// - 403 `forbidden`: you did not write the message, and you are no coordinator or it is in a
///   direct thread.
#[utoipa::path(
    delete, path = "/circles/{circle_id}/messages/{message_id}", tag = "messages",
    params(CirclePath, MessagePath),
    security(("personal_access_token" = [TokenScope::MessagesWrite])),
    responses((status = NO_CONTENT, description = "The message is deleted"), Problem),
)]
pub async fn delete_message(
    app: App,
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MessagePath>,
) -> Result<NoContent, Problem> {
    let mut message = LockedMessage::open(&app, &circle, path.message_id).await?;
    if message.check_unless_in_effect(MessageVerb::Delete)? {
        delete_texts(&message.write, message.row.id).await?;
        let mut row = message.row.clone().into_active_model();
        row.body = Set(None);
        row.mentioned_member_ids = Set("[]".into());
        row.deleted_at = Set(Some(message.write.now()));
        message
            .save_later(MessageVerb::Delete, row, Vec::new())
            .await?;
        touch_item(&message.write, &message.related);
    }
    message.write.commit(NoContent).await
}

/// Deletes the revisions of a message, and drops the kept answers that show it.
async fn delete_texts(write: &CircleWrite, message: MessageId) -> Result<(), Problem> {
    let of_this_message = Condition::all().add(message_edit::Column::MessageId.eq(message));
    write
        .delete_all::<message_edit::Entity>(of_this_message)
        .await?;
    drop_answers_that_show_message(write, message).await?;
    Ok(())
}
