//! Calendar files (RFC 5545): the exported calendar, and the invitations in emails (RFC 5546).
//!
//! Kith writes them itself. Of the libraries, some let a line break in a text begin a new line of
//! the file, and the others bring an older database of time zones or write none.
//!
//! An appointment that repeats is an event for each date, and no rule. Google, Apple and Outlook
//! show both alike. But they differ in what they do with a date that was changed by itself
//! (`RECURRENCE-ID`), above all for a member who is asked to come on that date alone, and none of
//! them has a rule that is also on 30 April when it is on the 31st.

mod lines;
mod zone;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use self::lines::{Lines, quoted};
use self::zone::write_zone;
use crate::platform::time::civil::{local_of, resolve};

/// What the reader's calendar is to do with the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Show them.
    Publish,
    /// The reader is invited, or something about the event has changed.
    Request,
    /// It does not take place, or the reader is no longer invited.
    Cancel,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// Whether an event takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventStatus {
    Tentative,
    Confirmed,
    Canceled,
}

impl EventStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Tentative => "TENTATIVE",
            Self::Confirmed => "CONFIRMED",
            Self::Canceled => "CANCELLED",
        }
    }
}

/// When an event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventTime {
    /// At a time of day. With a zone it is written as the clock shows it there, and otherwise in
    /// UTC.
    At {
        start: DateTime<Utc>,
        end: Option<DateTime<Utc>>,
        zone: Option<String>,
    },
    /// All day, until the last date.
    On {
        first: NaiveDate,
        last: Option<NaiveDate>,
    },
}

impl EventTime {
    /// The same, written in UTC.
    #[must_use]
    pub fn in_utc(self) -> Self {
        match self {
            Self::At { start, end, .. } => Self::At {
                start,
                end,
                zone: None,
            },
            days @ Self::On { .. } => days,
        }
    }
}

/// What the invited person has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventAnswer {
    Missing,
    Accepted,
    Tentative,
    Declined,
}

impl EventAnswer {
    fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "NEEDS-ACTION",
            Self::Accepted => "ACCEPTED",
            Self::Tentative => "TENTATIVE",
            Self::Declined => "DECLINED",
        }
    }
}

/// Who invites.
#[derive(Clone, Debug)]
pub struct Organizer {
    pub name: String,
    pub address: String,
}

/// Who is invited. An invitation names nobody else.
#[derive(Clone, Debug)]
pub struct Attendee {
    pub address: String,
    pub answer: EventAnswer,
}

/// One event of a calendar.
#[derive(Clone, Debug)]
pub struct Event {
    /// The same in every file.
    pub uid: String,
    pub stamp: DateTime<Utc>,
    /// Higher after every change.
    pub sequence: i64,
    /// A cancellation may leave it out.
    pub time: Option<EventTime>,
    pub status: EventStatus,
    pub summary: String,
    pub location: Option<String>,
    pub description: Option<String>,
    /// Whether people who may look into the reader's calendar see only that the time is taken.
    pub is_private: bool,
    pub organizer: Option<Organizer>,
    pub attendee: Option<Attendee>,
}

/// A calendar file with these events.
pub fn write_calendar(method: Option<Method>, events: &[Event]) -> String {
    let mut lines = Lines::default();
    lines.write("BEGIN", "VCALENDAR");
    lines.write("VERSION", "2.0");
    lines.write("PRODID", "-//Kith//Kith//EN");
    if let Some(method) = method {
        lines.write("METHOD", method.as_str());
    }
    for (zone, (from, until)) in zones_of(events) {
        write_zone(&mut lines, zone, from, until);
    }
    for event in events {
        write_event(&mut lines, event);
    }
    lines.write("END", "VCALENDAR");
    lines.finish()
}

/// The zones of the events, and from when until when each is needed.
fn zones_of(events: &[Event]) -> BTreeMap<&str, (DateTime<Utc>, DateTime<Utc>)> {
    let mut zones = BTreeMap::new();
    for event in events {
        let Some(EventTime::At { start, end, zone }) = &event.time else {
            continue;
        };
        let Some(zone) = with_rules(zone.as_deref()) else {
            continue;
        };
        let (from, until) = zones.entry(zone).or_insert((*start, *start));
        *from = (*from).min(*start);
        *until = (*until).max(end.unwrap_or(*start));
    }
    zones
}

/// The zone, if it is not UTC, which a calendar writes in another way.
fn with_rules(zone: Option<&str>) -> Option<&str> {
    zone.filter(|zone| *zone != "UTC")
}

fn write_event(lines: &mut Lines, event: &Event) {
    lines.write("BEGIN", "VEVENT");
    lines.write("UID", &event.uid);
    lines.write("DTSTAMP", &instant(event.stamp));
    lines.write("SEQUENCE", &event.sequence.to_string());
    if let Some(time) = &event.time {
        write_time(lines, time);
    }
    lines.write("STATUS", event.status.as_str());
    if let Some(organizer) = &event.organizer {
        let name = format!("ORGANIZER;CN={}", quoted(&organizer.name));
        lines.write(&name, &mailto(&organizer.address));
    }
    if let Some(attendee) = &event.attendee {
        // Without RSVP: nobody reads an answer that a calendar program sends.
        let answer = attendee.answer.as_str();
        let name =
            format!("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};RSVP=FALSE");
        lines.write(&name, &mailto(&attendee.address));
    }
    if event.is_private {
        lines.write("CLASS", "PRIVATE");
    }
    lines.write_text("SUMMARY", &event.summary);
    if let Some(location) = &event.location {
        lines.write_text("LOCATION", location);
    }
    if let Some(description) = &event.description {
        lines.write_text("DESCRIPTION", description);
    }
    lines.write("END", "VEVENT");
}

fn write_time(lines: &mut Lines, time: &EventTime) {
    match time {
        EventTime::At { start, end, zone } => {
            let zone = with_rules(zone.as_deref());
            write_instant(lines, "DTSTART", *start, zone);
            // Without an end it has none here either: nobody knows how long it takes.
            if let Some(end) = end.filter(|end| end > start) {
                write_instant(lines, "DTEND", end, zone);
            }
        }
        EventTime::On { first, last } => {
            lines.write("DTSTART;VALUE=DATE", &date(*first));
            // The first date on which it is over.
            if let Some(over) = last.and_then(|last| last.succ_opt()) {
                lines.write("DTEND;VALUE=DATE", &date(over));
            }
        }
    }
}

/// A time that the clock shows twice means the first of them. The second is written in UTC.
fn write_instant(lines: &mut Lines, name: &str, at: DateTime<Utc>, zone: Option<&str>) {
    if let Some(zone) = zone {
        let local = local_of(at, zone);
        if resolve(local, zone) == at {
            let name = format!("{name};TZID={zone}");
            lines.write(&name, &local.format("%Y%m%dT%H%M%S").to_string());
            return;
        }
    }
    lines.write(name, &instant(at));
}

fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

fn date(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

/// The characters that an address may have and a `mailto:` need not encode.
const IN_ADDRESS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'@')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_')
    .remove(b'+')
    .remove(b'~')
    .remove(b'\'');

fn mailto(address: &str) -> String {
    format!("mailto:{}", utf8_percent_encode(address, IN_ADDRESS))
}
