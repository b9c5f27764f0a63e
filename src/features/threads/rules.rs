//! What may happen to a thread and to a message, and who may do it: one table
//! for the answer's `actions` and for the verbs themselves.

use chrono::{DateTime, TimeDelta, Utc};

use crate::access::{
    CircleScope, Permission, may_delete_message, may_edit_message, may_manage_thread,
};
use crate::entity::message;
use crate::entity::personal_token::TokenScope;
use crate::entity::thread::{self, ThreadState};

/// How long a message may be edited.
const EDIT_FOR: TimeDelta = TimeDelta::minutes(15);

/// Everything that can be done to a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThreadVerb {
    Write,
    Change,
    Archive,
    Reopen,
    Read,
}

impl ThreadVerb {
    pub const ALL: [Self; 5] = [
        Self::Write,
        Self::Change,
        Self::Archive,
        Self::Reopen,
        Self::Read,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Change => "change",
            Self::Archive => "archive",
            Self::Reopen => "reopen",
            Self::Read => "read",
        }
    }

    /// Whether it fits the state of the thread.
    pub fn fits(self, thread: ThreadState) -> bool {
        match self {
            Self::Write | Self::Change | Self::Archive => thread == ThreadState::Open,
            Self::Reopen => thread == ThreadState::Archived,
            Self::Read => true,
        }
    }

    /// Whether the caller may, as far as rights go.
    pub fn allowed(self, scope: &CircleScope, thread: &thread::Model) -> bool {
        match self {
            Self::Write => scope.may(Permission::WriteMessages),
            Self::Change | Self::Archive | Self::Reopen => may_manage_thread(scope, thread),
            Self::Read => scope.may_write(TokenScope::MessagesWrite),
        }
    }
}

/// Everything that can be done to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageVerb {
    Change,
    Delete,
}

impl MessageVerb {
    pub const ALL: [Self; 2] = [Self::Change, Self::Delete];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Delete => "delete",
        }
    }

    /// Whether it fits the states of the thread and of the message.
    pub fn fits(self, thread: ThreadState, is_deleted: bool) -> bool {
        match self {
            Self::Change => thread == ThreadState::Open && !is_deleted,
            Self::Delete => !is_deleted,
        }
    }

    /// Whether the caller may, as far as rights go.
    pub fn allowed(
        self,
        scope: &CircleScope,
        thread: &thread::Model,
        message: &message::Model,
    ) -> bool {
        match self {
            Self::Change => may_edit_message(scope, message),
            Self::Delete => may_delete_message(scope, thread, message),
        }
    }
}

/// What the caller may do with a thread now.
pub fn thread_actions(scope: &CircleScope, thread: &thread::Model) -> Vec<&'static str> {
    ThreadVerb::ALL
        .into_iter()
        .filter(|verb| verb.fits(thread.state) && verb.allowed(scope, thread))
        .map(ThreadVerb::as_str)
        .collect()
}

/// What the caller may do with a message now. Changing stays listed when only
/// its time is over: the answer depends on no clock.
pub fn message_actions(
    scope: &CircleScope,
    thread: &thread::Model,
    message: &message::Model,
) -> Vec<&'static str> {
    let is_deleted = message.deleted_at.is_some();
    MessageVerb::ALL
        .into_iter()
        .filter(|verb| verb.fits(thread.state, is_deleted))
        .filter(|verb| verb.allowed(scope, thread, message))
        .map(MessageVerb::as_str)
        .collect()
}

/// Whether a message is young enough to be edited.
pub fn may_still_edit(message: &message::Model, now: DateTime<Utc>) -> bool {
    now < message.created_at + EDIT_FOR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_states_of_threads_and_messages_follow_one_table() {
        let mut table = String::new();
        let mark = |row: &mut String, fits: bool| row.push(if fits { '+' } else { '.' });
        for verb in ThreadVerb::ALL {
            let mut row = String::new();
            for state in ThreadState::ALL {
                mark(&mut row, verb.fits(*state));
                row.push(' ');
            }
            table.extend([row.as_str(), " thread ", verb.as_str(), "\n"]);
        }
        for verb in MessageVerb::ALL {
            let mut row = String::new();
            for state in ThreadState::ALL {
                mark(&mut row, verb.fits(*state, false));
                mark(&mut row, verb.fits(*state, true));
            }
            table.extend([row.as_str(), " message ", verb.as_str(), "\n"]);
        }
        // For each state of the thread (open, archived); a message is there or deleted.
        insta::assert_snapshot!(table, @r"
        + .  thread write
        + .  thread change
        + .  thread archive
        . +  thread reopen
        + +  thread read
        +... message change
        +.+. message delete
        ");
    }
}
