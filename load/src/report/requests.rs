//! The part about single requests: medians, ratios within the same round, and the required
//! ratios.

use std::fmt::Write;

use super::sentence;
use crate::measure::{Figure, Run, STARTS};
use crate::results::{Budget, Part, median};
use crate::scenarios::{Bar, SCENARIOS, Scenario, Target};

const MOST_MIB: f64 = 60.0;
const MOST_MILLIS_TO_READY: f64 = 150.0;

/// The required values of this part.
pub fn budgets(run: &Run, is_sqlite: bool) -> Vec<Budget> {
    let mut budgets = Vec::new();
    for scenario in &SCENARIOS {
        let measured = bars_of(run, scenario, is_sqlite);
        for bar in scenario.bars {
            if !bar.on.includes(is_sqlite) {
                continue;
            }
            let rates = ratio(run, (scenario.name, bar.other), |figure| {
                figure.sample.per_second
            });
            let of = format!(" of “{}”", bar.other);
            let budget = Budget::at_least(scenario.name, bar.least, &of, rates);
            let was_measured = measured.iter().any(|measured| measured.other == bar.other);
            budgets.push(if was_measured {
                budget
            } else {
                budget.not_measured()
            });
        }
    }
    budgets.push(Budget::at_most(
        "resident memory, only lists",
        MOST_MIB,
        " MiB",
        run.list_mib,
    ));
    budgets.push(Budget::at_most(
        "resident memory, all requests",
        MOST_MIB,
        " MiB",
        run.peak_mib,
    ));
    budgets.push(Budget::at_most(
        format!("start to ready, median of {STARTS}"),
        MOST_MILLIS_TO_READY,
        " ms",
        median(run.ready_millis.iter().copied()),
    ));
    budgets
}

/// The bars whose two scenarios were measured.
fn bars_of<'a>(run: &Run, scenario: &'a Scenario, is_sqlite: bool) -> Vec<&'a Bar> {
    let measured = |name| run.figures.iter().any(|figure| figure.scenario == name);
    let bars = scenario.bars.iter();
    bars.filter(|bar| bar.on.includes(is_sqlite) && measured(scenario.name) && measured(bar.other))
        .collect()
}

pub fn add(page: &mut String, run: &Run, part: &Part) -> anyhow::Result<()> {
    let is_sqlite = part.is_sqlite;
    writeln!(
        page,
        "\n### Requests\n\n\
         {} circles. {} The ratios are medians of the ratios within a round: of the rates, and of \
         the processor time for each request, which other programs disturb least.\n\n\
         | server | request | per second | p50 ms | p99 ms | CPU µs, server | CPU µs, database \
         | others | ratio of rates | of CPU |\n\
         |---|---|--:|--:|--:|--:|--:|--:|---|---|",
        run.circles,
        sentence(part.method)
    )?;
    for scenario in &SCENARIOS {
        let figures = figures_of(run, scenario.name);
        if figures.is_empty() {
            continue;
        }
        let of = |value: fn(&Figure) -> f64| median(figures.iter().map(|figure| value(figure)));
        let database = of(|figure| figure.sample.database_cpu_micros);
        let database = if is_sqlite {
            String::new()
        } else {
            format!("{database:.0}")
        };
        let (mut rates, mut times) = (Vec::new(), Vec::new());
        for bar in bars_of(run, scenario, is_sqlite) {
            let value = ratio(run, (scenario.name, bar.other), |figure| {
                figure.sample.per_second
            });
            rates.push(format!("{value:.2} of “{}”", bar.other));
            let value = ratio(run, (bar.other, scenario.name), |figure| {
                figure.sample.all_cpu()
            });
            times.push(format!("{value:.2}"));
        }
        writeln!(
            page,
            "| {} | {} | {:.0} | {:.1} | {:.1} | {:.0} | {database} | {:.0} % | {} | {} |",
            match scenario.target {
                Target::ByHand => "by hand",
                Target::Kith => "Kith",
                Target::PocketBase => "PocketBase",
            },
            scenario.name,
            of(|figure| figure.sample.per_second),
            of(|figure| figure.sample.p50_millis),
            of(|figure| figure.sample.p99_millis),
            of(|figure| figure.sample.cpu_micros),
            of(|figure| figure.sample.taken_by_others * 100.0),
            rates.join("; "),
            times.join("; "),
        )?;
    }
    let starts: Vec<String> = run
        .ready_millis
        .iter()
        .map(|millis| format!("{millis:.0}"))
        .collect();
    writeln!(
        page,
        "\n- Most resident memory of Kith: {:.0} MiB of a fresh server that only answered lists, \
         {:.0} MiB of the server that answered everything.\n\
         - From the start of the process to its first 204 at `/readyz`: {} ms.",
        run.list_mib,
        run.peak_mib,
        starts.join(", ")
    )?;
    Ok(())
}

/// The median ratio of two scenarios, each from values of the same round.
fn ratio(run: &Run, (one, other): (&str, &str), value: fn(&Figure) -> f64) -> f64 {
    let (ones, others) = (figures_of(run, one), figures_of(run, other));
    let of_round = |figure: &&Figure| {
        let same = others.iter().find(|other| other.round == figure.round)?;
        Some(value(figure) / value(same))
    };
    median(ones.iter().filter_map(of_round))
}

fn figures_of<'a>(run: &'a Run, scenario: &str) -> Vec<&'a Figure> {
    let figures = run.figures.iter();
    figures
        .filter(|figure| figure.scenario == scenario)
        .collect()
}
