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
    let far = json!({ "title": "Far away", "due_on": "2027-01-05" });
    let far = ana.task(far).await;
    for task in [&today, &soon, &far] {
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
        "Tue 1 December 2026, 18:00",
        "Water the plants",
        "Yes, I will",
    ] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    for hidden in ["Far away", "For others"] {
        assert!(!page.text.contains(hidden), "{hidden}: {}", page.text);
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
