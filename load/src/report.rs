//! The figures as a page: medians, ratios within the same round, and the required ratios.

use std::fmt::Write;

use anyhow::Context;

use crate::fill::{CIRCLES, TASKS};
use crate::measure::{Figure, MEASURED, ROUNDS, Run, WARM_UP};
use crate::scenarios::{SCENARIOS, Scenario, Server};

/// Builds the whole page.
pub fn report(runs: &[Run], commit: &str) -> anyhow::Result<String> {
    let mut page = String::new();
    writeln!(
        page,
        "# Results\n\n\
         Measured by `load/run` at commit `{commit}`. `load/README.md` explains the method and the \
         words. The program writes this page.\n\n\
         {}, {} cores, {} GiB of memory, {}. Servers and database run on one core, the load \
         on the other: 32 connections, {} s of warm-up and {} s measured, {ROUNDS} rounds, \
         medians. The ratios are medians of the ratios within a round. There are ratios of the \
         rates, which have a required value, and of the processor time for each request, which \
         other programs disturb least. On PostgreSQL it includes the time of the database. \
         {CIRCLES} circles, {} tasks. Trust the ratios, not the rates.",
        processor()?,
        std::thread::available_parallelism()?,
        memory_gib()?,
        system()?,
        WARM_UP.as_secs(),
        MEASURED.as_secs(),
        CIRCLES * TASKS,
    )?;
    for run in runs {
        add_run(&mut page, run)?;
    }
    Ok(page)
}

fn add_run(page: &mut String, run: &Run) -> anyhow::Result<()> {
    writeln!(
        page,
        "\n## {}\n\n\
         | server | request | per second | p50 ms | p99 ms | CPU µs, server | CPU µs, database \
         | others | ratio | of CPU | bar |\n\
         |---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
        run.database
    )?;
    for scenario in &SCENARIOS {
        let figures = figures_of(run, scenario.name);
        let of = |value: fn(&Figure) -> f64| median(figures.iter().map(|figure| value(figure)));
        let database = of(|figure| figure.database_cpu_micros);
        let database = if run.database.starts_with("SQLite") {
            String::new()
        } else {
            format!("{database:.0}")
        };
        let (ratios, bar) = verdict(run, scenario);
        writeln!(
            page,
            "| {} | {} | {:.0} | {:.1} | {:.1} | {:.0} | {database} | {:.0} % | {ratios} | {bar} |",
            match scenario.server {
                Server::ByHand => "by hand",
                Server::Kith => "Kith",
            },
            scenario.name,
            of(|figure| figure.per_second),
            of(|figure| figure.p50_millis),
            of(|figure| figure.p99_millis),
            of(|figure| figure.cpu_micros),
            of(|figure| figure.taken_by_others * 100.0),
        )?;
    }
    let resident = run.figures.iter().filter(|figure| {
        let by = SCENARIOS.iter().find(|known| known.name == figure.scenario);
        by.is_some_and(|scenario| scenario.server == Server::Kith)
    });
    let resident = resident
        .map(|figure| figure.resident_mib)
        .fold(0.0, f64::max);
    let ready = median(run.ready_millis.iter().copied());
    writeln!(
        page,
        "\n- Resident memory of Kith under load, at most: {resident:.0} MiB{}.\n\
         - From the start of the process to its first 204 at `/readyz`: {ready:.0} ms ({}: ≤ 150).",
        if run.database.starts_with("SQLite") {
            String::new()
        } else {
            format!(" ({}: ≤ 60)", met(resident <= 60.0))
        },
        met(ready <= 150.0),
    )?;
    Ok(())
}

/// The ratios to the compared scenario, and whether they reach the required ratio.
fn verdict(run: &Run, scenario: &Scenario) -> (String, String) {
    let Some((other, least)) = scenario.bar else {
        return (" |".into(), String::new());
    };
    let rates = ratio(run, (scenario.name, other), |figure| figure.per_second);
    let times = ratio(run, (other, scenario.name), |figure| {
        figure.cpu_micros + figure.database_cpu_micros
    });
    (
        format!("{rates:.2} | {times:.2}"),
        format!("{}: ≥ {least} of “{other}”", met(rates >= least)),
    )
}

fn met(met: bool) -> &'static str {
    if met { "met" } else { "**missed**" }
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

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The text after the colon in the first line that begins with a name.
fn line_of(file: &str, name: &str) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?;
    let line = text.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.split_once([':', '=']));
    Ok(value
        .map_or("unknown", |(_, value)| value.trim_matches(['"', ' ']))
        .to_owned())
}

fn processor() -> anyhow::Result<String> {
    line_of("/proc/cpuinfo", "model name")
}

fn memory_gib() -> anyhow::Result<u64> {
    let kib = line_of("/proc/meminfo", "MemTotal")?;
    let kib: u64 = kib.trim_end_matches(" kB").parse()?;
    Ok(kib.div_ceil(1024 * 1024))
}

fn system() -> anyhow::Result<String> {
    line_of("/etc/os-release", "PRETTY_NAME")
}
