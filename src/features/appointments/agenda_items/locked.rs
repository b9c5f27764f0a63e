//! An agenda item that a request changes, with its meeting, under the circle's lock.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, IntoActiveModel, Iterable, QueryFilter, QuerySelect, QueryTrait,
};

use super::rules::{AgendaItemFacts, AgendaItemVerb};
use super::store;
use super::types::MeetingAgendaItem;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked, seen_of};
use crate::entity::agenda_item::{self, Column, MeetingAgendaItemState};
use crate::entity::appointment;
use crate::entity::ids::AgendaItemId;
use crate::platform::db::{ReadRows, SelectByPosition};
use crate::platform::text::excerpt::Detail;
use crate::problem::Problem;

/// An agenda item, with its meeting, under the circle's lock.
pub(super) type LockedAgendaItem = Locked<agenda_item::Entity>;

impl Lockable for agenda_item::Entity {
    type Related = appointment::Model;
    type Verb = AgendaItemVerb;
    type Answer = MeetingAgendaItem;

    async fn related(
        write: &CircleWrite,
        row: &agenda_item::Model,
    ) -> Result<appointment::Model, Problem> {
        write
            .require::<appointment::Entity>(row.appointment_id)
            .await
    }

    async fn read(
        write: &CircleWrite,
        id: AgendaItemId,
    ) -> Result<(agenda_item::Model, appointment::Model), Problem> {
        let meeting = seen_of::<agenda_item::Entity, appointment::Entity>(
            write.scope(),
            Column::AppointmentId,
            appointment::Column::Id,
        );
        let mut item = write
            .find::<agenda_item::Entity>()
            .filter(Column::Id.eq(id));
        QueryTrait::query(&mut item).inner_join(appointment::Entity, meeting);
        let found = item
            .columns(appointment::Column::iter())
            .by_position::<(agenda_item::Model, appointment::Model)>()
            .read_one(write.tx())
            .await?;
        found.ok_or(Problem::NotFound)
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        item: &'a agenda_item::Model,
        meeting: &'a appointment::Model,
    ) -> AgendaItemFacts<'a> {
        AgendaItemFacts {
            scope,
            item,
            topic: meeting.topic,
        }
    }

    fn shown(change: Change, _: &agenda_item::Model, meeting: &appointment::Model) -> Change {
        change.about(meeting.topic)
    }

    async fn describe(
        write: &CircleWrite,
        row: agenda_item::Model,
        meeting: &appointment::Model,
    ) -> Result<MeetingAgendaItem, Problem> {
        Ok(store::describe(
            write.scope(),
            meeting.topic,
            row,
            Detail::Whole,
        ))
    }
}

impl LockedAgendaItem {
    /// Counts the version of the meeting up, because its agenda has changed.
    pub fn touch_meeting(&mut self) -> Result<(), Problem> {
        let unchanged = self.related.clone().into_active_model();
        self.related = self
            .write
            .update_later::<appointment::Entity>(&self.related, unchanged)?;
        Ok(())
    }

    /// Puts the item into a state, unless it is in it already.
    pub async fn put_into(
        &mut self,
        verb: AgendaItemVerb,
        state: MeetingAgendaItemState,
    ) -> Result<(), Problem> {
        if self.check_unless_in_effect(verb)? {
            let mut row = self.row.clone().into_active_model();
            row.state = Set(state);
            self.save_later(verb, row, vec!["state"]).await?;
            self.touch_meeting()?;
        }
        Ok(())
    }
}
