//! Members without an account beside the rest of the circle: who leads it, where it is in its life,
//! series of tasks, and one email for each person.

use axum::http::Method;
use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::create::aunt;
use crate::harness::{Client, Mail, Reply, TestApp};
use crate::web::pages::submit;

async fn put(by: &Client, path: &str, body: Value) -> Reply {
    let request = by.request(&Method::PUT, path, Some(&body));
    by.app.send(request).await
}

fn id(of: &Value) -> &str {
    of["id"].as_str().unwrap()
}

fn for_her(aunt: &Value) -> Value {
    json!({ "on_behalf_of_member_id": aunt["id"] })
}

/// The page of the personal link of a member.
async fn page_of(by: &Client, aunt: &Value) -> String {
    let link = by
        .act(&format!("/members/{}/personal-link", id(aunt)))
        .await
        .is(201);
    let url = link["url"].as_str().unwrap();
    url.replace("https://kith.example", "")
}

fn subjects(mails: &[Mail]) -> Vec<String> {
    let one = |mail: &Mail| format!("{} {}", mail.to, mail.header("Subject"));
    let mut subjects: Vec<_> = mails.iter().map(one).collect();
    subjects.sort();
    subjects
}

#[tokio::test]
async fn a_member_without_an_account_neither_coordinates_nor_decides() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let rosa = aunt(&ana).await;
    let deputy = ana
        .patch("", json!({ "deputy_member_id": rosa["id"] }))
        .await;
    assert_eq!(deputy.is_invalid(), ["/deputy_member_id needs_account"]);
    let successor = json!({ "successor_member_id": rosa["id"] });
    let left = ana.post("/leave", successor).await;
    assert_eq!(left.is_invalid(), ["/successor_member_id needs_account"]);
    let proxy = json!({
        "member_id": rosa["id"], "basis": "legal_document", "said_on": "2026-11-01",
    });
    let proxy = put(&ana, "/proxy", proxy).await;
    assert_eq!(proxy.is_invalid(), ["/member_id needs_account"]);
    crate::circles::long_ago(&app, ana.circle_id()).await;
    let succession = put(&ben, "/succession", json!({ "member_id": rosa["id"] })).await;
    assert_eq!(succession.is_invalid(), ["/member_id needs_account"]);
}

#[tokio::test]
async fn without_a_coordinator_another_member_becomes_the_contact() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "helper", "helper", "caregiver"])
        .await;
    let rosa = aunt(&ana).await;
    let path = format!("/members/{}", id(&rosa));
    let contact = json!({ "contact_member_id": ben.member_id });
    ana.patch(&path, contact).await.is(200);
    let connection = app.database.connect().await;
    let disabled = "UPDATE users SET state = 'disabled' WHERE email = 'ana@test.example'";
    connection.execute_unprepared(disabled).await.unwrap();
    connection.close().await.unwrap();
    app.advance(TimeDelta::seconds(25));
    app.mails().await;
    ben.post("/leave", json!({})).await.is(200);
    let seen = cem.get(&path).await.is(200);
    assert_eq!(seen["contact_member_id"], dora.member_id);
    app.advance(TimeDelta::seconds(25));
    assert_eq!(
        subjects(&app.mails().await),
        ["dora@test.example Updates from Ana's circle"]
    );
}

