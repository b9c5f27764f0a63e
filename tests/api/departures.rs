//! How people go: suspended, removed, by themselves; and what they held.

mod released;

use serde_json::{Value, json};

use crate::harness::{Client, Person, Reply, TestApp};

async fn depart(by: &Client, verb: &str, of: &Person, departure: Value) -> Reply {
    by.post(&format!("/members/{}/{verb}", of.member_id), departure)
        .await
}

async fn claimed(by: &Person, of: &Person, task: Value) -> Value {
    let task = by.task(task).await;
    of.task_act(&task, "claim").await.is(200)
}

async fn read(by: &Client, task: &Value) -> Value {
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    by.get(&path).await.is(200)
}

fn access_path(of: &Person) -> String {
    format!("/members/{}", of.member_id)
}

async fn access(by: &Client, of: &Person) -> Value {
    by.get(&access_path(of)).await.is(200)["access"].clone()
}

#[tokio::test]
async fn whoever_is_suspended_sees_nothing_and_holds_nothing() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let task = claimed(&ana, &ben, json!({ "title": "Drive", "topic": "health" })).await;
    let suspended = depart(&ana, "suspend", &ben, json!({})).await.is(200);
    let released = json!([{ "type": "task", "id": task["id"], "title": "Drive" }]);
    assert_eq!(
        (&suspended["state"], &suspended["released"]),
        (&json!("suspended"), &released)
    );
    let open = read(&ana, &task).await;
    assert_eq!(open["coverage"], "none");
    assert_eq!(open["assignments"][0]["state"], "released");
    for path in ["", "/members", "/tasks", "/notification-preferences"] {
        ben.get(path).await.is_problem(404, "not_found");
    }
    let task = ben.post("/tasks", json!({ "title": "a" })).await;
    task.is_problem(404, "not_found");
    let again = depart(&ana, "suspend", &ben, json!({})).await.is(200);
    assert_eq!(again["released"], json!([]));
}

#[tokio::test]
async fn whoever_is_reinstated_sees_again_what_they_saw() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let grant = format!("/members/{}/grant-topics", ben.member_id);
    ana.post(&grant, json!({ "health": "read" })).await.is(200);
    let task = claimed(&ana, &ben, json!({ "title": "Drive", "topic": "health" })).await;
    depart(&ana, "suspend", &ben, json!({})).await.is(200);
    let path = format!("/members/{}", ben.member_id);
    let suspended = ana.get(&path).await.is(200);
    assert_eq!(
        suspended["actions"],
        json!(["change", "grant_topics", "reinstate", "remove"])
    );
    let active = ana.act(&format!("{path}/reinstate")).await.is(200);
    assert_eq!(
        (
            &active["state"],
            &active["access"],
            &active["topics"]["health"]
        ),
        (&json!("active"), &json!("helper"), &json!("read"))
    );
    let task = read(&ben, &task).await;
    assert_eq!(
        (&task["my_assignment"], &task["coverage"]),
        (&json!("released"), &json!("none"))
    );
    let again = ana.act(&format!("{path}/reinstate")).await.is(200);
    assert_eq!(again["version"], active["version"]);
    depart(&ana, "remove", &ben, json!({})).await.is(200);
    let gone = ana.act(&format!("{path}/reinstate")).await;
    gone.is_problem(409, "invalid_transition");
}

#[tokio::test]
async fn what_was_held_is_offered_to_who_is_named() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let held = claimed(&ana, &ben, json!({ "title": "Cook" })).await;
    let asked = ana.task(json!({ "title": "Shop" })).await;
    let offer = format!("/tasks/{}/offer", asked["id"].as_str().unwrap());
    let member = json!({ "member_id": ben.member_id });
    ana.post(&offer, member).await.is(200);
    let hand_to = json!({ "hand_to": cem.member_id });
    let removed = depart(&ana, "remove", &ben, hand_to).await.is(200);
    assert_eq!(removed["released"].as_array().unwrap().len(), 2);
    let held = read(&cem, &held).await;
    assert_eq!(
        (&held["my_assignment"], &held["coverage"]),
        (&json!("offered"), &json!("none"))
    );
    assert_eq!(read(&cem, &asked).await["my_assignment"], json!(null));
    cem.task_act(&held, "accept").await.is(200);
}

