use super::lines::LONGEST;
use super::*;

fn instant_of(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn event(summary: &str) -> Event {
    let start = instant_of("2027-01-02T09:00:00Z");
    Event {
        uid: "1".into(),
        stamp: start,
        sequence: 5,
        time: Some(EventTime::At {
            start,
            end: Some(instant_of("2027-01-02T09:30:00Z")),
            zone: Some("Europe/Berlin".into()),
        }),
        status: EventStatus::Confirmed,
        summary: summary.into(),
        location: None,
        description: None,
        is_private: true,
        organizer: Some(Organizer {
            name: "Ana's circle".into(),
            address: "kith@example.org".into(),
        }),
        attendee: Some(Attendee {
            address: "ben@example.org".into(),
            answer: EventAnswer::Missing,
        }),
    }
}

fn lines_of(calendar: &str) -> Vec<String> {
    let unfolded = calendar.replace("\r\n ", "");
    unfolded.split("\r\n").map(str::to_owned).collect()
}

fn value_of(calendar: &str, name: &str) -> String {
    let lines = lines_of(calendar);
    let line = lines.iter().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("no {name} in {calendar}"))
        .to_owned()
}

#[test]
fn an_invitation_has_the_clock_of_its_zone_and_names_only_its_reader() {
    let calendar = write_calendar(Some(Method::Request), &[event("Appointment")]);
    assert_eq!(
        lines_of(&calendar).join("\n"),
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Kith//Kith//EN\nMETHOD:REQUEST\n\
         BEGIN:VTIMEZONE\nTZID:Europe/Berlin\n\
         BEGIN:STANDARD\nDTSTART:20251128T100000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\n\
         TZNAME:CET\nEND:STANDARD\n\
         BEGIN:DAYLIGHT\nDTSTART:20260329T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n\
         TZNAME:CEST\nEND:DAYLIGHT\n\
         BEGIN:STANDARD\nDTSTART:20261025T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n\
         TZNAME:CET\nEND:STANDARD\n\
         BEGIN:DAYLIGHT\nDTSTART:20270328T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n\
         TZNAME:CEST\nEND:DAYLIGHT\n\
         BEGIN:STANDARD\nDTSTART:20271031T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n\
         TZNAME:CET\nEND:STANDARD\n\
         END:VTIMEZONE\n\
         BEGIN:VEVENT\nUID:1\nDTSTAMP:20270102T090000Z\nSEQUENCE:5\n\
         DTSTART;TZID=Europe/Berlin:20270102T100000\nDTEND;TZID=Europe/Berlin:20270102T103000\n\
         STATUS:CONFIRMED\nORGANIZER;CN=\"Ana's circle\":mailto:kith@example.org\n\
         ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:\
         mailto:ben@example.org\nCLASS:PRIVATE\nSUMMARY:Appointment\nEND:VEVENT\n\
         END:VCALENDAR\n"
    );
}

#[test]
fn a_zone_without_clock_changes_has_one_rule_and_utc_has_none() {
    let mut one = event("Appointment");
    let zone = |name: &str| {
        Some(EventTime::At {
            start: instant_of("2027-01-02T09:00:00Z"),
            end: None,
            zone: Some(name.into()),
        })
    };
    one.time = zone("Asia/Kolkata");
    let calendar = write_calendar(None, &[one.clone()]);
    assert_eq!(calendar.matches("BEGIN:STANDARD").count(), 1);
    assert_eq!(value_of(&calendar, "TZOFFSETTO:"), "+0530");
    assert_eq!(
        value_of(&calendar, "DTSTART;TZID=Asia/Kolkata:"),
        "20270102T143000"
    );
    assert!(!calendar.contains("DTEND"));
    one.time = zone("UTC");
    let calendar = write_calendar(None, &[one]);
    assert!(!calendar.contains("VTIMEZONE"));
    assert!(calendar.contains("\r\nDTSTART:20270102T090000Z\r\n"));
}

#[test]
fn a_time_that_the_clock_shows_twice_is_the_first_and_the_second_is_in_utc() {
    let mut one = event("Appointment");
    one.time = Some(EventTime::At {
        start: instant_of("2027-10-31T00:30:00Z"),
        end: Some(instant_of("2027-10-31T01:30:00Z")),
        zone: Some("Europe/Berlin".into()),
    });
    let calendar = write_calendar(None, &[one]);
    assert_eq!(
        value_of(&calendar, "DTSTART;TZID=Europe/Berlin:"),
        "20271031T023000"
    );
    assert_eq!(value_of(&calendar, "DTEND:"), "20271031T013000Z");
}

#[test]
fn an_event_over_several_days_ends_on_the_date_after_its_last_one() {
    let mut stay = event("Appointment");
    let first = "2027-02-26".parse().unwrap();
    stay.time = Some(EventTime::On { first, last: None });
    let one_day = write_calendar(None, &[stay.clone()]);
    assert!(one_day.contains("\r\nDTSTART;VALUE=DATE:20270226\r\nSTATUS"));
    stay.time = Some(EventTime::On {
        first,
        last: "2027-02-28".parse().ok(),
    });
    let several = write_calendar(None, &[stay]);
    let dates = "\r\nDTSTART;VALUE=DATE:20270226\r\nDTEND;VALUE=DATE:20270301\r\nSTATUS";
    assert!(several.contains(dates), "{several}");
}

#[test]
fn what_somebody_wrote_begins_no_line_of_its_own() {
    let corpus = [
        "a\r\nATTENDEE:mailto:evil@example.org",
        "a\nBEGIN:VALARM",
        "a\rX:y",
        "a\r\n ATTENDEE:x",
        "\u{85}X:y\u{2028}X:y\u{0}\u{b}X:y",
        "a\";CN=\"b\":mailto:evil@example.org\r\nX:y",
        "END:VEVENT\r\nBEGIN:VEVENT",
    ];
    for evil in corpus {
        let mut one = event(evil);
        one.location = Some(evil.into());
        one.description = Some(evil.into());
        one.organizer = Some(Organizer {
            name: evil.into(),
            address: "kith@example.org".into(),
        });
        one.attendee = Some(Attendee {
            address: format!("{evil}@example.org"),
            answer: EventAnswer::Accepted,
        });
        let calendar = write_calendar(Some(Method::Request), &[one]);
        let expected = write_calendar(Some(Method::Request), &[event("Appointment")]);
        let names = |calendar: &str| -> Vec<String> {
            let lines = lines_of(calendar);
            let name = |line: &String| line.split([':', ';']).next().unwrap_or_default().to_owned();
            let kept = lines.iter().map(name);
            kept.filter(|name| !["LOCATION", "DESCRIPTION"].contains(&name.as_str()))
                .collect()
        };
        assert_eq!(names(&calendar), names(&expected), "{calendar}");
        let raw = calendar.replace("\r\n", "");
        assert!(!raw.contains(char::is_control), "{calendar:?}");
    }
}

#[test]
fn a_long_line_is_folded_between_letters() {
    let long = "ä🙂".repeat(60);
    let calendar = write_calendar(None, &[event(&long)]);
    assert!(calendar.split("\r\n").all(|line| line.len() <= LONGEST));
    assert!(calendar.replace("\r\n ", "").contains(&long));
}
