//! A series of appointments that a request changes, with who is asked to come, under the circle's lock.

use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};

use super::rules::{AppointmentSeriesFacts, AppointmentSeriesVerb};
use super::store;
use super::types::AppointmentSeries;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::appointment_series;
use crate::entity::appointment_series_attendee::{self, AttendeeResponse};
use crate::entity::ids::{AppointmentSeriesAttendeeId, AppointmentSeriesId, MemberId};
use crate::entity::membership;
use crate::features::appointments::first_answer;
use crate::features::participation::{
    HasParts, PartsAndPeople, RelatedParts, part, require_with_parts,
};
use crate::platform::db::in_list;
use crate::problem::Problem;

/// A series of appointments, with who is asked to come, under the circle's lock.
pub(super) type LockedAppointmentSeries = Locked<appointment_series::Entity>;

/// What is read with a series: who is asked to come. A request can change it.
pub struct SeriesAttendees {
    pub asked: PartsAndPeople<appointment_series_attendee::Entity>,
    /// The members who are asked from now on.
    pub added: Vec<MemberId>,
    /// The members who are not asked any more.
    pub removed: Vec<MemberId>,
    /// The response that the member who responds with this request had before, if they had one.
    pub responded_before: Option<AttendeeResponse>,
}

impl SeriesAttendees {
    /// Of a new series: nobody is asked yet.
    pub fn none() -> Self {
        Self::of(PartsAndPeople::none())
    }

    fn of(asked: PartsAndPeople<appointment_series_attendee::Entity>) -> Self {
        Self {
            asked,
            added: Vec::new(),
            removed: Vec::new(),
            responded_before: None,
        }
    }
}

impl RelatedParts<appointment_series_attendee::Entity> for SeriesAttendees {
    fn parts(&self) -> &[appointment_series_attendee::Model] {
        self.asked.parts()
    }

    fn parts_mut(&mut self) -> &mut Vec<appointment_series_attendee::Model> {
        self.asked.parts_mut()
    }

    fn know(&mut self, member: &membership::Model) {
        self.asked.know(member);
    }
}

impl Lockable for appointment_series::Entity {
    type Related = SeriesAttendees;
    type Verb = AppointmentSeriesVerb;
    type Answer = AppointmentSeries;

    async fn related(
        write: &CircleWrite,
        row: &appointment_series::Model,
    ) -> Result<Self::Related, Problem> {
        let (_, related) = Self::read(write, row.id).await?;
        Ok(related)
    }

    async fn read(
        write: &CircleWrite,
        id: AppointmentSeriesId,
    ) -> Result<(appointment_series::Model, Self::Related), Problem> {
        let (connection, scope) = (write.tx(), write.scope());
        let read = require_with_parts::<appointment_series_attendee::Entity>(connection, scope, id);
        let (row, asked) = read.await?;
        Ok((row, SeriesAttendees::of(asked)))
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        series: &'a appointment_series::Model,
        _: &'a Self::Related,
    ) -> AppointmentSeriesFacts<'a> {
        AppointmentSeriesFacts { scope, series }
    }

    fn shown(change: Change, row: &appointment_series::Model, _: &Self::Related) -> Change {
        change.about(row.topic)
    }

    async fn describe(
        write: &CircleWrite,
        row: appointment_series::Model,
        related: &Self::Related,
    ) -> Result<AppointmentSeries, Problem> {
        store::describe_with(write, row, &related.asked).await
    }
}

part! {
    appointment_series_attendee of appointment_series by series_id(SeriesId),
    AttendeeResponse in response(Response): NoResponse => Accepted,
    asked by created_by_member_id,
    /// A response leaves the member who asked for it as it is.
    fn write_asker(
        row: &mut appointment_series_attendee::ActiveModel,
        _: &appointment_series_attendee::Model,
        answer: AttendeeResponse,
        actor: Option<MemberId>,
    ) {
        if answer == Self::ASKED {
            row.created_by_member_id = Set(actor);
        }
    }

    /// A member who goes is not asked any more.
    fn ends_with_member() -> Condition {
        Condition::all()
    }
}

impl HasParts for appointment_series::Entity {
    type Parts = appointment_series_attendee::Entity;
}

impl LockedAppointmentSeries {
    /// Asks members who were not asked before. If the caller is among them, they have accepted.
    pub fn ask_added(&mut self) -> Result<(), Problem> {
        for member in self.related.added.clone() {
            let answer = first_answer(&self.write, member);
            self.put_part(member, answer)?;
        }
        Ok(())
    }

    /// Asks those who have responded again, because the appointments are at other times now. The caller
    /// chose the new time. A series that goes on from a date on begins with what is noted here.
    pub fn ask_again(&mut self, is_split: bool) -> Result<(), Problem> {
        let caller = self.write.actor();
        for part in self.parts().to_vec() {
            let is_settled =
                part.response == AttendeeResponse::NoResponse || caller == Some(part.member_id);
            if is_settled {
                continue;
            }
            if !is_split {
                self.put_part(part.member_id, AttendeeResponse::NoResponse)?;
                continue;
            }
            let mut parts = self.related.parts_mut().iter_mut();
            if let Some(part) = parts.find(|other| other.id == part.id) {
                part.response = AttendeeResponse::NoResponse;
            }
        }
        Ok(())
    }

    /// Takes off the members who are not asked any more.
    pub fn forget_removed(&mut self) {
        let removed = std::mem::take(&mut self.related.removed);
        let parts = self.related.parts_mut();
        let gone = parts
            .iter()
            .filter(|part| removed.contains(&part.member_id));
        let gone: Vec<AppointmentSeriesAttendeeId> = gone.map(|part| part.id).collect();
        parts.retain(|part| !removed.contains(&part.member_id));
        self.related.removed = removed;
        if !gone.is_empty() {
            let these = appointment_series_attendee::Column::Id.is_in(in_list(gone));
            let these = Condition::all().add(these);
            self.write
                .delete_all_in_circle_later::<appointment_series_attendee::Entity>(these);
        }
    }
}
