//! Appointments as iCalendar (RFC 5545).
//!
//! Kith writes them itself, because single events in UTC need little. The libraries either let a
//! line break in a text begin a new line of the file, or bring an older database of time zones.

use chrono::{DateTime, NaiveDate, Utc};

use crate::entity::appointment::{self, AppointmentState};

/// The most bytes that a line may have, without its end.
const LINE: usize = 75;

/// A calendar of these appointments. An event has the same UID in every export, and a higher
/// SEQUENCE after every change.
pub fn write_calendar(public_url: &str, appointments: &[appointment::Model]) -> String {
    let host = url::Url::parse(public_url).ok();
    let host = host.as_ref().and_then(url::Url::host_str).unwrap_or("kith");
    let mut lines = Lines::default();
    lines.write("BEGIN", "VCALENDAR");
    lines.write("VERSION", "2.0");
    lines.write("PRODID", "-//Kith//Kith//EN");
    for appointment in appointments {
        write_event(&mut lines, host, appointment);
    }
    lines.write("END", "VCALENDAR");
    lines.0
}

fn write_event(lines: &mut Lines, host: &str, appointment: &appointment::Model) {
    lines.write("BEGIN", "VEVENT");
    lines.write("UID", &format!("{}@{host}", appointment.id));
    lines.write("DTSTAMP", &instant(appointment.updated_at));
    // Not `schedule_version`: a calendar must also take over another end or place.
    lines.write("SEQUENCE", &appointment.version.to_string());
    match (appointment.starts_at, appointment.starts_on) {
        (Some(starts_at), _) => {
            lines.write("DTSTART", &instant(starts_at));
            if let Some(ends_at) = appointment.ends_at.filter(|end| *end > starts_at) {
                lines.write("DTEND", &instant(ends_at));
            }
        }
        (None, Some(day)) => {
            lines.write("DTSTART;VALUE=DATE", &date(day));
            // The first date on which it is over.
            if let Some(end) = appointment.ends_on.and_then(|last| last.succ_opt()) {
                lines.write("DTEND;VALUE=DATE", &date(end));
            }
        }
        (None, None) => lines.write("DTSTART", &instant(appointment.sort_at)),
    }
    let status = match appointment.state {
        AppointmentState::Proposed => "TENTATIVE",
        AppointmentState::Scheduled | AppointmentState::Completed => "CONFIRMED",
        AppointmentState::Missed | AppointmentState::Canceled => "CANCELLED",
    };
    lines.write("STATUS", status);
    lines.write_text("SUMMARY", &appointment.title);
    let places = [&appointment.location, &appointment.video_link];
    let places: Vec<&str> = places.into_iter().flatten().map(String::as_str).collect();
    if !places.is_empty() {
        lines.write_text("LOCATION", &places.join(", "));
    }
    let notes = [&appointment.preparation, &appointment.outcome];
    let notes: Vec<&str> = notes.into_iter().flatten().map(String::as_str).collect();
    if !notes.is_empty() {
        lines.write_text("DESCRIPTION", &notes.join("\n\n"));
    }
    lines.write("END", "VEVENT");
}

fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

