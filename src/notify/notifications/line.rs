//! Writes one line of a mail: that something happened and when it is, but not what it is.

use chrono::{DateTime, Utc};

use super::state::SubjectState;
use crate::access::{CircleWrite, who_sees};
use crate::entity::membership;
use crate::entity::notification::{self, NotificationKind};
use crate::notify::subject::{MemberPart, Stage, SubjectId, state_of};
use crate::platform::mail::NotificationLine;
use crate::platform::time::civil::Moment;
use crate::problem::Problem;

const DONE: &str = "Something you had taken on is done: you need not do it.";
const ASKED_ANEW: &str = "Something has moved. You are asked again whether you can.";
const NO_PART: &str = "You are no longer part of something, and need not do it.";
const STILL_TO_BE_DONE: &str = "Its time has passed, but it is still to be done.";

/// One line for all that happened to one thing, or why there is none.
pub async fn line_of(
    write: &CircleWrite,
    member: &membership::Model,
    notifications: &[notification::Model],
    zone: &str,
) -> Result<Result<NotificationLine, &'static str>, Problem> {
    let Some(oldest) = notifications.first() else {
        return Ok(Err("nothing_happened"));
    };
    let subject = match SubjectId::of_notification(oldest) {
        Some(id) => state_of(write, id, member.id).await?,
        None => None,
    };
    let Some(subject) = subject else {
        return Ok(Err("no_longer_there"));
    };
    if let Some(line) = say_who_is_off(&subject, notifications, zone) {
        return Ok(line);
    }
    if let Some(topic) = subject.topic {
        let seeing = who_sees(write, std::slice::from_ref(member), topic).await?;
        if !seeing.contains(&member.id) {
            return Ok(Err("no_longer_sees_it"));
        }
    }
    let includes = |kind| {
        notifications
            .iter()
            .any(|notification| notification.kind == kind)
    };
    // If it was completed and reopened before anybody was told, nothing has changed; unless only
    // another member's part was reopened, and this member's stays done.
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
    // An offer whose last place others have taken is not told.
    if subject.part == MemberPart::Closed && oldest.kind == NotificationKind::Offered {
        return Ok(Err("taken"));
    }
    let first = notifications
        .iter()
        .filter(live)
        .min_by_key(|notification| rank(&subject, notification.kind));
    let Some(first) = first else {
        let settled = subject.settled(oldest.kind);
        return Ok(Err(settled.unwrap_or("nothing_changed")));
    };
    let was = Moment::of(first.was_at, first.was_on);
    if !subject.stage.is_to_come() {
        if includes(NotificationKind::NotApproved) {
            let what = "Something you suggested was not approved.";
            return Ok(Ok(line(what, subject.moment, None, zone)));
        }
        if includes(NotificationKind::Approved) {
            let what = if subject.stage == Stage::Done {
                "Something you suggested was approved, and is done."
            } else {
                "Something you suggested was approved, and called off afterwards."
            };
            return Ok(Ok(line(what, subject.moment, None, zone)));
        }
        let called_off = includes(NotificationKind::Cancelled);
        let completed = includes(NotificationKind::Completed) && subject.stage == Stage::Done;
        return Ok(say_how_it_ended(
            &subject, first.kind, called_off, completed, was, zone,
        ));
    }
    if subject.comes_too_late(first.kind, was, write) {
        return Ok(Err("too_late"));
    }
    // A member who said yes to another time is asked again, even if the first time is back.
    let is_asked_anew =
        subject.asks_anew && subject.part == MemberPart::Asked && includes(NotificationKind::Moved);
    if was == subject.moment && is_asked_anew && knew_of_it(first.kind) {
        return Ok(Ok(line(ASKED_ANEW, None, subject.moment, zone)));
    }
    Ok(say(&subject, first.kind, was, zone, write.now()))
}

/// Which of several notifications is told, the lowest first: a question, then what happened,
/// then what needs no action. Another start counts more than another end, and that more than
/// another place.
fn rank(subject: &SubjectState, kind: NotificationKind) -> u8 {
    match kind {
        NotificationKind::Offered | NotificationKind::Scheduled
            if subject.part == MemberPart::Asked =>
        {
            0
        }
        NotificationKind::Approved | NotificationKind::Proposed | NotificationKind::Unsure => 2,
        NotificationKind::EndMoved => 3,
        NotificationKind::Changed => 4,
        _ => 1,
    }
}

fn line(what: &str, was: Option<Moment>, now: Option<Moment>, zone: &str) -> NotificationLine {
    let for_reader = |moment: Option<Moment>| moment.map(|moment| moment.for_reader(zone));
    NotificationLine {
        what: what.to_owned(),
        was: for_reader(was),
        now: for_reader(now),
    }
}

