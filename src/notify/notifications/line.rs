//! What one line of a mail says: that something happened and when it is,
//! never what it is.

use chrono::{DateTime, Utc};

use super::subject::{Part, Stage, Subject, subject_of};
use crate::access::{CircleWrite, who_sees};
use crate::entity::membership;
use crate::entity::notice::{self, NoticeKind};
use crate::platform::mail::NewsLine;
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
    notices: &[notice::Model],
    zone: &str,
) -> Result<Result<NewsLine, &'static str>, Problem> {
    let Some(oldest) = notices.first() else {
        return Ok(Err("nothing_happened"));
    };
    let Some(subject) = subject_of(write, oldest, member.id).await? else {
        return Ok(Err("no_longer_there"));
    };
    if let Some(line) = say_who_is_off(&subject, notices, zone) {
        return Ok(line);
    }
    if let Some(topic) = subject.topic {
        let seeing = who_sees(write, std::slice::from_ref(member), topic).await?;
        if !seeing.contains(&member.id) {
            return Ok(Err("no_longer_sees_it"));
        }
    }
    let includes = |kind| notices.iter().any(|notice| notice.kind == kind);
    // What was completed and reopened before anybody heard of it is as it was, unless
    // somebody reopened another part, and theirs stays done.
    let stays_done = subject.part == Part::Done && !includes(NoticeKind::Reinstated);
    let undone = subject.stage == Stage::On && includes(NoticeKind::Completed) && !stays_done;
    let is_undone = |kind| matches!(kind, NoticeKind::Completed | NoticeKind::Reinstated);
    let live = |notice: &&notice::Model| {
        subject.settled(notice.kind).is_none() && !(undone && is_undone(notice.kind))
    };
    // Of an offer that others were quicker to take, nobody hears anything.
    if subject.part == Part::Closed && oldest.kind == NoticeKind::Offered {
        return Ok(Err("taken"));
    }
    let first = notices
        .iter()
        .filter(live)
        .min_by_key(|notice| rank(&subject, notice.kind));
    let Some(first) = first else {
        let settled = subject.settled(oldest.kind);
        return Ok(Err(settled.unwrap_or("nothing_changed")));
    };
    let was = Moment::of(first.was_at, first.was_on);
    if !subject.stage.is_to_come() {
        if includes(NoticeKind::NotApproved) {
            let what = "Something you suggested was not approved.";
            return Ok(Ok(line(what, subject.moment, None, zone)));
        }
        if includes(NoticeKind::Approved) {
            let what = if subject.stage == Stage::Done {
                "Something you suggested was approved, and is done."
            } else {
                "Something you suggested was approved, and called off afterwards."
            };
            return Ok(Ok(line(what, subject.moment, None, zone)));
        }
        let called_off = includes(NoticeKind::Cancelled);
        let completed = includes(NoticeKind::Completed) && subject.stage == Stage::Done;
        return Ok(say_how_it_ended(
            &subject, first.kind, called_off, completed, was, zone,
        ));
    }
    if subject.comes_too_late(first.kind, was, write) {
        return Ok(Err("too_late"));
    }
    // Who said yes to another time is asked anew, even if it is back where it was.
    let is_asked_anew =
        subject.asks_anew && subject.part == Part::Asked && includes(NoticeKind::Moved);
    if was == subject.moment && is_asked_anew && knew_of_it(first.kind) {
        return Ok(Ok(line(ASKED_ANEW, None, subject.moment, zone)));
    }
    Ok(say(&subject, first.kind, was, zone, write.now()))
}

/// Which of several is told: a question before what happened, in its order, and that
/// before what need not be acted on. Another start is more than another end, and that
/// is more than another place.
fn rank(subject: &Subject, kind: NoticeKind) -> u8 {
    match kind {
        NoticeKind::Offered | NoticeKind::Scheduled if subject.part == Part::Asked => 0,
        NoticeKind::Approved | NoticeKind::Proposed | NoticeKind::Unsure => 2,
        NoticeKind::EndMoved => 3,
        NoticeKind::Changed => 4,
        _ => 1,
    }
}

fn line(what: &str, was: Option<Moment>, now: Option<Moment>, zone: &str) -> NewsLine {
    let told = |moment: Option<Moment>| moment.map(|moment| moment.for_reader(zone));
    NewsLine {
        what: what.to_owned(),
        was: told(was),
        now: told(now),
    }
}

/// Whether they had heard of it before this happened.
fn knew_of_it(first: NoticeKind) -> bool {
    !matches!(
        first,
        NoticeKind::Offered | NoticeKind::Scheduled | NoticeKind::Proposed
    )
}

