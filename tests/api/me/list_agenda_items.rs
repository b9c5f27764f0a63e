//! `GET /v1/me/agenda`

use serde_json::json;

use super::{agenda, appointment};
use crate::harness::TestApp;

#[tokio::test]
async fn an_agenda_lists_all_circles_in_order_of_time() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    app.join(&mia, &ben, json!({ "access": "helper" })).await;

    let task = ana
        .task(json!({ "title": "Shopping", "due_local": "2026-12-03T12:00" }))
        .await;
    ben.task_act(&task, "claim").await.is(200);
    let old = ana
        .task(json!({ "title": "Forms", "due_on": "2026-11-20" }))
        .await;
    ben.task_act(&old, "claim").await.is(200);
    let some_day = ana.task(json!({ "title": "Attic" })).await;
    let offer = format!("/tasks/{}/offer", some_day["id"].as_str().unwrap());
    ana.post(&offer, json!({ "member_id": ben.member_id }))
        .await
        .is(200);
    ana.task(json!({ "title": "Somebody else's" })).await;
    appointment(&ana, "Walk", "2026-12-02T10:00", &[&ben]).await;
    appointment(&ana, "Not Ben's", "2026-12-02T11:00", &[&ana]).await;
    let elsewhere = mia
        .task(json!({ "title": "Elsewhere", "due_on": "2026-12-02" }))
        .await;
    let claim = format!(
        "/v1/circles/{}/tasks/{}/claim",
        mia.circle_id(),
        elsewhere["id"].as_str().unwrap()
    );
    ben.act(&claim).await.is(200);
    let hidden = json!({ "title": "Scan", "starts_local": "2026-12-02T15:00" });
    let hidden = ana.post("/appointments", hidden).await.is(201);
    let need = format!("/appointments/{}/needs", hidden["id"].as_str().unwrap());
    let need = ana.post(&need, json!({ "kind": "driver" })).await.is(201);
    ben.act(&format!("/needs/{}/claim", need["id"].as_str().unwrap()))
        .await
        .is(200);

    assert_eq!(
        agenda(&ben, "").await,
        [
            "task Forms accepted",
            "appointment Walk no_response",
            "need driver accepted",
            "task Elsewhere accepted",
            "task Shopping accepted",
            "task Attic offered",
        ]
    );
    let december_2 = "?from=2026-12-01T23:00:00Z&to=2026-12-02T23:00:00Z";
    assert_eq!(
        agenda(&ben, december_2).await,
        [
            "appointment Walk no_response",
            "need driver accepted",
            "task Elsewhere accepted",
        ]
    );
}

#[tokio::test]
async fn an_agenda_is_read_page_by_page() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for day in 2..7 {
        let title = format!("day {day}");
        let task = ana
            .task(json!({ "title": title, "due_on": format!("2026-12-0{day}") }))
            .await;
        ana.task_act(&task, "claim").await.is(200);
        appointment(&ana, &title, &format!("2026-12-0{day}T10:00"), &[&ana]).await;
    }
    let mut all = Vec::new();
    let mut path = "/v1/me/agenda?limit=3".to_owned();
    loop {
        let page = ana.get(&path).await.is(200);
        for item in page["data"].as_array().unwrap() {
            all.push(format!(
                "{} {}",
                item["type"].as_str().unwrap(),
                item["title"].as_str().unwrap()
            ));
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/v1/me/agenda?limit=3&cursor={cursor}");
    }
    let expected: Vec<_> = (2..7)
        .flat_map(|day| [format!("appointment day {day}"), format!("task day {day}")])
        .collect();
    assert_eq!(all, expected);
}

#[tokio::test]
async fn the_agenda_drops_items_that_the_person_no_longer_sees_or_holds() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana.task(json!({ "title": "Shopping" })).await;
    ben.task_act(&task, "claim").await.is(200);
    let id = appointment(&ana, "Walk", "2026-12-02T10:00", &[&ben]).await;
    assert_eq!(agenda(&ben, "").await.len(), 2);
    ben.post(
        &format!("/appointments/{id}/attendees/me/respond"),
        json!({ "response": "declined" }),
    )
    .await
    .is(200);
    ben.task_act(&task, "release").await.is(200);
    assert_eq!(agenda(&ben, "").await, Vec::<String>::new());

    let task = ana.task(json!({ "title": "Cook" })).await;
    ben.task_act(&task, "claim").await.is(200);
    let suspend = format!("/members/{}/suspend", ben.member_id);
    ana.post(&suspend, json!({})).await.is(200);
    assert_eq!(agenda(&ben, "").await, Vec::<String>::new());
    assert_eq!(ben.get("/v1/me/circles").await.is(200)["data"], json!([]));
}

#[tokio::test]
async fn a_task_leaves_the_agenda_with_the_own_part_while_others_still_have_theirs() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = json!({ "title": "Move", "due_on": "2026-12-03", "people_needed": 2 });
    let task = ana.task(task).await;
    ben.task_act(&task, "claim").await.is(200);
    cem.task_act(&task, "claim").await.is(200);
    let done = ben.task_act(&task, "complete").await.is(200);
    assert_eq!(
        [&done["state"], &done["my_assignment"], &done["coverage"]],
        [&json!("open"), &json!("completed"), &json!("full")]
    );
    assert_eq!(agenda(&ben, "").await, Vec::<String>::new());
    assert_eq!(agenda(&cem, "").await, ["task Move accepted"]);
    ben.task_act(&task, "reopen").await.is(200);
    assert_eq!(agenda(&ben, "").await, ["task Move accepted"]);
    let mine = ben.get("/tasks?assigned_member_id=me").await.is(200);
    assert_eq!(mine["data"][0]["id"], task["id"]);
}
