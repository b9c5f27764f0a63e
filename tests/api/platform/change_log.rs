//! The change log has no gaps, even after concurrent writes.

use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn the_change_log_has_no_gaps_and_no_values() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana
        .task(json!({ "title": "Canary", "category": "medication" }))
        .await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    ana.patch(&path, json!({ "notes": "Canary" })).await.is(200);
    ana.patch(&path, json!({ "title": "" })).await.is_invalid();
    ana.patch("/notification-settings", json!({ "reminders": "off" }))
        .await
        .is(200);
    let list = ana
        .post("/task-lists", json!({ "title": "Canary" }))
        .await
        .is(201);
    ana.delete(&format!("/task-lists/{}", list["id"].as_str().unwrap()))
        .await
        .is(204);
    assert!(!ben.member_id.is_empty());

    let log = app.change_log().await;
    let mut text = String::new();
    for (index, line) in log.iter().enumerate() {
        assert_eq!(line.seq, i64::try_from(index).unwrap() + 1);
        assert!(line.request_id.is_some() && line.occurred_at == app.now());
        let topic = line
            .topic
            .map_or("-", kith::entity::topic_grant::Topic::as_str);
        let parts = [
            line.subject_type.as_str(),
            &line.verb,
            topic,
            &line.changed_fields,
        ];
        text += &parts.join(" ");
        text += "
";
    }
    insta::assert_snapshot!(text, @r#"
    circle created - []
    member joined - []
    invitation created - []
    invitation accepted - []
    member joined - []
    task created health []
    task updated health ["notes"]
    task_list created - []
    task_list deleted - []
    "#);
}

#[tokio::test]
async fn concurrent_writes_leave_no_gap_in_the_change_log() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let writes = (0..20).map(|number| {
        let by = if number % 2 == 0 { &ana } else { &ben };
        by.task(json!({ "title": format!("{number}") }))
    });
    futures_util::future::join_all(writes).await;
    let log = app.change_log().await;
    let numbers: Vec<i64> = log.iter().map(|line| line.seq).collect();
    assert_eq!(numbers, (1..=25).collect::<Vec<_>>());
}
