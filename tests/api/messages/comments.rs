//! `/v1/circles/{circle_id}/tasks/{task_id}/comments`, and the same for appointments

use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::appointments::{grant, scan};
use crate::harness::{Client, TestApp};
use crate::threads::{delete, id};

fn comments(item: &str) -> String {
    format!("{item}/comments")
}

async fn say(by: &Client, item: &str, body: &str) -> Value {
    let comment = json!({ "body": body });
    by.post(&comments(item), comment).await.is(201)
}

/// The comments that the caller sees, the newest first.
async fn bodies(by: &Client, item: &str) -> Vec<Value> {
    let page = by.get(&comments(item)).await.is(200);
    let rows = page["data"].as_array().unwrap().iter();
    rows.map(|row| row["body"].clone()).collect()
}

async fn unread(by: &Client) -> Value {
    by.get("/v1/me/summary").await.is(200)["unread_messages"].clone()
}

#[tokio::test]
async fn the_first_comment_starts_the_thread_of_a_task_and_the_task_counts_its_comments() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana.task(json!({ "title": "Shopping" })).await;
    assert_eq!(
        (&task["thread_id"], &task["comment_count"]),
        (&json!(null), &json!(0))
    );
    let path = format!("/tasks/{}", id(&task));
    assert_eq!(bodies(&ben, &path).await, Vec::<Value>::new());
    let first = say(&ana, &path, "Which bread?").await;
    assert_eq!(first["number"], json!(1));
    let reply = json!({ "body": "The dark one", "reply_to_message_id": first["id"] });
    let second = ben.post(&comments(&path), reply).await.is(201);
    assert_eq!(
        (&second["number"], &second["thread_id"]),
        (&json!(2), &first["thread_id"])
    );
    assert_eq!(bodies(&ana, &path).await, ["The dark one", "Which bread?"]);
    let shown = ben.get(&path).await.is(200);
    assert_eq!(
        [
            &shown["thread_id"],
            &shown["comment_count"],
            &shown["version"]
        ],
        [&first["thread_id"], &json!(2), &json!(3)]
    );
    let page = ben.get("/tasks").await.is(200);
    assert_eq!(page["data"][0], shown);
    // A change answers with them as well.
    let claimed = ben.task_act(&task, "claim").await.is(200);
    assert_eq!(claimed["comment_count"], json!(2));
    delete(&ana, &second).await.is(204);
    let shown = ben.get(&path).await.is(200);
    assert_eq!(
        (&shown["comment_count"], &shown["version"]),
        (&json!(1), &json!(5))
    );
    assert_eq!(
        bodies(&ana, &path).await,
        [json!(null), json!("Which bread?")]
    );
}

#[tokio::test]
async fn an_appointment_has_comments_in_every_state() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let visit = scan(&ana, json!({})).await;
    let path = format!("/appointments/{}", id(&visit));
    let first = say(&ben, &path, "Who drives?").await;
    let need = json!({ "kind": "driver" });
    ana.post(&format!("{path}/needs"), need).await.is(201);
    ana.act(&format!("{path}/cancel")).await.is(200);
    say(&ana, &path, "The clinic has called").await;
    let shown = ana.get(&path).await.is(200);
    assert_eq!(
        (&shown["thread_id"], &shown["comment_count"]),
        (&first["thread_id"], &json!(2))
    );
    let page = ana.get("/appointments").await.is(200);
    assert_eq!(page["data"][0], shown);
    let on = ana.act(&format!("{path}/reinstate")).await.is(200);
    assert_eq!(on["comment_count"], json!(2));
    assert_eq!(
        bodies(&ben, &path).await,
        ["The clinic has called", "Who drives?"]
    );
}

