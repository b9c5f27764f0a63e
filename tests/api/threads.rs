//! Threads: whom they are for, who reads along from when, what is new to whom.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Client, Person, Reply, TestApp};

pub fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

pub async fn about(by: &Person, topic: &str) -> Value {
    let thread = json!({ "title": format!("About {topic}"), "topic": topic });
    by.post("/threads", thread).await.is(201)
}

pub async fn between(by: &Person, others: &[&Person]) -> Value {
    let others: Vec<_> = others.iter().map(|other| &other.member_id).collect();
    let thread = json!({ "member_ids": others });
    by.post("/threads", thread).await.is(201)
}

pub fn messages(thread: &Value) -> String {
    format!("/threads/{}/messages", id(thread))
}

pub async fn say(by: &Client, thread: &Value, body: &str) -> Value {
    let message = json!({ "body": body });
    by.post(&messages(thread), message).await.is(201)
}

pub async fn mark(by: &Client, thread: &Value, message: &Value) -> Reply {
    let mark = json!({ "up_to": message["id"] });
    by.post(&format!("/threads/{}/read", id(thread)), mark)
        .await
}

pub async fn delete(by: &Client, message: &Value) -> Reply {
    by.act(&format!("/messages/{}/delete", id(message))).await
}

/// The thread as somebody's list shows it.
pub async fn listed(by: &Client, thread: &Value) -> Value {
    let list = by.get("/threads").await.is(200);
    let rows = list["data"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == thread["id"]);
    row.cloned().unwrap_or_default()
}

/// What somebody reads in a thread, the newest first.
pub async fn bodies(by: &Client, thread: &Value) -> Vec<Value> {
    let page = by.get(&messages(thread)).await.is(200);
    let rows = page["data"].as_array().unwrap();
    rows.iter().map(|row| row["body"].clone()).collect()
}

#[tokio::test]
async fn a_thread_is_about_a_topic_or_between_people() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    for (body, fault) in [
        (json!({ "title": "a" }), "/topic missing"),
        (json!({ "topic": "daily" }), "/title missing"),
        (
            json!({ "title": "a", "topic": "daily", "member_ids": [ben.member_id] }),
            "/member_ids topic_and_members",
        ),
        (
            json!({ "member_ids": [ana.member_id] }),
            "/member_ids nobody_else",
        ),
        (
            json!({ "member_ids": [ben.member_id, Uuid::now_v7()] }),
            "/member_ids/1 unknown_member",
        ),
        (
            json!({ "title": "a", "topic": "decisions" }),
            "/topic topic_not_granted",
        ),
    ] {
        let reply = ana.post("/threads", body).await;
        assert_eq!(reply.is_invalid(), [fault]);
    }
    let body = json!({ "id": Uuid::now_v7(), "title": "Visits", "topic": "daily" });
    let thread = ana.post("/threads", body.clone()).await.is(201);
    assert_eq!(
        thread["actions"],
        json!(["write", "change", "archive", "read"])
    );
    assert_eq!(
        (&thread["kind"], &thread["last_message"]),
        (&json!("topic"), &json!(null))
    );
    assert_eq!(ana.post("/threads", body.clone()).await.is(200), thread);
    ben.post("/threads", body).await.is_problem(409, "id_taken");
    let direct = between(&ben, &[&ana, &ana]).await;
    assert_eq!(direct["members"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_thread_between_two_is_nobody_elses() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "caregiver", "patient", "helper"])
        .await;
    let thread = between(&ben, &[&dora]).await;
    let message = say(&ben, &thread, "Between us").await;
    let (thread_path, message_path) = (
        format!("/threads/{}", id(&thread)),
        format!("/messages/{}", id(&message)),
    );
    for person in [&ana, &cem] {
        assert_eq!(listed(person, &thread).await, json!(null));
        let page = person.get("/threads?limit=1&kind=direct").await.is(200);
        assert_eq!(page, json!({ "data": [], "next_cursor": null }));
        for path in [
            thread_path.clone(),
            messages(&thread),
            message_path.clone(),
            format!("{message_path}/history"),
        ] {
            person.get(&path).await.is_problem(404, "not_found");
        }
        for verb in ["archive", "reopen"] {
            let path = format!("{thread_path}/{verb}");
            person.act(&path).await.is_problem(404, "not_found");
        }
        let intrusion = json!({ "body": "Hello" });
        let reply = person.post(&messages(&thread), intrusion).await;
        reply.is_problem(404, "not_found");
        let reply = person.patch(&thread_path, json!({ "title": "Ours" })).await;
        reply.is_problem(404, "not_found");
        mark(person, &thread, &message)
            .await
            .is_problem(404, "not_found");
        delete(person, &message).await.is_problem(404, "not_found");
        let own = about(person, "daily").await;
        let reply = json!({ "body": "a", "reply_to": message["id"] });
        let reply = person.post(&messages(&own), reply).await;
        assert_eq!(reply.is_invalid(), ["/reply_to unknown_message"]);
    }
    assert_eq!(bodies(&dora, &thread).await, ["Between us"]);
    let names = dora.get(&thread_path).await.is(200)["members"].clone();
    let mut names: Vec<_> = names.as_array().unwrap().iter().collect();
    names.sort_by_key(|member| member["name"].to_string());
    assert_eq!(
        (&names[0]["name"], &names[1]["name"]),
        (&json!("Ben Test"), &json!("Dora Test"))
    );
    ana.post(&format!("/members/{}/remove", dora.member_id), json!({}))
        .await
        .is(200);
    say(&ben, &thread, "Alone").await;
    let members = ben.get(&thread_path).await.is(200)["members"].clone();
    let members: Vec<_> = members.as_array().unwrap().iter().collect();
    assert!(members.iter().any(|member| member["state"] == "removed"));
}

