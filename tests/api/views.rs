//! What an app shows first: one's circles, one's agenda, what waits for one.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Client, Person, TestApp};

/// The agenda as one line an item: what it is, which, and one's part in it.
async fn agenda(client: &Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("/v1/me/agenda{query}")).await.is(200);
    let line = |item: &Value| {
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let which = item["title"].as_str().or(item["kind"].as_str()).unwrap();
        format!("{} {which} {}", text("type"), text("my_part"))
    };
    page["data"].as_array().unwrap().iter().map(line).collect()
}

async fn appointment(by: &Person, title: &str, starts: &str, attendees: &[&Person]) -> String {
    let ids: Vec<_> = attendees.iter().map(|person| &person.member_id).collect();
    let new =
        json!({ "title": title, "starts_local": starts, "topic": "daily", "attendee_ids": ids });
    let made = by.post("/appointments", new).await.is(201);
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_agenda_goes_over_all_circles_in_the_order_of_time() {
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
    ben.act(&format!("/needs/{}/take", need["id"].as_str().unwrap()))
        .await
        .is(200);

    assert_eq!(
        agenda(&ben, "").await,
        [
            "task Forms accepted",
            "appointment Walk needs_action",
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
            "appointment Walk needs_action",
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
async fn what_one_no_longer_sees_or_holds_is_not_on_the_agenda() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana.task(json!({ "title": "Shopping" })).await;
    ben.task_act(&task, "claim").await.is(200);
    let id = appointment(&ana, "Walk", "2026-12-02T10:00", &[&ben]).await;
    assert_eq!(agenda(&ben, "").await.len(), 2);
    ben.post(
        &format!("/appointments/{id}/answer"),
        json!({ "answer": "declined" }),
    )
    .await
    .is(200);
    ben.task_act(&task, "withdraw").await.is(200);
    assert_eq!(agenda(&ben, "").await, Vec::<String>::new());

    let task = ana.task(json!({ "title": "Cook" })).await;
    ben.task_act(&task, "claim").await.is(200);
    let suspend = format!("/members/{}/suspend", ben.member_id);
    ana.post(&suspend, json!({})).await.is(200);
    assert_eq!(agenda(&ben, "").await, Vec::<String>::new());
    assert_eq!(ben.get("/v1/me/circles").await.is(200)["data"], json!([]));
}

#[tokio::test]
async fn a_summary_counts_what_waits_for_an_answer_and_for_ones_eyes() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let zero = ben.get("/v1/me/summary").await.is(200);
    assert_eq!(
        (&zero["answers_owed"], &zero["unread_messages"]),
        (&json!(0), &json!(0))
    );

    let to_ben = json!({ "member_id": ben.member_id });
    let task = ana.task(json!({ "title": "Cook" })).await;
    ana.post(
        &format!("/tasks/{}/offer", task["id"].as_str().unwrap()),
        to_ben.clone(),
    )
    .await
    .is(200);
    let role = ana.post("/roles", json!({ "kind": "pets" })).await.is(201);
    ana.post(
        &format!("/roles/{}/offer", role["id"].as_str().unwrap()),
        to_ben.clone(),
    )
    .await
    .is(200);
    let walk = appointment(&ana, "Walk", "2026-12-02T10:00", &[&ben]).await;
    let need = ana
        .post(
            &format!("/appointments/{walk}/needs"),
            json!({ "kind": "driver" }),
        )
        .await
        .is(201);
    ana.post(
        &format!("/needs/{}/offer", need["id"].as_str().unwrap()),
        to_ben,
    )
    .await
    .is(200);
    let thread = json!({ "title": "News", "topic": "daily" });
    let thread = ana.post("/threads", thread).await.is(201);
    let messages = format!("/threads/{}/messages", thread["id"].as_str().unwrap());
    for body in ["one", "two"] {
        ana.post(&messages, json!({ "body": body })).await.is(201);
    }
    ben.post(&messages, json!({ "body": "mine" })).await.is(201);
    let secret = json!({ "member_ids": [cem.member_id] });
    let secret = ana.post("/threads", secret).await.is(201);
    let secret = format!("/threads/{}/messages", secret["id"].as_str().unwrap());
    ana.post(&secret, json!({ "body": "for Cem" }))
        .await
        .is(201);

    let summary = ben.get("/v1/me/summary").await.is(200);
    assert_eq!(
        summary,
        json!({
            "task_offers": 1, "need_offers": 1, "role_offers": 1, "appointment_invitations": 1,
            "answers_owed": 4, "tasks_to_approve": 0, "unread_messages": 2,
        })
    );
    assert_eq!(
        cem.get("/v1/me/summary").await.is(200)["unread_messages"],
        4
    );

    ben.task_act(&task, "decline").await.is(200);
    let seen = ben.get(&messages).await.is(200)["data"][0]["id"].clone();
    let read = format!("/threads/{}/read", thread["id"].as_str().unwrap());
    ben.post(&read, json!({ "up_to": seen })).await.is(200);
    let summary = ben.get("/v1/me/summary").await.is(200);
    assert_eq!(
        (&summary["answers_owed"], &summary["unread_messages"]),
        (&json!(3), &json!(0))
    );
}

#[tokio::test]
async fn ones_circles_come_with_what_waits_in_each() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    app.advance(TimeDelta::seconds(1));
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    let member = app.join(&mia, &ben, json!({ "access": "viewer" })).await;
    let task = ana.task(json!({ "title": "Cook" })).await;
    let offer = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    ana.post(&offer, json!({ "member_id": ben.member_id }))
        .await
        .is(200);
    let mine = ben.get("/v1/me/circles").await.is(200);
    let line = |at: usize| {
        let one = &mine["data"][at];
        (
            one["circle"]["id"].clone(),
            one["circle"]["my_member_id"].clone(),
            one["circle"]["my_access"].clone(),
            one["waiting"]["answers_owed"].clone(),
        )
    };
    assert_eq!(
        line(0),
        (
            json!(ana.circle_id()),
            json!(ben.member_id),
            json!("helper"),
            json!(1)
        )
    );
    assert_eq!(
        line(1),
        (
            json!(mia.circle_id()),
            json!(member),
            json!("viewer"),
            json!(0)
        )
    );
}

#[tokio::test]
async fn an_unchanged_view_is_304_until_something_changes() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    for path in ["/v1/me/circles", "/v1/me/agenda", "/v1/me/summary"] {
        let etag = ben.get(path).await.header("etag").to_owned();
        let seen = ("if-none-match", etag.as_str());
        assert_eq!(
            ben.with(seen, &Method::GET, path, None).await.status,
            304,
            "{path}"
        );
        assert_eq!(
            ana.with(seen, &Method::GET, path, None).await.status,
            200,
            "{path}"
        );
        ana.task(json!({ "title": "a" })).await;
        assert_eq!(
            ben.with(seen, &Method::GET, path, None).await.status,
            200,
            "{path}"
        );
    }
    let etag = ben.get("/v1/me/agenda").await.header("etag").to_owned();
    app.advance(TimeDelta::days(1));
    let seen = ("if-none-match", etag.as_str());
    let tomorrow = ben
        .later()
        .await
        .with(seen, &Method::GET, "/v1/me/agenda", None)
        .await;
    assert_eq!(tomorrow.status, 200);
}

