//! Notifications of an appointment: who hears that it changed, and what those hear who took
//! what it needs. They may not see the appointment, so they are notified about the need.

use super::locked::LockedAppointment;
use crate::entity::appointment;
use crate::entity::attendance::AttendanceAnswer;
use crate::entity::ids::{MemberId, NeedId};
use crate::entity::need::{self, NeedKind, NeedState};
use crate::entity::need_commitment::CommitmentState;
use crate::entity::notification::NotificationKind;
use crate::features::needs;
use crate::notify::notifications::{self, Notification};
use crate::problem::Problem;
use crate::schedule::when::moment_of_need;

impl LockedAppointment {
    /// Tells those who come of another place, link or preparation, and those who took
    /// what it needs of another place.
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
            self.notification(NotificationKind::Changed)
                .to(coming.clone()),
        ];
        if is_elsewhere {
            notifications.extend(self.notifications_of_another_place(&coming).await?);
        }
        notifications::notify(&self.write, notifications).await
    }

    /// Tells those who come that it ends at another time, and starts when it did.
    pub(super) async fn notify_of_another_end(
        &self,
        before: &appointment::Model,
    ) -> Result<(), Problem> {
        let zone = self.write.scope().time_zone();
        let old = Notification::of(NotificationKind::EndMoved, before, zone);
        let notification = self
            .notification(NotificationKind::EndMoved)
            .instead_of(&old);
        notifications::notify(&self.write, vec![notification.to(self.coming())]).await
    }

    /// Who is part of it and has not declined.
    fn coming(&self) -> Vec<MemberId> {
        let coming = self.related.iter();
        let coming = coming.filter(|attendance| attendance.answer != AttendanceAnswer::Declined);
        coming.map(|attendance| attendance.member_id).collect()
    }

    /// The notification for those who took a need that is met at its place. Those who come
    /// hear of the appointment itself.
    async fn notifications_of_another_place(
        &self,
        coming: &[MemberId],
    ) -> Result<Vec<Notification>, Problem> {
        let mut needs = needs::needs_in(&self.write, self.row.id, NeedState::Open).await?;
        // A person who looks after the children is somewhere else.
        needs.retain(|need| need.kind != NeedKind::ChildCare);
        let ids: Vec<NeedId> = needs.iter().map(|need| need.id).collect();
        let mut takers = needs::holders_of(&self.write, &ids, &[CommitmentState::Accepted]).await?;
        takers.retain(|commitment| !coming.contains(&commitment.member_id));
        let zone = self.write.scope().time_zone();
        let notification = |need: &need::Model| {
            let takers = takers
                .iter()
                .filter(|commitment| commitment.need_id == need.id);
            let notification = Notification::of(NotificationKind::Changed, need, zone);
            notification.to(takers.map(|commitment| commitment.member_id))
        };
        Ok(needs.iter().map(notification).collect())
    }
}

/// Tells those who took a need of this appointment what happens to that, and when it
/// was `before`.
pub(super) async fn notify_takers(
    appointment: &LockedAppointment,
    kind: NotificationKind,
    before: &[need::Model],
) -> Result<(), Problem> {
    let old = |need: &need::Model| before.iter().find(|before| before.id == need.id);
    let open = needs::needs_in(&appointment.write, appointment.row.id, NeedState::Open).await?;
    let ids: Vec<NeedId> = open.iter().map(|need| need.id).collect();
    let states = [CommitmentState::Offered, CommitmentState::Accepted];
    let takers = needs::holders_of(&appointment.write, &ids, &states).await?;
    let zone = appointment.write.scope().time_zone();
    let notification = |need: &need::Model| {
        let was = old(need);
        let kind = match kind {
            NotificationKind::Moved => kind_of_move(was, need)?,
            kind => kind,
        };
        let takers = takers
            .iter()
            .filter(|commitment| commitment.need_id == need.id);
        let mut notification = Notification::of(kind, need, zone).was(was.and_then(moment_of_need));
        if let Some(was) = was {
            notification = notification.instead_of(&Notification::of(kind, was, zone));
        }
        Some(notification.to(takers.map(|commitment| commitment.member_id)))
    };
    let notifications = open.iter().filter_map(notification).collect();
    notifications::notify(&appointment.write, notifications).await
}

/// What a move of its appointment means for a need: another start, another end only,
/// or nothing.
fn kind_of_move(was: Option<&need::Model>, need: &need::Model) -> Option<NotificationKind> {
    if was.and_then(moment_of_need) != moment_of_need(need) {
        Some(NotificationKind::Moved)
    } else if was.and_then(|was| was.ends_at) != need.ends_at {
        Some(NotificationKind::EndMoved)
    } else {
        None
    }
}
