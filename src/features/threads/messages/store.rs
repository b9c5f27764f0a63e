//! Reads messages as the reader sees them, and checks who can be mentioned in them.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, Iterable, QueryFilter, QuerySelect, QueryTrait, Select};

use super::super::rules::{MessageFacts, MessageVerb};
use super::super::store::named_in;
use super::types::Message;
use crate::access::{CircleScope, CircleWrite, Verb, active_members, names_of, seen_of, who_sees};
use crate::entity::ids::{MemberId, MessageId};
use crate::entity::{membership, message, thread};
use crate::platform::db::{ReadRows, Reads, SelectByPosition};
use crate::problem::{FieldError, FieldErrorCode, Problem};

/// Refuses mentions of members who do not see the thread. A member of another circle gets the same
/// refusal as an id that does not exist, so that the answer tells nothing of other circles.
pub(in crate::features::threads) async fn check_mentions(
    write: &CircleWrite,
    thread: &thread::Model,
    mentioned_member_ids: &[MemberId],
) -> Result<(), Problem> {
    let members = active_members(write, mentioned_member_ids).await?;
    let audience: HashSet<MemberId> = if let Some(topic) = thread.topic {
        who_sees(write, &members, topic).await?
    } else {
        let named = named_in(write.tx(), write.scope(), vec![thread.id]).await?;
        let named = named.into_values().flatten();
        let named: HashSet<_> = named.map(|named| named.member_id).collect();
        let active = members.iter().map(|member| member.id);
        active.filter(|id| named.contains(id)).collect()
    };
    let unseen = |(index, _): (usize, &MemberId)| {
        let detail = "Send the id of an active member who sees this thread.";
        FieldError::new(
            format!("/mentioned_member_ids/{index}"),
            FieldErrorCode::UnknownMember,
            detail,
        )
    };
    let errors: Vec<FieldError> = mentioned_member_ids
        .iter()
        .enumerate()
        .filter(|(_, id)| !audience.contains(id))
        .map(unseen)
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::Invalid(errors))
    }
}

/// Reads a message and its thread: one query.
pub(in crate::features::threads) async fn read_with_thread(
    write: &CircleWrite,
    id: MessageId,
) -> Result<(message::Model, thread::Model), Problem> {
    let its_thread = seen_of::<message::Entity, thread::Entity>(
        write.scope(),
        message::Column::ThreadId,
        thread::Column::Id,
    );
    let mut one = write
        .find::<message::Entity>()
        .filter(message::Column::Id.eq(id))
        .columns(thread::Column::iter());
    QueryTrait::query(&mut one).inner_join(thread::Entity, its_thread);
    one.by_position::<(message::Model, thread::Model)>()
        .read_one(write.tx())
        .await?
        .ok_or(Problem::NotFound)
}

/// One message as the reader sees it.
pub(in crate::features::threads) async fn describe_message(
    connection: &impl Reads,
    scope: &CircleScope,
    thread: &thread::Model,
    row: message::Model,
) -> Result<Message, Problem> {
    let author = row.created_by_member_id.into_iter().collect();
    let mut names = names_of(connection, scope, author).await?;
    let author = row.created_by_member_id.and_then(|id| names.remove(&id));
    Ok(assemble(scope, thread, row, author))
}

/// Adds to messages the names of their authors, as far as they have one.
pub(super) fn with_author(
    scope: &CircleScope,
    mut messages: Select<message::Entity>,
) -> Select<message::Entity> {
    let author = seen_of::<message::Entity, membership::Entity>(
        scope,
        message::Column::CreatedByMemberId,
        membership::Column::Id,
    );
    QueryTrait::query(&mut messages).left_join(membership::Entity, author);
    messages.column_as(membership::Column::Name, "author_name")
}

/// A message as the reader sees it.
pub(super) fn assemble(
    scope: &CircleScope,
    thread: &thread::Model,
    row: message::Model,
    author: Option<String>,
) -> Message {
    Message {
        author_name: author.unwrap_or_default(),
        mentioned_member_ids: serde_json::from_str(&row.mentioned_member_ids).unwrap_or_default(),
        actions: MessageVerb::actions(&MessageFacts {
            scope,
            thread,
            message: &row,
        }),
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        thread_id: row.thread_id,
        number: row.number,
        body: row.body,
        reply_to_message_id: row.reply_to_message_id,
        edited_at: row.edited_at,
        deleted_at: row.deleted_at,
        created_at: row.created_at,
        created_by_member_id: row.created_by_member_id,
        updated_at: row.updated_at,
    }
}
