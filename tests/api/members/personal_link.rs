//! `POST` and `DELETE /v1/circles/{circle_id}/members/{member_id}/personal-link`, and the page.

use serde_json::{Value, json};

use super::create::aunt;
use crate::harness::{Client, Reply, TestApp};
use crate::web::pages::submit;

async fn link(by: &Client, of: &Value) -> String {
    let path = format!("/members/{}/personal-link", of["id"].as_str().unwrap());
    let link = by.act(&path).await.is(201);
    let url = link["url"].as_str().unwrap();
    url.strip_prefix("https://kith.example").unwrap().to_owned()
}

async fn press(by: &Client, page: &str, kind: &str, of: &Value, answer: &str) -> Reply {
    let form = format!(
        "kind={kind}&id={}&answer={answer}",
        of["id"].as_str().unwrap()
    );
    submit(by, page, &form).await
}

async fn offer(by: &Client, task: &Value, to: &Value) {
    let path = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    by.post(&path, json!({ "member_id": to["id"] }))
        .await
        .is(200);
}

#[tokio::test]
async fn the_page_shows_a_member_without_an_account_what_they_have_to_do() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let rosa = aunt(&ana).await;
    let today = json!({ "title": "Feed the cat", "due_local": "2026-12-01T18:00" });
    let today = ana.task(today).await;
    let soon = json!({ "title": "Water the plants", "due_on": "2026-12-05" });
    let soon = ana.task(soon).await;
    for task in [&today, &soon] {
        offer(&ana, task, &rosa).await;
    }
    ana.task(json!({ "title": "For others" })).await;
    let page = app.anybody().get(&link(&ana, &rosa).await).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("x-robots-tag"), "noindex");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    for shown in [
        "Hello Rosa",
        "Feed the cat",
        "By Tue 1 December 2026, 18:00",
        "Water the plants",
        "By Sat 5 December 2026",
        "Yes, I will",
    ] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    assert!(!page.text.contains("For others"), "{}", page.text);
}

/// A question is on the page whatever its date: an answer that comes in the last week is late. Of what
/// repeats there would be two months.
#[tokio::test]
async fn the_page_shows_what_a_member_is_asked_for_later_days() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let rosa = aunt(&ana).await;
    let asked = json!({ "title": "Bake a cake", "due_on": "2027-01-05" });
    let asked = ana.task(asked).await;
    let claimed = json!({ "title": "Water the plants", "due_on": "2027-01-06" });
    let claimed = ana.task(claimed).await;
    let for_others = json!({ "title": "Feed the cat", "due_on": "2027-01-06" });
    let for_others = ana.task(for_others).await;
    for task in [&asked, &claimed, &for_others] {
        offer(&ana, task, &rosa).await;
    }
    let page = link(&ana, &rosa).await;
    let anybody = app.anybody();
    press(&anybody, &page, "task", &claimed, "accept").await;
    let path = format!("/tasks/{}/claim", for_others["id"].as_str().unwrap());
    ana.act(&path).await.is(200);
    let party = json!({
        "title": "Birthday party", "topic": "daily", "starts_on": "2027-01-07",
        "attendee_member_ids": [rosa["id"]],
    });
    ana.post("/appointments", party).await.is(201);
    let weekly = json!({
        "title": "Choir", "topic": "daily", "starts_on": "2027-01-08",
        "recurrence": "FREQ=WEEKLY", "attendee_member_ids": [rosa["id"]],
    });
    ana.post("/appointment-series", weekly).await.is(201);
    let seen = anybody.get(&page).await;
    for shown in ["Later", "Bake a cake", "Birthday party", "Yes, I will"] {
        assert!(seen.text.contains(shown), "{shown}: {}", seen.text);
    }
    for hidden in ["Water the plants", "Feed the cat", "Choir"] {
        assert!(!seen.text.contains(hidden), "{hidden}: {}", seen.text);
    }
    press(&anybody, &page, "task", &asked, "decline").await;
    let seen = anybody.get(&page).await;
    assert!(!seen.text.contains("Bake a cake"), "{}", seen.text);
}

#[tokio::test]
async fn the_page_tells_several_days_and_starts_apart_from_deadlines() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let rosa = aunt(&ana).await;
    let visit = json!({
        "title": "Guests", "topic": "daily", "starts_on": "2026-12-03", "ends_on": "2026-12-05",
        "attendee_member_ids": [rosa["id"]],
    });
    ana.post("/appointments", visit).await.is(201);
    let walk = json!({
        "title": "Walk", "starts_local": "2026-12-02T10:00", "due_local": "2026-12-02T11:00",
    });
    let walk = ana.task(walk).await;
    offer(&ana, &walk, &rosa).await;
    let page = app.anybody().get(&link(&ana, &rosa).await).await;
    for shown in [
        ">Thu 3 December 2026 to Sat 5 December 2026<",
        ">Wed 2 December 2026, 10:00<",
    ] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
}