#[tokio::test]
async fn nobody_is_offered_what_they_do_not_see_or_cannot_take_on() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "caregiver", "helper", "viewer"])
        .await;
    for other in [&cem, &dora] {
        let health = claimed(
            &ana,
            &ben,
            json!({ "title": "Injection", "topic": "health" }),
        )
        .await;
        let daily = claimed(&ana, &ben, json!({ "title": "Shop" })).await;
        let hand_to = json!({ "hand_to": other.member_id });
        depart(&ana, "suspend", &ben, hand_to).await.is(200);
        let offered = async |task| {
            let task = read(&ana, task).await;
            task["assignments"].as_array().unwrap().len() == 2
        };
        let takes_on = other.member_id == cem.member_id;
        assert_eq!(
            (offered(&health).await, offered(&daily).await),
            (false, takes_on)
        );
        let reinstate = format!("/members/{}/reinstate", ben.member_id);
        ana.act(&reinstate).await.is(200);
    }
}

#[tokio::test]
async fn what_was_released_unseen_is_not_named() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "patient"]).await;
    let task = claimed(
        &cem,
        &ben,
        json!({ "title": "Injection", "topic": "health" }),
    )
    .await;
    let grant = format!("/members/{}/grant-topics", ana.member_id);
    cem.post(&grant, json!({ "health": "none" })).await.is(200);
    let removed = depart(&ana, "remove", &ben, json!({})).await.is(200);
    assert_eq!(removed["released"], json!([]));
    assert_eq!(read(&cem, &task).await["coverage"], "none");
}

#[tokio::test]
async fn the_last_coordinator_names_a_successor() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "viewer"]).await;
    let alone = ana.post("/leave", json!({})).await;
    alone.is_problem(409, "last_coordinator");
    depart(&ana, "suspend", &cem, json!({})).await.is(200);
    for nobody in [&ana, &cem] {
        let leave = ana
            .post("/leave", json!({ "successor": nobody.member_id }))
            .await;
        assert_eq!(leave.is_invalid(), ["/successor unknown_member"]);
    }
    let leave = ana
        .post("/leave", json!({ "hand_to": ana.member_id }))
        .await;
    assert_eq!(leave.status.as_u16(), 409, "{}", leave.text);
    let successor = json!({ "successor": ben.member_id, "hand_to": ben.member_id });
    let left = ana.post("/leave", successor).await.is(200);
    assert_eq!(left["state"], "left");
    ana.get("").await.is_problem(404, "not_found");
    let circle = ben.get("").await.is(200);
    assert_eq!(circle["my_access"], "coordinator");
    let me = ben
        .get(&format!("/members/{}", ben.member_id))
        .await
        .is(200);
    assert_eq!(me["topics"]["health"], "write");
}

#[tokio::test]
async fn a_successor_takes_over_from_the_last_coordinator_only() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora, eli] = app
        .circle(["coordinator", "helper", "viewer", "viewer", "patient"])
        .await;
    let successor = |person: &Person| json!({ "successor": person.member_id });
    let not_needed = |reply: Reply| assert_eq!(reply.is_invalid(), ["/successor not_needed"]);
    not_needed(cem.post("/leave", successor(&ben)).await);
    not_needed(depart(&eli, "remove", &dora, successor(&ben)).await);
    assert_eq!(access(&ana, &ben).await, "helper");
    let change = json!({ "access": "coordinator" });
    let path = format!("/members/{}", ben.member_id);
    ana.patch(&path, change).await.is(200);
    not_needed(ana.post("/leave", successor(&eli)).await);
    assert_eq!(access(&ben, &eli).await, "helper");
}

#[tokio::test]
async fn of_two_coordinators_who_go_at_once_one_stays() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "coordinator"]).await;
    let (first, second) =
        futures_util::join!(ana.post("/leave", json!({})), ben.post("/leave", json!({})));
    let (left, stays) = match first.status.as_u16() {
        200 => (first, second),
        _ => (second, first),
    };
    left.is(200);
    stays.is_problem(409, "last_coordinator");
}

#[tokio::test]
async fn of_two_coordinators_who_remove_each_other_one_stays() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "coordinator"]).await;
    let (first, second) = futures_util::join!(
        depart(&ana, "remove", &ben, json!({})),
        depart(&ben, "remove", &ana, json!({}))
    );
    let (removed, too_late) = match first.status.as_u16() {
        200 => (first, second),
        _ => (second, first),
    };
    removed.is(200);
    too_late.is_problem(404, "not_found");
}

