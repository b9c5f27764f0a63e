//! `POST /v1/circles/{circle_id}/questions/{question_id}/plan`

use serde_json::json;

use super::{ask_for, plan_for, question_act, read_question};
use crate::appointments::{act, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn a_question_is_planned_for_another_appointment_instead() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let question = ask_for(&ana, "With food?", json!({})).await;
    let (first, second) = (scan(&ana, json!({})).await, scan(&ana, json!({})).await);
    let planned = plan_for(&ana, &question, &first).await.is(200);
    assert_eq!(planned["appointment_id"], first["id"]);
    let again = plan_for(&ana, &question, &first).await.is(200);
    assert_eq!(again["version"], planned["version"]);
    let moved = plan_for(&ana, &question, &second).await.is(200);
    assert_eq!(moved["appointment_id"], second["id"]);
    act(&ana, &first, "cancel").await.is(200);
    assert_eq!(read_question(&ana, &question).await, moved);
    let over = plan_for(&ana, &question, &first).await;
    assert_eq!(over.is_invalid(), ["/appointment_id appointment_over"]);
    question_act(&ana, &question, "ask").await.is(200);
    let refused = plan_for(&ana, &question, &second).await;
    refused.is_problem(409, "invalid_transition");
    app.mails().await;
}
