//! A handover that a request changes, under the circle's lock.

use sea_orm::{ColumnTrait, QueryFilter};

use super::item::{self, Item};
use super::rules::{HandoverFacts, HandoverVerb};
use super::store::{self, Shown};
use super::types::Handover;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked, Verb};
use crate::entity::handover::{self, Column};
use crate::entity::ids::{HandoverId, MemberId};
use crate::entity::notification::NotificationKind;
use crate::notify::notifications::{self, Notification};
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::problem::{Conflict, Problem, ProblemCode};

/// A handover under the circle's lock.
pub(super) type LockedHandover = Locked<handover::Entity>;

impl Lockable for handover::Entity {
    type Related = Shown;
    type Verb = HandoverVerb;
    type Answer = Handover;

    async fn related(write: &CircleWrite, row: &handover::Model) -> Result<Shown, Problem> {
        Ok(Self::read(write, row.id).await?.1)
    }

    async fn read(
        write: &CircleWrite,
        id: HandoverId,
    ) -> Result<(handover::Model, Shown), Problem> {
        let rows = write.find::<handover::Entity>().filter(Column::Id.eq(id));
        store::with_shown(write.scope(), rows)
            .by_position::<(handover::Model, Shown)>()
            .read_one(write.tx())
            .await?
            .ok_or(Problem::NotFound)
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        handover: &'a handover::Model,
        shown: &'a Shown,
    ) -> HandoverFacts<'a> {
        HandoverFacts {
            scope,
            handover,
            shown,
        }
    }

    fn shown(change: Change, row: &handover::Model, shown: &Shown) -> Change {
        change.about(shown.topic_of(row))
    }

    async fn describe(
        write: &CircleWrite,
        row: handover::Model,
        shown: &Shown,
    ) -> Result<Handover, Problem> {
        Ok(store::assemble(write.scope(), row, shown))
    }
}

impl LockedHandover {
    /// Refuses a handover whose time is over, although it did not end yet.
    pub fn check_in_time(&self) -> Result<(), Problem> {
        if self.row.expires_at > self.write.now() {
            return Ok(());
        }
        let detail = "The time of this handover is over. Ask the member to start another one.";
        Err(Conflict::of(ProblemCode::TooLate, detail).into())
    }

    /// Ends the handover with the state to which the verb leads.
    pub async fn end(
        &mut self,
        verb: HandoverVerb,
        taken_by: Option<MemberId>,
    ) -> Result<(), Problem> {
        let state = verb.rule().to.unwrap_or(self.row.state);
        let row = store::ended(&self.write, &self.row, state, taken_by);
        self.save_later(verb, row, vec!["state"]).await
    }

    /// Ends it, and the member keeps what they wanted to hand over. They are told if they did not end
    /// it themselves.
    pub async fn end_and_keep(&mut self, verb: HandoverVerb) -> Result<(), Problem> {
        let kept = item::keep(&mut self.write, std::slice::from_ref(&self.row)).await?;
        self.end(verb, None).await?;
        notifications::notify(&self.write, kept).await
    }

    /// Gives what is handed over to another member. The member who had it is told, and with `tell` the
    /// other as well. With `allow_overlap` the time of the caller is checked.
    pub async fn give_to(
        self,
        verb: HandoverVerb,
        to: MemberId,
        tell: Option<NotificationKind>,
        allow_overlap: Option<bool>,
    ) -> Result<Self, Problem> {
        let Self {
            write,
            row,
            related,
        } = self;
        let from = row.from_member_id;
        let mut item = Item::read(write, &row).await?;
        item.check_not_over()?;
        if let Some(allow_overlap) = allow_overlap {
            item.check_overlap(allow_overlap).await?;
        }
        let removed = item.notification(NotificationKind::Removed);
        let mut told: Vec<Notification> = vec![removed.was(item.moment()).to([from])];
        item.give(from, to).await?;
        told.extend(tell.map(|kind| item.notification(kind).to([to])));
        let mut handover = Self {
            write: item.into_write(),
            row,
            related,
        };
        handover.end(verb, Some(to)).await?;
        notifications::notify(&handover.write, told).await?;
        Ok(handover)
    }
}
