//! An appointment that a request changes, with its attendees, under the circle's lock.

use sea_orm::{ActiveValue::Set, Condition, IntoActiveModel};

use super::release::release_attendances;
use super::rules::{AppointmentFacts, AppointmentVerb};
use super::store;
use super::subject::item_of;
use super::types::Appointment;
use super::waiting;
use crate::access::change_log::Change;
use crate::access::{CircleScope, CircleWrite, Lockable, Locked};
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::features::needs;
use crate::features::participation::{
    BusyTime, HasParts, ReleaseOutcome, ReleasePlan, members_in, part, parts_of,
};
use crate::notify::notifications::{self, Notification};
use crate::notify::reminders;
use crate::notify::subject::SubjectId;
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

    /// Only an appointment with a time of day makes its attendees busy.
    fn busy_time(row: &appointment::Model) -> Option<BusyTime> {
        let busy_time = BusyTime::of::<Self>(row, row.circle_id, row.starts_at?, row.ends_at);
        Some(busy_time.at(Some(row.id)))
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

    /// Plans the reminders of its attendees as if they had responded now: they accepted before it
    /// was confirmed or reinstated, and its time may be close.
    pub async fn plan_for_participants(&self) -> Result<(), Problem> {
        let of =
            |answers: &[AttendeeResponse]| members_in::<attendance::Entity>(&self.related, answers);
        let coming = of(&[AttendeeResponse::Accepted]);
        let asked = of(&[AttendeeResponse::NoResponse, AttendeeResponse::Tentative]);
        let item = item_of(&self.row);
        reminders::plan_for_takers(&self.write, &item, &coming).await?;
        reminders::plan_for_asked(&self.write, &item, &asked).await?;
        needs::plan_for_holders(&self.write, &self.row).await
    }

    /// Writes the row and plans its reminders again.
    pub async fn save_and_plan(
        &mut self,
        verb: AppointmentVerb,
        row: appointment::ActiveModel,
        fields: Vec<&'static str>,
    ) -> Result<(), Problem> {
        self.save(verb, row, fields).await?;
        reminders::plan(&self.write, &[item_of(&self.row)]).await
    }

    /// Moves it into a state; its reminders follow.
    pub async fn save_state(
        &mut self,
        verb: AppointmentVerb,
        state: AppointmentState,
    ) -> Result<(), Problem> {
        let mut row = self.row.clone().into_active_model();
        row.state = Set(state);
        self.save_and_plan(verb, row, vec!["state"]).await
    }

    /// Tells its attendees, and every other member who sees it.
    pub async fn notify_everyone(
        &self,
        kind: NotificationKind,
        was: Option<Moment>,
    ) -> Result<(), Problem> {
        self.notify_all(self.notification(kind).was(was)).await
    }

    pub async fn notify_all(&self, notification: Notification) -> Result<(), Problem> {
        let part = self.related.iter().map(|attendance| attendance.member_id);
        notifications::notify(&self.write, vec![notification.to(part)]).await
    }

    /// Removes attendees, and tells them.
    pub async fn remove_attendees(
        &mut self,
        removed: Vec<attendance::Model>,
    ) -> Result<(), Problem> {
        let members: Vec<_> = removed
            .iter()
            .map(|attendance| attendance.member_id)
            .collect();
        let subject = SubjectId::Appointment(self.row.id);
        reminders::cancel_for_members(&self.write, subject, &members).await?;
        let mut notifications = Vec::new();
        for attendance in removed {
            self.write
                .delete_in_circle::<attendance::Entity>(&attendance)
                .await?;
            notifications.extend(store::notification_of_removal(
                &self.write,
                &self.row,
                &attendance,
            ));
            self.related.retain(|other| other.id != attendance.id);
        }
        notifications::notify(&self.write, notifications).await
    }
}
