//! The order of the story: two days ago, yesterday morning, yesterday evening, today.

use anyhow::Context;
use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use super::household::Household;
use super::people::{ABOUT_ROSA, Who};
use super::{appointments, arrangements, questions, roles, series, tasks, threads};
use crate::entity::proxy::ProxyBasis;
use crate::entity::topic_grant::TopicLevel;

/// How long before the end the last chapter begins.
const A_WHILE: TimeDelta = TimeDelta::minutes(45);

/// What the person who tries the demo looks at first.
pub struct FirstThings {
    /// The path of a task that Ana can complete.
    pub task: String,
    /// The path of the appointment for which the family has questions.
    pub check_up: String,
    /// The path of the circle.
    pub circle: String,
}

/// Plays the story.
pub async fn live(household: &mut Household) -> anyhow::Result<FirstThings> {
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
    let proxy = json!({
        "member_id": household.member(Who::Ana)?,
        "basis": ProxyBasis::PatientSaid,
    });
    household
        .send(Who::Rosa, Method::PUT, "/proxy", proxy)
        .await?;
    let deputy = json!({ "deputy_member_id": household.member(Who::Ben)? });
    household.send(Who::Ana, Method::PATCH, "", deputy).await?;
    let mut roles = roles::make(household).await?;

    household.wait_until(household.days_ago(1, 10)).await?;
    let tasks = tasks::make(household).await?;
    let appointments = appointments::make(household).await?;
    let check_up = appointments::check_up(&appointments).context("there is no check-up")?;
    let series = series::make(household).await?;
    arrangements::make(household).await?;

    household.wait_until(household.days_ago(1, 19)).await?;
    roles::go_on(household, &mut roles).await?;
    tasks::go_on(household, &tasks, 1).await?;
    series::go_on(household, &series, 1).await?;
    let questions = questions::make(household, check_up).await?;
    let mut threads = threads::make(household).await?;

    household.wait_until(household.now() - A_WHILE).await?;
    tasks::go_on(household, &tasks, 2).await?;
    appointments::turn(household, &appointments).await?;
    series::go_on(household, &series, 2).await?;
    arrangements::go_on(household, &tasks, check_up).await?;
    questions::go_on(household, &questions).await?;
    threads::go_on(household, &mut threads).await?;
    household.wait_until(household.now()).await?;

    let task = tasks::first_to_do(&tasks).context("Ana has no task to complete")?;
    Ok(FirstThings {
        task: household.path(task),
        check_up: household.path(check_up),
        circle: household.path(""),
    })
}