#[tokio::test]
async fn an_answer_takes_as_many_statements_however_much_there_is() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    let fill = async |by: &Person, count: usize| {
        for number in 0..count {
            let task = by
                .task(json!({ "title": "a", "due_on": "2026-12-05" }))
                .await;
            by.task_act(&task, "claim").await.is(200);
            let starts = format!("2026-12-03T{:02}:00", 8 + number);
            let visit = appointment(by, "a", &starts, &[by]).await;
            by.post(
                &format!("/appointments/{visit}/needs"),
                json!({ "kind": "driver" }),
            )
            .await
            .is(201);
            let role = by.post("/roles", json!({ "kind": "pets" })).await.is(201);
            by.act(&format!("/roles/{}/take", role["id"].as_str().unwrap()))
                .await
                .is(200);
            let thread = by
                .post("/threads", json!({ "title": "a", "topic": "daily" }))
                .await
                .is(201);
            let messages = format!("/threads/{}/messages", thread["id"].as_str().unwrap());
            by.post(&messages, json!({ "body": "a" })).await.is(201);
        }
    };
    let measure = async || {
        let mut table = String::new();
        for path in [
            "/tasks",
            "/appointments",
            "/needs",
            "/roles",
            "/threads",
            "/members",
            "/v1/me/agenda",
            "/v1/me/circles",
            "/v1/me/summary",
        ] {
            let count = app.statements(ana.get(path)).await;
            table.extend([path, " ", &count.to_string(), "\n"]);
        }
        table
    };
    fill(&ana, 1).await;
    // The first use of an access token is written down.
    ana.get("/v1/me").await.is(200);
    let few = measure().await;
    fill(&ana, 6).await;
    let guest = app.join(&mia, &ana, json!({ "access": "caregiver" })).await;
    assert!(!guest.is_empty() && !ben.member_id.is_empty());
    fill(&mia, 3).await;
    let many = measure().await;
    assert_eq!(
        few, many,
        "the number of statements grows with the rows: read what belongs to all rows of a page with \
         one query, as `describe_all` in src/features/tasks/store.rs does"
    );
    insta::assert_snapshot!(many, @r"
    /tasks 4
    /appointments 6
    /needs 4
    /roles 4
    /threads 6
    /members 4
    /v1/me/agenda 4
    /v1/me/circles 8
    /v1/me/summary 6
    ");
}
