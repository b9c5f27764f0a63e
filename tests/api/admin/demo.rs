//! The demo: a family with a week of data in an empty database.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kith::demo::{DemoFamily, fill};
use kith::platform::time::civil::ZoneName;
use serde_json::{Value, json};

use crate::harness::{Client, TestApp};

async fn family(app: &TestApp, zone: &str) -> DemoFamily {
    fill(&app.app, &ZoneName::named(zone).unwrap())
        .await
        .unwrap()
}

/// Signs a resident in; the client is inside their circle.
async fn resident(app: &Arc<TestApp>, family: &DemoFamily, name: &str) -> Client {
    let mut residents = family.residents.iter();
    let found = residents.find(|resident| resident.name.starts_with(name));
    let found = found.unwrap();
    let credentials = json!({ "email": found.email, "password": found.password });
    let tokens = app.anybody().post("/v1/sessions", credentials).await;
    let client = app.client(&tokens.session());
    let circles = client.get("/v1/me/circles").await.is(200);
    client.inside(circles["data"][0]["circle"]["id"].as_str().unwrap())
}

async fn list(by: &Client, path: &str) -> Vec<Value> {
    let page = by.get(path).await.is(200);
    assert_eq!(page["next_cursor"], Value::Null);
    page["data"].as_array().unwrap().clone()
}

fn texts<'a>(rows: &'a [Value], name: &str) -> Vec<&'a str> {
    let mut texts: Vec<_> = rows.iter().filter_map(|row| row[name].as_str()).collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

#[tokio::test]
async fn the_demo_family_has_data_for_the_coming_week() {
    let app = TestApp::start().await;
    let family = family(&app, "Pacific/Auckland").await;
    let ana = resident(&app, &family, "Ana").await;
    let agenda = list(&ana, "/v1/me/agenda").await;
    assert_eq!(texts(&agenda, "type"), ["appointment", "task"]);
    let tasks = list(&ana, "/tasks").await;
    assert_eq!(
        texts(&tasks, "state"),
        ["canceled", "completed", "open", "proposed"]
    );
    assert_eq!(texts(&tasks, "coverage"), ["full", "none", "partial"]);
    let parts = tasks
        .iter()
        .filter_map(|task| task["assignments"].as_array());
    let parts: Vec<_> = parts.flatten().cloned().collect();
    assert_eq!(
        texts(&parts, "state"),
        ["accepted", "completed", "declined", "offered", "released"]
    );
    let appointments = list(&ana, "/appointments").await;
    assert_eq!(
        texts(&appointments, "state"),
        ["canceled", "proposed", "scheduled"]
    );
    assert!(appointments.iter().any(|row| row["schedule_version"] == 2));
    let needs = list(&ana, "/needs").await;
    assert_eq!(texts(&needs, "coverage"), ["full", "none"]);

    let now = app.now();
    let today: NaiveDate = "2026-12-01".parse().unwrap();
    let days = [&agenda, &tasks, &appointments, &needs];
    for row in days.into_iter().flatten() {
        for name in ["starts_at", "ends_at", "due_at"] {
            if let Some(at) = row[name].as_str() {
                let ahead = at.parse::<DateTime<Utc>>().unwrap() - now;
                let week = TimeDelta::zero()..=TimeDelta::days(8);
                assert!(week.contains(&ahead), "{row}");
            }
        }
        for name in ["scheduled_on", "due_on", "starts_on"] {
            if let Some(day) = row[name].as_str() {
                let ahead = day.parse::<NaiveDate>().unwrap() - today;
                assert!((0..8).contains(&ahead.num_days()), "{row}");
            }
        }
    }
}

