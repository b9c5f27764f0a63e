//! Which dates a rule has, how it is spelled, and what is refused.

use super::*;

#[test]
fn every_kind_of_rule_has_its_dates() {
    for (text, first, expected) in [
        ("FREQ=DAILY", "2027-01-30", "01-30 01-31 02-01"),
        ("FREQ=DAILY;INTERVAL=10", "2027-01-30", "01-30 02-09 02-19"),
        ("FREQ=DAILY;BYDAY=SA,SU", "2027-01-30", "01-30 01-31 02-06"),
        ("FREQ=WEEKLY", "2027-01-30", "01-30 02-06 02-13"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
            "2027-01-04",
            "01-04 01-07 01-18 01-21",
        ),
        // A series that begins on Thursday has no date on the Monday before it.
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
            "2027-01-07",
            "01-07 01-18 01-21",
        ),
        ("FREQ=MONTHLY;BYDAY=2TU", "2027-01-12", "01-12 02-09 03-09"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2027-01-29", "01-29 02-26 03-26"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "2027-01-29",
            "01-29 02-26 03-31",
        ),
        // Friday the thirteenth.
        (
            "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
            "2026-03-13",
            "03-13 11-13 08-13",
        ),
        // Not every month has a fifth Monday: that is no end of a month.
        ("FREQ=MONTHLY;BYDAY=5MO", "2027-03-29", "03-29 05-31 08-30"),
        ("FREQ=YEARLY;BYMONTH=3,9", "2027-03-05", "03-05 09-05 03-05"),
        (
            "FREQ=YEARLY;BYMONTH=5;BYDAY=2SU",
            "2027-05-09",
            "05-09 05-14 05-13",
        ),
        (
            "FREQ=YEARLY;BYMONTHDAY=-1",
            "2027-01-31",
            "01-31 02-28 03-31",
        ),
        (
            "FREQ=YEARLY;BYDAY=MO;BYSETPOS=1,-1",
            "2027-01-04",
            "01-04 12-27 01-03 12-25",
        ),
    ] {
        let count = expected.split(' ').count();
        let found = dates(text, first, count);
        let found: Vec<&str> = found.iter().map(|date| &date[5..]).collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }
}

#[test]
fn a_short_month_has_the_nearest_day_instead() {
    for (text, first, expected) in [
        ("FREQ=MONTHLY", "2027-01-31", "01-31 02-28 03-31 04-30"),
        ("FREQ=MONTHLY", "2028-01-30", "01-30 02-29 03-30 04-30"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=29,30,31",
            "2027-01-29",
            "01-29 01-30 01-31 02-28 03-29",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-31",
            "2027-01-01",
            "01-01 02-01 03-01",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=3",
            "2026-11-30",
            "11-30 02-28 05-30 08-30",
        ),
        ("FREQ=YEARLY", "2024-02-29", "02-29 02-28 02-28 02-28 02-29"),
        (
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "2027-02-28",
            "02-28 02-29 02-28",
        ),
        (
            "FREQ=DAILY;BYMONTHDAY=31;BYMONTH=4,5",
            "2027-04-30",
            "04-30 05-31 04-30",
        ),
        // The first of the two days is the 30th, except in February, where both are one date.
        (
            "FREQ=MONTHLY;BYMONTHDAY=30,31;BYSETPOS=1",
            "2027-01-30",
            "01-30 02-28 03-30 04-30",
        ),
    ] {
        let count = expected.split(' ').count();
        let found = dates(text, first, count);
        let found: Vec<&str> = found.iter().map(|date| &date[5..]).collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }
}

