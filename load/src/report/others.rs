//! The parts about growth, reminders and overload.

use std::fmt::Write;

use super::sentence;
use crate::growth::{Growth, Pair, REQUESTS};
use crate::offer::Summary;
use crate::overload::Overload;
use crate::reminders::Reminders;
use crate::results::{Budget, median};
use crate::sample::Method;

pub fn growth_budgets(growth: &Growth) -> Vec<Budget> {
    let mut budgets = Vec::new();
    for (request, _) in REQUESTS {
        let pairs: Vec<&Pair> = pairs_of(growth, request);
        if !pairs.is_empty() {
            let what = format!("growth: p99 of {request}");
            let of = format!(" of {} circles", growth.small);
            let ratio = ratio(&pairs, |pair| {
                (pair.large.p99_millis, pair.small.p99_millis)
            });
            budgets.push(Budget::at_most(what, 1.3, &of, ratio));
        }
    }
    budgets
}

fn pairs_of<'a>(growth: &'a Growth, request: &str) -> Vec<&'a Pair> {
    let pairs = growth.pairs.iter();
    pairs.filter(|pair| pair.request == request).collect()
}

/// The median of the ratios within a round.
fn ratio(pairs: &[&Pair], values: fn(&Pair) -> (f64, f64)) -> f64 {
    median(pairs.iter().map(|pair| {
        let (large, small) = values(pair);
        large / small
    }))
}

pub fn add_growth(page: &mut String, growth: &Growth, method: Method) -> anyhow::Result<()> {
    writeln!(
        page,
        "\n### Growth\n\n\
         From {} circles to {}, measured in turn. {}\n\n\
         | request | p99 ms, {0} | p99 ms, {1} | ratio | CPU µs, {0} | CPU µs, {1} | ratio |\n\
         |---|--:|--:|--:|--:|--:|--:|",
        growth.small,
        growth.large,
        sentence(method)
    )?;
    for (request, _) in REQUESTS {
        let pairs = pairs_of(growth, request);
        if pairs.is_empty() {
            continue;
        }
        let of = |value: fn(&Pair) -> f64| median(pairs.iter().map(|pair| value(pair)));
        writeln!(
            page,
            "| {request} | {:.1} | {:.1} | {:.2} | {:.0} | {:.0} | {:.2} |",
            of(|pair| pair.small.p99_millis),
            of(|pair| pair.large.p99_millis),
            ratio(&pairs, |pair| (
                pair.large.p99_millis,
                pair.small.p99_millis
            )),
            of(|pair| pair.small.all_cpu()),
            of(|pair| pair.large.all_cpu()),
            ratio(&pairs, |pair| (pair.large.all_cpu(), pair.small.all_cpu())),
        )?;
    }
    Ok(())
}

/// What was not measured misses every budget.
const NEVER: f64 = f64::INFINITY;

/// If nothing was accepted, there is no p99 to compare.
fn p99_ratio(one: &Summary, other: &Summary) -> f64 {
    if one.accepted > 0.0 && other.accepted > 0.0 {
        one.accepted_p99_millis / other.accepted_p99_millis
    } else {
        NEVER
    }
}

pub fn reminder_budgets(found: &Reminders) -> Vec<Budget> {
    let mut budgets = vec![
        Budget::at_least(
            "reminders claimed and recorded",
            2000.0,
            " a second",
            found.fired_per_second(),
        ),
        Budget::at_most(
            "p99 of lists while reminders fire",
            2.0,
            " of quiet",
            p99_ratio(&found.while_firing, &found.quiet),
        ),
    ];
    let late = found.fired < found.due;
    // There is nothing to measure if all emails were sent before the last reminder fired.
    if late || found.while_mailing.per_second > 0.0 {
        let ratio = p99_ratio(&found.while_mailing, &found.quiet);
        budgets.push(Budget::at_most(
            "p99 of lists while emails are sent",
            2.0,
            " of quiet",
            if late { NEVER } else { ratio },
        ));
    }
    budgets
}

pub fn add_reminders(page: &mut String, found: &Reminders) -> anyhow::Result<()> {
    writeln!(
        page,
        "\n### Reminders\n\n\
         {} reminders were due at one moment. {} fired in {:.1} s ({:.0} a second) and made {} \
         deliveries. The mail server accepted {} emails in {:.1} s ({:.0} a second). Kith used at \
         most {:.0} MiB.\n\n{HEAD}",
        found.due,
        found.fired,
        found.firing_seconds,
        found.fired_per_second(),
        found.deliveries,
        found.mails,
        found.mailing_seconds,
        found.mails_per_second(),
        found.peak_mib,
    )?;
    add_summary(page, "lists, quiet", &found.quiet)?;
    add_summary(page, "lists, while reminders fire", &found.while_firing)?;
    add_summary(page, "lists, while emails are sent", &found.while_mailing)
}

