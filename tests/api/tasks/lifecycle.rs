//! What the members of a task are told when it moves and when it is canceled.

use serde_json::json;

use crate::appointments::{notification_mails, recipients};
use crate::harness::TestApp;

#[tokio::test]
async fn assigned_and_offered_members_are_told_when_a_task_moves_or_is_canceled() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "helper", "caregiver", "helper"])
        .await;
    let task = json!({ "title": "Canary", "due_on": "2026-12-05", "people_needed": 4 });
    let task = ana.task(task).await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    ana.task_act(&task, "claim").await.is(200);
    ben.task_act(&task, "claim").await.is(200);
    dora.task_act(&task, "claim").await.is(200);
    dora.task_act(&task, "release").await.is(200);
    let offer = json!({ "member_id": cem.member_id });
    ana.post(&format!("{path}/offer"), offer).await.is(200);
    assert_eq!(recipients(&notification_mails(&app).await), ["ana", "cem"]);
    ana.patch(&path, json!({ "due_on": "2026-12-06" }))
        .await
        .is(200);
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["ben", "cem"]);
    let moved = "It was: Sat 5 December 2026\n  It is now: Sun 6 December 2026\n";
    assert!(told[0].text.contains(moved), "{}", told[0].text);
    ana.patch(&path, json!({ "title": "Canary too" }))
        .await
        .is(200);
    assert_eq!(notification_mails(&app).await.len(), 0);
    ana.task_act(&task, "cancel").await.is(200);
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["ben", "cem"]);
    let off = "Something was canceled.\n  It was: Sun 6 December 2026\n";
    assert!(told[1].text.contains(off), "{}", told[1].text);
    let whole = format!("{} {} {}", told[1].headers, told[1].text, told[1].html);
    assert!(!whole.contains("Canary"));
}
