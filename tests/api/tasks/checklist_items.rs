//! `/v1/circles/{circle_id}/tasks/{task_id}/checklist-items` and `/checklist-items/{id}`

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Client, Person, Reply, TestApp};

async fn shopping(by: &Person) -> Value {
    by.task(json!({ "title": "Shopping", "checklist": ["Bread", "Milk", "Tea"] }))
        .await
}

fn item<'a>(task: &'a Value, title: &str) -> &'a Value {
    let items = task["checklist"].as_array().unwrap();
    items.iter().find(|item| item["title"] == title).unwrap()
}

fn path_of(item: &Value) -> String {
    format!("/checklist-items/{}", item["id"].as_str().unwrap())
}

async fn act(by: &Client, item: &Value, verb: &str) -> Reply {
    by.act(&format!("{}/{verb}", path_of(item))).await
}

async fn read(by: &Client, task: &Value) -> Value {
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    by.get(&path).await.is(200)
}

fn titles(task: &Value) -> Vec<&str> {
    let items = task["checklist"].as_array().unwrap().iter();
    items.map(|item| item["title"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_task_has_its_checklist_from_the_start_and_shows_it_everywhere() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = shopping(&ana).await;
    assert_eq!(titles(&task), ["Bread", "Milk", "Tea"]);
    let items = task["checklist"].as_array().unwrap().iter();
    let positions: Vec<_> = items.map(|item| item["position"].clone()).collect();
    assert_eq!(positions, [json!(0), json!(1), json!(2)]);
    assert_eq!(read(&ana, &task).await, task);
    let page = ana.get("/tasks").await.is(200);
    assert_eq!(page["data"][0], task);
    let bread = item(&task, "Bread");
    assert_eq!(ana.get(&path_of(bread)).await.is(200), *bread);
    assert_eq!(
        bread["actions"],
        json!(["update", "check", "delete"]),
        "a coordinator"
    );
    let seen = read(&ben, &task).await;
    assert_eq!(item(&seen, "Bread")["actions"], json!([]));
}

#[tokio::test]
async fn a_new_item_comes_last_and_items_are_moved_by_their_position() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = shopping(&ana).await;
    let items = format!("/tasks/{}/checklist-items", task["id"].as_str().unwrap());
    // Of two items at one position the older one is first.
    app.advance(TimeDelta::seconds(1));
    let jam = ana.post(&items, json!({ "title": "Jam" })).await.is(201);
    assert_eq!(
        (&jam["position"], &jam["task_id"]),
        (&json!(3), &task["id"])
    );
    let with_jam = read(&ana, &task).await;
    assert_eq!(titles(&with_jam), ["Bread", "Milk", "Tea", "Jam"]);
    assert_eq!(with_jam["version"], json!(2));
    let first = json!({ "position": 0, "title": "Plum jam" });
    ana.patch(&path_of(&jam), first).await.is(200);
    let milk = item(&task, "Milk");
    ana.patch(&path_of(milk), json!({ "position": 9 }))
        .await
        .is(200);
    let moved = read(&ana, &task).await;
    assert_eq!(titles(&moved), ["Bread", "Plum jam", "Tea", "Milk"]);
    assert_eq!(moved["version"], json!(4));
}

#[tokio::test]
async fn members_with_a_part_check_items_and_only_those_who_change_the_task_edit_them() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "helper", "helper", "viewer"])
        .await;
    let task = json!({ "title": "Move", "people_needed": 2, "checklist": ["Boxes", "Van"] });
    let task = ana.task(task).await;
    let boxes = item(&task, "Boxes");
    for person in [&ben, &dora] {
        act(person, boxes, "check")
            .await
            .is_problem(403, "forbidden");
    }
    ben.task_act(&task, "claim").await.is(200);
    cem.task_act(&task, "claim").await.is(200);
    let checked = act(&ben, boxes, "check").await.is(200);
    assert_eq!(checked["checked_by_member_id"], json!(ben.member_id));
    assert_eq!(checked["actions"], json!(["uncheck"]));
    let title = json!({ "title": "Many boxes" });
    let edited = ben.patch(&path_of(boxes), title).await;
    edited.is_problem(403, "forbidden");
    ben.delete(&path_of(boxes))
        .await
        .is_problem(403, "forbidden");
    let more = format!("/tasks/{}/checklist-items", task["id"].as_str().unwrap());
    let added = ben.post(&more, json!({ "title": "Tape" })).await;
    added.is_problem(403, "forbidden");
    // A member whose own part is done still sees to the rest.
    cem.task_act(&task, "complete").await.is(200);
    act(&cem, item(&task, "Van"), "check").await.is(200);
    act(&cem, boxes, "uncheck").await.is(200);
}

