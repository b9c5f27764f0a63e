//! Writes calendar files and the emails that carry them, for `scripts/check-calendar`, which reads
//! them with other programs.
//!
//! Reads a case from each line, as JSON, and prints a line for each: the calendar file and the email,
//! as JSON.

use std::io::{BufRead, Write, stdin, stdout};

use anyhow::Context;
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use kith::platform::ical::{
    Attendee, Event, EventAnswer, EventStatus, EventTime, Method, Organizer, write_calendar,
};
use kith::platform::language::Language;
use kith::platform::mail::{
    AccountExists, CalendarFile, MailMessage, Mailbox, Sender, WithCalendarFiles,
};
use kith::platform::time::civil::{resolve, resolve_span};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Deserialize)]
struct Case {
    is_canceled: bool,
    /// A time of day in a zone.
    zone: String,
    starts_local: Option<NaiveDateTime>,
    ends_local: Option<NaiveDateTime>,
    /// Or dates.
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    /// What a member wrote.
    text: String,
    address: String,
    /// How many files the email has.
    files: usize,
}

fn main() -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(stdout().lock());
    for line in stdin().lock().lines() {
        let case: Case = serde_json::from_str(&line?)?;
        writeln!(out, "{}", answer(&case)?)?;
    }
    out.flush()?;
    Ok(())
}

fn answer(case: &Case) -> anyhow::Result<serde_json::Value> {
    let method = if case.is_canceled {
        Method::Cancel
    } else {
        Method::Request
    };
    let calendar = write_calendar(Some(method), &[event_of(case)?]);
    let file = CalendarFile {
        method,
        calendar: calendar.clone(),
    };
    let letter = WithCalendarFiles {
        letter: AccountExists {
            language: Language::first_of([]),
            name: case.text.clone(),
        },
        files: vec![file; case.files],
    };
    let sender = Sender::from("Kith <kith@example.org>".parse::<Mailbox>()?);
    let date = DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default();
    let mail = MailMessage::compose(&sender, "ben@example.org", Uuid::nil(), date, &letter, None)?;
    let mail = String::from_utf8(mail.bytes).context("the email")?;
    Ok(json!({ "calendar": calendar, "mail": mail }))
}

fn event_of(case: &Case) -> anyhow::Result<Event> {
    let time = match (case.starts_local, case.starts_on) {
        (Some(starts), _) => {
            let (start, end) = match case.ends_local {
                Some(ends) => {
                    let (start, end) = resolve_span(starts, ends, &case.zone);
                    (start, Some(end))
                }
                None => (resolve(starts, &case.zone), None),
            };
            EventTime::At {
                start,
                end,
                zone: Some(case.zone.clone()),
            }
        }
        (None, first) => EventTime::On {
            first: first.context("a case has a time or a date")?,
            last: case.ends_on,
        },
    };
    Ok(Event {
        uid: "0123456789abcdef0123456789abcdef-0123456789abcdef0123456789abcdef".into(),
        stamp: DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default(),
        sequence: 7,
        time: Some(time),
        status: if case.is_canceled {
            EventStatus::Canceled
        } else {
            EventStatus::Confirmed
        },
        summary: case.text.clone(),
        location: Some(case.text.clone()),
        description: Some(case.text.clone()),
        is_private: true,
        organizer: Some(Organizer {
            name: case.text.clone(),
            address: "kith@example.org".into(),
        }),
        attendee: Some(Attendee {
            address: case.address.clone(),
            answer: EventAnswer::Missing,
        }),
    })
}
