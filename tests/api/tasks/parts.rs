//! Tasks with several helpers: whose part is done, when the whole task is done, and what
//! reopening restores.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::appointments::{notification_mails, recipients};
use crate::harness::{Client, Person, TestApp};

/// A task for three helpers that these people have claimed.
async fn held_by(by: &Person, holders: &[&Person]) -> Value {
    let task = json!({ "title": "Move", "due_local": "2026-12-03T10:00", "people_needed": 3 });
    let task = by.task(task).await;
    for holder in holders {
        holder.task_act(&task, "claim").await.is(200);
    }
    task
}

/// The state of the task, then each assignment as first name and state.
fn parts(task: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut parts: Vec<String> = task["assignments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| text(&part["name"]).replace("Test", "") + &text(&part["state"]))
        .collect();
    parts.sort();
    parts.insert(0, text(&task["state"]));
    parts
}

async fn complete_whole(by: &Client, task: &Value) -> crate::harness::Reply {
    let path = format!("/tasks/{}/complete", task["id"].as_str().unwrap());
    by.post(&path, json!({ "for_everyone": true })).await
}

#[tokio::test]
async fn a_task_is_completed_with_its_last_part_and_shows_each_part() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = held_by(&ana, &[&ben, &cem]).await;
    let first = ben.task_act(&task, "complete").await.is(200);
    assert_eq!(parts(&first), ["open", "Ben completed", "Cem accepted"]);
    assert_eq!(
        (
            &first["coverage"],
            &first["actions"],
            &first["completed_by_member_id"]
        ),
        (
            &json!("partial"),
            &json!(["reopen", "create_comment"]),
            &json!(null)
        )
    );
    let again = ben.task_act(&task, "complete").await.is(200);
    assert_eq!(again["version"], first["version"]);
    let last = cem.task_act(&task, "complete").await.is(200);
    assert_eq!(
        parts(&last),
        ["completed", "Ben completed", "Cem completed"]
    );
    assert_eq!(last["completed_by_member_id"], json!(cem.member_id));
    assert_eq!(notification_mails(&app).await.len(), 0);
}

#[tokio::test]
async fn a_member_who_may_change_the_task_completes_it_for_all_and_they_are_told() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "helper", "helper", "coordinator"])
        .await;
    let task = held_by(&ana, &[&ben, &cem, &dora]).await;
    complete_whole(&ben, &task)
        .await
        .is_problem(403, "forbidden");
    let own = dora.task_act(&task, "complete").await.is(200);
    assert_eq!(
        parts(&own),
        ["open", "Ben accepted", "Cem accepted", "Dora completed"]
    );
    let again = dora.task_act(&task, "complete").await.is(200);
    assert_eq!(again["version"], own["version"]);
    let whole = complete_whole(&dora, &task).await.is(200);
    assert_eq!(
        parts(&whole),
        [
            "completed",
            "Ben completed",
            "Cem completed",
            "Dora completed"
        ]
    );
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["ben", "cem"]);
    let line = "- Something you said yes to is done. You do not need to do it.\n  \
                It was: Thu 3 December 2026, 10:00";
    assert!(told[0].text.contains(line), "{}", told[0].text);
}

#[tokio::test]
async fn reopening_restores_the_assignments_that_the_completion_ended() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = held_by(&ana, &[&ben, &cem]).await;
    ben.task_act(&task, "complete").await.is(200);
    let undone = ben.task_act(&task, "reopen").await.is(200);
    assert_eq!(parts(&undone), ["open", "Ben accepted", "Cem accepted"]);
    ben.task_act(&task, "complete").await.is(200);
    ana.task_act(&task, "complete").await.is(200);
    notification_mails(&app).await;
    let open = ana.task_act(&task, "reopen").await.is(200);
    assert_eq!(parts(&open), ["open", "Ben completed", "Cem accepted"]);
    assert_eq!(open["coverage"], "partial");
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["cem"]);
    let line = "- Something that was closed is open again.";
    assert!(told[0].text.contains(line), "{}", told[0].text);
    cem.task_act(&task, "complete").await.is(200);
    let open = cem.task_act(&task, "reopen").await.is(200);
    assert_eq!(parts(&open), ["open", "Ben completed", "Cem accepted"]);
}

#[tokio::test]
async fn a_completion_that_is_undone_at_once_is_not_mailed() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = held_by(&ana, &[&ben]).await;
    ana.task_act(&task, "complete").await.is(200);
    ana.task_act(&task, "reopen").await.is(200);
    assert_eq!(notification_mails(&app).await.len(), 0);
}