#[tokio::test]
async fn comments_are_visible_as_their_item_is_also_after_another_topic() {
    let app = TestApp::start().await;
    let [ana, ben, eli] = app.circle(["coordinator", "helper", "viewer"]).await;
    let task = ana.task(json!({ "title": "Pharmacy" })).await;
    let path = format!("/tasks/{}", id(&task));
    let comment = say(&ben, &path, "It closes at six").await;
    let thread = format!("/threads/{}", comment["thread_id"].as_str().unwrap());
    let message = format!("/messages/{}", id(&comment));
    let refused = eli.post(&comments(&path), json!({ "body": "a" })).await;
    refused.is_problem(403, "forbidden");
    let health = json!({ "topic": "health" });
    ana.patch(&path, health).await.is(200);
    for hidden in [&path, &comments(&path), &thread, &message] {
        ben.get(hidden).await.is_problem(404, "not_found");
    }
    let more = ben.post(&comments(&path), json!({ "body": "a" })).await;
    more.is_problem(404, "not_found");
    let mention = json!({ "body": "a", "mentioned_member_ids": [ben.member_id] });
    let mention = ana.post(&comments(&path), mention).await;
    assert_eq!(
        mention.is_invalid(),
        ["/mentioned_member_ids/0 unknown_member"]
    );
    grant(&ana, &ben, json!({ "health": "read" })).await;
    assert_eq!(bodies(&ben, &path).await, ["It closes at six"]);
    assert_eq!(ben.get(&thread).await.is(200)["topic"], "health");

    let visit = scan(&ana, json!({ "topic": "daily" })).await;
    let path = format!("/appointments/{}", id(&visit));
    say(&ana, &path, "Bring the papers").await;
    assert_eq!(bodies(&eli, &path).await, ["Bring the papers"]);
    let family = json!({ "topic": "family" });
    ana.patch(&path, family).await.is(200);
    let thread = ana.get(&path).await.is(200)["thread_id"].clone();
    let thread = format!("/threads/{}", thread.as_str().unwrap());
    assert_eq!(ana.get(&thread).await.is(200)["topic"], "family");
    eli.get(&thread).await.is_problem(404, "not_found");
}

#[tokio::test]
async fn a_helper_who_joins_later_reads_the_comments_from_before() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana.task(json!({ "title": "Water the plants" })).await;
    let path = format!("/tasks/{}", id(&task));
    say(&ana, &path, "The key is under the mat").await;
    app.advance(TimeDelta::minutes(1));
    let guest = app.person("Gio").await;
    app.join(&ana, &guest, json!({ "access": "helper" })).await;
    app.mails().await;
    let guest = guest.inside(ana.circle_id());
    assert_eq!(bodies(&guest, &path).await, ["The key is under the mat"]);
    let shown = guest.get(&path).await.is(200);
    assert_eq!(shown["comment_count"], json!(1));
}

#[tokio::test]
async fn the_list_of_threads_shows_comments_only_if_it_is_asked_for_them() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana.task(json!({ "title": "Shopping" })).await;
    let path = format!("/tasks/{}", id(&task));
    say(&ana, &path, "Which bread?").await;
    let every = ben.get("/threads").await.is(200);
    assert_eq!(every["data"], json!([]));
    let items = ben.get("/threads?kind=item").await.is(200);
    let thread = &items["data"][0];
    assert_eq!(
        [
            &thread["title"],
            &thread["task_id"],
            &thread["appointment_id"],
            &thread["unread_count"],
            &thread["actions"]
        ],
        [
            &json!("Shopping"),
            &task["id"],
            &json!(null),
            &json!(1),
            &json!(["create_message", "mark_read"])
        ]
    );
    let path = format!("/threads/{}", id(thread));
    let renamed = ana.patch(&path, json!({ "title": "Bread" })).await;
    renamed.is_problem(409, "belongs_to_item");
    let archived = ana.act(&format!("{path}/archive")).await;
    archived.is_problem(409, "belongs_to_item");
    let forbidden = ben.act(&format!("{path}/archive")).await;
    forbidden.is_problem(403, "forbidden");
    let message = json!({ "body": "The dark one" });
    ben.post(&format!("{path}/messages"), message).await.is(201);
    let shown = ana.get(&format!("/tasks/{}", id(&task))).await.is(200);
    assert_eq!(
        (&shown["comment_count"], &shown["version"]),
        (&json!(2), &json!(3))
    );
}

