//! What a notification is about, as it is when its mail is written.

use chrono::{DateTime, TimeDelta, Utc};

use crate::access::{CircleOwned, CircleWrite};
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::topic_grant::Topic;
use crate::notify::subject::{Involvement, MemberPart, Stage, Subject};
use crate::platform::time::civil::{Moment, end_of_day};
use crate::problem::Problem;

/// What a notification is about, as it is now.
#[expect(clippy::struct_excessive_bools, reason = "facts that exclude no other")]
#[derive(Debug)]
pub struct SubjectState {
    /// Everybody sees what has none.
    pub(super) topic: Option<Topic>,
    pub(super) stage: Stage,
    /// Whether people come to it, and do not do it: nobody comes in somebody's place.
    pub(super) is_visit: bool,
    pub(super) moment: Option<Moment>,
    /// From when on nobody waits for it any more.
    over_at: Option<DateTime<Utc>>,
    /// From when on it is late, and still to be done.
    late_at: Option<DateTime<Utc>>,
    /// Whether another time asks those anew who said yes.
    pub(super) asks_anew: bool,
    /// Whether it needs more people.
    needs_people: bool,
    /// Whether somebody perhaps comes.
    is_unsure: bool,
    /// How the recipient stands to it.
    pub(super) part: MemberPart,
    /// What the recipient is asked to do.
    pub(super) question: &'static str,
    /// What somebody who was asked does not do.
    pub(super) declined: &'static str,
    /// What is on again.
    pub(super) reinstated: &'static str,
}

impl SubjectState {
    /// Reads it, if it is still there.
    pub(in crate::notify) async fn read<E: Subject>(
        write: &CircleWrite,
        id: <E as CircleOwned>::Id,
        member: MemberId,
    ) -> Result<Option<Self>, Problem> {
        let Some(row) = write.find_one::<E>(id).await? else {
            return Ok(None);
        };
        let Involvement {
            member: part,
            needs_people,
            is_unsure,
        } = E::involvement(write, &row, member).await?;
        let zone = write.scope().time_zone();
        Ok(Some(Self {
            topic: E::topic(&row),
            stage: E::stage(&row),
            is_visit: E::IS_VISIT,
            moment: E::moment(&row),
            over_at: E::too_late_at(&row, zone),
            late_at: E::late_at(&row, zone),
            asks_anew: E::ASKS_ANEW,
            needs_people,
            is_unsure,
            part,
            question: E::QUESTION,
            declined: E::DECLINED,
            reinstated: E::REINSTATED,
        }))
    }

    /// The reason why something that happened is not told any more although the thing is still
    /// to come. What happened later may still be told.
    pub(super) fn settled(&self, kind: NotificationKind) -> Option<&'static str> {
        match kind {
            NotificationKind::Offered
                if !matches!(self.part, MemberPart::Asked | MemberPart::Closed) =>
            {
                Some("answered")
            }
            NotificationKind::Proposed if self.stage != Stage::Proposed => Some("answered"),
            NotificationKind::GivenBack
            | NotificationKind::CameFree
            | NotificationKind::Declined
                if !(self.needs_people || self.is_visit && kind == NotificationKind::CameFree) =>
            {
                Some("taken_again")
            }
            NotificationKind::Unsure if !self.is_unsure => Some("answered"),
            NotificationKind::TakenOff | NotificationKind::Unasked
                if !matches!(self.part, MemberPart::None | MemberPart::Closed) =>
            {
                Some("has_it_again")
            }
            // They were only asked. Who held it, and was asked anew, has to hear of it.
            NotificationKind::Offered | NotificationKind::Scheduled
                if self.part == MemberPart::Closed && self.stage == Stage::On =>
            {
                Some("taken")
            }
            _ => None,
        }
    }

    /// Whether it is over.
    pub(super) fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.over_at.is_some_and(|over_at| over_at <= now)
    }

    /// Whether its time has passed, and it is still to be done.
    pub(super) fn is_late(&self, now: DateTime<Utc>) -> bool {
        self.late_at.is_some_and(|late_at| late_at <= now)
    }

    /// Whether something that happened is not told any more because the thing is over: the mail
    /// could not go out before. That it was cancelled, or done by others, is told afterwards too.
    pub(super) fn comes_too_late(
        &self,
        kind: NotificationKind,
        was: Option<Moment>,
        write: &CircleWrite,
    ) -> bool {
        if !self.is_over(write.now()) {
            return false;
        }
        match kind {
            // They ask somebody for something, or announce it.
            NotificationKind::Offered
            | NotificationKind::Scheduled
            | NotificationKind::EndMoved
            | NotificationKind::Changed
            | NotificationKind::Reinstated
            | NotificationKind::Declined
            | NotificationKind::Unsure
            | NotificationKind::GivenBack
            | NotificationKind::CameFree
            | NotificationKind::Proposed => true,
            // Who still waits for it at the time it had before has to know.
            NotificationKind::Moved | NotificationKind::Cancelled => {
                let zone = write.scope().time_zone();
                was.is_none_or(|was| self.was_over_at(was, zone) <= write.now())
            }
            // They say what somebody need not do, or what became of a suggestion.
            NotificationKind::Completed
            | NotificationKind::TakenOff
            | NotificationKind::Unasked
            | NotificationKind::Approved
            | NotificationKind::NotApproved => false,
        }
    }

    /// From when on it would have been over at another time, with the length it has.
    fn was_over_at(&self, was: Moment, zone: &str) -> DateTime<Utc> {
        let length = match (self.moment, self.over_at) {
            (Some(Moment::At(at)), Some(over_at)) => over_at - at,
            _ => TimeDelta::zero(),
        };
        match was {
            Moment::At(at) => at + length,
            Moment::On(day) => end_of_day(day, zone),
        }
    }
}
