//! The calendar file of a line of an email: it puts the appointment into the reader's calendar,
//! moves it there, or takes it away.
//!
//! Members who are invited or take part get one. A member who claims a need, such as a ride, has it
//! as an event of its own: they may not learn what the appointment is. A member who is only asked
//! whether they can help gets none, because they are not told when somebody else takes the place,
//! and the event would stay.
//!
//! Each member has an event of their own, with their own UID. So nobody loses theirs when another
//! member is taken off, also not a contact who gets the emails of a member without an account. The
//! number of the circle's newest change is the SEQUENCE. It grows with every change, also with
//! those that leave the row of the appointment alone: somebody is taken off and asked again.

use crate::access::CircleWrite;
use crate::app::App;
use crate::entity::circle;
use crate::entity::ids::MemberId;
use crate::entity::notification::{self, NotificationKind};
use crate::notify::subject::{
    CalendarEntry, CalendarPlace, CalendarWhat, SubjectId, calendar_place_of,
};
use crate::platform::ical::{
    Attendee, Event, EventAnswer, EventStatus, EventTime, Method, Organizer, write_calendar,
};
use crate::platform::language::Language;
use crate::platform::mail::{CalendarFile, plain_label};
use crate::platform::time::civil::Moment;
use crate::problem::Problem;

/// The member whom an email is for, and who gets it.
pub(super) struct Invited<'a> {
    circle: &'a circle::Model,
    member: MemberId,
    for_whom: Option<&'a str>,
    address: &'a str,
    /// The language of who gets the email.
    language: Language,
    /// The address that invites: never that of a member.
    organizer: String,
}

impl<'a> Invited<'a> {
    /// `for_whom` is the name of a member without an account, if their contact gets the email at
    /// this address. It is invited by the address to which replies go, and otherwise by the sender
    /// of all emails.
    pub(super) fn by(
        app: &App,
        circle: &'a circle::Model,
        member: MemberId,
        for_whom: Option<&'a str>,
        address: &'a str,
    ) -> Self {
        let sender = app.mailer().sender();
        let mailbox = sender.reply_to.as_ref().unwrap_or(&sender.from);
        Self {
            circle,
            member,
            for_whom,
            address,
            language: Language::ENGLISH,
            organizer: mailbox.email.to_string(),
        }
    }

    /// With words in this language.
    pub(super) fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }
}

/// The calendar file about everything that happened to one thing, which a line of the email tells.
pub(super) async fn calendar_file_of(
    write: &CircleWrite,
    invited: &Invited<'_>,
    notifications: &[notification::Model],
) -> Result<Option<CalendarFile>, Problem> {
    let Some(about) = notifications.first().and_then(SubjectId::of_notification) else {
        return Ok(None);
    };
    let file = match calendar_place_of(write, about, invited.member).await? {
        CalendarPlace::None => None,
        CalendarPlace::One(entry) => invite(write, invited, &entry, notifications),
        CalendarPlace::Many(entries) => publish(write, invited, &entries, notifications),
    };
    Ok(file)
}

/// What puts something into a calendar, or changes it there.
const NEWS: [NotificationKind; 7] = [
    NotificationKind::Offered,
    NotificationKind::Scheduled,
    NotificationKind::Rescheduled,
    NotificationKind::EndRescheduled,
    NotificationKind::Updated,
    NotificationKind::Reinstated,
    NotificationKind::Placed,
];

/// What asks those again who had a place.
const ASKS_AGAIN: [NotificationKind; 3] = [
    NotificationKind::Rescheduled,
    NotificationKind::EndRescheduled,
    NotificationKind::Reinstated,
];

fn tells(notifications: &[notification::Model], kinds: &[NotificationKind]) -> bool {
    notifications
        .iter()
        .any(|notification| kinds.contains(&notification.kind))
}

/// One event. Who has a part in it is invited, and who has lost it gets a cancellation.
fn invite(
    write: &CircleWrite,
    invited: &Invited<'_>,
    entry: &CalendarEntry,
    notifications: &[notification::Model],
) -> Option<CalendarFile> {
    let method = method_of(entry, notifications)?;
    let mut event = event_of(write, invited, entry);
    event.attendee = Some(Attendee {
        address: invited.address.to_owned(),
        answer: entry.answer.unwrap_or(EventAnswer::Missing),
    });
    if method == Method::Cancel {
        event.status = EventStatus::Canceled;
        if entry.answer.is_none() {
            // They may not learn when it is now.
            event.time = former_time(notifications);
        }
    }
    Some(CalendarFile {
        method,
        calendar: write_calendar(Some(method), &[event]),
    })
}