#[tokio::test]
async fn a_thread_about_a_topic_is_for_who_sees_the_topic() {
    let app = TestApp::start().await;
    let [ana, ben, eli] = app.circle(["coordinator", "helper", "viewer"]).await;
    let thread = about(&ana, "health").await;
    say(&ana, &thread, "The new medicine").await;
    ben.get(&messages(&thread))
        .await
        .is_problem(404, "not_found");
    let grant = format!("/members/{}/grant-topics", ben.member_id);
    ana.post(&grant, json!({ "health": "read" })).await.is(200);
    assert_eq!(bodies(&ben, &thread).await, ["The new medicine"]);
    say(&ben, &thread, "Thank you").await;
    let own = json!({ "title": "Mine", "topic": "health" });
    let reply = ben.post("/threads", own).await;
    assert_eq!(reply.is_invalid(), ["/topic topic_not_granted"]);

    let daily = about(&ana, "daily").await;
    assert_eq!(listed(&eli, &daily).await["actions"], json!(["read"]));
    let message = say(&ana, &daily, "Good morning").await;
    let reply = eli.post(&messages(&daily), json!({ "body": "a" })).await;
    reply.is_problem(403, "forbidden");
    let direct = json!({ "member_ids": [ana.member_id] });
    eli.post("/threads", direct)
        .await
        .is_problem(403, "forbidden");
    assert_eq!(bodies(&eli, &daily).await, ["Good morning"]);
    mark(&eli, &daily, &message).await.is(200);
}

