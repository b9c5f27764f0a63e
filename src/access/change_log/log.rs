//! A line of the change log: the names of the fields that changed, never their values.

use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, QueryTrait};
use uuid::Uuid;

use crate::access::CircleOwned;
use crate::entity::change;
use crate::entity::ids::{CircleId, MemberId, ThreadId};
use crate::entity::topic_grant::Topic;
use crate::platform::db::Transaction;

/// What happened to a subject.
#[derive(Clone, Debug)]
pub struct Change {
    verb: &'static str,
    subject_type: &'static str,
    subject_id: Uuid,
    topic: Option<Topic>,
    thread: Option<ThreadId>,
    fields: Vec<&'static str>,
    on_behalf_of: Option<MemberId>,
}

impl Change {
    /// The word for an occurrence that its series made or changed. The activity does not list it:
    /// the series has a line of its own.
    pub const REPEATED: &str = "repeated";

    /// `verb` happened to a row.
    pub fn to<E: CircleOwned>(verb: &'static str, row: &E::Model) -> Self {
        Self::of(verb, E::SUBJECT, E::id_of(row).into())
    }

    /// `verb` happened to something that has no row with an id in the circle.
    pub fn of(verb: &'static str, subject_type: &'static str, subject_id: Uuid) -> Self {
        Self {
            verb,
            subject_type,
            subject_id,
            topic: None,
            thread: None,
            fields: Vec::new(),
            on_behalf_of: None,
        }
    }

    /// Shows the line only to members who see the topic, and without a topic to every member.
    #[must_use]
    pub fn about(mut self, topic: impl Into<Option<Topic>>) -> Self {
        self.topic = topic.into();
        self
    }

    /// Shows the line only to members who see the thread.
    #[must_use]
    pub fn within(mut self, thread: ThreadId) -> Self {
        self.thread = Some(thread);
        self
    }

    /// The fields that changed.
    #[must_use]
    pub fn fields(mut self, fields: Vec<&'static str>) -> Self {
        self.fields = fields;
        self
    }

    /// The member for whom the actor did it.
    #[must_use]
    pub fn on_behalf_of(mut self, member: MemberId) -> Self {
        self.on_behalf_of = Some(member);
        self
    }

    /// The row, numbered and stamped by the transaction.
    pub fn into_row(
        self,
        circle_id: CircleId,
        seq: i64,
        stamp: impl FnOnce(&mut change::ActiveModel),
    ) -> change::ActiveModel {
        let mut row = change::ActiveModel {
            circle_id: Set(circle_id),
            seq: Set(seq),
            on_behalf_of_member_id: Set(self.on_behalf_of),
            verb: Set(self.verb.into()),
            subject_type: Set(self.subject_type.into()),
            subject_id: Set(self.subject_id),
            topic: Set(self.topic),
            thread_id: Set(self.thread),
            changed_fields: Set(serde_json::json!(self.fields).to_string()),
            ..Default::default()
        };
        stamp(&mut row);
        row
    }
}

/// How many lines go into one statement, and wait in memory at most.
const LINES_AT_ONCE: usize = 500;

/// Appends numbered lines. They are sent when the transaction commits.
#[expect(
    clippy::disallowed_methods,
    reason = "only the transaction writes the change log"
)]
pub async fn insert_changes(
    transaction: &Transaction,
    mut rows: Vec<change::ActiveModel>,
) -> Result<(), DbErr> {
    while rows.len() > LINES_AT_ONCE {
        let rest = rows.split_off(LINES_AT_ONCE);
        let some = std::mem::replace(&mut rows, rest);
        transaction.later(change::Entity::insert_many(some).as_query());
        // So many lines do not wait in memory.
        transaction.send_later().await?;
    }
    if !rows.is_empty() {
        transaction.later(change::Entity::insert_many(rows).as_query());
    }
    Ok(())
}