fn date(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

/// Content lines, folded.
#[derive(Default)]
struct Lines(String);

impl Lines {
    /// A line whose value Kith has made.
    fn write(&mut self, name: &str, value: &str) {
        let mut length = 0;
        for letter in format!("{name}:{value}").chars() {
            if length + letter.len_utf8() > LINE {
                self.0 += "\r\n ";
                length = 1;
            }
            self.0.push(letter);
            length += letter.len_utf8();
        }
        self.0 += "\r\n";
    }

    /// A line whose value a member wrote. It is escaped, so that nothing in it begins a new line.
    fn write_text(&mut self, name: &str, text: &str) {
        let mut escaped = String::new();
        for letter in text.replace("\r\n", "\n").chars() {
            match letter {
                '\\' | ';' | ',' => escaped.extend(['\\', letter]),
                '\n' | '\r' => escaped += "\\n",
                _ if letter.is_control() => {}
                _ => escaped.push(letter),
            }
        }
        self.write(name, &escaped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::appointment::AppointmentKind;
    use crate::entity::ids::{AppointmentId, CircleId};
    use crate::entity::topic_grant::Topic;

    fn appointment(title: &str) -> appointment::Model {
        let at = "2027-01-02T09:00:00Z".parse().unwrap();
        appointment::Model {
            series_id: None,
            original_on: None,
            is_exception: false,
            circle_id: CircleId(uuid::Uuid::from_u128(1)),
            id: AppointmentId(uuid::Uuid::from_u128(2)),
            kind: AppointmentKind::Medical,
            title: title.into(),
            topic: Topic::Health,
            starts_on: None,
            ends_on: None,
            starts_local: None,
            ends_local: None,
            time_zone: None,
            starts_at: Some(at),
            ends_at: Some(at + chrono::TimeDelta::minutes(30)),
            sort_at: at,
            over_at: at + chrono::TimeDelta::minutes(30),
            location: Some("Room 2; first floor, left".into()),
            video_link: None,
            care_contact_name: None,
            care_contact_phone: None,
            preparation: Some("Bring the letter\nand the list".into()),
            outcome: None,
            reminder_minutes: "[]".into(),
            state: AppointmentState::Scheduled,
            canceled_from: None,
            schedule_version: 3,
            version: 5,
            created_at: at,
            created_by_member_id: None,
            updated_at: at,
            sent_hash: None,
        }
    }

    #[test]
    fn an_appointment_is_an_event() {
        let calendar = write_calendar("https://kith.example", &[appointment("Blood count")]);
        insta::assert_snapshot!(calendar.replace("\r\n", "\n"), @r"
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//Kith//Kith//EN
        BEGIN:VEVENT
        UID:00000000-0000-0000-0000-000000000002@kith.example
        DTSTAMP:20270102T090000Z
        SEQUENCE:5
        DTSTART:20270102T090000Z
        DTEND:20270102T093000Z
        STATUS:CONFIRMED
        SUMMARY:Blood count
        LOCATION:Room 2\; first floor\, left
        DESCRIPTION:Bring the letter\nand the list
        END:VEVENT
        END:VCALENDAR
        ");
    }

    #[test]
    fn an_appointment_over_several_days_ends_on_the_date_after_its_last_one() {
        let mut stay = appointment("Rehab");
        (stay.starts_at, stay.ends_at) = (None, None);
        stay.starts_on = "2027-02-26".parse().ok();
        let one_day = write_calendar("https://kith.example", &[stay.clone()]);
        assert!(one_day.contains("\r\nDTSTART;VALUE=DATE:20270226\r\nSTATUS"));
        stay.ends_on = "2027-02-28".parse().ok();
        let several = write_calendar("https://kith.example", &[stay]);
        let dates = "\r\nDTSTART;VALUE=DATE:20270226\r\nDTEND;VALUE=DATE:20270301\r\nSTATUS";
        assert!(several.contains(dates), "{several}");
    }

    #[test]
    fn what_somebody_wrote_begins_no_line_of_its_own() {
        let evil = "a\r\nATTENDEE:mailto:evil@example.org\rX:\u{85}\u{2028}y\u{0}\n END:VEVENT";
        let calendar = write_calendar("https://kith.example", &[appointment(evil)]);
        let lines: Vec<&str> = calendar.split("\r\n").collect();
        assert!(lines.iter().all(|line| !line.contains(['\r', '\n'])));
        let begins = |name: &str| lines.iter().filter(|line| line.starts_with(name)).count();
        assert_eq!(
            (begins("ATTENDEE"), begins("X:"), begins("END:VEVENT")),
            (0, 0, 1)
        );
    }

    #[test]
    fn a_long_line_is_folded_between_letters() {
        let calendar = write_calendar("https://kith.example", &[appointment(&"ä🙂".repeat(60))]);
        assert!(calendar.split("\r\n").all(|line| line.len() <= LINE));
        assert!(calendar.replace("\r\n ", "").contains(&"ä🙂".repeat(60)));
    }
}