#[test]
fn a_rule_has_one_spelling() {
    for (text, first, spelling) in [
        ("FREQ=DAILY", "2027-01-30", "FREQ=DAILY"),
        (
            " rrule: freq=weekly ; byday = th,mo,TH ; interval=02 ;",
            "2027-01-04",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
        ),
        ("FREQ=WEEKLY", "2027-01-30", "FREQ=WEEKLY;BYDAY=SA"),
        (
            "INTERVAL=1;FREQ=MONTHLY;WKST=SU",
            "2027-01-31",
            "FREQ=MONTHLY;BYMONTHDAY=31",
        ),
        (
            "FREQ=MONTHLY;BYDAY=-1FR,+1MO",
            "2027-01-04",
            "FREQ=MONTHLY;BYDAY=1MO,-1FR",
        ),
        (
            "FREQ=YEARLY;UNTIL=20301231T235959Z",
            "2024-02-29",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;UNTIL=20301231",
        ),
        (
            "FREQ=DAILY;UNTIL=2030-12-31",
            "2024-02-29",
            "FREQ=DAILY;UNTIL=20301231",
        ),
        (
            "FREQ=WEEKLY;WKST=SU;INTERVAL=2;COUNT=4",
            "2027-01-03",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;COUNT=4;WKST=SU",
        ),
        (
            "FREQ=MONTHLY;BYSETPOS=-1,1;BYDAY=MO,TU,WE,TH,FR",
            "2027-01-01",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1",
        ),
    ] {
        assert_eq!(spelled(text, first), spelling, "{text}");
        let stored = Recurrence::of_row(spelling);
        assert_eq!(stored, rule(text, first), "{text}");
        assert_eq!(spelled(spelling, first), spelling);
    }
}

#[test]
fn the_start_of_the_week_decides_which_week_a_day_is_in() {
    let from_monday = dates("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU", "2027-01-05", 4);
    assert_eq!(
        from_monday,
        ["2027-01-05", "2027-01-10", "2027-01-19", "2027-01-24"]
    );
    let from_sunday = dates(
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;WKST=SU",
        "2027-01-05",
        4,
    );
    assert_eq!(
        from_sunday,
        ["2027-01-05", "2027-01-17", "2027-01-19", "2027-01-31"]
    );
}