pub fn overload_budgets(found: &Overload) -> Vec<Budget> {
    vec![
        Budget::at_most(
            "p99 of accepted requests under ten times the load",
            3.0,
            " of normal",
            p99_ratio(&found.flood, &found.normal),
        ),
        Budget::at_most(
            "answers under ten times the load that are neither 200 nor 503",
            0.0,
            "",
            found.flood.broken,
        ),
        Budget::at_least(
            "503 with `Retry-After`",
            1.0,
            " of all 503",
            if found.flood.refused > 0.0 {
                found.flood.with_retry_after
            } else {
                1.0
            },
        ),
        Budget::at_most(
            "back to normal",
            10.0,
            " s",
            found.normal_after_seconds.unwrap_or(NEVER),
        ),
        Budget::at_most(
            "p99 of other circles beside one that hammers",
            2.0,
            " of quiet",
            p99_ratio(&found.others_beside_hammer, &found.others_quiet),
        ),
        Budget::at_most(
            "p99 of lists beside a storm of sign-ins",
            3.0,
            " of quiet",
            p99_ratio(&found.others_beside_sign_ins, &found.others_quiet),
        ),
    ]
}

pub fn add_overload(page: &mut String, found: &Overload) -> anyhow::Result<()> {
    let again = found.normal_after_seconds.map_or_else(
        || "not back to normal in the time of the measurement".to_owned(),
        |seconds| format!("back to normal after {seconds:.0} s"),
    );
    writeln!(
        page,
        "\n### Overload\n\n\
         {:.0} s of ten times the connections and the rate, and {:.1} s more until the last answer: \
         {again}. Kith used at most {:.0} MiB before and {:.0} MiB during it.\n\n{HEAD}",
        found.flood_seconds, found.drain_seconds, found.peak_mib_before, found.peak_mib,
    )?;
    add_summary(page, "lists, normal load", &found.normal)?;
    add_summary(page, "lists, ten times the load", &found.flood)?;
    add_summary(page, "lists of others, quiet", &found.others_quiet)?;
    add_summary(
        page,
        "lists of others, beside a circle that hammers",
        &found.others_beside_hammer,
    )?;
    add_summary(page, "lists of the circle that hammers", &found.hammer)?;
    add_summary(
        page,
        "lists of others, beside sign-ins",
        &found.others_beside_sign_ins,
    )?;
    add_summary(page, "sign-ins", &found.sign_ins)
}

const HEAD: &str = "| requests | sent a second | accepted a second | accepted p50 ms | p99 ms \
     | 503 | of these with `Retry-After` | 503 p99 ms | other |\n\
     |---|--:|--:|--:|--:|--:|--:|--:|--:|";

fn add_summary(page: &mut String, name: &str, of: &Summary) -> anyhow::Result<()> {
    let broken: Vec<String> = of
        .broken_by_status
        .iter()
        .map(|(status, count)| match status {
            0 => format!("{count} connections"),
            status => format!("{count} × {status}"),
        })
        .collect();
    writeln!(
        page,
        "| {name} | {:.0} | {:.0} | {:.1} | {:.1} | {:.1} % | {:.0} % | {:.1} | {} |",
        of.per_second,
        of.accepted_per_second,
        of.accepted_p50_millis,
        of.accepted_p99_millis,
        of.refused * 100.0,
        of.with_retry_after * 100.0,
        of.refused_p99_millis,
        broken.join(", "),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(p99: f64) -> Summary {
        Summary {
            per_second: 100.0,
            accepted: 1.0,
            accepted_per_second: 100.0,
            accepted_p99_millis: p99,
            ..Summary::default()
        }
    }

    fn reminders(fired: u64, while_mailing: Summary) -> Reminders {
        Reminders {
            due: 1000,
            fired,
            deliveries: fired,
            firing_seconds: 0.25,
            mails: fired,
            mailing_seconds: 1.0,
            quiet: lists(10.0),
            while_firing: lists(15.0),
            while_mailing,
            peak_mib: 50.0,
        }
    }

    fn met(found: &Reminders) -> Vec<bool> {
        let budgets = reminder_budgets(found);
        budgets
            .iter()
            .map(|budget| budget.met == Some(true))
            .collect()
    }

    #[test]
    fn what_is_measured_of_emails_is_compared_with_the_quiet_server() {
        assert_eq!(met(&reminders(1000, lists(15.0))), [true, true, true]);
        assert_eq!(met(&reminders(1000, lists(25.0))), [true, true, false]);
    }

    #[test]
    fn a_budget_whose_requests_all_failed_is_missed() {
        let failed = Summary {
            per_second: 100.0,
            ..Summary::default()
        };
        assert_eq!(met(&reminders(1000, failed)), [true, true, false]);
    }

    #[test]
    fn the_budget_of_emails_is_missed_if_reminders_fire_too_late_and_left_out_if_there_are_none() {
        let none = Summary::default();
        assert_eq!(met(&reminders(900, none.clone())), [true, true, false]);
        assert_eq!(met(&reminders(900, lists(15.0))), [true, true, false]);
        assert_eq!(met(&reminders(1000, none)), [true, true]);
    }
}