fn method_of(entry: &CalendarEntry, notifications: &[notification::Model]) -> Option<Method> {
    let tells = |kinds: &[NotificationKind]| tells(notifications, kinds);
    let is_help = entry.what == CalendarWhat::Help;
    match entry.answer {
        Some(EventAnswer::Declined) => None,
        Some(EventAnswer::Missing) if is_help && entry.is_on && !tells(&ASKS_AGAIN) => None,
        Some(_) if entry.is_on => tells(&NEWS).then_some(Method::Request),
        Some(_) => tells(&[NotificationKind::Canceled]).then_some(Method::Cancel),
        None => {
            let is_taken_off = tells(&[NotificationKind::Removed])
                || !is_help && tells(&[NotificationKind::OfferWithdrawn])
                // It has moved, and somebody else has taken the place.
                || is_help && tells(&ASKS_AGAIN);
            is_taken_off.then_some(Method::Cancel)
        }
    }
}

/// The last time that the member knew of.
fn former_time(notifications: &[notification::Model]) -> Option<EventTime> {
    let was =
        |notification: &notification::Model| Moment::of(notification.was_at, notification.was_on);
    let time = notifications.iter().rev().find_map(was)?;
    Some(match time {
        Moment::At(start) => EventTime::At {
            start,
            end: None,
            zone: None,
        },
        Moment::On(first) => EventTime::On { first, last: None },
    })
}

/// The events of what repeats, in one file. A mail program takes a single event as an invitation,
/// and a calendar takes over a file with many.
fn publish(
    write: &CircleWrite,
    invited: &Invited<'_>,
    entries: &[CalendarEntry],
    notifications: &[notification::Model],
) -> Option<CalendarFile> {
    if !tells(notifications, &NEWS) && !tells(notifications, &[NotificationKind::Canceled]) {
        return None;
    }
    let comes = |entry: &&CalendarEntry| {
        let answer = entry.answer;
        answer.is_some_and(|answer| answer != EventAnswer::Declined)
    };
    let coming = entries.iter().filter(comes);
    let events: Vec<Event> = coming
        .map(|entry| event_of(write, invited, entry))
        .collect();
    (!events.is_empty()).then(|| CalendarFile {
        method: Method::Publish,
        calendar: write_calendar(Some(Method::Publish), &events),
    })
}

fn event_of(write: &CircleWrite, invited: &Invited<'_>, entry: &CalendarEntry) -> Event {
    let words = words_of(invited, entry.what);
    Event {
        uid: format!("{}-{}", entry.id.simple(), invited.member.0.simple()),
        stamp: write.now(),
        sequence: invited.circle.change_seq,
        time: Some(entry.time.clone()),
        status: match (entry.is_on, entry.is_fixed) {
            (true, true) => EventStatus::Confirmed,
            (true, false) => EventStatus::Tentative,
            (false, _) => EventStatus::Canceled,
        },
        summary: words.summary,
        location: words.location,
        description: words.description,
        is_private: true,
        organizer: Some(Organizer {
            name: alias_of(invited),
            address: invited.organizer.clone(),
        }),
        attendee: None,
    }
}

/// What an event says.
struct Words {
    summary: String,
    location: Option<String>,
    description: Option<String>,
}

/// Decides what an event says, in the language of who gets the email. Other people see calendars, and
/// companies store them: it names neither the thing nor its place, also if the email does.
fn words_of(invited: &Invited<'_>, what: CalendarWhat) -> Words {
    let (key, key_for) = match what {
        CalendarWhat::Appointment => ("event-appointment", "event-appointment-for"),
        CalendarWhat::Help => ("event-help", "event-help-for"),
    };
    let summary = match invited.for_whom {
        Some(whom) => invited.language.say(key_for).with("whom", whom),
        None => invited.language.say(key),
    };
    Words {
        summary: summary.with("alias", &alias_of(invited)).to_string(),
        location: None,
        description: Some(invited.language.say("event-answer").to_string()),
    }
}

fn alias_of(invited: &Invited<'_>) -> String {
    let unnamed = invited.language.say("circle-alias-unnamed").to_string();
    plain_label(&invited.circle.alias, &unnamed)
}
