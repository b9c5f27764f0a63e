//! Notifications of an appointment: who is told that it changed. Members who claimed one of its
//! needs may not see the appointment, so they are told about the need.

use super::whole::WholeAppointment;
use crate::entity::appointment;
use crate::entity::ids::MemberId;
use crate::entity::need::{self, NeedKind, NeedState};
use crate::entity::need_assignment::NeedAssignmentState;
use crate::entity::notification::NotificationKind;
use crate::notify::notifications::Notification;
use crate::schedule::when::moment_of_need;

impl WholeAppointment {
    /// Tells the attendees of another place, link or preparation, and the members who claimed
    /// one of its needs of another place.
    pub(super) fn notifications_of_change(&self, before: &appointment::Model) -> Vec<Notification> {
        let row = &self.locked.row;
        let is_elsewhere = before.location != row.location;
        let changed = is_elsewhere
            || before.video_link != row.video_link
            || before.preparation != row.preparation;
        if !changed {
            return Vec::new();
        }
        let coming = self.locked.coming();
        let updated = self.locked.notification(NotificationKind::Updated);
        let mut notifications = vec![updated.to(coming.clone())];
        if is_elsewhere {
            notifications.extend(self.notifications_of_another_place(&coming));
        }
        notifications
    }

    /// Tells the attendees that only its end has changed.
    pub(super) fn notification_of_another_end(&self, before: &appointment::Model) -> Notification {
        let zone = self.locked.write.scope().time_zone();
        let old = Notification::of(NotificationKind::EndRescheduled, before, zone);
        let notification = self.locked.notification(NotificationKind::EndRescheduled);
        notification.instead_of(&old).to(self.locked.coming())
    }

    /// The notifications for members who claimed a need that is met at its place. Attendees are
    /// left out: they are told about the appointment itself.
    fn notifications_of_another_place(&self, coming: &[MemberId]) -> Vec<Notification> {
        let zone = self.locked.write.scope().time_zone();
        // Child care takes place somewhere else.
        let here = self.open_needs();
        let here = here.filter(|need| need.kind != NeedKind::ChildCare);
        let notification = |need: &need::Model| {
            let takers = self.in_states(need, &[NeedAssignmentState::Accepted]);
            let takers = takers.filter(|member| !coming.contains(member));
            Notification::of(NotificationKind::Updated, need, zone).to(takers)
        };
        here.map(notification).collect()
    }

    /// Tells the members who claimed a need of this appointment, or to whom it is offered, what
    /// happens to the need. `before` holds the needs as they were.
    pub(super) fn notifications_to_takers(
        &self,
        kind: NotificationKind,
        before: &[need::Model],
    ) -> Vec<Notification> {
        let old = |need: &need::Model| before.iter().find(|before| before.id == need.id);
        let states = [NeedAssignmentState::Offered, NeedAssignmentState::Accepted];
        let zone = self.locked.write.scope().time_zone();
        let notification = |need: &need::Model| {
            let was = old(need);
            let kind = match kind {
                NotificationKind::Rescheduled => kind_of_move(was, need)?,
                kind => kind,
            };
            let mut notification =
                Notification::of(kind, need, zone).was(was.and_then(moment_of_need));
            if let Some(was) = was {
                notification = notification.instead_of(&Notification::of(kind, was, zone));
            }
            Some(notification.to(self.in_states(need, &states)))
        };
        self.open_needs().filter_map(notification).collect()
    }

    fn open_needs(&self) -> impl Iterator<Item = &need::Model> {
        let needs = self.needs.iter();
        needs.filter(|need| need.state == NeedState::Open)
    }

    /// The members whose part in a need is in one of these states.
    fn in_states(
        &self,
        need: &need::Model,
        states: &[NeedAssignmentState],
    ) -> impl Iterator<Item = MemberId> {
        let parts = self.assignments.iter();
        let parts = parts.filter(|part| part.need_id == need.id && states.contains(&part.state));
        parts.map(|part| part.member_id)
    }
}

/// What another time of the appointment means for a need: another start, another end only, or
/// nothing.
fn kind_of_move(was: Option<&need::Model>, need: &need::Model) -> Option<NotificationKind> {
    if was.and_then(moment_of_need) != moment_of_need(need) {
        Some(NotificationKind::Rescheduled)
    } else if was.and_then(|was| was.ends_at) != need.ends_at
        || was.and_then(|was| was.ends_on) != need.ends_on
    {
        Some(NotificationKind::EndRescheduled)
    } else {
        None
    }
}
