//! Appointments as events of the exported calendar.

use crate::entity::appointment::{self, AppointmentState};
use crate::platform::ical::{self, Event, EventStatus};
use crate::schedule::event_time;

/// A calendar of these appointments. An event has the same UID in every export, and a higher
/// SEQUENCE after every change. Times are in UTC: the file may hold many years in many zones.
pub fn write_calendar(public_url: &str, appointments: &[appointment::Model]) -> String {
    let host = url::Url::parse(public_url).ok();
    let host = host.as_ref().and_then(url::Url::host_str).unwrap_or("kith");
    let event = |appointment| event_of(host, appointment);
    let events: Vec<Event> = appointments.iter().map(event).collect();
    ical::write_calendar(None, &events)
}

fn event_of(host: &str, appointment: &appointment::Model) -> Event {
    let joined = |texts: [&Option<String>; 2], between: &str| {
        let texts: Vec<&str> = texts.into_iter().flatten().map(String::as_str).collect();
        (!texts.is_empty()).then(|| texts.join(between))
    };
    Event {
        uid: format!("{}@{host}", appointment.id),
        stamp: appointment.updated_at,
        // Not `schedule_version`: a calendar must also take over another end or place.
        sequence: appointment.version.into(),
        time: Some(event_time::<appointment::Entity>(appointment).in_utc()),
        status: match appointment.state {
            AppointmentState::Proposed => EventStatus::Tentative,
            AppointmentState::Scheduled | AppointmentState::Completed => EventStatus::Confirmed,
            AppointmentState::Missed | AppointmentState::Canceled => EventStatus::Canceled,
        },
        summary: appointment.title.clone(),
        location: joined([&appointment.location, &appointment.video_link], ", "),
        description: joined([&appointment.preparation, &appointment.outcome], "\n\n"),
        is_private: false,
        organizer: None,
        attendee: None,
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
}