#[tokio::test]
async fn a_circle_in_memory_or_archived_takes_nobody_in() {
    for (verb, body) in [
        ("mark-in-memory", json!({ "confirm": true })),
        ("archive", json!({})),
    ] {
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
        let open = json!({ "access": "helper", "without_approval": true });
        let link = ana.post("/join-links", open.clone()).await.is(201);
        let token = link["url"].as_str().unwrap().rsplit_once('=').unwrap().1;
        let gio = app.person("Gio").await;
        let proposed = json!({ "email": "hana@test.example" });
        let proposed = ben.post("/invitations/propose", proposed).await.is(201);
        ana.post(&format!("/{verb}"), body).await.is(200);
        let asked = json!({ "token": token });
        let problem = gio
            .post("/v1/join-requests", asked.clone())
            .await
            .is_problem(409, "join_link_closed");
        assert_eq!(problem["detail"], "Nobody can join this circle any more.");
        let preview = app.anybody().post("/v1/join-links/preview", asked).await;
        assert_eq!(preview.is(200)["state"], "closed");
        let page = app.anybody().get(&format!("/join?token={token}")).await;
        assert!(
            page.text.contains("Nobody can join any more"),
            "{}",
            page.text
        );
        let refused = ana.post("/join-links", open).await.status;
        assert_eq!(refused, 409, "{verb}");
        let approve = format!("/invitations/{}/approve", id(&proposed));
        assert_eq!(ana.act(&approve).await.status, 409, "{verb}");
        app.mails().await;
    }
}

#[tokio::test]
async fn the_personal_page_says_kindly_that_there_is_nothing_to_do_any_more() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let rosa = aunt(&ana).await;
    let task = ana.task(json!({ "title": "Feed the cat" })).await;
    let claim = format!("/tasks/{}/claim", id(&task));
    ana.post(&claim, for_her(&rosa)).await.is(200);
    let page = page_of(&ana, &rosa).await;
    let anybody = app.anybody();
    ana.act("/pause").await.is(200);
    let paused = anybody.get(&page).await;
    assert!(
        paused.text.contains("this circle is paused"),
        "{}",
        paused.text
    );
    assert!(paused.text.contains("Feed the cat"), "{}", paused.text);
    ana.post("/mark-in-memory", json!({ "confirm": true }))
        .await
        .is(200);
    let shown = anybody.get(&page).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert!(shown.text.contains("kept in memory"), "{}", shown.text);
    assert!(!shown.text.contains("Feed the cat"), "{}", shown.text);
    // A page that was open before: the button does nothing, and the page says why.
    let form = format!("kind=task&id={}&answer=complete", id(&task));
    let pressed = submit(&anybody, &page, &form).await;
    assert!(pressed.text.contains("kept in memory"), "{}", pressed.text);
    let read = ana.get(&format!("/tasks/{}", id(&task))).await.is(200);
    assert_eq!(read["state"], "canceled");
    ana.act("/archive").await.is(200);
    let shown = anybody.get(&page).await;
    assert!(shown.text.contains("is archived"), "{}", shown.text);
    app.mails().await;
}

#[tokio::test]
async fn the_contact_takes_turns_in_a_series_for_the_member() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let rosa = aunt(&ana).await;
    let contact = json!({ "contact_member_id": ben.member_id });
    ana.patch(&format!("/members/{}", id(&rosa)), contact)
        .await
        .is(200);
    let series = json!({
        "title": "Fill the pill box", "due_local": "2026-12-06T18:00",
        "recurrence": "FREQ=WEEKLY",
    });
    let series = ana.post("/task-series", series).await.is(201);
    let path = format!("/task-series/{}", id(&series));
    app.advance(TimeDelta::seconds(25));
    app.mails().await;
    let turns = json!({ "member_ids": [rosa["id"], ana.member_id] });
    ana.post(&format!("{path}/set-turns"), turns).await.is(200);
    app.advance(TimeDelta::seconds(25));
    assert_eq!(
        subjects(&app.mails().await),
        ["ben@test.example Updates from Ana's circle for Rosa"]
    );
    let accepted = ben
        .post(&format!("{path}/accept"), for_her(&rosa))
        .await
        .is(200);
    assert_eq!(accepted["my_part"], Value::Null);
    let held = async || {
        let list = format!("/tasks?assigned_member_id={}&limit=200", id(&rosa));
        let page = ana.get(&list).await.is(200);
        page["data"].as_array().unwrap().len()
    };
    assert_eq!(held().await, 4);
    let line = ana.get("/activity?limit=10").await.is(200)["data"].clone();
    let lines = line.as_array().unwrap().iter();
    let mut accepted = lines.filter(|line| line["verb"] == "accepted");
    let line = accepted.next().unwrap();
    assert_eq!(line["actor_member_id"], ben.member_id);
    assert_eq!(line["on_behalf_of_name"], "Rosa");
    ben.post(&format!("{path}/release"), for_her(&rosa))
        .await
        .is(200);
    assert_eq!(held().await, 0);
    let refused = ana
        .post(
            &format!("{path}/claim"),
            json!({ "on_behalf_of_member_id": ben.member_id }),
        )
        .await;
    assert_eq!(
        refused.is_invalid(),
        ["/on_behalf_of_member_id member_has_account"]
    );
    app.mails().await;
}

