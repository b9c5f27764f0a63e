//! Reads messages as the reader sees them, and checks who can be mentioned in them.

use std::collections::HashSet;

use sea_orm::ConnectionTrait;

use super::super::rules::{MessageFacts, MessageVerb};
use super::super::store::{author_name, named_in};
use super::types::Message;
use crate::access::{CircleScope, CircleWrite, Verb, active_members, people_of, who_sees};
use crate::entity::ids::MemberId;
use crate::entity::{message, thread};
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
        let named: HashSet<_> = named.into_values().flatten().collect();
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

/// One message as the reader sees it.
pub(in crate::features::threads) async fn describe_message(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    thread: &thread::Model,
    row: message::Model,
) -> Result<Message, Problem> {
    let mut messages = describe_messages(connection, scope, thread, vec![row]).await?;
    messages.pop().ok_or(Problem::NotFound)
}

/// Messages of a thread as the reader sees them: one more query, however many messages there are.
pub(in crate::features::threads) async fn describe_messages(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    thread: &thread::Model,
    rows: Vec<message::Model>,
) -> Result<Vec<Message>, Problem> {
    let authors = rows
        .iter()
        .filter_map(|row| row.created_by_member_id)
        .collect();
    let people = people_of(connection, scope, authors).await?;
    let describe = |row: message::Model| Message {
        author_name: author_name(&row, &people),
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
    };
    Ok(rows.into_iter().map(describe).collect())
}