#[tokio::test]
async fn a_completed_part_keeps_its_place() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora, eli] = app
        .circle(["coordinator", "helper", "helper", "helper", "helper"])
        .await;
    let task = held_by(&ana, &[&ben, &cem, &dora]).await;
    ben.task_act(&task, "complete").await.is(200);
    let offer = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    let again = json!({ "member_id": ben.member_id });
    let offered = ana.post(&offer, again).await.is(200);
    assert_eq!(parts(&offered)[1], "Ben completed");
    let late = eli.task_act(&task, "claim").await;
    late.is_problem(409, "fully_covered");
    ben.post("/leave", json!({})).await.is(200);
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let left = ana.get(&path).await.is(200);
    assert_eq!(
        parts(&left),
        ["open", "Ben completed", "Cem accepted", "Dora accepted"]
    );
    let fewer = ana.patch(&path, json!({ "people_needed": 2 })).await;
    assert_eq!(fewer.is_invalid(), ["/people_needed fewer_than_assigned"]);
}

#[tokio::test]
async fn a_helper_reopens_their_own_part_and_the_other_parts_stay_done() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = held_by(&ana, &[&ben, &cem]).await;
    ben.task_act(&task, "complete").await.is(200);
    let done = cem.task_act(&task, "complete").await.is(200);
    assert_eq!(done["completed_by_member_id"], json!(cem.member_id));
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(
        ben.get(&path).await.is(200)["actions"],
        json!(["reopen", "create_comment"]),
        "he completed his own part"
    );
    let open = ben.task_act(&task, "reopen").await.is(200);
    assert_eq!(parts(&open), ["open", "Ben accepted", "Cem completed"]);
    assert_eq!(
        [
            &open["my_assignment"],
            &open["completed_at"],
            &open["completed_by_member_id"]
        ],
        [&json!("accepted"), &json!(null), &json!(null)]
    );
    assert_eq!(open["coverage"], "partial");
    assert_eq!(
        open["actions"],
        json!(["release", "hand_over", "complete", "create_comment"])
    );
    let of_cem = cem.get(&path).await.is(200);
    assert_eq!(
        [&of_cem["my_assignment"], &of_cem["actions"]],
        [&json!("completed"), &json!(["reopen", "create_comment"])]
    );
    assert_eq!(notification_mails(&app).await.len(), 0);
    let again = ben.task_act(&task, "reopen").await.is(200);
    assert_eq!(again["version"], open["version"]);

    // Cem completed his part himself: it stays done even if another member reopens the task later.
    ben.task_act(&task, "complete").await.is(200);
    let open = ana.task_act(&task, "reopen").await.is(200);
    assert_eq!(parts(&open), ["open", "Ben accepted", "Cem completed"]);
    assert_eq!(recipients(&notification_mails(&app).await), ["ben"]);
}

#[tokio::test]
async fn a_helper_for_whom_a_task_was_completed_reopens_only_their_own_part() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = held_by(&ana, &[&ben, &cem]).await;
    ana.task_act(&task, "complete").await.is(200);
    let open = cem.task_act(&task, "reopen").await.is(200);
    assert_eq!(parts(&open), ["open", "Ben completed", "Cem accepted"]);
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["ben"]);
    let line = "- Something you said yes to is done. You do not need to do it.";
    assert!(told[0].text.contains(line), "{}", told[0].text);
}

#[tokio::test]
async fn a_member_who_completed_a_task_for_all_reopens_it_for_all() {
    let app = TestApp::start().await;
    let [_ana, ben, cem, dora] = app
        .circle(["coordinator", "caregiver", "helper", "helper"])
        .await;
    let task = held_by(&ben, &[&ben, &cem, &dora]).await;
    ben.task_act(&task, "complete").await.is(200);
    complete_whole(&ben, &task).await.is(200);
    assert_eq!(recipients(&notification_mails(&app).await), ["cem", "dora"]);
    let open = ben.task_act(&task, "reopen").await.is(200);
    assert_eq!(
        parts(&open),
        ["open", "Ben completed", "Cem accepted", "Dora accepted"]
    );
    assert_eq!(recipients(&notification_mails(&app).await), ["cem", "dora"]);
}

#[tokio::test]
async fn a_helper_can_reopen_their_own_part_for_one_day() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = held_by(&ana, &[&ben, &cem]).await;
    ben.task_act(&task, "complete").await.is(200);
    cem.task_act(&task, "complete").await.is(200);
    app.advance(TimeDelta::hours(24));
    let path = format!("/tasks/{}/reopen", task["id"].as_str().unwrap());
    let late = ben.later().await.act(&path).await;
    late.is_problem(409, "too_late");
    let open = ana.later().await.act(&path).await.is(200);
    assert_eq!(parts(&open), ["open", "Ben completed", "Cem accepted"]);
}
