//! Work and questions that are still open: uncovered work, open offers and answers that a
//! member owes. Past items, fully claimed items and a member's own actions are not open.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::appointments::{act, answer, path_of, reschedule, scan};
use crate::harness::{Client, Person, TestApp};
use crate::needs::{add_need, need_act, offer_need};

async fn owed(client: &Client) -> i64 {
    let summary = client.get("/v1/me/summary").await.is(200);
    summary["waiting_for_you"].as_i64().unwrap()
}

/// The items of the caller's agenda, each as its type and the state of the caller's part.
async fn agenda(client: &Client) -> Vec<String> {
    let page = client.get("/v1/me/agenda").await.is(200);
    let line = |item: &Value| {
        let text = |name: &str| item[name].as_str().unwrap().to_owned();
        format!("{} {}", text("type"), text("my_state"))
    };
    page["data"].as_array().unwrap().iter().map(line).collect()
}

async fn offer_task(by: &Client, task: &Value, to: &Person) -> Value {
    let path = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    by.post(&path, json!({ "member_id": to.member_id }))
        .await
        .is(200)
}

async fn titles(client: &Client, path: &str, name: &str) -> Vec<String> {
    let page = client.get(path).await.is(200);
    let title = |row: &Value| row[name].as_str().unwrap().to_owned();
    page["data"].as_array().unwrap().iter().map(title).collect()
}

#[tokio::test]
async fn uncovered_tasks_are_open_and_can_still_be_claimed() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    for (title, more) in [
        ("ahead", json!({ "due_local": "2026-12-03T12:00" })),
        ("without a time", json!({})),
        ("overdue", json!({ "due_on": "2026-11-20" })),
        (
            "running",
            json!({ "starts_local": "2026-12-01T08:00", "due_local": "2026-12-01T10:00" }),
        ),
        (
            "over",
            json!({ "starts_local": "2026-12-01T06:00", "due_local": "2026-12-01T08:00" }),
        ),
        ("completed", json!({})),
        ("canceled", json!({})),
        ("covered", json!({})),
    ] {
        let mut new = more;
        new["title"] = json!(title);
        let task = ana.task(new).await;
        match title {
            "completed" => ana.task_act(&task, "complete").await.is(200),
            "canceled" => ana.task_act(&task, "cancel").await.is(200),
            "covered" => ana.task_act(&task, "claim").await.is(200),
            _ => json!(null),
        };
    }
    ben.task(json!({ "title": "proposed" })).await;
    let path = "/tasks?uncovered=true";
    let expected = ["overdue", "running", "ahead", "without a time"];
    assert_eq!(titles(&ana, path, "title").await, expected);

    // Time alone changes the list, and then its ETag changes too.
    let etag = ana.get(path).await.header("etag").to_owned();
    app.advance(TimeDelta::hours(1));
    let ana = ana.later().await;
    let seen = ("if-none-match", etag.as_str());
    let later = ana.with(seen, &axum::http::Method::GET, path, None).await;
    assert_eq!(later.status, 200);
    let expected = ["overdue", "ahead", "without a time"];
    assert_eq!(titles(&ana, path, "title").await, expected);
}

#[tokio::test]
async fn uncovered_needs_are_open_and_belong_to_scheduled_appointments() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let all_day = |day: &str| json!({ "starts_on": day, "starts_local": null, "ends_local": null });
    let at = |starts: &str, ends: &str| json!({ "starts_local": starts, "ends_local": ends });
    for (which, more) in [
        ("scheduled", json!({})),
        ("proposed", json!({ "is_proposal": true })),
        ("canceled", json!({})),
        ("running", at("2026-12-01T08:00", "2026-12-01T10:00")),
        ("over", at("2026-12-01T06:00", "2026-12-01T08:00")),
        ("completed", at("2026-12-01T08:30", "2026-12-01T10:00")),
        ("today", all_day("2026-12-01")),
        ("yesterday", all_day("2026-11-30")),
    ] {
        let appointment = scan(&ana, more).await;
        let need = json!({ "kind": "driver", "notes": which });
        add_need(&ana, &appointment, need).await;
        match which {
            "canceled" => act(&ana, &appointment, "cancel").await.is(200),
            "completed" => act(&ana, &appointment, "complete").await.is(200),
            _ => json!(null),
        };
    }
    let path = "/needs?uncovered=true";
    let expected = ["today", "running", "scheduled"];
    assert_eq!(titles(&ana, path, "notes").await, expected);
    app.advance(TimeDelta::hours(1));
    let ana = ana.later().await;
    assert_eq!(titles(&ana, path, "notes").await, ["today", "scheduled"]);
}

