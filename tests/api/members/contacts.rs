//! The contact of a member without an account acts for them in everything that the member may do, also
//! where the contact may not do it for themselves.

use serde_json::{Value, json};

use super::create::aunt;
use crate::harness::{Client, Person, TestApp};
use crate::web::pages::submit;

fn id(of: &Value) -> &str {
    of["id"].as_str().unwrap()
}

/// Rosa, a helper whose contact is this member.
async fn aunt_of(ana: &Client, contact: &Person) -> Value {
    let rosa = aunt(ana).await;
    let contact = json!({ "contact_member_id": contact.member_id });
    let path = format!("/members/{}", id(&rosa));
    ana.patch(&path, contact).await.is(200)
}

fn for_her(rosa: &Value) -> Value {
    json!({ "on_behalf_of_member_id": rosa["id"] })
}

#[tokio::test]
async fn a_contact_who_is_a_viewer_claims_for_a_helper_and_not_for_themselves() {
    let app = TestApp::start().await;
    let [ana, eli, dora] = app.circle(["coordinator", "viewer", "viewer"]).await;
    let rosa = aunt_of(&ana, &eli).await;
    let task = ana.task(json!({ "title": "Shop" })).await;
    let claim = format!("/tasks/{}/claim", id(&task));
    eli.act(&claim).await.is_problem(403, "forbidden");
    dora.post(&claim, for_her(&rosa))
        .await
        .is_problem(403, "forbidden");
    let claimed = eli.post(&claim, for_her(&rosa)).await.is(200);
    assert_eq!(claimed["assignments"][0]["member_id"], rosa["id"]);
    let complete = format!("/tasks/{}/complete", id(&task));
    let done = eli.post(&complete, for_her(&rosa)).await.is(200);
    assert_eq!(done["state"], "completed");
    // What she may do counts: a viewer claims nothing.
    let path = format!("/members/{}", id(&rosa));
    ana.patch(&path, json!({ "access": "viewer" }))
        .await
        .is(200);
    let other = ana.task(json!({ "title": "Cook" })).await;
    let claim = format!("/tasks/{}/claim", id(&other));
    eli.post(&claim, for_her(&rosa))
        .await
        .is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_contact_hands_over_for_her_and_withdraws_it() {
    let app = TestApp::start().await;
    let [ana, eli, cem] = app.circle(["coordinator", "viewer", "helper"]).await;
    let rosa = aunt_of(&ana, &eli).await;
    let task = ana.task(json!({ "title": "Shop" })).await;
    let claim = format!("/tasks/{}/claim", id(&task));
    eli.post(&claim, for_her(&rosa)).await.is(200);
    let body = json!({
        "task_id": task["id"], "to_member_id": cem.member_id,
        "on_behalf_of_member_id": rosa["id"],
    });
    let handover = eli.post("/handovers", body.clone()).await.is(201);
    assert_eq!(handover["from_member_id"], rosa["id"]);
    assert_eq!(handover["from_name"], "Rosa");
    let withdraw = format!("/handovers/{}/withdraw", id(&handover));
    eli.act(&withdraw).await.is_problem(403, "forbidden");
    let withdrawn = eli.post(&withdraw, for_her(&rosa)).await.is(200);
    assert_eq!(withdrawn["state"], "withdrawn");
    let by_other = cem.post("/handovers", body).await;
    by_other.is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_contact_says_when_she_is_away() {
    let app = TestApp::start().await;
    let [ana, eli, cem] = app.circle(["coordinator", "viewer", "helper"]).await;
    let rosa = aunt_of(&ana, &eli).await;
    let days = json!({
        "member_id": rosa["id"], "from_on": "2026-12-04", "until_on": "2026-12-10",
        "note": "At the sea",
    });
    let refused = cem.post("/absences", days.clone()).await;
    refused.is_problem(403, "forbidden");
    let absence = eli.post("/absences", days).await.is(201);
    assert_eq!(absence["name"], "Rosa");
    let path = format!("/absences/{}", id(&absence));
    for (reader, note) in [
        (&eli, json!("At the sea")),
        (&ana, json!("At the sea")),
        (&cem, json!(null)),
    ] {
        let seen = reader.get(&path).await.is(200);
        assert_eq!(seen["note"], note);
    }
    let longer = json!({ "until_on": "2026-12-12" });
    cem.patch(&path, longer.clone())
        .await
        .is_problem(403, "forbidden");
    eli.patch(&path, longer).await.is(200);
    eli.delete(&path).await.is(204);
}

#[tokio::test]
async fn her_page_shows_what_others_ask_her_to_take_over() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let rosa = aunt(&ana).await;
    let link = format!("/members/{}/personal-link", id(&rosa));
    let link = ana.act(&link).await.is(201);
    let url = link["url"].as_str().unwrap();
    let page = url.replace("https://kith.example", "");
    let anybody = app.anybody();
    for (answer, state) in [("decline", "declined"), ("accept", "accepted")] {
        let task = ana
            .task(json!({ "title": "Feed the cat", "due_local": "2026-12-24T12:00" }))
            .await;
        ben.task_act(&task, "claim").await.is(200);
        let handover = json!({
            "task_id": task["id"], "to_member_id": rosa["id"], "note": "The key is with Lea.",
        });
        let handover = ben.post("/handovers", handover).await.is(201);
        let shown = anybody.get(&page).await;
        for text in [
            "Somebody asks you to take over",
            "Feed the cat",
            "The key is with Lea.",
        ] {
            assert!(shown.text.contains(text), "{text}: {}", shown.text);
        }
        let form = format!("kind=handover&id={}&answer={answer}", id(&handover));
        assert_eq!(submit(&anybody, &page, &form).await.status, 200);
        let path = format!("/handovers/{}", id(&handover));
        let ended = ana.get(&path).await.is(200);
        assert_eq!(ended["state"], state);
    }
    app.mails().await;
}

#[tokio::test]
async fn a_contact_reads_what_others_add_to_a_handover_to_her() {
    let app = TestApp::start().await;
    let [ana, eli, ben] = app.circle(["coordinator", "viewer", "helper"]).await;
    let rosa = aunt_of(&ana, &eli).await;
    let task = ana.task(json!({ "title": "Feed the cat" })).await;
    ben.task_act(&task, "claim").await.is(200);
    let note = "The key is with Lea.";
    let handover = json!({ "task_id": task["id"], "to_member_id": rosa["id"], "note": note });
    let handover = ben.post("/handovers", handover).await.is(201);
    let path = format!("/handovers/{}", id(&handover));
    for (reader, expected) in [(&eli, json!(note)), (&ana, json!(null))] {
        let listed = reader.get("/handovers").await.is(200)["data"][0].clone();
        for seen in [reader.get(&path).await.is(200), listed] {
            assert_eq!(seen["note"], expected);
        }
    }
    let accept = format!("{path}/accept");
    let accepted = eli.post(&accept, for_her(&rosa)).await.is(200);
    assert_eq!(accepted["taken_by_member_id"], rosa["id"]);
    assert_eq!(accepted["note"], note);
}
