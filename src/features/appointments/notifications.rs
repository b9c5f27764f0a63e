//! Notifications of an appointment: who is told that it changed. Members who claimed one of its
//! needs may not see the appointment, so they are told about the need.

use super::locked::LockedAppointment;
use crate::entity::appointment;
use crate::entity::attendance::AttendeeResponse;
use crate::entity::ids::{MemberId, NeedId};
use crate::entity::need::{self, NeedKind, NeedState};
use crate::entity::need_assignment::NeedAssignmentState;
use crate::entity::notification::NotificationKind;
use crate::features::needs;
use crate::notify::notifications::{self, Notification};
use crate::problem::Problem;
use crate::schedule::when::moment_of_need;

impl LockedAppointment {
    /// Tells the attendees of another place, link or preparation, and the members who claimed
    /// one of its needs of another place.
    pub(super) async fn notify_of_change(
        &self,
        before: &appointment::Model,
    ) -> Result<(), Problem> {
        let is_elsewhere = before.location != self.row.location;
        let changed = is_elsewhere
            || before.video_link != self.row.video_link
            || before.preparation != self.row.preparation;
        if !changed {
            return Ok(());
        }
        let coming = self.coming();
        let mut notifications = vec![
            self.notification(NotificationKind::Updated)
                .to(coming.clone()),
        ];
        if is_elsewhere {
            notifications.extend(self.notifications_of_another_place(&coming).await?);
        }
        notifications::notify(&self.write, notifications).await
    }

    /// Tells the attendees that only its end has changed.
    pub(super) async fn notify_of_another_end(
        &self,
        before: &appointment::Model,
    ) -> Result<(), Problem> {
        let zone = self.write.scope().time_zone();
        let old = Notification::of(NotificationKind::EndRescheduled, before, zone);
        let notification = self
            .notification(NotificationKind::EndRescheduled)
            .instead_of(&old);
        notifications::notify(&self.write, vec![notification.to(self.coming())]).await
    }

    /// The attendees who have not declined.
    fn coming(&self) -> Vec<MemberId> {
        let coming = self.related.iter();
        let coming = coming.filter(|attendance| attendance.response != AttendeeResponse::Declined);
        coming.map(|attendance| attendance.member_id).collect()
    }

    /// The notifications for members who claimed a need that is met at its place. Attendees are
    /// left out: they are told about the appointment itself.
    async fn notifications_of_another_place(
        &self,
        coming: &[MemberId],
    ) -> Result<Vec<Notification>, Problem> {
        let mut needs = needs::needs_in(&self.write, self.row.id, NeedState::Open).await?;
        // Child care takes place somewhere else.
        needs.retain(|need| need.kind != NeedKind::ChildCare);
        let ids: Vec<NeedId> = needs.iter().map(|need| need.id).collect();
        let mut takers =
            needs::holders_of(&self.write, &ids, &[NeedAssignmentState::Accepted]).await?;
        takers.retain(|assignment| !coming.contains(&assignment.member_id));
        let zone = self.write.scope().time_zone();
        let notification = |need: &need::Model| {
            let takers = takers
                .iter()
                .filter(|assignment| assignment.need_id == need.id);
            let notification = Notification::of(NotificationKind::Updated, need, zone);
            notification.to(takers.map(|assignment| assignment.member_id))
        };
        Ok(needs.iter().map(notification).collect())
    }
}

/// Tells the members who claimed a need of this appointment what happens to the need. `before`
/// holds the needs as they were.
pub(super) async fn notify_takers(
    appointment: &LockedAppointment,
    kind: NotificationKind,
    before: &[need::Model],
) -> Result<(), Problem> {
    let old = |need: &need::Model| before.iter().find(|before| before.id == need.id);
    let open = needs::needs_in(&appointment.write, appointment.row.id, NeedState::Open).await?;
    let ids: Vec<NeedId> = open.iter().map(|need| need.id).collect();
    let states = [NeedAssignmentState::Offered, NeedAssignmentState::Accepted];
    let takers = needs::holders_of(&appointment.write, &ids, &states).await?;
    let zone = appointment.write.scope().time_zone();
    let notification = |need: &need::Model| {
        let was = old(need);
        let kind = match kind {
            NotificationKind::Rescheduled => kind_of_move(was, need)?,
            kind => kind,
        };
        let takers = takers
            .iter()
            .filter(|assignment| assignment.need_id == need.id);
        let mut notification = Notification::of(kind, need, zone).was(was.and_then(moment_of_need));
        if let Some(was) = was {
            notification = notification.instead_of(&Notification::of(kind, was, zone));
        }
        Some(notification.to(takers.map(|assignment| assignment.member_id)))
    };
    let notifications = open.iter().filter_map(notification).collect();
    notifications::notify(&appointment.write, notifications).await
}

/// What another time of the appointment means for a need: another start, another end only, or
/// nothing.
fn kind_of_move(was: Option<&need::Model>, need: &need::Model) -> Option<NotificationKind> {
    if was.and_then(moment_of_need) != moment_of_need(need) {
        Some(NotificationKind::Rescheduled)
    } else if was.and_then(|was| was.ends_at) != need.ends_at {
        Some(NotificationKind::EndRescheduled)
    } else {
        None
    }
}