#[tokio::test]
async fn an_answer_is_owed_until_the_item_in_question_is_over() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let asked = |starts: Value, ends: Value, on: Value| {
        json!({
            "attendee_member_ids": [ben.member_id],
            "starts_local": starts, "ends_local": ends, "starts_on": on,
        })
    };
    let tomorrow = |hour: u32| json!(format!("2026-12-02T{hour:02}:00"));
    scan(&ana, asked(tomorrow(10), tomorrow(11), json!(null))).await;
    let appointment = scan(&ana, asked(tomorrow(12), json!(null), json!(null))).await;
    scan(&ana, asked(json!(null), json!(null), json!("2026-12-02"))).await;
    let ride = json!({ "kind": "driver", "starts_local": "2026-12-02T13:00" });
    let ride = add_need(&ana, &appointment, ride).await;
    offer_need(&ana, &ride, &ben).await.is(200);
    let window = json!({ "title": "Sit", "starts_local": tomorrow(14), "due_local": tomorrow(15) });
    let sit = ana.task(window).await;
    offer_task(&ana, &sit, &ben).await;
    let overdue = ana
        .task(json!({ "title": "Forms", "due_local": tomorrow(9) }))
        .await;
    offer_task(&ana, &overdue, &ben).await;

    // It is 9:00 in Berlin. An overdue task still has to be done.
    assert_eq!(owed(&ben).await, 6);
    app.advance(TimeDelta::hours(25));
    for (minutes, left) in [
        (59, 6),
        (1, 5),
        (59, 5),
        (1, 4),
        (60, 3),
        (119, 3),
        (1, 2),
        (539, 2),
        (1, 1),
    ] {
        app.advance(TimeDelta::minutes(minutes));
        let ben = ben.later().await;
        assert_eq!(owed(&ben).await, left, "{}", app.now());
        let circles = ben.get("/v1/me/circles").await.is(200);
        assert_eq!(circles["data"][0]["summary"]["waiting_for_you"], left);
    }
}

#[tokio::test]
async fn an_offer_closes_when_all_places_are_taken_and_opens_when_one_is_free() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let task = ana.task(json!({ "title": "Cook" })).await;
    let appointment = scan(&ana, json!({ "without_attendees": true })).await;
    let need = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    let task_path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let need_path = format!("/needs/{}", need["id"].as_str().unwrap());
    for (what, path, take, lists) in [
        ("task", &task_path, "claim", "/tasks?assigned_member_id="),
        ("need", &need_path, "claim", "/needs?assigned_member_id="),
    ] {
        let to_ben = json!({ "member_id": ben.member_id });
        ana.post(&format!("{path}/offer"), to_ben).await.is(200);
        let open = [format!("{what} offered")];
        let of_ben = format!("{lists}{}", ben.member_id);
        let listed = async || {
            let page = ben.get(&of_ben).await.is(200);
            page["data"].as_array().unwrap().len()
        };
        assert_eq!(
            (owed(&ben).await, agenda(&ben).await, listed().await),
            (1, open.to_vec(), 1)
        );
        cem.act(&format!("{path}/{take}")).await.is(200);
        assert_eq!(
            (owed(&ben).await, agenda(&ben).await, listed().await),
            (0, vec![], 0)
        );
        let late = ben.act(&format!("{path}/{take}")).await;
        late.is_problem(409, "fully_covered");
        cem.act(&format!("{path}/release")).await.is(200);
        assert_eq!(
            (owed(&ben).await, agenda(&ben).await, listed().await),
            (1, open.to_vec(), 1)
        );
        ben.act(&format!("{path}/{take}")).await.is(200);
        assert_eq!(
            (owed(&ben).await, agenda(&ben).await),
            (0, vec![format!("{what} accepted")])
        );
        ben.act(&format!("{path}/release")).await.is(200);
    }
}

