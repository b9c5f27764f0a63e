//! News of an appointment: who hears that it changed, and what those hear who took
//! what it needs. They may not see the appointment, so their news are about the need.

use super::locked::LockedAppointment;
use crate::entity::appointment;
use crate::entity::attendance::AttendanceAnswer;
use crate::entity::ids::{MemberId, NeedId};
use crate::entity::need::{self, NeedKind, NeedState};
use crate::entity::need_commitment::CommitmentState;
use crate::entity::notice::NoticeKind;
use crate::features::needs;
use crate::notify::notifications::{self, News};
use crate::problem::Problem;
use crate::schedule::when::moment_of_need;

impl LockedAppointment {
    /// Tells those who come of another place, link or preparation, and those who took
    /// what it needs of another place.
    pub(super) async fn tell_of_change(&self, before: &appointment::Model) -> Result<(), Problem> {
        let is_elsewhere = before.location != self.row.location;
        let changed = is_elsewhere
            || before.video_link != self.row.video_link
            || before.preparation != self.row.preparation;
        if !changed {
            return Ok(());
        }
        let coming = self.coming();
        let mut news = vec![self.news(NoticeKind::Changed).to(coming.clone())];
        if is_elsewhere {
            news.extend(self.news_of_another_place(&coming).await?);
        }
        notifications::tell(&self.write, news).await
    }

    /// Tells those who come that it ends at another time, and starts when it did.
    pub(super) async fn tell_of_another_end(
        &self,
        before: &appointment::Model,
    ) -> Result<(), Problem> {
        let zone = self.write.scope().time_zone();
        let old = News::of_appointment(NoticeKind::EndMoved, before, zone);
        let news = self.news(NoticeKind::EndMoved).instead_of(&old);
        notifications::tell(&self.write, vec![news.to(self.coming())]).await
    }

    /// Who is part of it and has not declined.
    fn coming(&self) -> Vec<MemberId> {
        let coming = self.related.iter();
        let coming = coming.filter(|attendance| attendance.answer != AttendanceAnswer::Declined);
        coming.map(|attendance| attendance.member_id).collect()
    }

    /// The news for those who took a need that is met at its place. Those who come
    /// hear of the appointment itself.
    async fn news_of_another_place(&self, coming: &[MemberId]) -> Result<Vec<News>, Problem> {
        let mut needs = needs::needs_in(&self.write, self.row.id, NeedState::Open).await?;
        // A person who looks after the children is somewhere else.
        needs.retain(|need| need.kind != NeedKind::ChildCare);
        let ids: Vec<NeedId> = needs.iter().map(|need| need.id).collect();
        let mut takers = needs::holders_of(&self.write, &ids, &[CommitmentState::Accepted]).await?;
        takers.retain(|commitment| !coming.contains(&commitment.member_id));
        let zone = self.write.scope().time_zone();
        let news = |need: &need::Model| {
            let takers = takers
                .iter()
                .filter(|commitment| commitment.need_id == need.id);
            let news = News::of_need(NoticeKind::Changed, need, zone);
            news.to(takers.map(|commitment| commitment.member_id))
        };
        Ok(needs.iter().map(news).collect())
    }
}

/// Tells those who took a need of this appointment what happens to that, and when it
/// was `before`.
pub(super) async fn tell_takers(
    appointment: &LockedAppointment,
    kind: NoticeKind,
    before: &[need::Model],
) -> Result<(), Problem> {
    let old = |need: &need::Model| before.iter().find(|before| before.id == need.id);
    let open = needs::needs_in(&appointment.write, appointment.row.id, NeedState::Open).await?;
    let ids: Vec<NeedId> = open.iter().map(|need| need.id).collect();
    let states = [CommitmentState::Offered, CommitmentState::Accepted];
    let takers = needs::holders_of(&appointment.write, &ids, &states).await?;
    let zone = appointment.write.scope().time_zone();
    let news = |need: &need::Model| {
        let was = old(need);
        let kind = match kind {
            NoticeKind::Moved => kind_of_move(was, need)?,
            kind => kind,
        };
        let takers = takers
            .iter()
            .filter(|commitment| commitment.need_id == need.id);
        let mut news = News::of_need(kind, need, zone).was(was.and_then(moment_of_need));
        if let Some(was) = was {
            news = news.instead_of(&News::of_need(kind, was, zone));
        }
        Some(news.to(takers.map(|commitment| commitment.member_id)))
    };
    let news = open.iter().filter_map(news).collect();
    notifications::tell(&appointment.write, news).await
}

/// What a move of its appointment means for a need: another start, another end only,
/// or nothing.
fn kind_of_move(was: Option<&need::Model>, need: &need::Model) -> Option<NoticeKind> {
    if was.and_then(moment_of_need) != moment_of_need(need) {
        Some(NoticeKind::Moved)
    } else if was.and_then(|was| was.ends_at) != need.ends_at {
        Some(NoticeKind::EndMoved)
    } else {
        None
    }
}