/// What was taken off somebody: the one thing that is told to who sees it no more.
fn say_who_is_off(
    subject: &Subject,
    notices: &[notice::Model],
    zone: &str,
) -> Option<Result<NewsLine, &'static str>> {
    let off = |notice: &&notice::Model| {
        matches!(notice.kind, NoticeKind::TakenOff | NoticeKind::Unasked)
            && subject.settled(notice.kind).is_none()
    };
    let last = notices.iter().rev().find(off)?;
    let was = Moment::of(last.was_at, last.was_on);
    Some(match last.kind {
        NoticeKind::Unasked if !notices.first().is_some_and(|it| knew_of_it(it.kind)) => {
            Err("nothing_changed")
        }
        NoticeKind::Unasked => {
            let what = "You need not come to something any more.";
            Ok(line(what, was, None, zone))
        }
        _ => Ok(line(NO_PART, was, None, zone)),
    })
}

fn say_how_it_ended(
    subject: &Subject,
    first: NoticeKind,
    called_off: bool,
    completed: bool,
    was: Option<Moment>,
    zone: &str,
) -> Result<NewsLine, &'static str> {
    let was = was.or(subject.moment);
    if completed {
        Ok(line(DONE, was, None, zone))
    } else if called_off && knew_of_it(first) {
        Ok(line("Something was called off.", was, None, zone))
    } else {
        Err("no_longer_due")
    }
}

/// From what was first not told, and is still news, to what is now.
fn say(
    subject: &Subject,
    first: NoticeKind,
    was: Option<Moment>,
    zone: &str,
    at: DateTime<Utc>,
) -> Result<NewsLine, &'static str> {
    use NoticeKind::{CameFree, Declined, GivenBack, Offered};
    let now = subject.moment;
    let what = match first {
        NoticeKind::Offered => subject.question,
        NoticeKind::Scheduled if subject.part == Part::Asked && !subject.is_visit => {
            subject.question
        }
        NoticeKind::Scheduled if subject.part == Part::Asked => {
            "Something was scheduled. You are asked whether you can come."
        }
        NoticeKind::Scheduled => "Something was scheduled.",
        // Others have taken their place, even if the time is back where it was.
        NoticeKind::Moved | NoticeKind::Cancelled
            if subject.part == Part::Closed && subject.asks_anew =>
        {
            return Ok(line(NO_PART, was, None, zone));
        }
        NoticeKind::Moved | NoticeKind::Cancelled if was == now => {
            return Err("nothing_changed");
        }
        NoticeKind::Moved | NoticeKind::Cancelled
            if subject.part == Part::Asked && !subject.is_over(at) =>
        {
            return Ok(line(ASKED_ANEW, was, now, zone));
        }
        NoticeKind::Moved | NoticeKind::Cancelled => {
            return Ok(line("Something has moved.", was, now, zone));
        }
        NoticeKind::Completed if subject.part == Part::Done => {
            return Ok(line(DONE, was.or(now), None, zone));
        }
        NoticeKind::Completed | NoticeKind::NotApproved => return Err("nothing_changed"),
        NoticeKind::Proposed => "Somebody suggests a task. You can approve it.",
        NoticeKind::Approved => "Something you suggested was approved.",
        NoticeKind::Reinstated => subject.reinstated,
        NoticeKind::GivenBack => "Something was given back and needs somebody.",
        NoticeKind::CameFree if subject.is_visit => "Somebody who was going to come does not.",
        NoticeKind::CameFree => "Something has come free and needs somebody.",
        NoticeKind::Declined => subject.declined,
        NoticeKind::Unsure => "Somebody who was going to come is not sure any more.",
        NoticeKind::EndMoved if subject.part == Part::Closed => {
            return Ok(line(NO_PART, now, None, zone));
        }
        NoticeKind::EndMoved if subject.part == Part::Asked => {
            "Something ends at another time. You are asked whether you can."
        }
        NoticeKind::EndMoved => "Something ends at another time than before.",
        NoticeKind::Changed => "Something you take part in has changed, but not its time.",
        NoticeKind::TakenOff | NoticeKind::Unasked => return Err("has_it_again"),
    };
    if subject.is_late(at) && matches!(first, Offered | GivenBack | CameFree | Declined) {
        let what = format!("{what} {STILL_TO_BE_DONE}");
        return Ok(line(&what, None, now, zone));
    }
    Ok(line(what, None, now, zone))
}
