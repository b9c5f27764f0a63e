//! `DELETE /v1/circles/{circle_id}/questions/{question_id}`

use serde_json::json;

use super::{ask_for, question_path};
use crate::harness::TestApp;

#[tokio::test]
async fn a_deleted_question_is_gone_and_its_line_in_the_activity_stays() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let question = ask_for(&ana, "Canary?", json!({})).await;
    let path = question_path(&question);
    ana.delete(&path).await.is(204);
    ana.delete(&path).await.is_problem(404, "not_found");
    assert_eq!(ana.get("/questions").await.is(200)["data"], json!([]));
    let activity = ana.get("/activity").await;
    assert!(!activity.text.contains("Canary"), "{}", activity.text);
    let line = activity.is(200)["data"][0].clone();
    assert_eq!(
        (&line["verb"], &line["subject_type"], &line["topic"]),
        (&json!("deleted"), &json!("question"), &json!("health"))
    );
}
