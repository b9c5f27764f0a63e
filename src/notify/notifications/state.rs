//! The subject of a notification, as it is when the email is written.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::access::{CircleOwned, CircleWrite};
use crate::entity::delivery::DeliveryReason;
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::topic_grant::Topic;
use crate::notify::details::Details;
use crate::notify::subject::{Involvement, MemberPart, Stage, Subject};
use crate::platform::time::civil::{Moment, end_of_day};
use crate::problem::Problem;

/// The subject of a notification, as it is now.
#[expect(clippy::struct_excessive_bools, reason = "facts that exclude no other")]
#[derive(Debug)]
pub struct SubjectState {
    /// Everybody sees what has no topic.
    pub(super) topic: Option<Topic>,
    /// What it is, for readers who chose to be told.
    pub(super) details: Details,
    pub(super) stage: Stage,
    /// Whether members attend it, and do not do it: nobody can attend in another's place.
    pub(super) is_visit: bool,
    pub(super) moment: Option<Moment>,
    /// The last date, if it takes several days.
    pub(super) last_day: Option<NaiveDate>,
    /// From this instant on nobody waits for it any more.
    over_at: Option<DateTime<Utc>>,
    /// From this instant on it is late, but still to be done.
    late_at: Option<DateTime<Utc>>,
    /// Whether members who said yes are asked again when it moves.
    pub(super) asks_anew: bool,
    /// Whether it is a series.
    pub(super) repeats: bool,
    /// Whether it needs more people.
    needs_people: bool,
    /// Whether a member who was asked is not sure.
    is_unsure: bool,
    /// Whether the recipient is asked to take it over from another member.
    asked_to_take_over: bool,
    /// The recipient's part in it.
    pub(super) part: MemberPart,
    /// The key of the question to the recipient.
    pub(super) question: &'static str,
    /// The key of the sentence that a member who was asked has declined.
    pub(super) declined: &'static str,
    /// The key of the sentence that it takes place after all.
    pub(super) reinstated: &'static str,
    /// The key of the sentence that something about it has changed.
    pub(super) changed: &'static str,
}

