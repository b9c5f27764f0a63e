//! The figures as a page: the budgets first, then each part.

mod machine;
mod others;
mod requests;

use std::fmt::Write;

use crate::data::TASKS;
use crate::results::{Budget, Found, Part};
use crate::sample::{Method, WARM_UP};

/// Builds the whole page.
pub fn report(parts: &[Part], commit: &str) -> anyhow::Result<String> {
    let mut page = String::new();
    writeln!(
        page,
        "# Results\n\n\
         Measured by `load/run` at commit `{commit}`. [README.md](README.md) explains the method \
         and the words. The program writes this page.\n\n\
         {}, {} cores, {} GiB of memory, {}. Servers and database run on one core, the load \
         on the other: 32 connections. Each circle has {TASKS} tasks. Trust the ratios, not the \
         rates.",
        machine::processor()?,
        std::thread::available_parallelism()?,
        machine::memory_gib()?,
        machine::system()?,
    )?;
    let mut databases: Vec<&str> = parts.iter().map(|part| part.database.as_str()).collect();
    databases.dedup();
    for database in databases {
        let parts = parts.iter().filter(|part| part.database == database);
        writeln!(page, "\n## {database}\n\n### Budgets\n")?;
        writeln!(page, "| what | required | measured | |\n|---|---|--:|---|")?;
        for budget in parts.clone().flat_map(budgets) {
            writeln!(
                page,
                "| {} | {} | {} | {} |",
                budget.what,
                budget.required,
                budget.measured,
                budget.verdict()
            )?;
        }
        let measured: Vec<&str> = parts.clone().map(|part| part.found.name()).collect();
        let missing = Found::NAMES.into_iter();
        let missing: Vec<&str> = missing.filter(|name| !measured.contains(name)).collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            writeln!(page, "\nParts that were not measured: {missing}.")?;
        }
        for part in parts {
            match &part.found {
                Found::Requests(run) => requests::add(&mut page, run, part)?,
                Found::Growth(growth) => others::add_growth(&mut page, growth, part.method)?,
                Found::Reminders(found) => others::add_reminders(&mut page, found)?,
                Found::Overload(found) => others::add_overload(&mut page, found)?,
            }
        }
    }
    Ok(page)
}

/// How requests were measured, in a sentence.
fn sentence(method: Method) -> String {
    let Method { rounds, seconds } = method;
    let warm_up = WARM_UP.as_secs();
    if rounds == 1 {
        return format!(
            "{warm_up} s of warm-up and {seconds} s measured, in a single round that waited for no \
             quiet machine."
        );
    }
    format!("{warm_up} s of warm-up and {seconds} s measured, medians of {rounds} rounds.")
}

fn budgets(part: &Part) -> Vec<Budget> {
    match &part.found {
        Found::Requests(run) => requests::budgets(run, part.is_sqlite),
        Found::Growth(growth) => others::growth_budgets(growth),
        Found::Reminders(found) => others::reminder_budgets(found),
        Found::Overload(found) => others::overload_budgets(found),
    }
}