#[tokio::test]
async fn nobody_names_a_contact_for_a_member_who_has_an_account() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let contact = json!({ "contact_member_id": ana.member_id });
    let path = format!("/members/{}", ben.member_id);
    for by in [&ana, &ben] {
        let refused = by.patch(&path, contact.clone()).await;
        assert_eq!(
            refused.is_invalid(),
            ["/contact_member_id member_has_account"]
        );
    }
    let refused = cem.patch(&path, contact).await;
    refused.is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_contact_who_is_told_the_same_gets_one_email() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let (rosa, lea) = (
        aunt(&ana).await,
        ana.post("/members", json!({ "name": "Lea", "access": "helper" }))
            .await
            .is(201),
    );
    for member in [&rosa, &lea] {
        let contact = json!({ "contact_member_id": ben.member_id });
        ana.patch(&format!("/members/{}", id(member)), contact)
            .await
            .is(200);
    }
    let task = json!({
        "title": "Move the bed", "due_local": "2026-12-03T12:00", "reminder_minutes": [60],
        "people_needed": 3,
    });
    let task = ana.task(task).await;
    let path = format!("/tasks/{}", id(&task));
    for member in [&rosa, &lea] {
        ben.post(&format!("{path}/claim"), for_her(member))
            .await
            .is(200);
    }
    ben.act(&format!("{path}/claim")).await.is(200);
    app.advance(TimeDelta::seconds(25));
    app.mails().await;
    app.advance(TimeDelta::minutes(2 * 1440 + 120));
    let mail = app.mail().await;
    assert_eq!(mail.to, "ben@test.example");
    let both = ["you, Rosa and Lea", "you, Lea and Rosa"];
    let named = both.iter().any(|names| {
        mail.text.contains(&format!("This is for {names}."))
            && mail.header("Subject").contains(&format!("for {names}:"))
    });
    assert!(named, "{} {}", mail.header("Subject"), mail.text);
    let (ana, ben) = (ana.later().await, ben.later().await);
    let reminders = ana.get(&format!("{path}/reminders")).await.is(200);
    let deliveries = reminders["data"][0]["deliveries"].as_array().unwrap();
    let mut became: Vec<_> = deliveries
        .iter()
        .map(|delivery| (delivery["state"].as_str(), delivery["reason"].as_str()))
        .collect();
    became.sort_unstable();
    let same = (Some("skipped"), Some("same_email"));
    assert_eq!(became, [(Some("sent"), None), same, same]);
    // Without Ben himself, one email is for both of them.
    ben.act(&format!("{path}/release")).await.is(200);
    let later = json!({ "due_local": "2026-12-05T12:00" });
    ana.patch(&path, later).await.is(200);
    app.advance(TimeDelta::seconds(25));
    app.mails().await;
    app.advance(TimeDelta::days(2));
    let mut mails = app.mails().await;
    mails.retain(|mail| mail.header("Subject").starts_with("A reminder from"));
    assert_eq!(mails.len(), 1, "{:?}", subjects(&mails));
    let both = ["This is for Rosa and Lea.", "This is for Lea and Rosa."];
    let text = &mails[0].text;
    assert!(both.iter().any(|names| text.contains(names)), "{text}");
}

