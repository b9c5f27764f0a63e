//! The series of the demo family: tasks that repeat, and who does them.

use anyhow::Context;
use axum::http::Method;
use chrono::Datelike;
use serde_json::{Value, json};

use super::household::Household;
use super::people::Who::{self, Ana, Ben, Cem};
use super::requests::text;
use crate::entity::task::TaskCategory;

/// What a member does with a series.
#[derive(Clone, Copy)]
enum SeriesStep {
    Claim,
    Offer(Who),
    TakeTurns(&'static [Who]),
    Accept,
    /// Changes one of its tasks alone: another time on its day, and why.
    Change(usize, i64, &'static str, &'static str, &'static str),
}

use SeriesStep::{Accept, Change, Claim, Offer, TakeTurns};

/// A series, and what members do with it: at once, in the evening, and today.
struct SeriesPlan {
    title: &'static str,
    notes: Option<&'static str>,
    category: TaskCategory,
    frequency: &'static str,
    /// Its days in the coming week, the first one first. A weekly series repeats on all of them.
    days: &'static [i64],
    from: Option<&'static str>,
    to: &'static str,
    steps: [&'static [(Who, SeriesStep)]; 3],
}

const SERIES: &[SeriesPlan] = &[
    SeriesPlan {
        title: "Supper with Rosa",
        notes: Some("Cooked or brought, she likes company more than courses."),
        category: TaskCategory::Meals,
        frequency: "WEEKLY",
        days: &[1, 4],
        from: Some("17:30"),
        to: "18:30",
        steps: [
            &[(Ana, TakeTurns(&[Ben, Cem, Ana]))],
            &[(Ben, Accept), (Cem, Accept)],
            &[(
                Ana,
                Change(
                    1,
                    4,
                    "18:30",
                    "19:30",
                    "An hour later: the choir is on the radio before.",
                ),
            )],
        ],
    },
    SeriesPlan {
        title: "Fill the pill box",
        notes: None,
        category: TaskCategory::Medication,
        frequency: "WEEKLY",
        days: &[5],
        from: None,
        to: "19:00",
        steps: [&[(Ana, Claim)], &[], &[]],
    },
    SeriesPlan {
        title: "Go through the bills",
        notes: Some("They are in the drawer under the radio."),
        category: TaskCategory::FinanceInsurance,
        frequency: "MONTHLY",
        days: &[6],
        from: None,
        to: "20:00",
        steps: [&[], &[(Ana, Offer(Ben))], &[]],
    },
];

/// A series that was created, and its id.
pub struct MadeSeries {
    plan: &'static SeriesPlan,
    id: String,
}

/// Creates the series, and takes their first steps.
pub async fn make(household: &mut Household) -> anyhow::Result<Vec<MadeSeries>> {
    let mut made = Vec::new();
    for plan in SERIES {
        let first = plan.days.first().copied().unwrap_or_default();
        let new = json!({
            "title": plan.title,
            "notes": plan.notes,
            "category": plan.category,
            "recurrence": plan.rule(household),
            "due_local": household.wall_time(first, plan.to),
            "starts_local": plan.from.map(|from| household.wall_time(first, from)),
        });
        let series = household.ask(Ana, "/task-series", new).await?;
        let id = text(&series, "id")?.to_owned();
        made.push(MadeSeries { plan, id });
    }
    go_on(household, &made, 0).await?;
    Ok(made)
}

/// Takes the steps of a chapter: at once (0), in the evening (1), today (2).
pub async fn go_on(
    household: &mut Household,
    series: &[MadeSeries],
    chapter: usize,
) -> anyhow::Result<()> {
    for series in series {
        for (who, step) in series.plan.steps[chapter] {
            series.take_step(household, *who, *step).await?;
        }
    }
    Ok(())
}

impl SeriesPlan {
    /// The rule, with the days of the week that its days are this time.
    fn rule(&self, household: &Household) -> String {
        if self.frequency != "WEEKLY" {
            return format!("FREQ={}", self.frequency);
        }
        let day = |day: &i64| {
            let name = household.day(*day).weekday().to_string();
            name.chars().take(2).collect::<String>().to_uppercase()
        };
        let days: Vec<_> = self.days.iter().map(day).collect();
        format!("FREQ={};BYDAY={}", self.frequency, days.join(","))
    }
}

impl MadeSeries {
    async fn take_step(
        &self,
        household: &mut Household,
        who: Who,
        step: SeriesStep,
    ) -> anyhow::Result<()> {
        let (verb, body) = match step {
            Claim => ("claim", Value::Null),
            Accept => ("accept", Value::Null),
            Offer(to) => ("offer", json!({ "member_id": household.member(to)? })),
            TakeTurns(members) => (
                "set-turns",
                json!({ "member_ids": household.members(members)? }),
            ),
            Change(task, day, from, to, notes) => {
                let task = self.task(household, who, task).await?;
                let changes = json!({
                    "starts_local": household.wall_time(day, from),
                    "due_local": household.wall_time(day, to),
                    "notes": notes,
                });
                let path = format!("/tasks/{task}");
                household.send(who, Method::PATCH, &path, changes).await?;
                return Ok(());
            }
        };
        let path = format!("/task-series/{}/{verb}", self.id);
        household.ask(who, &path, body).await?;
        Ok(())
    }

    /// The id of one of its tasks, by its number from 0.
    async fn task(
        &self,
        household: &mut Household,
        who: Who,
        number: usize,
    ) -> anyhow::Result<String> {
        let path = format!("/tasks?series_id={}&limit={}", self.id, number + 1);
        let page = household.send(who, Method::GET, &path, Value::Null).await?;
        let task = page["data"].get(number);
        let task = task.context("the series has too few tasks")?;
        Ok(text(task, "id")?.to_owned())
    }
}