impl SubjectState {
    /// Reads the subject, if it still exists.
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
            asked_to_take_over,
        } = E::involvement(write, &row, member).await?;
        let zone = write.scope().time_zone();
        Ok(Some(Self {
            topic: E::topic(&row),
            details: E::details(&row),
            stage: E::stage(&row),
            is_visit: E::IS_VISIT,
            moment: E::moment(&row),
            last_day: E::last_day(&row),
            over_at: E::too_late_at(&row, zone),
            late_at: E::late_at(&row, zone),
            asks_anew: E::ASKS_ANEW,
            repeats: E::REPEATS,
            needs_people,
            is_unsure,
            asked_to_take_over,
            part,
            question: E::QUESTION,
            declined: E::DECLINED,
            reinstated: E::REINSTATED,
            changed: E::CHANGED,
        }))
    }

    /// What the sentences about any subject of this kind need. Nothing is known of a single one.
    pub(in crate::notify) fn of_kind<E: Subject>(part: MemberPart) -> Self {
        Self {
            topic: None,
            details: Details::default(),
            stage: Stage::On,
            is_visit: E::IS_VISIT,
            moment: None,
            last_day: None,
            over_at: None,
            late_at: None,
            asks_anew: E::ASKS_ANEW,
            repeats: E::REPEATS,
            needs_people: false,
            is_unsure: false,
            asked_to_take_over: false,
            part,
            question: E::QUESTION,
            declined: E::DECLINED,
            reinstated: E::REINSTATED,
            changed: E::CHANGED,
        }
    }

    /// The reason why something that happened is not told any more although the thing is still
    /// to come. What happened later may still be told.
    pub(super) fn settled(&self, kind: NotificationKind) -> Option<DeliveryReason> {
        match kind {
            NotificationKind::Offered
                if !matches!(self.part, MemberPart::Asked | MemberPart::Closed) =>
            {
                Some(DeliveryReason::Responded)
            }
            NotificationKind::Proposed
            | NotificationKind::JoinRequested
            | NotificationKind::PersonProposed
                if self.stage != Stage::Proposed =>
            {
                Some(DeliveryReason::Responded)
            }
            NotificationKind::Released | NotificationKind::Freed | NotificationKind::Declined
                if !(self.needs_people || self.is_visit && kind == NotificationKind::Freed) =>
            {
                Some(DeliveryReason::ClaimedAgain)
            }
            NotificationKind::HandoverOffered if !self.asked_to_take_over => {
                Some(DeliveryReason::Responded)
            }
            NotificationKind::HandoverOpened if !self.needs_people => {
                Some(DeliveryReason::ClaimedAgain)
            }
            NotificationKind::HandoverEnded | NotificationKind::Placed
                if self.part != MemberPart::Held =>
            {
                Some(DeliveryReason::Released)
            }
            NotificationKind::Tentative if !self.is_unsure => Some(DeliveryReason::Responded),
            NotificationKind::Removed | NotificationKind::OfferWithdrawn
                if !matches!(self.part, MemberPart::None | MemberPart::Closed) =>
            {
                Some(DeliveryReason::TakesPartAgain)
            }
            // The member was only asked. A member who held it and was asked again must be told.
            NotificationKind::Offered | NotificationKind::Scheduled
                if self.part == MemberPart::Closed && self.stage == Stage::On =>
            {
                Some(DeliveryReason::TakenByOthers)
            }
            _ => None,
        }
    }

    /// Whether a link can answer about it: the recipient was asked or takes part, or could claim it.
    /// Another way leads to what somebody hands over.
    pub(super) fn is_answerable(&self, now: DateTime<Utc>) -> bool {
        let takes_part = matches!(self.part, MemberPart::Asked | MemberPart::Held);
        let could_claim = !self.is_visit && self.needs_people && !self.asked_to_take_over;
        self.stage == Stage::On && !self.is_over(now) && (takes_part || could_claim)
    }

    /// Whether it is over.
    pub(super) fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.over_at.is_some_and(|over_at| over_at <= now)
    }

    /// Whether its time has passed, but it is still to be done.
    pub(super) fn is_late(&self, now: DateTime<Utc>) -> bool {
        self.late_at.is_some_and(|late_at| late_at <= now)
    }

    /// Whether something that happened is not told any more because the thing is over and the email
    /// could not be sent before. A cancellation, or that others have done it, is told afterwards
    /// too.
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
            // These ask for something or announce it.
            NotificationKind::Offered
            | NotificationKind::Scheduled
            | NotificationKind::EndRescheduled
            | NotificationKind::Updated
            | NotificationKind::Reinstated
            | NotificationKind::Declined
            | NotificationKind::Tentative
            | NotificationKind::Released
            | NotificationKind::Freed
            | NotificationKind::HandoverOffered
            | NotificationKind::HandoverOpened
            | NotificationKind::HandoverEnded
            | NotificationKind::Placed
            | NotificationKind::JoinRequested
            | NotificationKind::PersonProposed
            | NotificationKind::Proposed => true,
            // A member who still waits for it at its former time must be told.
            NotificationKind::Rescheduled | NotificationKind::Canceled => {
                let zone = write.scope().time_zone();
                was.is_none_or(|was| self.was_over_at(was, zone) <= write.now())
            }
            // These say what a member does not need to do, or what became of a suggestion.
            NotificationKind::Completed
            | NotificationKind::Removed
            | NotificationKind::OfferWithdrawn
            | NotificationKind::Approved
            | NotificationKind::ContactChanged
            | NotificationKind::JoinApproved
            | NotificationKind::Rejected => false,
        }
    }

    /// The instant at which it would have been over at another time, with its present length.
    fn was_over_at(&self, was: Moment, zone: &str) -> DateTime<Utc> {
        match was {
            Moment::At(at) => match (self.moment, self.over_at) {
                (Some(Moment::At(now)), Some(over_at)) => at + (over_at - now),
                _ => at,
            },
            Moment::On(day) => {
                let length = match (self.moment, self.last_day) {
                    (Some(Moment::On(now)), Some(last)) => last - now,
                    _ => TimeDelta::zero(),
                };
                end_of_day(day.checked_add_signed(length).unwrap_or(day), zone)
            }
        }
    }
}