#[tokio::test]
async fn a_contact_who_takes_part_is_told_once_that_it_was_canceled() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let rosa = aunt(&ana).await;
    let contact = json!({ "contact_member_id": ben.member_id });
    ana.patch(&format!("/members/{}", id(&rosa)), contact)
        .await
        .is(200);
    let task = json!({
        "title": "Move the bed", "due_local": "2026-12-03T12:00", "people_needed": 2,
    });
    let task = ana.task(task).await;
    let path = format!("/tasks/{}", id(&task));
    ben.post(&format!("{path}/claim"), for_her(&rosa))
        .await
        .is(200);
    ben.act(&format!("{path}/claim")).await.is(200);
    app.advance(TimeDelta::seconds(25));
    app.mails().await;
    ana.act(&format!("{path}/cancel")).await.is(200);
    app.advance(TimeDelta::seconds(25));
    assert_eq!(
        subjects(&app.mails().await),
        ["ben@test.example Updates from Ana's circle"]
    );
}

#[tokio::test]
async fn a_contact_who_turned_emails_off_is_still_told_for_the_member() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let rosa = aunt(&ana).await;
    // Gio joins after her, so her email is written first.
    let link = json!({ "access": "helper", "without_approval": true });
    let link = ana.post("/join-links", link).await.is(201);
    let token = link["url"].as_str().unwrap().rsplit_once('=').unwrap().1;
    let gio = app.person("Gio").await;
    gio.post("/v1/join-requests", json!({ "token": token }))
        .await
        .is(201);
    let gio = gio.inside(ana.circle_id());
    let me = gio.get("/members/me").await.is(200);
    let contact = json!({ "contact_member_id": me["id"] });
    ana.patch(&format!("/members/{}", id(&rosa)), contact)
        .await
        .is(200);
    gio.patch("/notification-settings", json!({ "assignments": "off" }))
        .await
        .is(200);
    let task = json!({
        "title": "Move the bed", "due_local": "2026-12-03T12:00", "people_needed": 2,
    });
    let task = ana.task(task).await;
    let path = format!("/tasks/{}", id(&task));
    gio.post(&format!("{path}/claim"), for_her(&rosa))
        .await
        .is(200);
    gio.act(&format!("{path}/claim")).await.is(200);
    app.advance(TimeDelta::seconds(25));
    app.mails().await;
    ana.act(&format!("{path}/cancel")).await.is(200);
    app.advance(TimeDelta::seconds(25));
    assert_eq!(
        subjects(&app.mails().await),
        ["gio@test.example Updates from Ana's circle for Rosa"]
    );
}

#[tokio::test]
async fn the_contact_is_told_once_that_something_needs_people() {
    let app = TestApp::start().await;
    let [ana, ben, _] = app.circle(["coordinator", "helper", "helper"]).await;
    let rosa = aunt(&ana).await;
    let contact = json!({ "contact_member_id": ben.member_id });
    ana.patch(&format!("/members/{}", id(&rosa)), contact)
        .await
        .is(200);
    app.advance(TimeDelta::seconds(25));
    app.mails().await;
    let due = json!({ "title": "Cook", "due_local": "2026-12-05T12:00", "people_needed": 2 });
    let task = ana.task(due).await;
    let path = format!("/tasks/{}", id(&task));
    // Two days before, the coordinator is told.
    app.advance(TimeDelta::hours(52));
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1, "{:?}", subjects(&mails));
    assert_eq!(mails[0].to, "ana@test.example");
    // Ben takes one of two places. A day before, Rosa could take the other.
    ben.later()
        .await
        .act(&format!("{path}/claim"))
        .await
        .is(200);
    app.mails().await;
    app.advance(TimeDelta::hours(24));
    let told: Vec<String> = subjects(&app.mails().await)
        .into_iter()
        .filter(|subject| subject.contains("Somebody is needed"))
        .map(|subject| subject.split(':').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        told,
        [
            "ana@test.example Somebody is needed in Ana's circle",
            "ben@test.example Somebody is needed in Ana's circle for Rosa",
            "cem@test.example Somebody is needed in Ana's circle",
        ]
    );
}
