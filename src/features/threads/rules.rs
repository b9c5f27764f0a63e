//! What may happen to a thread and to a message, and who may do it: one table
//! for the answer's `actions` and for the verbs themselves.

use chrono::{DateTime, TimeDelta, Utc};

use crate::access::{
    CircleScope, Facts, NoPart, Permission, may_delete_message, may_edit_message,
    may_manage_thread, verbs,
};
use crate::entity::message;
use crate::entity::personal_token::TokenScope;
use crate::entity::thread::{self, ThreadState};
use crate::problem::FieldError;

/// How long a message may be edited.
const EDIT_FOR: TimeDelta = TimeDelta::minutes(15);

verbs! {
    /// Everything that can be done to a thread.
    ThreadVerb of ThreadFacts: ThreadState, NoPart {
        Write = "write" [Open], may_write, "created";
        Change = "change" [Open], may_manage, "changed";
        Archive = "archive" [Open => Archived], may_manage, "archived";
        Reopen = "reopen" [Archived => Open], may_manage, "reopened";
        Read = "read" [Open | Archived], may_read, "read";
    }
}

/// What decides about a thread: its row, and the caller.
pub struct ThreadFacts<'a> {
    pub scope: &'a CircleScope,
    pub thread: &'a thread::Model,
}

impl Facts<ThreadVerb> for ThreadFacts<'_> {
    fn state(&self) -> ThreadState {
        self.thread.state
    }
}

impl ThreadFacts<'_> {
    fn may_write(&self) -> bool {
        self.scope.may(Permission::WriteMessages)
    }

    fn may_manage(&self) -> bool {
        may_manage_thread(self.scope, self.thread)
    }

    fn may_read(&self) -> bool {
        self.scope.may_write(TokenScope::MessagesWrite)
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
    /// Everything that can be done to a message. Changing stays listed when only its time
    /// is over: the answer depends on no clock.
    MessageVerb of MessageFacts: MessageState, NoPart {
        Change = "change" [Open], may_edit, "changed";
        Delete = "delete" [Open | Archived => Deleted], may_delete, "deleted";
    }
}

/// What decides about a message: its row, its thread, and the caller.
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
    fn may_edit(&self) -> bool {
        may_edit_message(self.scope, self.message)
    }

    fn may_delete(&self) -> bool {
        may_delete_message(self.scope, self.thread, self.message)
    }
}

/// Whether a message is young enough to be edited.
pub fn may_still_edit(message: &message::Model, now: DateTime<Utc>) -> bool {
    now < message.created_at + EDIT_FOR
}

/// What is wrong with a thread about a topic that is called nothing.
pub fn title_missing() -> FieldError {
    let detail = "A thread about a topic has a title.";
    FieldError::new("/title", "missing", detail)
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
        +. thread write
        +. thread change
        +. thread archive
        .+ thread reopen
        ++ thread read
        +.. message change
        ++. message delete
        ");
    }
}
