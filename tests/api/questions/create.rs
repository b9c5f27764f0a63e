//! `POST /v1/circles/{circle_id}/questions`

use serde_json::json;
use uuid::Uuid;

use super::{ask_for, question_path};
use crate::appointments::{act, grant, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn a_question_is_a_draft_about_health_unless_it_is_said_otherwise() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let question = ask_for(&ana, "With food?", json!({})).await;
    assert_eq!(
        (&question["state"], &question["topic"], &question["answer"]),
        (&json!("draft"), &json!("health"), &json!(null))
    );
    assert_eq!(
        question["actions"],
        json!(["update", "plan", "ask", "answer", "set_aside", "delete"])
    );
    let visit = scan(&ana, json!({})).await;
    let planned = json!({ "appointment_id": visit["id"] });
    let question = ask_for(&ana, "With milk?", planned).await;
    assert_eq!(
        (&question["state"], &question["appointment_id"]),
        (&json!("planned"), &visit["id"])
    );
    app.mails().await;
}

#[tokio::test]
async fn a_helper_adds_a_question_about_a_topic_that_they_see_and_a_viewer_adds_none() {
    let app = TestApp::start().await;
    let [_ana, ben, cem] = app.circle(["coordinator", "helper", "viewer"]).await;
    let hidden = ben.post("/questions", json!({ "text": "a" })).await;
    assert_eq!(hidden.is_invalid(), ["/topic topic_not_visible"]);
    let daily = json!({ "text": "Can he walk the dog?", "topic": "daily" });
    ben.post("/questions", daily.clone()).await.is(201);
    let refused = cem.post("/questions", daily).await;
    let problem = refused.is_problem(403, "forbidden");
    assert_eq!(
        problem["detail"],
        "Only coordinators, caregivers, helpers and the patient can add a question for the care team."
    );
}

#[tokio::test]
async fn a_question_is_planned_only_for_an_appointment_to_come_that_its_author_sees() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let visit = scan(&ana, json!({})).await;
    act(&ana, &visit, "cancel").await.is(200);
    let body = json!({ "text": "a", "appointment_id": visit["id"] });
    let over = ana.post("/questions", body).await;
    assert_eq!(over.is_invalid(), ["/appointment_id appointment_over"]);
    let visit = scan(&ana, json!({})).await;
    grant(&ana, &ben, json!({ "health": "none" })).await;
    let body = json!({ "text": "a", "topic": "daily", "appointment_id": visit["id"] });
    let hidden = ben.post("/questions", body).await;
    assert_eq!(hidden.is_invalid(), ["/appointment_id unknown_appointment"]);
    let body = json!({ "text": "a", "topic": "daily", "appointment_id": Uuid::now_v7() });
    let unknown = ben.post("/questions", body).await;
    assert_eq!(
        unknown.is_invalid(),
        ["/appointment_id unknown_appointment"]
    );
    app.mails().await;
}

#[tokio::test]
async fn a_repeated_create_shows_the_question_as_it_is_now() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let body = json!({ "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c70", "text": "With food?" });
    let question = ana.post("/questions", body.clone()).await.is(201);
    let visit = scan(&ana, json!({})).await;
    super::plan_for(&ana, &question, &visit).await.is(200);
    let again = ana.post("/questions", body.clone()).await.is(200);
    assert_eq!(again["appointment_id"], visit["id"]);
    assert_eq!(again, ana.get(&question_path(&question)).await.is(200));
    ben.post("/questions", body)
        .await
        .is_problem(409, "id_taken");
    app.mails().await;
}
