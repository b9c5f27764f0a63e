//! `delete_message`: deletes the text of a message, with its history and where kept answers show
//! it. The row stays, because replies refer to it.

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, QueryFilter};

use super::super::locked::LockedMessage;
use super::super::rules::MessageVerb;
use super::types::{Message, MessagePath};
use crate::access::{CircleAccess, CirclePath, CircleWrite, ViewCircle, forget_bodies};
use crate::app::App;
use crate::entity::personal_token::TokenScope;
use crate::entity::{message, message_edit};
use crate::http::extract::Path;
use crate::http::response::Resource;
use crate::problem::Problem;

/// Delete a message.
///
/// By its author; in a thread about a topic by coordinators too. Its place and
/// the replies to it stay; its text is gone for good, earlier bodies included.
#[utoipa::path(
    post, path = "/circles/{circle_id}/messages/{message_id}/delete", tag = "messages",
    params(CirclePath, MessagePath),
    security(("access_token" = [TokenScope::MessagesWrite])),
    responses((status = OK, description = "What is left of it", body = Message), Problem),
)]
pub async fn delete_message(
    app: App,
    circle: CircleAccess<ViewCircle>,
    Path(path): Path<MessagePath>,
) -> Result<Resource<Message>, Problem> {
    let mut message = LockedMessage::open(&app, &circle, path.message_id).await?;
    if !message.check_unless_in_effect(MessageVerb::Delete)? {
        return message.respond().await;
    }
    delete_texts(&message.write, &message.row).await?;
    let mut row = message.row.clone().into_active_model();
    row.body = Set(None);
    row.mentions = Set("[]".into());
    row.deleted_at = Set(Some(message.write.now()));
    message.save(MessageVerb::Delete, row, Vec::new()).await?;
    message.respond().await
}

/// Deletes every text that a message ever had, from its history and from kept answers.
async fn delete_texts(write: &CircleWrite, message: &message::Model) -> Result<(), Problem> {
    let of_this_message = message_edit::Column::MessageId.eq(message.id);
    let earlier = write
        .find::<message_edit::Entity>()
        .filter(of_this_message.clone())
        .all(write.tx())
        .await?;
    let mut bodies: Vec<String> = earlier.into_iter().map(|edit| edit.body).collect();
    bodies.extend(message.body.clone());
    let of_this_message = Condition::all().add(of_this_message);
    write
        .delete_all::<message_edit::Entity>(of_this_message)
        .await?;
    forget_bodies(write, message.id.0, &bodies).await
}
