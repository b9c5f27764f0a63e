//! Writes one line of an email: that something happened and when it is. What it is is said only to a
//! reader who chose to be told and sees it.

use chrono::{DateTime, NaiveDate, Utc};

use super::respond::Answerable;
use super::state::SubjectState;
use crate::access::{CircleWrite, who_sees};
use crate::entity::delivery::DeliveryReason;
use crate::entity::membership;
use crate::entity::notification::{self, NotificationKind};
use crate::notify::subject::{MemberPart, Stage, SubjectId};
use crate::platform::mail::NotificationLine;
use crate::platform::time::civil::{Moment, ReaderTime, ReaderZone};
use crate::problem::Problem;

// The keys of sentences that more than one place needs.
pub(super) const DONE: &str = "line-done";
pub(super) const ASKED_ANEW: &str = "line-asked-anew";
pub(super) const NO_PART: &str = "line-no-part";
pub(super) const NOT_TO_COME: &str = "line-need-not-come";
pub(super) const NOT_APPROVED: &str = "line-rejected";
pub(super) const CANCELED: &str = "line-canceled";
pub(super) const MOVED: &str = "line-moved";

/// In which language and zone the reader of a line is told times.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) zone: ReaderZone<'a>,
    /// When the thing is.
    pub(super) now: Option<Moment>,
    /// The last date of a thing that takes several days.
    pub(super) last_day: Option<NaiveDate>,
    /// What the thing is, if they chose to be told.
    pub(super) about: Option<&'a str>,
}

impl Reader<'_> {
    /// A time in words. The present time of a thing that takes several days has its last date as
    /// well. Of a former time only the beginning is known.
    fn told(self, moment: Moment) -> ReaderTime {
        let last_day = self.last_day.filter(|_| self.now == Some(moment));
        moment.until_for_reader(last_day, self.zone)
    }
}

/// A line, and the answer that its button gives, if the member can answer.
pub struct ToldLine {
    pub line: NotificationLine,
    pub answer: Option<Answerable>,
}

/// One line about everything that happened to one thing, or the reason why there is none. `subject`
/// is the thing as it is now, if it still exists, and `said` says what it is to a reader who chose to
/// be told.
pub async fn line_of(
    write: &CircleWrite,
    member: &membership::Model,
    notifications: &[notification::Model],
    subject: Option<&SubjectState>,
    said: Option<&str>,
    zone: ReaderZone<'_>,
) -> Result<Result<ToldLine, DeliveryReason>, Problem> {
    let Some(oldest) = notifications.first() else {
        return Ok(Err(DeliveryReason::NothingHappened));
    };
    let (Some(about), Some(subject)) = (SubjectId::of_notification(oldest), subject) else {
        return Ok(Err(DeliveryReason::Gone));
    };
    let line = about_subject(write, member, notifications, subject, said, zone).await?;
    // Who was taken off something, or could take it over, answers in the app.
    let elsewhere = |notification: &notification::Model| {
        matches!(
            notification.kind,
            NotificationKind::Removed
                | NotificationKind::OfferWithdrawn
                | NotificationKind::HandoverOpened
        )
    };
    let in_app = subject.part == MemberPart::None && notifications.iter().any(elsewhere);
    let answers = subject.is_answerable(write.now()) && !in_app;
    let answer = answers.then_some(Answerable {
        member: member.id,
        about,
        moment: subject.moment,
        last_day: subject.last_day,
    });
    Ok(line.map(|line| ToldLine { line, answer }))
}

