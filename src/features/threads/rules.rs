//! What may happen to a thread and to a message, and who may do it: one table for `actions` in
//! answers and for the verbs themselves.

use chrono::{DateTime, TimeDelta, Utc};

use crate::access::{
    CircleScope, Facts, NoPart, Permission, Refusal, may_delete_message, may_edit_message,
    may_manage_thread, verbs,
};
use crate::entity::message;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::thread::{self, ThreadKind, ThreadState};
use crate::problem::{Conflict, FieldError, FieldErrorCode, Problem, ProblemCode};

/// How long a message may be edited.
const EDIT_FOR: TimeDelta = TimeDelta::minutes(15);

verbs! {
    /// Everything that can be done to a thread.
    ThreadVerb as ThreadAction of ThreadFacts, "this thread": ThreadState, NoPart {
        CreateMessage = "create_message" [Open], may_write, "created", "send a message to {}";
        Update = "update" [Open], may_manage, "updated";
        Archive = "archive" [Open => Archived], may_manage, "archived";
        Unarchive = "unarchive" [Archived => Open], may_manage, "unarchived";
        MarkRead = "mark_read" [Open | Archived], may_read, "read", "mark {} as read";
    }
}

/// What the rules look at: the row of the thread, and the caller.
pub struct ThreadFacts<'a> {
    pub scope: &'a CircleScope,
    pub thread: &'a thread::Model,
}

impl Facts<ThreadVerb> for ThreadFacts<'_> {
    fn state(&self) -> ThreadState {
        self.thread.state
    }

    /// The comments of an item are not a thread that members manage.
    fn is_open_to(&self, verb: ThreadVerb) -> bool {
        self.thread.kind != ThreadKind::Item
            || matches!(verb, ThreadVerb::CreateMessage | ThreadVerb::MarkRead)
    }
}

/// Refuses to rename or archive the comments of an item.
pub fn check_is_own(thread: &thread::Model) -> Result<(), Problem> {
    if thread.kind != ThreadKind::Item {
        return Ok(());
    }
    let detail = "The comments of a task or an appointment cannot be renamed or archived.";
    Err(Conflict::of(ProblemCode::BelongsToItem, detail).into())
}

impl ThreadFacts<'_> {
    fn may_write(&self) -> Result<(), Refusal> {
        self.scope.check(Permission::WriteMessages)
    }

    fn may_manage(&self) -> Result<(), Refusal> {
        may_manage_thread(self.scope, self.thread)
    }

    /// Only a personal access token without the scope, and a member whose account will be erased,
    /// cannot. Both are refused before, with a reason of their own.
    fn may_read(&self) -> Result<(), Refusal> {
        if self.scope.may_write(TokenScope::MessagesWrite) {
            return Ok(());
        }
        Err(Refusal::without(Permission::ViewCircle))
    }
}

/// The state of a message: that of its thread, until it is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageState {
    Open,
    Archived,
    Deleted,
}

impl MessageState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Open => ThreadState::Open.as_str(),
            Self::Archived => ThreadState::Archived.as_str(),
            Self::Deleted => "deleted",
        }
    }
}

verbs! {
    /// Everything that can be done to a message. `update` is in `actions` after the time for edits
    /// too, because an answer must not change while nothing happens.
    MessageVerb as MessageAction of MessageFacts, "this message": MessageState, NoPart {
        Update = "update" [Open], may_edit, "updated";
        Delete = "delete" [Open | Archived => Deleted], may_delete, "deleted";
    }
}

/// What the rules look at: the row of the message, its thread, and the caller.
pub struct MessageFacts<'a> {
    pub scope: &'a CircleScope,
    pub thread: &'a thread::Model,
    pub message: &'a message::Model,
}

impl Facts<MessageVerb> for MessageFacts<'_> {
    fn state(&self) -> MessageState {
        match self.thread.state {
            _ if self.message.deleted_at.is_some() => MessageState::Deleted,
            ThreadState::Open => MessageState::Open,
            ThreadState::Archived => MessageState::Archived,
        }
    }
}

impl MessageFacts<'_> {
    fn may_edit(&self) -> Result<(), Refusal> {
        may_edit_message(self.scope, self.message)
    }

    fn may_delete(&self) -> Result<(), Refusal> {
        may_delete_message(self.scope, self.thread, self.message)
    }
}

/// Whether a message is new enough to be edited.
pub fn may_still_edit(message: &message::Model, now: DateTime<Utc>) -> bool {
    now < message.created_at + EDIT_FOR
}

/// The fault of a thread about a topic that has no title.
pub fn title_missing() -> FieldError {
    let detail = "A thread about a topic needs a title. Send one.";
    FieldError::new("/title", FieldErrorCode::Required, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Verb;

    /// A mark for each verb and state: whether it fits.
    fn table_of<V: Verb>(what: &str, states: &[V::State]) -> String {
        let mut table = String::new();
        for verb in V::ALL {
            let mark = |state: &V::State| if verb.fits(*state, None) { '+' } else { '.' };
            table.extend(states.iter().map(mark));
            table.extend([" ", what, " ", verb.action(), "\n"]);
        }
        table
    }

    #[test]
    fn the_states_of_threads_and_messages_follow_one_table() {
        let states = [
            MessageState::Open,
            MessageState::Archived,
            MessageState::Deleted,
        ];
        let mut table = table_of::<ThreadVerb>("thread", ThreadState::ALL);
        table += &table_of::<MessageVerb>("message", &states);
        // For each state: open, archived, and deleted for a message.
        insta::assert_snapshot!(table, @r"
        +. thread create_message
        +. thread update
        +. thread archive
        .+ thread unarchive
        ++ thread mark_read
        +.. message update
        ++. message delete
        ");
    }
}
