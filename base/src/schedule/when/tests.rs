use super::*;

fn at(starts: &str, ends: Option<&str>) -> When {
    let time = |text: &str| serde_json::from_value::<WallTime>(text.into()).unwrap();
    When::chosen(
        None,
        None,
        Some(time(starts)),
        ends.map(time),
        None,
        "Europe/Berlin",
    )
    .unwrap()
}

#[test]
fn a_need_moves_as_far_as_its_appointment() {
    let before = at("2027-01-02T10:00", Some("2027-01-02T11:00"));
    let after = at("2027-01-03T15:30", Some("2027-01-03T16:30"));
    assert_eq!(before.following(&before, &after), after);
    let ride = at("2027-01-02T09:15", None);
    assert_eq!(
        ride.following(&before, &after),
        at("2027-01-03T14:45", None)
    );
}

#[test]
fn a_need_keeps_its_hours_while_its_appointment_takes_all_day() {
    let timed = at("2027-01-02T10:00", Some("2027-01-02T11:00"));
    let day = Day("2027-01-04".parse().unwrap());
    let all_day = When::chosen(Some(day), None, None, None, None, "Europe/Berlin").unwrap();
    let ride = at("2027-01-02T09:15", Some("2027-01-02T12:00"));
    let then = ride.following(&timed, &all_day);
    assert_eq!(then, at("2027-01-04T09:15", Some("2027-01-04T12:00")));
    assert_eq!(then.following(&all_day, &timed), ride);
    assert_eq!(timed.following(&timed, &all_day), all_day);
}

fn days(first: &str, last: Option<&str>) -> Result<When, Vec<FieldError>> {
    let day = |text: &str| Day(text.parse().unwrap());
    let last = last.map(day);
    When::chosen(Some(day(first)), last, None, None, None, "Europe/Berlin")
}

#[test]
fn what_takes_several_days_is_over_after_the_last_one() {
    let stay = days("2027-01-02", Some("2027-01-05")).unwrap();
    let instants = stay.instants("Europe/Berlin");
    let one_day = days("2027-01-02", None).unwrap();
    assert_eq!(instants.sort, one_day.instants("Europe/Berlin").sort);
    let last_day = "2027-01-05".parse().unwrap();
    assert_eq!(instants.over, over_everywhere(last_day));
    assert!(instants.goes_on_after(one_day.instants("Europe/Berlin")));
    // One day is one day, whether its end is sent or not.
    assert_eq!(days("2027-01-02", Some("2027-01-02")).unwrap(), one_day);
}

#[test]
fn what_takes_several_days_moves_with_its_length() {
    let before = days("2027-01-02", Some("2027-01-05")).unwrap();
    let on = Day("2027-03-30".parse().unwrap());
    let last = before.last_day_after_as_long(Some(on));
    assert_eq!(last, Some(Day("2027-04-02".parse().unwrap())));
    let after = days("2027-03-30", Some("2027-04-02")).unwrap();
    assert_eq!(before.following(&before, &after), after);
    let ride = at("2027-01-05T09:15", None);
    let then = ride.following(&before, &after);
    assert_eq!(then, at("2027-04-02T09:15", None));
}

#[test]
fn nothing_takes_longer_than_a_year() {
    let codes = |faults: Vec<FieldError>| -> Vec<String> {
        let code = |fault: &FieldError| format!("{} {}", fault.pointer, fault.code.as_str());
        faults.iter().map(code).collect()
    };
    let last = |last| days("2027-01-01", Some(last)).map_err(codes);
    assert!(last("2028-01-01").is_ok());
    assert_eq!(
        last("2028-01-02"),
        Err(vec!["/ends_on lasts_too_long".into()])
    );
    assert_eq!(
        last("2026-12-31"),
        Err(vec!["/ends_on start_after_end".into()])
    );
    let time = |text: &str| serde_json::from_value::<WallTime>(text.into()).ok();
    let timed = |ends| {
        codes(When::faults(
            None,
            None,
            time("2027-01-01T10:00"),
            time(ends),
        ))
    };
    assert!(timed("2028-01-02T10:00").is_empty());
    assert_eq!(timed("2028-01-02T10:01"), ["/ends_local lasts_too_long"]);
    let day = |text: &str| Some(Day(text.parse().unwrap()));
    let alone = When::faults(None, day("2027-01-02"), time("2027-01-01T10:00"), None);
    assert_eq!(codes(alone), ["/ends_on end_without_start"]);
}