async fn about_subject(
    write: &CircleWrite,
    member: &membership::Model,
    notifications: &[notification::Model],
    subject: &SubjectState,
    said: Option<&str>,
    zone: ReaderZone<'_>,
) -> Result<Result<NotificationLine, DeliveryReason>, Problem> {
    let Some(oldest) = notifications.first() else {
        return Ok(Err(DeliveryReason::NothingHappened));
    };
    let reader = Reader {
        zone,
        now: subject.moment,
        last_day: subject.last_day,
        // Who is off it may not see it any more.
        about: None,
    };
    if let Some(line) = say_who_is_off(subject, notifications, reader) {
        return Ok(line);
    }
    if let Some(topic) = subject.topic {
        let seeing = who_sees(write, std::slice::from_ref(member), topic).await?;
        if !seeing.contains(&member.id) {
            return Ok(Err(DeliveryReason::NotVisible));
        }
    }
    let reader = Reader {
        about: said,
        ..reader
    };
    let includes = |kind| {
        notifications
            .iter()
            .any(|notification| notification.kind == kind)
    };
    // If it was completed and reopened before anybody was told, nothing has changed. But if
    // only the part of another member was reopened, the part of this member stays done.
    let stays_done = subject.part == MemberPart::Done && !includes(NotificationKind::Reinstated);
    let undone = subject.stage == Stage::On && includes(NotificationKind::Completed) && !stays_done;
    let is_undone = |kind| {
        matches!(
            kind,
            NotificationKind::Completed | NotificationKind::Reinstated
        )
    };
    let live = |notification: &&notification::Model| {
        subject.settled(notification.kind).is_none() && !(undone && is_undone(notification.kind))
    };
    // Nobody is told of an offer after others have claimed the last place.
    if subject.part == MemberPart::Closed && oldest.kind == NotificationKind::Offered {
        return Ok(Err(DeliveryReason::TakenByOthers));
    }
    let first = notifications
        .iter()
        .filter(live)
        .min_by_key(|notification| rank(subject, notification.kind));
    let Some(first) = first else {
        let settled = subject.settled(oldest.kind);
        return Ok(Err(settled.unwrap_or(DeliveryReason::NothingChanged)));
    };
    let was = Moment::of(first.was_at, first.was_on);
    if !subject.stage.is_to_come() {
        if includes(NotificationKind::Rejected) {
            return Ok(Ok(line(NOT_APPROVED, subject.moment, None, reader)));
        }
        if includes(NotificationKind::Approved) {
            let what = if subject.stage == Stage::Done {
                "line-approved-done"
            } else {
                "line-approved-canceled"
            };
            return Ok(Ok(line(what, subject.moment, None, reader)));
        }
        let called_off = includes(NotificationKind::Canceled);
        let completed = includes(NotificationKind::Completed) && subject.stage == Stage::Done;
        return Ok(say_how_it_ended(
            subject, first.kind, called_off, completed, was, reader,
        ));
    }
    if subject.comes_too_late(first.kind, was, write) {
        return Ok(Err(DeliveryReason::TooLate));
    }
    // A member who said yes to another time is asked again, even if it has its first time again.
    let is_asked_anew = subject.asks_anew
        && subject.part == MemberPart::Asked
        && includes(NotificationKind::Rescheduled);
    if was == subject.moment && is_asked_anew && knew_of_it(first.kind) {
        return Ok(Ok(line(ASKED_ANEW, None, subject.moment, reader)));
    }
    Ok(say(subject, first.kind, was, reader, write.now()))
}

/// The rank of a notification. The lowest makes the line: questions come first, then what
/// happened, then what needs no action. Another start counts more than another end, and another
/// end more than another place.
fn rank(subject: &SubjectState, kind: NotificationKind) -> u8 {
    match kind {
        NotificationKind::Offered | NotificationKind::Scheduled
            if subject.part == MemberPart::Asked =>
        {
            0
        }
        NotificationKind::HandoverOffered => 0,
        NotificationKind::Approved | NotificationKind::Proposed | NotificationKind::Tentative => 2,
        NotificationKind::EndRescheduled => 3,
        NotificationKind::Updated => 4,
        _ => 1,
    }
}

fn line(
    key: &str,
    was: Option<Moment>,
    now: Option<Moment>,
    reader: Reader<'_>,
) -> NotificationLine {
    let for_reader = |moment: Option<Moment>| moment.map(|moment| reader.told(moment));
    NotificationLine {
        what: reader.zone.language().say(key).to_string(),
        about: reader.about.map(str::to_owned),
        was: for_reader(was),
        now: for_reader(now),
        respond: None,
    }
}

/// Whether the member knew of the thing before this happened.
fn knew_of_it(first: NotificationKind) -> bool {
    !matches!(
        first,
        NotificationKind::Offered
            | NotificationKind::Scheduled
            | NotificationKind::Proposed
            | NotificationKind::HandoverOffered
            | NotificationKind::HandoverOpened
            | NotificationKind::Placed
    )
}

/// The line for a member who lost their part in something. They are told even if they do not see
/// it any more.
fn say_who_is_off(
    subject: &SubjectState,
    notifications: &[notification::Model],
    reader: Reader<'_>,
) -> Option<Result<NotificationLine, DeliveryReason>> {
    let off = |notification: &&notification::Model| {
        matches!(
            notification.kind,
            NotificationKind::Removed | NotificationKind::OfferWithdrawn
        ) && subject.settled(notification.kind).is_none()
    };
    let last = notifications.iter().rev().find(off)?;
    let was = Moment::of(last.was_at, last.was_on);
    Some(match last.kind {
        NotificationKind::OfferWithdrawn
            if !notifications
                .first()
                .is_some_and(|first| knew_of_it(first.kind)) =>
        {
            Err(DeliveryReason::NothingChanged)
        }
        NotificationKind::OfferWithdrawn => Ok(line(NOT_TO_COME, was, None, reader)),
        _ => Ok(line(NO_PART, was, None, reader)),
    })
}