#[tokio::test]
async fn the_member_accepts_completes_and_declines_on_the_page() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let rosa = aunt(&ana).await;
    let page = link(&ana, &rosa).await;
    let anybody = app.anybody();
    let task = ana.task(json!({ "title": "Feed the cat" })).await;
    offer(&ana, &task, &rosa).await;
    // Looking changes nothing.
    anybody.get(&page).await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(ana.get(&path).await.is(200)["version"], 2);
    let accepted = press(&anybody, &page, "task", &task, "accept").await;
    assert!(accepted.text.contains("You said yes"), "{}", accepted.text);
    let line = ana.get("/activity?limit=1").await.is(200)["data"][0].clone();
    assert_eq!(
        (&line["verb"], &line["actor_kind"], &line["actor_member_id"]),
        (&json!("accepted"), &json!("personal_link"), &rosa["id"])
    );
    let done = press(&anybody, &page, "task", &task, "complete").await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(ana.get(&path).await.is(200)["state"], "completed");
    let other = ana.task(json!({ "title": "Shop" })).await;
    offer(&ana, &other, &rosa).await;
    press(&anybody, &page, "task", &other, "decline").await;
    let again = press(&anybody, &page, "task", &other, "accept").await;
    assert_eq!(again.status, 409, "{}", again.text);
    // Without an offer, and about other topics, nothing is done.
    let pills = ana
        .task(json!({ "title": "Pills", "topic": "health" }))
        .await;
    assert_eq!(
        press(&anybody, &page, "task", &pills, "accept")
            .await
            .status,
        404
    );
    app.mails().await;
}

#[tokio::test]
async fn a_new_link_replaces_the_old_one_and_a_deleted_one_does_not_work() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let rosa = aunt(&ana).await;
    let anybody = app.anybody();
    let old = link(&ana, &rosa).await;
    let new = link(&ana, &rosa).await;
    assert_eq!(anybody.get(&old).await.status, 410);
    assert_eq!(anybody.get(&new).await.status, 200);
    let path = format!("/members/{}/personal-link", rosa["id"].as_str().unwrap());
    ben.act(&path).await.is_problem(403, "forbidden");
    ben.delete(&path).await.is_problem(403, "forbidden");
    ana.delete(&path).await.is(204);
    ana.delete(&path).await.is(204);
    assert_eq!(anybody.get(&new).await.status, 410);
    let newest = link(&ana, &rosa).await;
    let remove = format!("/members/{}/remove", rosa["id"].as_str().unwrap());
    ana.post(&remove, json!({})).await.is(200);
    assert_eq!(anybody.get(&newest).await.status, 410);
    ana.act("/members/me/personal-link")
        .await
        .is_problem(409, "invalid_transition");
}

#[tokio::test]
async fn the_page_shows_only_the_time_of_an_appointment_that_is_not_about_everyday_life() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let rosa = aunt(&ana).await;
    let topics = format!("/members/{}/topics", rosa["id"].as_str().unwrap());
    ana.patch(&topics, json!({ "health": "read" }))
        .await
        .is(200);
    let visit = json!({
        "title": "Oncology", "starts_local": "2026-12-03T10:00",
        "attendee_member_ids": [rosa["id"]],
    });
    ana.post("/appointments", visit).await.is(201);
    let page = link(&ana, &rosa).await;
    let seen = app.anybody().get(&page).await;
    assert!(!seen.text.contains("Oncology"), "{}", seen.text);
    assert!(
        seen.text.contains("Thu 3 December 2026, 10:00"),
        "{}",
        seen.text
    );
    assert!(seen.text.contains("An appointment"), "{}", seen.text);
    assert!(seen.text.contains("Yes, I will"), "{}", seen.text);
    let walk = json!({
        "title": "Walk in the park", "topic": "daily", "starts_local": "2026-12-03T15:00",
        "attendee_member_ids": [rosa["id"]],
    });
    ana.post("/appointments", walk).await.is(201);
    let seen = app.anybody().get(&page).await;
    assert!(seen.text.contains("Walk in the park"), "{}", seen.text);
    app.mails().await;
}

#[tokio::test]
async fn a_page_that_was_opened_long_ago_says_that_something_has_changed() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let rosa = aunt(&ana).await;
    let page = link(&ana, &rosa).await;
    let anybody = app.anybody();
    let cat = ana.task(json!({ "title": "Feed the cat" })).await;
    let plants = ana.task(json!({ "title": "Water the plants" })).await;
    let letters = ana.task(json!({ "title": "Fetch the letters" })).await;
    for task in [&cat, &plants, &letters] {
        offer(&ana, task, &rosa).await;
        press(&anybody, &page, "task", task, "accept").await;
    }
    let path = |task: &Value| format!("/tasks/{}", task["id"].as_str().unwrap());
    // Canceled, in the hands of another member, and about something that she does not see.
    ana.act(&format!("{}/cancel", path(&cat))).await.is(200);
    let for_her = json!({ "on_behalf_of_member_id": rosa["id"] });
    let release = format!("{}/release", path(&plants));
    ana.post(&release, for_her).await.is(200);
    ben.act(&format!("{}/claim", path(&plants))).await.is(200);
    let topic = json!({ "topic": "health" });
    ana.patch(&path(&letters), topic).await.is(200);
    for (task, status) in [(&cat, 409), (&plants, 403), (&letters, 404)] {
        let said = press(&anybody, &page, "task", task, "complete").await;
        assert_eq!(said.status.as_u16(), status, "{}", said.text);
        let changed = "That did not work, because something has changed.";
        assert!(said.text.contains(changed), "{}", said.text);
        assert!(said.text.contains("Hello Rosa"), "{}", said.text);
        assert!(!said.text.contains("actions"), "{}", said.text);
    }
    app.mails().await;
}
