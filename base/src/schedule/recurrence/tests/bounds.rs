//! Where rules end and how they are split, hostile rules, and clock changes.

use chrono::{NaiveTime, TimeDelta};

use super::*;
use crate::platform::time::civil::{local_of, resolve};

#[test]
fn count_and_until_end_a_rule() {
    let first = day("2027-01-31");
    let counted = rule("FREQ=MONTHLY;COUNT=3", "2027-01-31");
    let end = day("2199-12-31");
    assert_eq!(counted.dates(first, first, end, 99).len(), 3);
    // What is left out before `from` still counts.
    let later = counted.dates(first, day("2027-03-01"), end, 99);
    assert_eq!(later, [day("2027-03-31")]);
    assert_eq!(counted.last(first), Some(day("2027-03-31")));
    let until = rule("FREQ=MONTHLY;UNTIL=20270430", "2027-01-31");
    assert_eq!(until.dates(first, first, end, 99).len(), 4);
    assert_eq!(until.last(first), Some(day("2027-04-30")));
    let until = rule("FREQ=MONTHLY;UNTIL=20270429", "2027-01-31");
    assert_eq!(until.last(first), Some(day("2027-03-31")));
    assert_eq!(rule("FREQ=MONTHLY", "2027-01-31").last(first), None);
    assert_eq!(
        counted.dates(first, day("2020-01-01"), day("2027-02-28"), 99),
        [first, day("2027-02-28")]
    );
    assert!(
        counted
            .dates(first, day("2027-02-28"), first, 99)
            .is_empty()
    );
    assert!(counted.dates(first, first, end, 0).is_empty());
}

#[test]
fn a_series_is_split_without_losing_or_adding_a_date() {
    let end = day("2040-12-31");
    for text in [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3;COUNT=40",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH,SU;WKST=SU;COUNT=50",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH,SU;UNTIL=20280301",
        "FREQ=MONTHLY;COUNT=25",
        "FREQ=MONTHLY;INTERVAL=5",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SU;BYSETPOS=-1,-3;UNTIL=20290101",
        "FREQ=YEARLY;COUNT=9",
    ] {
        let first = day("2027-01-31");
        let whole = rule(text, "2027-01-31");
        let all = whole.dates(first, first, end, MOST_DATES);
        for date in all
            .iter()
            .copied()
            .take(30)
            .chain([day("2027-02-03"), day("2039-01-01")])
        {
            let before = whole.ended_before(first, date);
            let after = whole.continued_from(first, date);
            let next = all.iter().copied().find(|next| *next >= date);
            let mut both = before.dates(first, first, end, MOST_DATES);
            assert!(both.iter().all(|early| *early < date), "{text} {date}");
            if let Some(next) = next {
                both.extend(after.dates(next, next, end, MOST_DATES));
            } else {
                assert!(after.as_str().contains("UNTIL") || !text.contains("COUNT"));
            }
            both.truncate(MOST_DATES);
            assert_eq!(both, all, "{text} {date}");
            for part in [before, after] {
                assert_eq!(Recurrence::of_row(part.as_str()), part);
            }
        }
    }
}

#[test]
fn a_part_of_a_series_still_repeats_on_the_day_it_began_on() {
    let first = day("2027-01-31");
    let whole = rule("FREQ=MONTHLY", "2027-01-31");
    let after = whole.continued_from(first, day("2027-02-28"));
    let dates = after.dates(day("2027-02-28"), first, day("2027-04-30"), 9);
    let expected = ["2027-02-28", "2027-03-31", "2027-04-30"].map(day);
    assert_eq!(dates, expected);
}

#[test]
fn a_text_that_is_no_rule_has_no_dates() {
    let (first, end) = (day("2027-01-31"), day("2199-12-31"));
    for text in ["", "FREQ=HOURLY", "nothing"] {
        let broken = Recurrence::of_row(text);
        assert_eq!(broken.as_str(), text);
        assert!(broken.dates(first, first, end, 9).is_empty());
        assert_eq!(broken.last(first), None);
        assert!(broken.ended_before(first, end).last(first).is_none());
    }
}

#[test]
fn the_dates_from_a_day_on_are_those_of_the_whole() {
    for text in [
        "FREQ=DAILY;INTERVAL=7",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,MO",
        "FREQ=MONTHLY;INTERVAL=7",
        "FREQ=YEARLY;INTERVAL=2;BYMONTHDAY=-1,31",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYDAY=SU,MO;COUNT=17",
    ] {
        let first = day("2027-01-31");
        let whole = rule(text, "2027-01-31");
        let end = day("2060-12-31");
        let all = whole.dates(first, first, end, MOST_DATES);
        for far in (0..12_000).step_by(97) {
            let from = first + TimeDelta::days(far);
            let expected: Vec<_> = all.iter().copied().filter(|date| *date >= from).collect();
            let found = whole.dates(first, from, end, MOST_DATES);
            let found: Vec<_> = found.into_iter().take(expected.len()).collect();
            assert_eq!(found, expected, "{text} {from}");
        }
    }
}