/// Whether the member knew of it before this happened.
fn knew_of_it(first: NotificationKind) -> bool {
    !matches!(
        first,
        NotificationKind::Offered | NotificationKind::Scheduled | NotificationKind::Proposed
    )
}

/// The line for something that was taken off the member: it is told even if the member does not
/// see it any more.
fn say_who_is_off(
    subject: &SubjectState,
    notifications: &[notification::Model],
    zone: &str,
) -> Option<Result<NotificationLine, &'static str>> {
    let off = |notification: &&notification::Model| {
        matches!(
            notification.kind,
            NotificationKind::TakenOff | NotificationKind::Unasked
        ) && subject.settled(notification.kind).is_none()
    };
    let last = notifications.iter().rev().find(off)?;
    let was = Moment::of(last.was_at, last.was_on);
    Some(match last.kind {
        NotificationKind::Unasked
            if !notifications
                .first()
                .is_some_and(|first| knew_of_it(first.kind)) =>
        {
            Err("nothing_changed")
        }
        NotificationKind::Unasked => {
            let what = "You need not come to something any more.";
            Ok(line(what, was, None, zone))
        }
        _ => Ok(line(NO_PART, was, None, zone)),
    })
}

fn say_how_it_ended(
    subject: &SubjectState,
    first: NotificationKind,
    called_off: bool,
    completed: bool,
    was: Option<Moment>,
    zone: &str,
) -> Result<NotificationLine, &'static str> {
    let was = was.or(subject.moment);
    if completed {
        Ok(line(DONE, was, None, zone))
    } else if called_off && knew_of_it(first) {
        Ok(line("Something was called off.", was, None, zone))
    } else {
        Err("no_longer_due")
    }
}

/// From what was first not told, and is still to be told, to what is now.
fn say(
    subject: &SubjectState,
    first: NotificationKind,
    was: Option<Moment>,
    zone: &str,
    at: DateTime<Utc>,
) -> Result<NotificationLine, &'static str> {
    use NotificationKind::{CameFree, Declined, GivenBack, Offered};
    let now = subject.moment;
    let what = match first {
        NotificationKind::Offered => subject.question,
        NotificationKind::Scheduled if subject.part == MemberPart::Asked && !subject.is_visit => {
            subject.question
        }
        NotificationKind::Scheduled if subject.part == MemberPart::Asked => {
            "Something was scheduled. You are asked whether you can come."
        }
        NotificationKind::Scheduled => "Something was scheduled.",
        // Others have taken their place, even if the time is back where it was.
        NotificationKind::Moved | NotificationKind::Cancelled
            if subject.part == MemberPart::Closed && subject.asks_anew =>
        {
            return Ok(line(NO_PART, was, None, zone));
        }
        NotificationKind::Moved | NotificationKind::Cancelled if was == now => {
            return Err("nothing_changed");
        }
        NotificationKind::Moved | NotificationKind::Cancelled
            if subject.part == MemberPart::Asked && !subject.is_over(at) =>
        {
            return Ok(line(ASKED_ANEW, was, now, zone));
        }
        NotificationKind::Moved | NotificationKind::Cancelled => {
            return Ok(line("Something has moved.", was, now, zone));
        }
        NotificationKind::Completed if subject.part == MemberPart::Done => {
            return Ok(line(DONE, was.or(now), None, zone));
        }
        NotificationKind::Completed | NotificationKind::NotApproved => {
            return Err("nothing_changed");
        }
        NotificationKind::Proposed => "Somebody suggests a task. You can approve it.",
        NotificationKind::Approved => "Something you suggested was approved.",
        NotificationKind::Reinstated => subject.reinstated,
        NotificationKind::GivenBack => "Something was given back and needs somebody.",
        NotificationKind::CameFree if subject.is_visit => {
            "Somebody who was going to come does not."
        }
        NotificationKind::CameFree => "Something has come free and needs somebody.",
        NotificationKind::Declined => subject.declined,
        NotificationKind::Unsure => "Somebody who was going to come is not sure any more.",
        NotificationKind::EndMoved if subject.part == MemberPart::Closed => {
            return Ok(line(NO_PART, now, None, zone));
        }
        NotificationKind::EndMoved if subject.part == MemberPart::Asked => {
            "Something ends at another time. You are asked whether you can."
        }
        NotificationKind::EndMoved => "Something ends at another time than before.",
        NotificationKind::Changed => "Something you take part in has changed, but not its time.",
        NotificationKind::TakenOff | NotificationKind::Unasked => return Err("has_it_again"),
    };
    if subject.is_late(at) && matches!(first, Offered | GivenBack | CameFree | Declined) {
        let what = format!("{what} {STILL_TO_BE_DONE}");
        return Ok(line(&what, None, now, zone));
    }
    Ok(line(what, None, now, zone))
}
