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
    let tasks = list(&ana, "/tasks?limit=200").await;
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
        ["canceled", "completed", "proposed", "scheduled"]
    );
    assert!(appointments.iter().any(|row| row["schedule_version"] == 2));
    let needs = list(&ana, "/needs").await;
    assert_eq!(texts(&needs, "coverage"), ["full", "none"]);

    let now = app.now();
    let today: NaiveDate = "2026-12-01".parse().unwrap();
    let days = [&agenda, &tasks, &appointments, &needs];
    let of_series = appointments
        .iter()
        .filter(|row| row["series_id"].is_string());
    let of_series: Vec<Value> = of_series.map(|row| row["id"].clone()).collect();
    // Series go on after the week, and one appointment took place yesterday.
    let is_of_the_week = |row: &&Value| {
        let took_place = row["attendees"].is_array() && row["state"] == "completed";
        let is_of_series =
            row["series_id"].is_string() || of_series.contains(&row["appointment_id"]);
        !is_of_series && row["type"] != "task" && !took_place
    };
    for row in days.into_iter().flatten().filter(is_of_the_week) {
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
async fn the_demo_family_uses_what_a_circle_offers() {
    let app = TestApp::start().await;
    let family = family(&app, "Europe/Berlin").await;
    let ana = resident(&app, &family, "Ana").await;

    let series = list(&ana, "/task-series").await;
    let turns = series
        .iter()
        .find(|row| row["takes_turns"] == true)
        .unwrap();
    let mut members = turns["members"].as_array().unwrap().clone();
    members.sort_by_key(|member| member["turn"].as_i64());
    let names: Vec<_> = members
        .iter()
        .map(|member| member["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Ben Díaz", "Cem Aydın", "Ana Díaz"]);
    assert!(
        series
            .iter()
            .any(|row| row["my_part"] == "accepted" && row["takes_turns"] == false)
    );
    let suppers = format!(
        "/tasks?limit=200&series_id={}",
        turns["id"].as_str().unwrap()
    );
    let suppers = list(&ana, &suppers).await;
    let changed = suppers
        .iter()
        .filter(|task| task["is_exception"] == true)
        .count();
    assert_eq!((changed, suppers.len() > 10), (1, true));
    let by = |task: &Value| task["assignments"][0]["name"].as_str().unwrap().to_owned();
    let first: Vec<_> = suppers.iter().take(4).map(by).collect();
    assert_eq!(first, ["Ben Díaz", "Cem Aydın", "Ana Díaz", "Ben Díaz"]);

    let gaps = list(&ana, "/gaps").await;
    assert_eq!(
        texts(&gaps, "type"),
        ["appointment", "need", "role", "task"]
    );
    assert_eq!(gaps[0]["starts_on"], "2026-12-01", "{}", gaps[0]);
    assert_eq!(gaps[0]["asked"][0]["name"], "Ben Díaz");

    let questions = list(&ana, "/questions").await;
    assert_eq!(
        texts(&questions, "state"),
        ["answered", "asked", "draft", "planned"]
    );
    let brief = ana.get(&format!("{}/brief", family.first.check_up)).await;
    let brief = brief.is(200);
    let count = |name: &str| brief[name].as_array().unwrap().len();
    assert_eq!((count("questions"), count("draft_questions")), (2, 1));
    assert_eq!(brief["last_visit"]["title"], "Blood count");
    assert!(brief["appointment"]["care_contact_phone"].is_string());
    let visit = brief["last_visit"]["id"].as_str().unwrap();
    let follow_ups = list(&ana, &format!("/tasks?appointment_id={visit}")).await;
    assert_eq!(follow_ups.len(), 2);

    let appointments = list(&ana, "/appointments").await;
    assert!(appointments.iter().any(|row| row["ends_on"].is_string()));
    let mut meetings = appointments.iter();
    let meeting = meetings
        .find(|row| row["kind"] == "family_meeting")
        .unwrap();
    let agenda = format!(
        "/appointments/{}/agenda-items",
        meeting["id"].as_str().unwrap()
    );
    assert_eq!(list(&ana, &agenda).await.len(), 3);

    assert!(ana.get("").await.is(200)["deputy_member_id"].is_string());
    assert_eq!(ana.get("/proxy").await.is(200)["state"], "dormant");
}

#[tokio::test]
async fn the_demo_family_arranges_what_a_circle_offers() {
    let app = TestApp::start().await;
    let family = family(&app, "Europe/Berlin").await;
    let ana = resident(&app, &family, "Ana").await;

    let members = list(&ana, "/members").await;
    let named = |name: &str| members.iter().find(|row| row["name"] == name).unwrap();
    let (ben, carmen) = (named("Ben Díaz"), named("Carmen Prieto"));
    assert_eq!(carmen["account_id"], Value::Null);
    assert_eq!(carmen["contact_member_id"], ben["id"]);
    let carries = format!(
        "/tasks?assigned_member_id={}",
        carmen["id"].as_str().unwrap()
    );
    let carries = list(&ana, &carries).await;
    assert_eq!(texts(&carries, "title"), ["Knit a blanket for the balcony"]);
    let links = list(&ana, "/join-links").await;
    assert_eq!(texts(&links, "access"), ["helper"]);

    let series = list(&ana, "/appointment-series").await;
    assert_eq!(texts(&series, "title"), ["Infusion at the day clinic"]);
    assert_eq!(series[0]["needs"][0]["kind"], "driver");
    let id = series[0]["id"].as_str().unwrap();
    let infusions = list(&ana, &format!("/appointments?series_id={id}")).await;
    assert!(infusions.len() > 6, "{}", infusions.len());
    assert_eq!(infusions[0]["attendees"][0]["response"], "accepted");

    let tasks = list(&ana, "/tasks?limit=200").await;
    let mut tasks = tasks.iter();
    let shopping = tasks.find(|task| task["title"] == "Weekly shopping");
    let shopping = shopping.unwrap();
    let items = shopping["checklist"].as_array().unwrap().iter();
    let checked = items.filter(|item| item["checked_at"].is_string()).count();
    assert_eq!((checked, &shopping["comment_count"]), (2, &json!(1)));
    let check_up = ana.get(&family.first.check_up).await.is(200);
    assert_eq!(check_up["comment_count"], 1);

    let handovers = list(&ana, "/handovers").await;
    assert_eq!(texts(&handovers, "from_name"), ["Ben Díaz"]);
    let agenda = list(&ana, "/v1/me/agenda").await;
    assert_eq!(texts(&agenda, "handover_id"), texts(&handovers, "id"));
    let absences = list(&ana, "/absences").await;
    assert_eq!(absences[0]["member_id"], ben["id"]);
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
    for path in [
        format!("{}/gaps", family.first.circle),
        format!("{}/brief", family.first.check_up),
    ] {
        called(&path);
        ana.get(&path).await.is(200);
    }
    let agenda = list(&ana, "/v1/me/agenda").await;
    let complete = format!("{}/complete", family.first.task);
    called(&complete);
    assert_eq!(ana.act(&complete).await.is(200)["state"], "completed");
    assert_eq!(list(&ana, "/v1/me/agenda").await.len(), agenda.len() - 1);

    let zone = ZoneName::named("UTC").unwrap();
    assert!(fill(&app.app, &zone).await.is_err());
}

#[tokio::test]
async fn the_demo_can_be_filled_at_any_hour() {
    // A minute after noon, a minute after midnight, late in the evening.
    // Then a day in whose week a month ends, on the other side of the date line.
    for (hours, zone) in [
        (9, "America/Toronto"),
        (15, "Europe/Berlin"),
        (15, "UTC"),
        (24 * 24, "Pacific/Apia"),
    ] {
        let app = TestApp::start().await;
        app.advance(TimeDelta::hours(hours) + TimeDelta::minutes(1));
        let family = family(&app, zone).await;
        let ana = resident(&app, &family, "Ana").await;
        assert!(list(&ana, "/v1/me/agenda").await.len() > 4, "{zone}");
    }
}
