//! An appointment that a request changes, with its attendees, under the circle's lock.

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition};

use super::release::release_attendances;
use super::rules::{AppointmentFacts, AppointmentVerb};
use super::store;
use super::types::Appointment;
use super::waiting;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::appointment;
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::ids::{AttendanceId, MemberId};
use crate::entity::notification::NotificationKind;
use crate::features::participation::{
    BusyColumns, BusyTime, HasParts, ReleaseOutcome, ReleasePlan, TakesTime, part, parts_of,
};
use crate::notify::notifications::{Notification, People};
use crate::platform::db::in_list;
use crate::platform::time::civil::{Moment, day_of};
use crate::problem::{Conflict, Problem, ProblemCode};

/// An appointment, with its attendees, under the circle's lock.
pub(in crate::features) type LockedAppointment = Locked<appointment::Entity>;

impl Lockable for appointment::Entity {
    type Related = Vec<attendance::Model>;
    type Verb = AppointmentVerb;
    type Answer = Appointment;

    async fn related(
        write: &CircleWrite,
        row: &appointment::Model,
    ) -> Result<Self::Related, Problem> {
        let rows = std::slice::from_ref(row);
        parts_of::<attendance::Entity>(write.tx(), write.scope(), rows).await
    }

    fn facts<'a>(
        scope: &'a CircleScope,
        appointment: &'a appointment::Model,
        _: &'a Self::Related,
    ) -> AppointmentFacts<'a> {
        AppointmentFacts { scope, appointment }
    }

    fn shown(change: Change, row: &appointment::Model, _: &Self::Related) -> Change {
        change.about(row.topic)
    }

    async fn describe(
        write: &CircleWrite,
        row: appointment::Model,
        _: &Self::Related,
    ) -> Result<Appointment, Problem> {
        store::describe(write.tx(), write.scope(), row).await
    }
}

part! {
    attendance of appointment by appointment_id(AppointmentId),
    AttendeeResponse in response(Response): NoResponse => Accepted,
    asked by created_by_member_id,
    /// A response leaves the member who asked for it as it is.
    fn write_asker(
        row: &mut attendance::ActiveModel,
        _: &attendance::Model,
        answer: AttendeeResponse,
        actor: Option<MemberId>,
    ) {
        if answer == Self::ASKED {
            row.created_by_member_id = Set(actor);
        }
    }

    /// A member who goes keeps no response, whatever it is.
    fn ends_with_member() -> Condition {
        Condition::all()
    }
}

impl HasParts for appointment::Entity {
    type Parts = attendance::Entity;
}

impl TakesTime for appointment::Entity {
    /// Only an appointment with a time of day makes its attendees busy.
    fn busy_time(row: &appointment::Model) -> Option<BusyTime> {
        let busy_time = BusyTime::of::<Self>(row, row.circle_id, row.starts_at?, row.ends_at);
        Some(busy_time.at(Some(row.id)))
    }

    fn busy_columns() -> BusyColumns {
        let column = |column: appointment::Column| Expr::col((appointment::Entity, column));
        BusyColumns {
            topic: column(appointment::Column::Topic),
            at: column(appointment::Column::Id),
            from: column(appointment::Column::StartsAt),
            ends_at: column(appointment::Column::EndsAt),
        }
    }

    fn is_binding() -> Condition {
        waiting::is_on()
    }

    /// Decides by `plan.sees`: a viewer may come to an appointment, but claims nothing.
    async fn release(
        write: &mut CircleWrite,
        plan: &ReleasePlan<'_>,
        outcome: &mut ReleaseOutcome,
    ) -> Result<(), Problem> {
        release_attendances(write, plan, outcome).await
    }
}

impl LockedAppointment {
    /// Whether it has started. An appointment on a date has, as soon as that date is today for
    /// the caller or in the circle's time zone.
    fn has_begun(&self) -> bool {
        let (scope, now) = (self.write.scope(), self.write.now());
        match self.row.starts_on {
            Some(day) => {
                let zones = [scope.reader_zone(), scope.time_zone()];
                zones.into_iter().any(|zone| day <= day_of(now, zone))
            }
            None => self.row.sort_at <= now,
        }
    }

    /// Refuses to complete an appointment, or to mark it as missed, before it has started.
    pub fn check_begun(&self, detail: &'static str) -> Result<(), Problem> {
        if self.has_begun() {
            return Ok(());
        }
        Err(Conflict::of(ProblemCode::TooEarly, detail).into())
    }

    /// The attendees who have not declined.
    pub fn coming(&self) -> Vec<MemberId> {
        let coming = self.related.iter();
        let coming = coming.filter(|attendance| attendance.response != AttendeeResponse::Declined);
        coming.map(|attendance| attendance.member_id).collect()
    }

    /// A notification for its attendees and every other member who sees it.
    pub fn to_everyone(&self, kind: NotificationKind, was: Option<Moment>) -> Notification {
        self.to_attendees(self.notification(kind).was(was))
    }

    /// A notification for its attendees as well.
    pub fn to_attendees(&self, notification: Notification) -> Notification {
        let part = self.related.iter().map(|attendance| attendance.member_id);
        notification.to(part)
    }

    /// The attendees who do not see it any more.
    pub fn who_cannot_see(&self, people: &People) -> Vec<attendance::Model> {
        let topic = Some(self.row.topic);
        let sees = |member| {
            let member = people.member(member);
            member.is_some_and(|member| member.sees(topic))
        };
        let mut gone = self.related.clone();
        gone.retain(|attendance| !sees(attendance.member_id));
        gone
    }

    /// Removes attendees. Returns the notifications for them.
    pub fn remove_attendees(&mut self, removed: &[attendance::Model]) -> Vec<Notification> {
        self.delete_attendances(removed);
        let told = removed.iter().filter_map(|attendance| {
            store::notification_of_removal(&self.write, &self.row, attendance)
        });
        told.collect()
    }

    /// Deletes attendances when the transaction commits.
    pub fn delete_attendances(&mut self, gone: &[attendance::Model]) {
        if gone.is_empty() {
            return;
        }
        let ids: Vec<AttendanceId> = gone.iter().map(|attendance| attendance.id).collect();
        self.related.retain(|other| !ids.contains(&other.id));
        let these = attendance::Column::Id.is_in(in_list(ids));
        self.write
            .delete_all_in_circle_later::<attendance::Entity>(Condition::all().add(these));
    }
}
