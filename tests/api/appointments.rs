//! Appointments: scheduled, seen by whom they concern, held or not.

mod attendance;
mod moves;
mod reminders;

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Client, Mail, Person, Reply, TestApp};

/// Schedules a scan on 4 December at 10:00 in Berlin, with a word in each of
/// its texts that no mail may say; `more` is said besides.
pub async fn scan(by: &Client, more: Value) -> Value {
    let mut body = json!({
        "title": "Canary scan", "kind": "scan", "location": "Canary ward",
        "preparation": "Canary fasting", "video_link": "https://canary.example/x",
        "starts_local": "2026-12-04T10:00", "ends_local": "2026-12-04T11:00",
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    by.post("/appointments", body).await.is(201)
}

pub fn path_of(appointment: &Value) -> String {
    format!("/appointments/{}", appointment["id"].as_str().unwrap())
}

pub async fn act(by: &Client, appointment: &Value, verb: &str) -> Reply {
    by.act(&format!("{}/{verb}", path_of(appointment))).await
}

pub async fn answer(by: &Client, appointment: &Value, answer: &str) -> Reply {
    let path = format!("{}/answer", path_of(appointment));
    by.post(&path, json!({ "answer": answer })).await
}

pub async fn reschedule(by: &Client, appointment: &Value, to: Value) -> Reply {
    by.post(&format!("{}/reschedule", path_of(appointment)), to)
        .await
}

pub async fn grant(by: &Client, to: &Person, levels: Value) {
    let path = format!("/members/{}/grant-topics", to.member_id);
    by.post(&path, levels).await.is(200);
}

/// The mails that go out once the notifications are gathered, by recipient.
pub async fn notification_mails(app: &TestApp) -> Vec<Mail> {
    app.advance(TimeDelta::seconds(20));
    let mut mails = app.mails().await;
    mails.sort_by(|a, b| a.to.cmp(&b.to));
    mails
}

/// To whom mails are, by name.
pub fn recipients(mails: &[Mail]) -> Vec<&str> {
    let mut names: Vec<_> = mails
        .iter()
        .map(|mail| mail.to.split('@').next().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn an_appointment_needs_a_title_and_a_start_or_a_day() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let at = "2027-01-02T10:00";
    for (body, errors) in [
        (json!({ "starts_local": at }), vec!["/title missing"]),
        (json!({ "title": "a" }), vec!["/starts_local missing"]),
        (
            json!({ "title": "a", "starts_local": at, "starts_on": "2027-01-02" }),
            vec!["/starts_on day_and_time"],
        ),
        (
            json!({ "title": "a", "starts_local": at, "ends_local": "2027-01-02T09:59" }),
            vec!["/ends_local before_start"],
        ),
        (
            json!({ "title": "a", "starts_on": "2027-01-02", "ends_local": at }),
            vec!["/ends_local end_without_start"],
        ),
    ] {
        let refused = ana.post("/appointments", body).await;
        assert_eq!(refused.is_invalid(), errors);
    }
    let body = json!({ "title": "Blood count", "starts_on": "2027-01-02" });
    let day = ana.post("/appointments", body).await.is(201);
    assert_eq!(
        (&day["kind"], &day["topic"], &day["state"]),
        (&json!("other"), &json!("health"), &json!("scheduled"))
    );
    assert_eq!(
        (&day["starts_at"], &day["time_zone"], &day["my_answer"]),
        (&json!(null), &json!(null), &json!("accepted"))
    );
    assert_eq!(day["reminder_minutes"], json!([1440, 120]));
}

#[tokio::test]
async fn a_wall_time_keeps_its_zone_and_shows_its_instant() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for (local, zone, at) in [
        (
            "2027-01-02T10:00",
            "Europe/Berlin",
            "2027-01-02T09:00:00.000Z",
        ),
        (
            "2027-01-02T10:00",
            "America/New_York",
            "2027-01-02T15:00:00.000Z",
        ),
        // The clocks skip 02:30 one night, and show it twice another.
        (
            "2027-03-28T02:30",
            "Europe/Berlin",
            "2027-03-28T01:30:00.000Z",
        ),
        (
            "2027-10-31T02:30",
            "Europe/Berlin",
            "2027-10-31T00:30:00.000Z",
        ),
    ] {
        let body = json!({ "title": "a", "starts_local": local, "time_zone": zone });
        let held = ana.post("/appointments", body).await.is(201);
        assert_eq!(
            (
                &held["starts_local"],
                &held["time_zone"],
                &held["starts_at"]
            ),
            (&json!(local), &json!(zone), &json!(at))
        );
    }
    let body = json!({ "title": "a", "starts_local": "2027-01-02T10:00" });
    let held = ana.post("/appointments", body).await.is(201);
    assert_eq!(held["time_zone"], "Europe/Berlin");
}

#[tokio::test]
async fn what_it_is_about_follows_from_its_kind_unless_somebody_says() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let mut topics = String::new();
    for kind in [
        "medical",
        "treatment",
        "scan",
        "palliative",
        "therapy",
        "counselling",
        "support_group",
        "family_meeting",
        "home_visit",
        "other",
    ] {
        let held = scan(&ana, json!({ "kind": kind })).await;
        topics.extend([kind, " ", held["topic"].as_str().unwrap(), "\n"]);
    }
    insta::assert_snapshot!(topics, @r"
    medical health
    treatment health
    scan health
    palliative health
    therapy health
    counselling family
    support_group family
    family_meeting family
    home_visit health
    other health
    ");
    let held = scan(&ana, json!({ "topic": "daily" })).await;
    assert_eq!(held["topic"], "daily");
    let body = json!({ "title": "a", "starts_on": "2027-01-02", "topic": "decisions" });
    let refused = ana.post("/appointments", body).await;
    assert_eq!(refused.is_invalid(), ["/topic topic_not_granted"]);
    let decisions = json!({ "topic": "decisions" });
    let refused = ana.patch(&path_of(&held), decisions).await;
    assert_eq!(refused.is_invalid(), ["/topic topic_not_granted"]);
}

/// An appointment of yesterday in a state.
async fn in_state(by: &Person, state: &str) -> Value {
    let yesterday = json!({
        "starts_local": "2026-11-30T10:00", "ends_local": null, "proposed": state == "proposed",
    });
    let held = scan(by, yesterday).await;
    match state {
        "cancelled" => act(by, &held, "cancel").await.is(200),
        "completed" => act(by, &held, "complete").await.is(200),
        "did_not_happen" => act(by, &held, "did-not-happen").await.is(200),
        _ => held,
    }
}

#[tokio::test]
async fn every_verb_fits_the_states_it_fits_and_is_refused_in_the_others() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let verbs = [
        ("change", json!({ "title": "b" })),
        ("reschedule", json!({ "starts_on": "2027-01-02" })),
        ("confirm", json!({})),
        ("cancel", json!({})),
        ("reinstate", json!({})),
        ("complete", json!({})),
        ("did-not-happen", json!({})),
        ("invite", json!({ "member_ids": [ana.member_id] })),
        ("uninvite", json!({ "member_ids": [ana.member_id] })),
        ("answer", json!({ "answer": "accepted" })),
        ("needs", json!({ "kind": "driver" })),
    ];
    let mut table = String::new();
    for (verb, body) in &verbs {
        table += verb;
        for state in [
            "proposed",
            "scheduled",
            "completed",
            "did_not_happen",
            "cancelled",
        ] {
            let held = in_state(&ana, state).await;
            let ask = async || {
                let path = path_of(&held);
                match *verb {
                    "change" => ana.patch(&path, body.clone()).await,
                    verb => ana.post(&format!("{path}/{verb}"), body.clone()).await,
                }
            };
            let reply = ask().await;
            let now = ana.get(&path_of(&held)).await.is(200);
            if reply.status == 409 {
                let problem = reply.is_problem(409, "invalid_transition");
                let actions = problem.get("actions").cloned().unwrap_or(json!([]));
                assert_eq!(
                    (&problem["state"], &actions, &now["version"]),
                    (&json!(state), &held["actions"], &held["version"])
                );
                table += " .";
                continue;
            }
            assert!(reply.status.is_success(), "{verb} {state}: {}", reply.text);
            table.extend([" ", now["state"].as_str().unwrap()]);
            if !matches!(*verb, "change" | "needs") {
                assert_eq!(
                    ask().await.is(200)["version"],
                    now["version"],
                    "{verb} {state}"
                );
            }
        }
        table += "\n";
    }
    insta::assert_snapshot!(table, @r"
    change proposed scheduled . . .
    reschedule proposed scheduled . . .
    confirm scheduled scheduled . . .
    cancel cancelled cancelled . . cancelled
    reinstate . scheduled . . scheduled
    complete . completed completed . .
    did-not-happen . did_not_happen . did_not_happen .
    invite proposed scheduled . . .
    uninvite proposed scheduled . . .
    answer proposed scheduled . . .
    needs proposed scheduled . . .
    ");
}

#[tokio::test]
async fn it_is_complete_when_it_has_begun_and_not_before() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let soon = json!({ "starts_local": "2026-12-01T09:08" });
    let held = scan(&ana, soon).await;
    let today = scan(
        &ana,
        json!({ "starts_on": "2026-12-01", "starts_local": null, "ends_local": null }),
    )
    .await;
    let tomorrow = scan(
        &ana,
        json!({ "starts_on": "2026-12-02", "starts_local": null, "ends_local": null }),
    )
    .await;
    act(&ana, &tomorrow, "complete")
        .await
        .is_problem(409, "too_early");
    act(&ana, &today, "complete").await.is(200);
    // What is still to come is cancelled, and so told.
    let refused = act(&ana, &tomorrow, "did-not-happen").await;
    let problem = refused.is_problem(409, "too_early");
    assert!(problem["detail"].as_str().unwrap().contains("cancel it"));
    act(&ana, &held, "did-not-happen")
        .await
        .is_problem(409, "too_early");
    let seen = ana.get(&path_of(&tomorrow)).await.is(200);
    let actions = seen["actions"].as_array().unwrap();
    assert!(actions.contains(&json!("did_not_happen")), "{seen}");
    act(&ana, &held, "complete")
        .await
        .is_problem(409, "too_early");
    app.advance(TimeDelta::minutes(8));
    let path = format!("{}/complete", path_of(&held));
    let completed = ana
        .post(&path, json!({ "outcome": "All fine." }))
        .await
        .is(200);
    assert_eq!(
        (
            &completed["state"],
            &completed["outcome"],
            &completed["actions"]
        ),
        (&json!("completed"), &json!("All fine."), &json!([]))
    );
    app.advance(TimeDelta::days(1));
    let ana = ana.later().await;
    act(&ana, &tomorrow, "did-not-happen").await.is(200);
}

#[tokio::test]
async fn a_list_is_filtered_and_read_from_either_end() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for (title, when, kind) in [
        ("third", "2027-01-05T10:00", "therapy"),
        ("first", "2026-11-30T10:00", "medical"),
        ("second", "2027-01-04T08:00", "medical"),
    ] {
        let body = json!({ "title": title, "starts_local": when, "kind": kind });
        ana.post("/appointments", body).await.is(201);
    }
    let body = json!({ "title": "day", "starts_on": "2027-01-04", "kind": "scan" });
    let day = ana.post("/appointments", body).await.is(201);
    act(&ana, &day, "cancel").await.is(200);
    let titles = async |query: &str| -> Vec<String> {
        let page = ana.get(&format!("/appointments?{query}")).await.is(200);
        let data = page["data"].as_array().unwrap().iter();
        data.map(|held| held["title"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(titles("").await, ["first", "day", "second", "third"]);
    assert_eq!(titles("sort=-starts&limit=2").await, ["third", "second"]);
    assert_eq!(
        titles("state=scheduled&kind=medical").await,
        ["first", "second"]
    );
    let fourth = "from=2027-01-03T23:00:00Z&to=2027-01-04T23:00:00Z";
    assert_eq!(titles(fourth).await, ["day", "second"]);
}

#[tokio::test]
async fn one_creates_under_an_id_of_ones_own_and_changes_what_one_has_seen() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let id = "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50";
    let body = json!({ "id": id, "title": "a", "starts_on": "2027-01-02" });
    ana.post("/appointments", body.clone()).await.is(201);
    let again = ana.post("/appointments", body.clone()).await;
    let etag = again.header("etag").to_owned();
    let held = again.is(200);
    let taken = ben.post("/appointments", body).await;
    taken.is_problem(409, "id_taken");
    answer(&ben, &held, "accepted").await.is(200);
    let cancel = format!("{}/cancel", path_of(&held));
    let late = ana
        .with(("if-match", &etag), &Method::POST, &cancel, None)
        .await;
    late.is_problem(412, "stale");
}
