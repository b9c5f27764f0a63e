//! The order of the story: two days ago, yesterday morning, yesterday evening, today.

use anyhow::Context;
use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use super::household::Household;
use super::people::{ABOUT_ROSA, Who};
use super::{appointments, roles, tasks, threads};
use crate::entity::topic_grant::TopicLevel;

/// How long before the end the last chapter begins.
const A_WHILE: TimeDelta = TimeDelta::minutes(45);

/// Plays the story. Returns the path of a task that Ana can complete.
pub async fn live(household: &mut Household) -> anyhow::Result<String> {
    household.wait_until(household.days_ago(2, 18)).await?;
    let circle = json!({
        "patient_name": "Rosa",
        "patient_about": ABOUT_ROSA,
        "name": "Rosa's people",
        "alias": "Ana's circle",
    });
    household.found(circle).await?;
    for who in Who::ALL {
        if who != Who::Ana {
            household.welcome(who).await?;
        }
    }
    let lucia = household.member(Who::Lucia)?;
    let topics = format!("/members/{lucia}/topics");
    let sees = json!({ "health": TopicLevel::Read });
    household
        .send(Who::Rosa, Method::PATCH, &topics, sees)
        .await?;
    let mut roles = roles::make(household).await?;

    household.wait_until(household.days_ago(1, 10)).await?;
    let tasks = tasks::make(household).await?;
    let appointments = appointments::make(household).await?;

    household.wait_until(household.days_ago(1, 19)).await?;
    roles::go_on(household, &mut roles).await?;
    tasks::go_on(household, &tasks, 1).await?;
    let mut threads = threads::make(household).await?;

    household.wait_until(household.now() - A_WHILE).await?;
    tasks::go_on(household, &tasks, 2).await?;
    appointments::turn(household, &appointments).await?;
    threads::go_on(household, &mut threads).await?;
    household.wait_until(household.now()).await?;

    let task = tasks::first_to_do(&tasks).context("Ana has no task to complete")?;
    Ok(household.path(task))
}