#[tokio::test]
async fn every_demo_resident_sees_what_their_access_allows() {
    let app = TestApp::start().await;
    let family = family(&app, "Europe/Berlin").await;
    let [rosa, ana, cem, lucia] = futures_util::future::join_all(
        ["Rosa", "Ana", "Cem", "Lucía"].map(|name| resident(&app, &family, name)),
    )
    .await
    .try_into()
    .unwrap_or_else(|_| unreachable!("as many as names"));
    let circle = rosa.get("").await.is(200);
    assert_eq!(circle["patient"]["member_id"], circle["my_member_id"]);
    let zone = |profile: Value| profile["time_zone"].clone();
    assert_eq!(zone(ana.get("/v1/me").await.is(200)), "Europe/Berlin");
    assert_eq!(zone(lucia.get("/v1/me").await.is(200)), "America/Toronto");

    let meals = list(&ana, "/roles?kind=meals").await;
    let carried = &meals[0]["assignments"][0];
    assert_eq!(
        (
            &carried["name"],
            &carried["state"],
            &carried["patient_part"]
        ),
        (&json!("Ana Díaz"), &json!("active"), &json!("text"))
    );
    let timeline = format!("/roles/{}/assignments", meals[0]["id"].as_str().unwrap());
    assert_eq!(list(&ana, &timeline).await.len(), 2);

    let unread = async |client: &Client| {
        let threads = list(client, "/threads").await;
        let count = |thread: &Value| thread["unread_count"].as_i64().unwrap();
        let title = |thread: &Value| thread["title"].as_str().unwrap().to_owned();
        threads
            .iter()
            .map(|thread| (title(thread), count(thread)))
            .collect::<Vec<_>>()
    };
    let of = |title: &str, count| (title.to_owned(), count);
    let (day, questions, birthday) = ("How the day was", "Questions for Dr. Weber", "The birthday");
    assert_eq!(
        unread(&ana).await,
        [of(birthday, 1), of(questions, 0), of(day, 0)]
    );
    assert_eq!(unread(&rosa).await, [of(questions, 2), of(day, 0)]);
    assert_eq!(unread(&cem).await, [of(day, 2)]);
    assert_eq!(unread(&lucia).await, [of(questions, 1), of(day, 2)]);
}

#[tokio::test]
async fn filling_the_demo_sends_no_email_and_its_reminders_are_sent_later() {
    let app = TestApp::start().await;
    family(&app, "Europe/Berlin").await;
    assert_eq!(app.mails().await.len(), 0);
    app.advance(TimeDelta::minutes(10));
    assert_eq!(app.mails().await.len(), 0);
    // The clock moves in steps: after a long jump only the latest reminders would be sent.
    let mut reminded = Vec::new();
    for _ in 0..12 {
        app.advance(TimeDelta::hours(6));
        reminded.extend(app.mails().await);
    }
    assert!(reminded.len() > 5, "{}", reminded.len());
    let subjects = ["A reminder from", "Somebody is needed in"];
    for mail in &reminded {
        let subject = mail.header("Subject");
        let is_known = |known: &&str| subject.starts_with(&format!("{known} Ana's circle: "));
        assert!(subjects.iter().any(is_known), "{subject}");
    }
}

#[tokio::test]
async fn only_an_empty_database_is_filled() {
    let app = TestApp::start().await;
    let zone = ZoneName::named("UTC").unwrap();
    app.person("Ana").await;
    let refused = fill(&app.app, &zone).await.err().unwrap();
    let sentence = "this database has accounts already: the demo needs an empty database";
    assert_eq!(refused.to_string(), sentence);
}

#[tokio::test]
async fn the_printed_demo_commands_work_and_a_second_demo_is_refused() {
    // Registrations are closed on this server. The family has an access token of its own.
    let app = TestApp::start_with(false).await;
    let family = family(&app, "America/New_York").await;
    let printed = family.to_string();
    for resident in &family.residents {
        assert!(printed.contains(resident.email) && printed.contains(&resident.password));
    }
    let ana = app.client(&json!({ "access_token": family.token }));
    let called = |path: &str| {
        let address = format!("https://kith.example{path} -H 'authorization: Bearer ");
        assert!(printed.contains(&(address + &family.token)), "{path}");
    };
    called("/v1/me/agenda");
    let agenda = list(&ana, "/v1/me/agenda").await;
    let complete = format!("{}/complete", family.task);
    called(&complete);
    assert_eq!(ana.act(&complete).await.is(200)["state"], "completed");
    assert_eq!(list(&ana, "/v1/me/agenda").await.len(), agenda.len() - 1);

    let zone = ZoneName::named("UTC").unwrap();
    assert!(fill(&app.app, &zone).await.is_err());
}

#[tokio::test]
async fn the_demo_can_be_filled_at_any_hour() {
    // A minute after noon, a minute after midnight, late in the evening.
    for (hours, zone) in [(9, "America/Toronto"), (15, "Europe/Berlin"), (15, "UTC")] {
        let app = TestApp::start().await;
        app.advance(TimeDelta::hours(hours) + TimeDelta::minutes(1));
        let family = family(&app, zone).await;
        let ana = resident(&app, &family, "Ana").await;
        assert!(list(&ana, "/v1/me/agenda").await.len() > 4, "{zone}");
    }
}
