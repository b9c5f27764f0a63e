//! A thread or a message that a request changes, under the circle's lock.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::messages::{self, Message};
use super::rules::{MessageFacts, MessageVerb, ThreadFacts, ThreadVerb};
use super::store::{self, in_thread};
use super::types::Thread;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::ids::MessageId;
use crate::entity::message;
use crate::entity::thread::{self, ThreadState};
use crate::problem::Problem;

/// A thread under the circle's lock.
pub(super) type LockedThread = Locked<thread::Entity>;

/// A message, with its thread, under the circle's lock.
pub(super) type LockedMessage = Locked<message::Entity>;

impl Lockable for thread::Entity {
    type Related = ();
    type Verb = ThreadVerb;
    type Answer = Thread;

    async fn related(_: &CircleWrite, _: &thread::Model) -> Result<(), Problem> {
        Ok(())
    }

    fn facts<'a>(scope: &'a CircleScope, thread: &'a thread::Model, (): &'a ()) -> ThreadFacts<'a> {
        ThreadFacts { scope, thread }
    }

    fn shown(change: Change, row: &thread::Model, (): &()) -> Change {
        in_thread(change, row)
    }

    async fn describe(write: &CircleWrite, row: thread::Model, (): &()) -> Result<Thread, Problem> {
        store::describe_thread(write.tx(), write.scope(), row.id).await
    }
}

impl Lockable for message::Entity {
    type Related = thread::Model;
    type Verb = MessageVerb;
    type Answer = Message;

    async fn related(write: &CircleWrite, row: &message::Model) -> Result<thread::Model, Problem> {
        write.require::<thread::Entity>(row.thread_id).await
    }

    async fn read(
        write: &CircleWrite,
        id: MessageId,
    ) -> Result<(message::Model, thread::Model), Problem> {
        messages::read_with_thread(write, id).await
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        message: &'a message::Model,
        thread: &'a thread::Model,
    ) -> MessageFacts<'a> {
        MessageFacts {
            scope,
            thread,
            message,
        }
    }

    fn shown(change: Change, _: &message::Model, thread: &thread::Model) -> Change {
        in_thread(change, thread)
    }

    async fn describe(
        write: &CircleWrite,
        row: message::Model,
        thread: &thread::Model,
    ) -> Result<Message, Problem> {
        messages::describe_message(write.tx(), write.scope(), thread, row).await
    }
}

impl LockedThread {
    /// Moves the thread into a state.
    pub async fn save_state(
        &mut self,
        verb: ThreadVerb,
        state: ThreadState,
    ) -> Result<(), Problem> {
        let mut row = self.row.clone().into_active_model();
        row.state = Set(state);
        self.save(verb, row, vec!["state"]).await
    }
}
