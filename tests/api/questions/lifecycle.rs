//! From a draft to its answer, and what happens to questions when their appointment is over.

use serde_json::{Value, json};

use super::{ask_for, plan_for, question_act, question_path, read_question};
use crate::appointments::{act, grant, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn a_question_is_planned_asked_answered_and_reopened() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let visit = scan(&ana, json!({})).await;
    let question = ask_for(&ana, "With food?", json!({})).await;
    plan_for(&ana, &question, &visit).await.is(200);
    let unplanned = question_act(&ana, &question, "reopen").await.is(200);
    assert_eq!(
        (&unplanned["state"], &unplanned["carried_over"]),
        (&json!("draft"), &json!(false))
    );
    plan_for(&ana, &question, &visit).await.is(200);
    let asked = question_act(&ana, &question, "ask").await.is(200);
    assert_eq!(
        (&asked["state"], &asked["appointment_id"]),
        (&json!("asked"), &visit["id"])
    );
    assert_eq!(question_act(&ana, &question, "ask").await.is(200), asked);
    let answer = json!({ "answer": "Yes." });
    let path = format!("{}/answer", question_path(&question));
    let answered = ana.post(&path, answer).await.is(200);
    assert_eq!(answered["actions"], json!(["answer", "reopen", "delete"]));
    let reopened = question_act(&ana, &question, "reopen").await.is(200);
    for field in [
        "appointment_id",
        "answer",
        "heard_by_member_id",
        "answered_on",
    ] {
        assert_eq!(reopened[field], Value::Null, "{field}");
    }
    assert_eq!(reopened["state"], "draft");
    let aside = question_act(&ana, &question, "set-aside").await.is(200);
    assert_eq!(aside["state"], "set_aside");
    let refused = question_act(&ana, &question, "ask").await;
    refused.is_problem(409, "invalid_transition");
    app.mails().await;
}

#[tokio::test]
async fn questions_that_were_not_asked_are_drafts_again_when_the_appointment_is_over() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    for verb in ["complete", "mark-missed", "cancel"] {
        let today = json!({ "starts_on": "2026-12-01", "starts_local": null, "ends_local": null });
        let visit = scan(&ana, today).await;
        let planned = json!({ "appointment_id": visit["id"] });
        let unasked = ask_for(&ana, "first", planned.clone()).await;
        let asked = ask_for(&ana, "second", planned.clone()).await;
        question_act(&ana, &asked, "ask").await.is(200);
        // The caller does not see this one, and it follows the appointment all the same.
        grant(&ana, &ben, json!({ "decisions": "write" })).await;
        let mut hidden = planned;
        hidden["topic"] = json!("decisions");
        let hidden = ask_for(&ben, "third", hidden).await;
        grant(&ana, &ana, json!({ "decisions": "none" })).await;
        act(&ana, &visit, verb).await.is(200);
        let returned = read_question(&ana, &unasked).await;
        assert_eq!(
            [
                &returned["state"],
                &returned["appointment_id"],
                &returned["carried_over"],
                &returned["version"]
            ],
            [&json!("draft"), &json!(null), &json!(true), &json!(2)],
            "{verb}"
        );
        assert_eq!(read_question(&ana, &asked).await["state"], "asked");
        assert_eq!(read_question(&ben, &hidden).await["state"], "draft");
        // Each change has a line, for those who see the topic.
        let activity = ana.get("/activity").await.is(200);
        let lines = activity["data"].as_array().unwrap().iter();
        let carried: Vec<_> = lines
            .filter(|line| line["verb"] == "carried_over")
            .collect();
        let of = |question: &Value| {
            let mut ids = carried.iter().map(|line| &line["subject_id"]);
            ids.any(|id| *id == question["id"])
        };
        assert!(of(&unasked) && !of(&asked) && !of(&hidden), "{carried:#?}");
        // Planned again, it is an ordinary question.
        let next = scan(&ana, json!({})).await;
        let again = plan_for(&ana, &unasked, &next).await.is(200);
        assert_eq!(again["carried_over"], json!(false));
    }
    app.mails().await;
}

#[tokio::test]
async fn the_entity_tag_of_a_question_changes_when_its_appointment_is_over() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let visit = scan(&ana, json!({})).await;
    let planned = json!({ "appointment_id": visit["id"] });
    let question = ask_for(&ana, "With food?", planned).await;
    let path = question_path(&question);
    let before = ana.get(&path).await.header("etag").to_owned();
    act(&ana, &visit, "cancel").await.is(200);
    let seen = ("if-none-match", before.as_str());
    let after = ana.with(seen, &axum::http::Method::GET, &path, None).await;
    assert_eq!(after.is(200)["state"], "draft");
    app.mails().await;
}