#[tokio::test]
async fn caregivers_read_the_history_of_a_topic_and_helpers_what_came_after_them() {
    let app = TestApp::start().await;
    let [ana, eve] = app
        .circle_of(["coordinator", "helper"], ["Ana", "Eve"])
        .await;
    let thread = about(&ana, "daily").await;
    let old = say(&ana, &thread, "Before").await;
    app.advance(TimeDelta::minutes(1));
    let [ben, cem] = [app.person("Ben").await, app.person("Cem").await];
    app.join(&ana, &ben, json!({ "access": "caregiver" })).await;
    app.join(&ana, &cem, json!({ "access": "helper" })).await;
    let (ben, helper) = (ben.inside(ana.circle_id()), cem.inside(ana.circle_id()));
    assert_eq!(bodies(&ben, &thread).await, ["Before"]);
    assert_eq!(listed(&ben, &thread).await["unread_count"], 1);
    let row = listed(&helper, &thread).await;
    assert_eq!(
        (&row["unread_count"], &row["last_message"]),
        (&json!(0), &json!(null))
    );
    assert!(bodies(&helper, &thread).await.is_empty());
    let path = format!("/messages/{}", id(&old));
    helper.get(&path).await.is_problem(404, "not_found");
    let reply = json!({ "body": "a", "reply_to": old["id"] });
    let reply = helper.post(&messages(&thread), reply).await;
    assert_eq!(reply.is_invalid(), ["/reply_to unknown_message"]);
    say(&ana, &thread, "After").await;
    assert_eq!(bodies(&helper, &thread).await, ["After"]);
    assert_eq!(listed(&helper, &thread).await["unread_count"], 1);

    let direct = between(&ana, &[&eve]).await;
    say(&ana, &direct, "Only for you").await;
    assert_eq!(bodies(&eve, &thread).await, ["After", "Before"]);
    eve.post("/leave", json!({})).await.is(200);
    app.advance(TimeDelta::minutes(1));
    app.join(&ana, &eve, json!({ "access": "helper" })).await;
    assert!(bodies(&eve, &thread).await.is_empty());
    assert!(bodies(&eve, &direct).await.is_empty());
    say(&ana, &direct, "Again").await;
    assert_eq!(bodies(&eve, &direct).await, ["Again"]);
}

#[tokio::test]
async fn what_is_new_is_counted_for_each_reader() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "viewer"]).await;
    let thread = about(&ana, "daily").await;
    let other = about(&ana, "daily").await;
    let mut said = Vec::new();
    for (by, body) in [(&ana, "1"), (&ben, "2"), (&ana, "3"), (&ana, "4")] {
        said.push(say(by, &thread, body).await);
    }
    say(&ana, &other, "1").await;
    let unread = async |by: &Person| listed(by, &thread).await["unread_count"].clone();
    assert_eq!(
        (unread(&ana).await, unread(&ben).await, unread(&cem).await),
        (json!(1), json!(3), json!(4))
    );
    let read = mark(&ben, &thread, &said[2]).await.is(200);
    assert_eq!(
        (&read["unread_count"], &read["read_up_to"]),
        (&json!(1), &json!(3))
    );
    let back = mark(&ben, &thread, &said[0]).await.is(200);
    assert_eq!(back["read_up_to"], 3);
    delete(&ana, &said[3]).await.is(200);
    assert_eq!(
        (unread(&ana).await, unread(&ben).await, unread(&cem).await),
        (json!(1), json!(0), json!(3))
    );
    assert_eq!(listed(&ben, &other).await["unread_count"], 1);
    let elsewhere = mark(&ben, &other, &said[0]).await;
    assert_eq!(elsewhere.is_invalid(), ["/up_to unknown_message"]);
}

#[tokio::test]
async fn a_full_page_of_threads_says_what_is_new_in_each() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    for _ in 0..201 {
        let thread = about(&ana, "daily").await;
        say(&ana, &thread, "Hello").await;
    }
    let page = ben.get("/threads?limit=200").await.is(200);
    let rows = page["data"].as_array().unwrap();
    assert_eq!(rows.len(), 200);
    for row in rows {
        assert_eq!(
            (&row["unread_count"], &row["last_message"]["body"]),
            (&json!(1), &json!("Hello"))
        );
    }
}