#[tokio::test]
async fn nobody_removes_or_suspends_the_patient() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "patient"]).await;
    for verb in ["suspend", "remove"] {
        let reply = depart(&ana, verb, &ben, json!({})).await;
        reply.is_problem(409, "is_the_patient");
    }
    let path = format!("/members/{}", ben.member_id);
    let patient = ana.get(&path).await.is(200);
    assert_eq!(patient["actions"], json!(["change"]));
}

#[tokio::test]
async fn the_patient_removes_anyone_even_the_last_coordinator() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "patient", "helper", "viewer"])
        .await;
    depart(&ben, "suspend", &dora, json!({})).await.is(200);
    let alone = depart(&ben, "remove", &ana, json!({})).await;
    alone.is_problem(409, "last_coordinator");
    let successor = json!({ "successor": cem.member_id });
    depart(&ben, "remove", &ana, successor).await.is(200);
    assert_eq!(access(&ben, &cem).await, "coordinator");
    ana.get("").await.is_problem(404, "not_found");
}

#[tokio::test]
async fn a_patient_who_leaves_is_no_longer_linked() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "patient"]).await;
    let circle = ana.get("").await.is(200);
    assert_eq!(circle["patient"]["member_id"], ben.member_id);
    ben.post("/leave", json!({})).await.is(200);
    let circle = ana.get("").await.is(200);
    assert_eq!(circle["patient"]["member_id"], json!(null));
    let member = app.join(&ana, &ben, json!({ "access": "viewer" })).await;
    let back = ana.get(&format!("/members/{member}")).await.is(200);
    assert_eq!(
        (&back["is_patient"], &back["topics"]["health"]),
        (&json!(false), &json!("none"))
    );
}

#[tokio::test]
async fn one_leaves_by_leaving() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "coordinator"]).await;
    for verb in ["suspend", "remove"] {
        let own = depart(&ana, verb, &ana, json!({})).await;
        own.is_problem(409, "oneself");
    }
    ben.post("/leave", json!({})).await.is(200);
    ben.post("/leave", json!({}))
        .await
        .is_problem(404, "not_found");
    let suspend = depart(&ana, "suspend", &ben, json!({})).await;
    let problem = suspend.is_problem(409, "invalid_transition");
    assert_eq!(problem["state"], "left");
}

#[tokio::test]
async fn whoever_comes_back_is_who_they_were() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let task = claimed(&ana, &ben, json!({ "title": "Cook" })).await;
    ben.task_act(&task, "complete").await.is(200);
    ben.post("/leave", json!({})).await.is(200);
    let member = app.join(&ana, &ben, json!({ "access": "helper" })).await;
    assert_eq!(member, ben.member_id);
    let back = ana.get(&format!("/members/{member}")).await.is(200);
    assert_eq!(
        (&back["state"], &back["access"], &back["topics"]["health"]),
        (&json!("active"), &json!("helper"), &json!("none"))
    );
    let task = read(&ben, &task).await;
    assert_eq!(
        (&task["done_by"], &task["my_assignment"]),
        (&json!(member), &json!("done"))
    );
    let members = ana.get("/members").await.is(200);
    assert_eq!(members["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_kept_answer_is_not_given_to_who_is_out() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let key = ("idempotency-key", "once");
    let ask = || {
        ben.with(
            key,
            &axum::http::Method::POST,
            "/tasks",
            Some(json!({ "title": "a" })),
        )
    };
    ask().await.is(201);
    depart(&ana, "suspend", &ben, json!({})).await.is(200);
    ask().await.is_problem(404, "not_found");
    ana.act(&format!("/members/{}/reinstate", ben.member_id))
        .await
        .is(200);
    let replayed = ask().await;
    assert_eq!(replayed.header("idempotency-replayed"), "true");
    replayed.is(201);
}

#[tokio::test]
async fn who_has_gone_can_be_reached_through_the_circle_no_more() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let me = format!("/members/{}", ben.member_id);
    let phone = json!({ "phone": "+49 30 1234567" });
    ben.patch(&me, phone).await.is(200);
    let here = ana.get(&me).await.is(200);
    assert_eq!(here["email"], ben.email.as_str());
    assert_eq!(here["phone"], "+49 30 1234567");
    depart(&ana, "suspend", &ben, json!({})).await.is(200);
    assert_eq!(ana.get(&me).await.is(200)["email"], ben.email.as_str());
    depart(&ana, "remove", &ben, json!({})).await.is(200);
    let gone = ana.get(&me).await.is(200);
    assert_eq!(
        (&gone["email"], &gone["phone"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(gone["name"], "Ben Test");
}