#[test]
fn what_is_not_in_the_subset_is_refused_with_what_to_send() {
    for (text, sentence) in [
        ("", "Send a rule that says how often it repeats"),
        ("COUNT=3", "Send a rule that says how often it repeats"),
        ("every day", "Send a rule like FREQ=WEEKLY;BYDAY=MO"),
        ("weekly", "Send a rule like FREQ=WEEKLY;BYDAY=MO"),
        ("=WEEKLY", "Send a rule like FREQ=WEEKLY;BYDAY=MO"),
        ("FREQ=", "Send FREQ as DAILY, WEEKLY"),
        ("FREQ=WEEKLY;BYDAY=", "BYDAY has no value. Send one"),
        ("FREQ=HOURLY", "Send FREQ as DAILY, WEEKLY"),
        ("FREQ=SECONDLY;COUNT=100000000", "Send FREQ as DAILY"),
        ("FREQ=DAILY;BYHOUR=8", "BYHOUR is not supported here"),
        ("FREQ=YEARLY;BYWEEKNO=1", "BYWEEKNO is not supported here"),
        ("FREQ=YEARLY;BYYEARDAY=1", "BYYEARDAY is not supported here"),
        ("FREQ=DAILY\nEXDATE:20270105", "Send FREQ as DAILY"),
        ("FREQ=DAILY;FREQ=DAILY", "Send FREQ only once."),
        ("FREQ=DAILY;INTERVAL=0", "Send INTERVAL as a number from 1"),
        ("FREQ=DAILY;INTERVAL=1000", "Send INTERVAL as a number"),
        ("FREQ=DAILY;INTERVAL=-1", "Send INTERVAL as a number"),
        ("FREQ=DAILY;INTERVAL=99999999999", "Send INTERVAL as"),
        (
            "FREQ=DAILY;COUNT=0",
            "Send COUNT as a number from 1 to 1000",
        ),
        ("FREQ=DAILY;COUNT=1001", "Send COUNT as a number"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20280101", "Send COUNT or UNTIL"),
        ("FREQ=DAILY;UNTIL=tomorrow", "Send UNTIL as a date like"),
        ("FREQ=DAILY;UNTIL=20270230", "Send UNTIL as a date like"),
        ("FREQ=DAILY;UNTIL=99990101", "Send UNTIL as a date like"),
        ("FREQ=DAILY;UNTIL=20260101", "Send an UNTIL that is not"),
        ("FREQ=WEEKLY;BYDAY=XX", "Send BYDAY as days like MO,TH"),
        ("FREQ=WEEKLY;BYDAY=ÄÖ", "Send BYDAY as days like MO,TH"),
        ("FREQ=WEEKLY;BYDAY=M", "Send BYDAY as days like MO,TH"),
        ("FREQ=WEEKLY;BYDAY=MO,,TU", "Send BYDAY as days like"),
        ("FREQ=MONTHLY;BYDAY=6MO", "Send BYDAY as days like"),
        ("FREQ=MONTHLY;BYDAY=0MO", "Send BYDAY as days like"),
        ("FREQ=WEEKLY;BYDAY=1MO", "Send BYDAY without numbers"),
        ("FREQ=DAILY;BYDAY=1MO", "Send BYDAY without numbers"),
        ("FREQ=YEARLY;BYDAY=1MO", "Send BYMONTH as well"),
        ("FREQ=WEEKLY;BYMONTHDAY=4", "Send BYMONTHDAY with another"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "Send BYMONTHDAY as 1 to 31"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "Send BYMONTHDAY as 1 to 31"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-2147483648",
            "Send BYMONTHDAY as 1 to 31",
        ),
        (
            "FREQ=MONTHLY;BYDAY=-2147483648MO",
            "Send BYDAY as days like",
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=-2147483648",
            "Send BYSETPOS as 1",
        ),
        ("FREQ=YEARLY;BYMONTH=13", "Send BYMONTH as 1 to 12"),
        ("FREQ=YEARLY;BYMONTH=-1", "Send BYMONTH as 1 to 12"),
        ("FREQ=DAILY;BYSETPOS=1", "Send BYDAY, BYMONTHDAY or BYMONTH"),
        ("FREQ=YEARLY;BYMONTH=1;BYSETPOS=367", "Send BYSETPOS as 1"),
        ("FREQ=DAILY;WKST=1", "Send WKST as a day like MO or SU"),
    ] {
        let found = fault(text, "2027-01-04");
        assert!(found.starts_with(sentence), "{text}: {found}");
    }
}

#[test]
fn a_first_date_that_does_not_fit_is_refused_with_the_nearest_that_does() {
    for (text, first, nearest) in [
        ("FREQ=WEEKLY;BYDAY=MO", "2027-01-05", "2027-01-04"),
        ("FREQ=WEEKLY;BYDAY=MO", "2027-01-08", "2027-01-11"),
        (
            "FREQ=WEEKLY;INTERVAL=9;BYDAY=MO",
            "2027-01-10",
            "2027-01-11",
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2027-02-27", "2027-02-28"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2027-02-02", "2027-01-31"),
        (
            "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
            "2027-01-02",
            "2026-12-24",
        ),
        ("FREQ=MONTHLY;BYDAY=5MO;COUNT=3", "2027-01-04", "2026-11-30"),
        // As far in both directions: the later date, because series begin today or later.
        ("FREQ=DAILY;BYMONTHDAY=4,6", "2027-01-05", "2027-01-06"),
    ] {
        let found = Recurrence::parse(text, day(first)).unwrap_err();
        let nearest = day(nearest);
        assert_eq!(
            found,
            RecurrenceFault::FirstIsNotADate { nearest },
            "{text}"
        );
        assert_eq!(found.code().as_str(), "first_not_in_series");
    }
}