#[tokio::test]
async fn a_list_is_304_until_something_is_said_or_read() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let thread = about(&ana, "daily").await;
    let first = say(&ana, &thread, "1").await;
    say(&ana, &thread, "2").await;
    let path = format!("/threads/{}", id(&thread));
    for path in ["/threads", &path] {
        let etag = async |by: &Client| by.get(path).await.header("etag").to_owned();
        let (hers, his) = (etag(&ana).await, etag(&ben).await);
        let again = async |by: &Client, etag: &str| {
            let seen = ("if-none-match", etag);
            by.with(seen, &Method::GET, path, None).await.status
        };
        assert_eq!(again(&ben, &his).await, 304);
        let list = ben.get(&messages(&thread)).await.is(200);
        let message = match path {
            "/threads" => first.clone(),
            _ => list["data"][0].clone(),
        };
        mark(&ben, &thread, &message).await.is(200);
        assert_eq!(again(&ben, &his).await, 200);
        assert_eq!(again(&ana, &hers).await, 304, "nobody else learns of it");
        let his = etag(&ben).await;
        mark(&ben, &thread, &message).await.is(200);
        assert_eq!(again(&ben, &his).await, 304, "the cursor did not move");
    }
}

#[tokio::test]
async fn nobody_writes_in_an_archived_thread() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let thread = about(&ben, "daily").await;
    let message = say(&cem, &thread, "Before").await;
    let verb = |verb: &str| format!("/threads/{}/{verb}", id(&thread));
    cem.act(&verb("archive")).await.is_problem(403, "forbidden");
    let archived = ben.act(&verb("archive")).await.is(200);
    assert_eq!(
        (&archived["state"], &archived["actions"]),
        (&json!("archived"), &json!(["reopen", "read"]))
    );
    let again = ana.act(&verb("archive")).await.is(200);
    assert_eq!(again["version"], archived["version"]);
    let body = json!({ "body": "a" });
    let refused = ana.post(&messages(&thread), body.clone()).await;
    let refused = refused.is_problem(409, "invalid_transition");
    assert_eq!(refused["state"], "archived");
    let path = format!("/messages/{}", id(&message));
    cem.patch(&path, body)
        .await
        .is_problem(409, "invalid_transition");
    mark(&ben, &thread, &message).await.is(200);
    let open = ana.get("/threads?state=open").await.is(200);
    assert_eq!(open["data"], json!([]));
    delete(&cem, &message).await.is(200);
    ana.act(&verb("reopen")).await.is(200);
    say(&cem, &thread, "After").await;
}

#[tokio::test]
async fn a_thread_is_renamed_by_its_author_or_a_coordinator() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "caregiver"]).await;
    let thread = about(&ben, "daily").await;
    let path = format!("/threads/{}", id(&thread));
    let title = json!({ "title": "Another" });
    cem.patch(&path, title.clone())
        .await
        .is_problem(403, "forbidden");
    for person in [&ana, &ben] {
        let renamed = person.patch(&path, title.clone()).await.is(200);
        assert_eq!(renamed["title"], "Another");
    }
    let none = ben.patch(&path, json!({ "title": null })).await;
    assert_eq!(none.is_invalid(), ["/title missing"]);
    let direct = between(&ben, &[&cem]).await;
    let path = format!("/threads/{}", id(&direct));
    ben.patch(&path, title).await.is(200);
    let none = ben.patch(&path, json!({ "title": null })).await.is(200);
    assert_eq!(none["title"], json!(null));
}

#[tokio::test]
async fn the_thread_in_which_something_happened_last_comes_first() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let mut threads = Vec::new();
    for _ in 0..3 {
        threads.push(about(&ana, "daily").await);
        app.advance(TimeDelta::seconds(1));
    }
    let direct = between(&ben, &[&ana]).await;
    app.advance(TimeDelta::seconds(1));
    say(&ben, &threads[0], "Up").await;
    let mut seen = Vec::new();
    let mut path = "/threads?limit=3".to_owned();
    loop {
        let page = ana.get(&path).await.is(200);
        seen.extend(page["data"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/threads?limit=3&cursor={cursor}");
    }
    let ids: Vec<_> = seen.iter().map(id).collect();
    let expected = [&threads[0], &direct, &threads[2], &threads[1]];
    assert_eq!(ids, expected.map(id));
    assert_eq!(seen[0]["last_message"]["body"], "Up");
    let direct_only = ana.get("/threads?kind=direct").await.is(200);
    assert_eq!(direct_only["data"].as_array().unwrap().len(), 1);
}
