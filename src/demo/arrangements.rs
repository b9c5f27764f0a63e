//! What the demo family arranges besides its plans: a grandmother without an account, a link for the
//! neighbors, an infusion every week, a handover, and days on which somebody is away.

use anyhow::Context;
use axum::http::Method;
use serde_json::{Value, json};

use super::household::Household;
use super::people::Who::{self, Ana, Ben, Cem, Rosa};
use super::requests::text;
use super::tasks::{MadeTask, path_of};
use crate::entity::appointment::AppointmentKind;
use crate::entity::attendance::AttendeeResponse;
use crate::entity::handover::HandoverReason;
use crate::entity::membership::AccessLevel;
use crate::entity::need::NeedKind;

/// Adds the grandmother, the link and the infusions.
pub async fn make(household: &mut Household) -> anyhow::Result<()> {
    add_grandmother(household).await?;
    let link = json!({ "access": AccessLevel::Helper, "max_uses": 5 });
    household.ask(Ana, "/join-links", link).await?;
    schedule_infusions(household).await
}

/// Carmen has no email. Ben acts for her, and says yes to a task in her name.
async fn add_grandmother(household: &mut Household) -> anyhow::Result<()> {
    let new = json!({
        "name": "Carmen Prieto",
        "access": AccessLevel::Helper,
        "relationship": "Rosa's mother",
        "contact_member_id": household.member(Ben)?,
    });
    let carmen = household.ask(Ana, "/members", new).await?;
    let carmen = text(&carmen, "id")?;
    let new = json!({ "title": "Knit a blanket for the balcony", "due_on": household.day(6) });
    let task = household.ask(Ana, "/tasks", new).await?;
    let task = format!("/tasks/{}", text(&task, "id")?);
    let offer = json!({ "member_id": carmen });
    household.ask(Ana, &format!("{task}/offer"), offer).await?;
    let yes = json!({ "on_behalf_of_member_id": carmen });
    household.ask(Ben, &format!("{task}/accept"), yes).await?;
    Ok(())
}

/// Every week somebody drives Rosa. For the first time it is Cem.
async fn schedule_infusions(household: &mut Household) -> anyhow::Result<()> {
    let new = json!({
        "title": "Infusion at the day clinic",
        "kind": AppointmentKind::Treatment,
        "starts_local": household.wall_time(5, "09:00"),
        "ends_local": household.wall_time(5, "10:30"),
        "recurrence": "FREQ=WEEKLY",
        "location": "Day clinic, third floor",
        "attendee_member_ids": household.members(&[Rosa])?,
        "needs": [{
            "kind": NeedKind::Driver,
            "pickup_location": "At home",
            "dropoff_location": "Day clinic, the main entrance",
            "starts_local": household.wall_time(5, "08:30"),
        }],
    });
    let series = household.ask(Ana, "/appointment-series", new).await?;
    let path = format!("/appointments?series_id={}&limit=1", text(&series, "id")?);
    let page = household.send(Ana, Method::GET, &path, Value::Null).await?;
    let first = page["data"]
        .get(0)
        .context("the series has no appointment")?;
    let first = text(first, "id")?;
    let respond = format!("/appointments/{first}/attendees/me/respond");
    let yes = json!({ "response": AttendeeResponse::Accepted });
    household.ask(Rosa, &respond, yes).await?;

    let path = "/needs?limit=200";
    let page = household.send(Ana, Method::GET, path, Value::Null).await?;
    let mut needs = page["data"].as_array().into_iter().flatten();
    let need = needs.find(|need| need["appointment_id"] == first);
    let need = need.context("the appointment needs no driver")?;
    let claim = format!("/needs/{}/claim", text(need, "id")?);
    household.ask(Cem, &claim, Value::Null).await?;
    Ok(())
}

/// Today: Cem has begun to shop, two members comment, and Ben hands something over and will be away.
pub async fn go_on(
    household: &mut Household,
    tasks: &[MadeTask],
    check_up: &str,
) -> anyhow::Result<()> {
    let shopping = path_of(tasks, "Weekly shopping").context("nobody goes shopping")?;
    let task = household
        .send(Cem, Method::GET, shopping, Value::Null)
        .await?;
    let items = task["checklist"].as_array().into_iter().flatten();
    for item in items.take(2) {
        let check = format!("/checklist-items/{}/check", text(item, "id")?);
        household.ask(Cem, &check, Value::Null).await?;
    }
    let body = "Tomatoes and bread are from the market. I get the rest on the way home.";
    comment(household, Cem, shopping, body).await?;
    let body = "The practice called: we should be there ten minutes early.";
    comment(household, Ana, check_up, body).await?;

    let attic = "Carry the winter things to the attic";
    let attic = path_of(tasks, attic).context("nobody goes to the attic")?;
    let handover = json!({
        "task_id": attic.rsplit('/').next(),
        "to_member_id": household.member(Ana)?,
        "reason": HandoverReason::Tired,
        "note": "My back again. I can still hold the ladder.",
    });
    household.ask(Ben, "/handovers", handover).await?;
    let absence = json!({
        "from_on": household.day(20),
        "until_on": household.day(24),
        "note": "In the mountains, without a phone.",
        "on_affected": "keep",
    });
    household.ask(Ben, "/absences", absence).await?;
    Ok(())
}

/// Comments on a task or an appointment.
async fn comment(
    household: &mut Household,
    who: Who,
    path: &str,
    body: &str,
) -> anyhow::Result<()> {
    let comments = format!("{path}/comments");
    let body = json!({ "body": body });
    household.ask(who, &comments, body).await?;
    Ok(())
}