/// Each takes some milliseconds, even in a program that is not optimized.
#[test]
fn hostile_rules_are_refused_or_bounded() {
    let began = std::time::Instant::now();
    let long = format!("FREQ=DAILY;BYMONTHDAY={}1", "1,".repeat(100_000));
    assert_eq!(
        fault(&long, "2027-01-01"),
        "Send a rule of at most 200 characters."
    );
    let blanks = " ".repeat(100_000);
    assert!(fault(&blanks, "2027-01-01").starts_with("Send a rule that says"));
    let flood = format!("FREQ=DAILY;{}", "EXDATE=20270101;".repeat(50));
    assert!(Recurrence::parse(&flood, day("2027-01-01")).is_err());
    for never in [
        "FREQ=DAILY;BYMONTH=1;BYSETPOS=2",
        "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=3",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=2MO",
        "FREQ=YEARLY;BYMONTH=2;BYDAY=5SA",
        "FREQ=YEARLY;INTERVAL=999;BYMONTH=2;BYMONTHDAY=1;BYDAY=-1MO",
    ] {
        let found = Recurrence::parse(never, day("2033-01-03")).unwrap_err();
        assert_eq!(found, RecurrenceFault::HasNoDates, "{never}");
    }
    let end = day("2199-12-31");
    for (text, first, last) in [
        ("FREQ=DAILY;INTERVAL=999", "1900-01-01", "2198-02-18"),
        ("FREQ=YEARLY;INTERVAL=999", "2027-01-01", "2027-01-01"),
        ("FREQ=DAILY;COUNT=1000", "2199-12-30", "2199-12-31"),
        ("FREQ=WEEKLY;COUNT=1000", "2199-12-30", "2199-12-30"),
        ("FREQ=YEARLY;COUNT=1000", "1900-02-28", "2199-02-28"),
        (
            "FREQ=DAILY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;COUNT=1000",
            "1904-02-29",
            "2196-02-29",
        ),
        (
            "FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366",
            "1904-12-31",
            "2196-12-31",
        ),
    ] {
        let (first, last) = (day(first), day(last));
        let whole = Recurrence::parse(text, first).unwrap();
        let all = whole.dates(first, first, end, usize::MAX);
        assert_eq!(all.last(), Some(&last), "{text}");
        assert!(all.len() <= MOST_DATES);
    }
    let first = day("1900-01-01");
    let every_day = Recurrence::parse("FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", first).unwrap();
    assert_eq!(
        every_day.dates(first, first, end, usize::MAX).len(),
        MOST_DATES
    );
    let all_time = every_day.ended_before(first, NaiveDate::MAX);
    assert_eq!(all_time.last(first), Some(end));
    assert!(began.elapsed() < std::time::Duration::from_secs(5));
}

/// The wall times and the instants of a series in Berlin.
fn in_berlin(first: &str, time: &str, count: usize) -> Vec<String> {
    let first = day(first);
    let time = NaiveTime::parse_from_str(time, "%H:%M").unwrap();
    let daily = Recurrence::parse("FREQ=DAILY", first).unwrap();
    let dates = daily.dates(first, first, day("2199-12-31"), count);
    let instant = |date: &NaiveDate| {
        let at = resolve(date.and_time(time), "Europe/Berlin");
        let local = local_of(at, "Europe/Berlin").format("%d %H:%M");
        format!("{local} {}", at.format("%H:%MZ"))
    };
    dates.iter().map(instant).collect()
}

#[test]
fn a_daily_time_that_a_clock_change_leaves_out_moves_forward_that_day() {
    assert_eq!(
        in_berlin("2027-03-27", "02:30", 3),
        ["27 02:30 01:30Z", "28 03:30 01:30Z", "29 02:30 00:30Z"]
    );
}

#[test]
fn a_daily_time_that_occurs_twice_is_taken_once_and_first() {
    assert_eq!(
        in_berlin("2027-10-30", "02:30", 3),
        ["30 02:30 00:30Z", "31 02:30 00:30Z", "01 02:30 01:30Z"]
    );
}

#[test]
fn a_date_that_a_zone_leaves_out_is_not_lost() {
    // Samoa had no 30 December 2011.
    let first = day("2011-12-29");
    let daily = Recurrence::parse("FREQ=DAILY;COUNT=3", first).unwrap();
    let dates = daily.dates(first, first, day("2012-12-31"), 9);
    let at = |date: &NaiveDate| {
        let at = resolve(date.and_hms_opt(8, 0, 0).unwrap(), "Pacific/Apia");
        local_of(at, "Pacific/Apia").format("%m-%d").to_string()
    };
    let local: Vec<String> = dates.iter().map(at).collect();
    assert_eq!(local, ["12-29", "12-31", "12-31"]);
}