fn say_how_it_ended(
    subject: &SubjectState,
    first: NotificationKind,
    called_off: bool,
    completed: bool,
    was: Option<Moment>,
    reader: Reader<'_>,
) -> Result<NotificationLine, DeliveryReason> {
    let was = was.or(subject.moment);
    if completed {
        Ok(line(DONE, was, None, reader))
    } else if called_off && knew_of_it(first) {
        Ok(line(CANCELED, was, None, reader))
    } else {
        Err(DeliveryReason::NoLongerDue)
    }
}

/// The line about a thing that is still to come. `was` is the last time that the member knows of.
pub(super) fn say(
    subject: &SubjectState,
    first: NotificationKind,
    was: Option<Moment>,
    reader: Reader<'_>,
    at: DateTime<Utc>,
) -> Result<NotificationLine, DeliveryReason> {
    use NotificationKind::{
        Declined, Freed, HandoverEnded, HandoverOffered, HandoverOpened, Offered, Placed, Released,
    };
    let now = subject.moment;
    let what = match first {
        Offered | HandoverOffered => subject.question,
        HandoverOpened => "line-handover-opened",
        HandoverEnded => "line-handover-ended",
        Placed => "line-placed",
        NotificationKind::Scheduled if subject.part == MemberPart::Asked && !subject.is_visit => {
            subject.question
        }
        NotificationKind::Scheduled if subject.part == MemberPart::Asked => "line-scheduled-asked",
        NotificationKind::Scheduled => "line-scheduled",
        // Others have claimed the place of the member, even if the time is the first one again.
        NotificationKind::Rescheduled | NotificationKind::Canceled
            if subject.part == MemberPart::Closed && subject.asks_anew =>
        {
            return Ok(line(NO_PART, was, None, reader));
        }
        NotificationKind::Rescheduled if subject.repeats => subject.changed,
        NotificationKind::Rescheduled | NotificationKind::Canceled if was == now => {
            return Err(DeliveryReason::NothingChanged);
        }
        NotificationKind::Rescheduled | NotificationKind::Canceled
            if subject.part == MemberPart::Asked && !subject.is_over(at) =>
        {
            return Ok(line(ASKED_ANEW, was, now, reader));
        }
        NotificationKind::Rescheduled | NotificationKind::Canceled => {
            return Ok(line(MOVED, was, now, reader));
        }
        NotificationKind::Completed if subject.part == MemberPart::Done => {
            return Ok(line(DONE, was.or(now), None, reader));
        }
        NotificationKind::Completed | NotificationKind::Rejected => {
            return Err(DeliveryReason::NothingChanged);
        }
        NotificationKind::Proposed => "line-proposed",
        NotificationKind::JoinRequested => "line-join-requested",
        NotificationKind::JoinApproved => "line-join-approved",
        NotificationKind::PersonProposed => "line-person-proposed",
        NotificationKind::ContactChanged if subject.part == MemberPart::Held => "line-contact-you",
        NotificationKind::ContactChanged => "line-contact-changed",
        NotificationKind::Approved => "line-approved",
        NotificationKind::Reinstated => subject.reinstated,
        NotificationKind::Released => "line-released",
        NotificationKind::Freed if subject.is_visit => "line-not-coming",
        NotificationKind::Freed => "line-open-again",
        NotificationKind::Declined => subject.declined,
        NotificationKind::Tentative => "line-unsure",
        NotificationKind::EndRescheduled if subject.part == MemberPart::Closed => {
            return Ok(line(NO_PART, now, None, reader));
        }
        NotificationKind::EndRescheduled if subject.part == MemberPart::Asked => "line-ends-asked",
        NotificationKind::EndRescheduled => "line-ends",
        NotificationKind::Updated => subject.changed,
        NotificationKind::Removed | NotificationKind::OfferWithdrawn => {
            return Err(DeliveryReason::TakesPartAgain);
        }
    };
    let asks_for_work = matches!(
        first,
        Offered
            | Released
            | Freed
            | Declined
            | HandoverOffered
            | HandoverOpened
            | HandoverEnded
            | Placed
    );
    if subject.is_late(at) && asks_for_work {
        let late = reader.zone.language().say("line-still-to-be-done");
        let mut line = line(what, None, now, reader);
        line.what = format!("{} {late}", line.what);
        return Ok(line);
    }
    Ok(line(what, None, now, reader))
}