#[tokio::test]
async fn an_item_that_is_checked_from_two_phones_keeps_who_checked_it_first() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = shopping(&ana).await;
    ben.task_act(&task, "claim").await.is(200);
    let tea = item(&task, "Tea");
    let first = act(&ben, tea, "check").await.is(200);
    let version = read(&ana, &task).await["version"].clone();
    let second = act(&ana, tea, "check").await.is(200);
    assert_eq!(second["checked_by_member_id"], json!(ben.member_id));
    assert_eq!(second["version"], first["version"]);
    assert_eq!(read(&ana, &task).await["version"], version);
    let open = act(&ana, tea, "uncheck").await.is(200);
    assert_eq!(
        (&open["checked_at"], &open["checked_by_member_id"]),
        (&json!(null), &json!(null))
    );
    let again = act(&ben, tea, "uncheck").await.is(200);
    assert_eq!(again["version"], open["version"]);
    let stale = ("if-match", "\"1\"");
    let path = format!("{}/check", path_of(tea));
    let stale = ben.with(stale, &Method::POST, &path, None).await;
    stale.is_problem(412, "version_mismatch");
}

#[tokio::test]
async fn the_checklist_of_a_task_that_has_ended_stays_as_it_is() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = shopping(&ana).await;
    let (bread, milk) = (item(&task, "Bread"), item(&task, "Milk"));
    act(&ana, bread, "check").await.is(200);
    ana.task_act(&task, "complete").await.is(200);
    act(&ana, bread, "check").await.is(200);
    let late = act(&ana, milk, "check").await;
    let problem = late.is_problem(409, "invalid_transition");
    assert_eq!(problem["state"], "ended");
    let title = json!({ "title": "Butter" });
    let late = ana.patch(&path_of(milk), title.clone()).await;
    late.is_problem(409, "invalid_transition");
    let more = format!("/tasks/{}/checklist-items", task["id"].as_str().unwrap());
    let late = ana.post(&more, title).await;
    let problem = late.is_problem(409, "invalid_transition");
    assert_eq!(problem["state"], "completed");
}

#[tokio::test]
async fn a_deleted_item_is_gone_and_the_task_says_that_it_has_changed() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = shopping(&ana).await;
    let milk = item(&task, "Milk");
    ana.delete(&path_of(milk)).await.is(204);
    let left = read(&ana, &task).await;
    assert_eq!(titles(&left), ["Bread", "Tea"]);
    assert_eq!(left["version"], json!(2));
    let again = ana.delete(&path_of(milk)).await;
    again.is_problem(404, "not_found");
    let activity = ana.get("/activity?limit=1").await.is(200);
    let line = &activity["data"][0];
    assert_eq!(
        (&line["subject_type"], &line["verb"], &line["topic"]),
        (&json!("checklist_item"), &json!("deleted"), &json!("daily"))
    );
}

#[tokio::test]
async fn a_checklist_is_visible_as_its_task_is_and_has_at_most_fifty_items() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = json!({ "title": "Pills", "topic": "health", "checklist": ["Morning"] });
    let task = ana.task(task).await;
    let morning = item(&task, "Morning");
    ben.get(&path_of(morning))
        .await
        .is_problem(404, "not_found");
    act(&ben, morning, "check")
        .await
        .is_problem(404, "not_found");
    let many = json!({ "title": "Trip", "checklist": vec!["Coat"; 51] });
    let refused = ana.post("/tasks", many).await;
    assert_eq!(refused.is_invalid(), ["/checklist too_long"]);
    let long = json!({ "title": "Trip", "checklist": ["a".repeat(201)] });
    let refused = ana.post("/tasks", long).await;
    assert_eq!(refused.is_invalid(), ["/checklist/0 too_long"]);
}