#[tokio::test]
async fn comments_are_unread_messages_only_for_members_who_take_part_in_the_item() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora, eli] = app
        .circle(["coordinator", "helper", "helper", "helper", "coordinator"])
        .await;
    let task = json!({ "title": "Move", "people_needed": 3 });
    let task = ana.task(task).await;
    let path = format!("/tasks/{}", id(&task));
    let offer = json!({ "member_id": cem.member_id });
    ana.post(&format!("{path}/offer"), offer).await.is(200);
    ben.task_act(&task, "claim").await.is(200);
    let comment = say(&ben, &path, "When do we begin?").await;
    for (person, waiting) in [(&ana, 1), (&ben, 0), (&cem, 1), (&dora, 0), (&eli, 0)] {
        assert_eq!(unread(person).await, json!(waiting), "{}", person.email);
    }
    // A member who has commented takes part, one who has declined does not.
    say(&dora, &path, "At ten?").await;
    cem.task_act(&task, "decline").await.is(200);
    say(&ana, &path, "At nine").await;
    for (person, waiting) in [(&ana, 2), (&ben, 2), (&cem, 0), (&dora, 2), (&eli, 0)] {
        assert_eq!(unread(person).await, json!(waiting), "{}", person.email);
    }
    let read = format!(
        "/threads/{}/mark-read",
        comment["thread_id"].as_str().unwrap()
    );
    let read_first = json!({ "last_read_message_id": comment["id"] });
    ana.post(&read, read_first).await.is(200);
    assert_eq!(unread(&ana).await, json!(1));

    let visit = json!({ "topic": "daily", "attendee_member_ids": [cem.member_id] });
    let visit = scan(&ana, visit).await;
    let path = format!("/appointments/{}", id(&visit));
    say(&eli, &path, "Bring the papers").await;
    for (person, waiting) in [(&ana, 2), (&cem, 1), (&dora, 2), (&eli, 0)] {
        assert_eq!(unread(person).await, json!(waiting), "{}", person.email);
    }
    let declined = json!({ "response": "declined" });
    cem.post(&format!("{path}/attendees/me/respond"), declined)
        .await
        .is(200);
    assert_eq!(unread(&cem).await, json!(0));
}

#[tokio::test]
async fn a_comment_with_an_id_of_the_client_is_created_once() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana.task(json!({ "title": "Shopping" })).await;
    let path = format!("/tasks/{}", id(&task));
    let body = json!({ "id": Uuid::now_v7(), "body": "Once" });
    let first = ana.post(&comments(&path), body.clone()).await.is(201);
    let again = ana.post(&comments(&path), body).await.is(200);
    assert_eq!(first, again);
    assert_eq!(bodies(&ana, &path).await, ["Once"]);
}

#[tokio::test]
async fn a_comment_is_found_with_the_title_of_its_item_by_members_who_see_that() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = json!({ "title": "Pharmacy", "topic": "health" });
    let task = format!("/tasks/{}", id(&ana.task(task).await));
    let comment = say(&ana, &task, "It closes at six").await;
    let visit = scan(&ana, json!({ "topic": "daily" })).await;
    let visit = format!("/appointments/{}", id(&visit));
    say(&ana, &visit, "The lift closes at six").await;
    let found = ana.get("/search?q=closes&type=message").await.is(200);
    let titles: Vec<_> = found["data"].as_array().unwrap().iter().collect();
    assert_eq!(titles.len(), 2, "{found}");
    let of_task = titles.iter().find(|hit| hit["id"] == comment["id"]);
    let of_task = of_task.unwrap();
    assert_eq!(
        [&of_task["title"], &of_task["thread_id"], &of_task["topic"]],
        [&json!("Pharmacy"), &comment["thread_id"], &json!("health")]
    );
    let by_ben = ben.get("/search?q=closes").await.is(200);
    let by_ben = by_ben["data"].as_array().unwrap();
    assert_eq!(by_ben.len(), 1);
    assert_eq!(by_ben[0]["title"], ana.get(&visit).await.is(200)["title"]);
    let shown = ana.get(&visit).await.is(200);
    ana.patch(&visit, json!({ "topic": "health" }))
        .await
        .is(200);
    let hidden = ben.get("/search?q=closes").await.is(200);
    assert_eq!(hidden["data"], json!([]));
    delete(&ana, &comment).await.is(204);
    let left = ana.get("/search?q=closes").await.is(200);
    assert_eq!(left["data"][0]["title"], shown["title"]);
    assert_eq!(left["data"].as_array().unwrap().len(), 1);
}