#[tokio::test]
async fn members_owe_no_answer_to_their_own_requests() {
    let app = TestApp::start().await;
    let [ana, rosa, ben] = app.circle(["coordinator", "patient", "caregiver"]).await;
    let me = json!({ "member_id": ana.member_id });
    let both = [&ana.member_id, &ben.member_id];

    let appointment = scan(&ana, json!({ "attendee_member_ids": both })).await;
    assert_eq!(
        appointment["my_response"], "accepted",
        "she schedules it and is an attendee"
    );
    let own = scan(&rosa, json!({})).await;
    assert_eq!(
        own["my_response"], "accepted",
        "the patient schedules an appointment"
    );
    let joined = format!("{}/attendees", path_of(&own));
    let joined = ana
        .post(&joined, json!({ "member_ids": both }))
        .await
        .is(200);
    assert_eq!(joined["my_response"], "accepted", "she adds herself");

    let task = ana.task(json!({ "title": "Cook" })).await;
    let task = offer_task(&ana, &task, &ana).await;
    let is = (&task["my_assignment"], &task["coverage"]);
    assert_eq!(
        is,
        (&json!("accepted"), &json!("full")),
        "she offers the task to herself"
    );
    // The ride does not overlap the appointments that Ana attends.
    let ride = json!({
        "kind": "driver",
        "starts_local": "2026-12-04T07:00", "ends_local": "2026-12-04T08:00",
    });
    let ride = add_need(&ana, &appointment, ride).await;
    let offer = format!("/needs/{}/offer", ride["id"].as_str().unwrap());
    let ride = ana.post(&offer, me.clone()).await.is(200);
    let is = (&ride["my_assignment"], &ride["coverage"]);
    assert_eq!(
        is,
        (&json!("accepted"), &json!("full")),
        "she offers the ride to herself"
    );

    let role = ana.post("/roles", json!({ "kind": "pets" })).await.is(201);
    let offer = format!("/roles/{}/offer", role["id"].as_str().unwrap());
    let role = ana.post(&offer, me.clone()).await.is(200);
    assert_eq!(
        role["my_assignment"], "active",
        "she offers the role to herself"
    );

    let time = json!({ "starts_local": "2026-12-05T10:00" });
    let appointment = reschedule(&ana, &appointment, time).await.is(200);
    assert_eq!(
        appointment["my_response"], "accepted",
        "she moves the appointment herself"
    );
    let part = &appointment["needs"][0];
    let is = (&part["my_assignment"], &part["coverage"]);
    assert_eq!(is, (&json!("accepted"), &json!("full")), "she drives there");
    assert_eq!(
        (owed(&ana).await, owed(&rosa).await, owed(&ben).await),
        (0, 0, 2)
    );

    let full = add_need(&ana, &appointment, json!({ "kind": "companion" })).await;
    need_act(&ben, &full, "claim").await.is(200);
    let late = format!("/needs/{}/offer", full["id"].as_str().unwrap());
    ana.post(&late, me).await.is_problem(409, "fully_covered");
    answer(&ben, &appointment, "declined").await.is(200);
    let time = json!({ "starts_local": "2026-12-06T10:00" });
    reschedule(&ben, &appointment, time).await.is(200);
    assert_eq!(
        owed(&ana).await,
        2,
        "another member moved the appointment and the ride"
    );
}

#[tokio::test]
async fn a_reinstated_appointment_has_its_former_state() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for proposed in [true, false] {
        let appointment = scan(&ana, json!({ "is_proposal": proposed })).await;
        let was = appointment["state"].clone();
        for _ in 0..2 {
            act(&ana, &appointment, "cancel").await.is(200);
            let again = act(&ana, &appointment, "reinstate").await.is(200);
            assert_eq!(again["state"], was);
        }
        let repeated = act(&ana, &appointment, "reinstate").await.is(200);
        assert_eq!(repeated["state"], was);
        let path = format!("{}/reminders", path_of(&appointment));
        let reminders = ana.get(&path).await.is(200);
        let planned = reminders["data"].as_array().unwrap().iter();
        let planned = planned.filter(|reminder| reminder["state"] == "planned");
        assert_eq!(planned.count(), if proposed { 0 } else { 2 });
    }
}

#[tokio::test]
async fn work_reassigned_to_the_caller_is_accepted_at_once_and_to_others_offered() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "caregiver"]).await;
    for (taker, part) in [(&ana, "accepted"), (&cem, "offered")] {
        let appointment = scan(&ana, json!({ "without_attendees": true })).await;
        let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
        need_act(&ben, &ride, "claim").await.is(200);
        let task = ana.task(json!({ "title": "Cook" })).await;
        ben.task_act(&task, "claim").await.is(200);
        let suspend = format!("/members/{}/suspend", ben.member_id);
        let body = json!({ "reassign_to_member_id": taker.member_id });
        ana.post(&suspend, body).await.is(200);
        let path = format!("/tasks/{}", task["id"].as_str().unwrap());
        let task = taker.get(&path).await.is(200);
        let path = format!("/needs/{}", ride["id"].as_str().unwrap());
        let ride = taker.get(&path).await.is(200);
        let has = [&task["my_assignment"], &ride["my_assignment"]];
        assert_eq!(has, [part, part]);
        let covered = if part == "accepted" { "full" } else { "none" };
        assert_eq!([&task["coverage"], &ride["coverage"]], [covered, covered]);
        assert_eq!(owed(taker).await, if part == "accepted" { 0 } else { 2 });
        let reinstate = format!("/members/{}/reinstate", ben.member_id);
        ana.act(&reinstate).await.is(200);
    }
}
