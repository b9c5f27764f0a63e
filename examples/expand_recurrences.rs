//! Prints the instants of recurrence rules, for `scripts/check-recurrence`, which compares them with
//! those of other programs.
//!
//! Reads a case from each line: time zone, first wall time, rule and last date, separated by tabs.
//! Prints a line for each: the instants in seconds since 1970, or why the rule is refused. With
//! `--zone-rules` it prints the release of the time zone database.

use std::io::{BufRead, Write, stdin, stdout};

use anyhow::{Context, bail};
use chrono::{NaiveDate, NaiveDateTime};
use kith::features::zone_rules;
use kith::platform::time::civil::resolve;
use kith::schedule::Recurrence;

/// How many dates are asked for at once, so that a long series is read in several pieces.
const AT_ONCE: usize = 700;

fn main() -> anyhow::Result<()> {
    if std::env::args().any(|argument| argument == "--zone-rules") {
        println!("{}", zone_rules::version());
        return Ok(());
    }
    let mut out = std::io::BufWriter::new(stdout().lock());
    for line in stdin().lock().lines() {
        writeln!(out, "{}", answer(&line?)?)?;
    }
    out.flush()?;
    Ok(())
}

fn answer(line: &str) -> anyhow::Result<String> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [zone, first, rule, last] = fields[..] else {
        bail!("a line has four fields, and not: {line}");
    };
    let first = NaiveDateTime::parse_from_str(first, "%Y-%m-%dT%H:%M").context("the first time")?;
    let last: NaiveDate = last.parse().context("the last date")?;
    let rule = match Recurrence::parse(rule, first.date()) {
        Ok(rule) => Recurrence::of_row(rule.as_str()),
        Err(fault) => return Ok(format!("refused: {fault}")),
    };
    let mut instants = Vec::new();
    let mut from = first.date();
    loop {
        let dates = rule.dates(first.date(), from, last, AT_ONCE);
        let at = |date: &NaiveDate| resolve(date.and_time(first.time()), zone).timestamp();
        instants.extend(dates.iter().map(|date| at(date).to_string()));
        match dates.last().and_then(NaiveDate::succ_opt) {
            Some(next) if dates.len() == AT_ONCE => from = next,
            _ => return Ok(instants.join(" ")),
        }
    }
}
