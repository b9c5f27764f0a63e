//! The patient dies, and no reminder follows.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{mark_in_memory, reminders_of, subjects};
use crate::appointments::{answer, path_of, scan};
use crate::harness::TestApp;
use crate::questions::{ask_for, plan_for, read_question};

#[expect(
    clippy::too_many_lines,
    reason = "a story, in the order in which it happens"
)]
#[tokio::test]
async fn the_patient_dies_and_no_reminder_follows() {
    let app = TestApp::start().await;
    let access = ["coordinator", "caregiver", "helper", "patient"];
    let [ana, ben, cem, rosa] = app.circle(access).await;
    // Everything that a family has planned.
    let fired = ana.task_soon(&ben).await;
    let due = json!({
        "title": "Cook", "due_local": "2026-12-02T12:00", "reminder_minutes": [60],
    });
    let task = ana.task(due).await;
    ben.task_act(&task, "claim").await.is(200);
    let wish = cem
        .post("/tasks", json!({ "title": "A wish" }))
        .await
        .is(201);
    let visit = json!({
        "title": "Scan", "starts_local": "2026-12-02T14:00", "reminder_minutes": [60],
        "attendee_member_ids": [ben.member_id],
    });
    let visit = ana.post("/appointments", visit).await.is(201);
    answer(&ben, &visit, "accepted").await.is(200);
    let past = json!({ "title": "Chemo", "starts_on": "2026-11-20" });
    let past = ana.post("/appointments", past).await.is(201);
    let needs = format!("{}/needs", path_of(&visit));
    let ride = ana.post(&needs, json!({ "kind": "driver" })).await.is(201);
    let ride = format!("/needs/{}", ride["id"].as_str().unwrap());
    cem.act(&format!("{ride}/claim")).await.is(200);
    let role = ana.post("/roles", json!({ "kind": "pets" })).await.is(201);
    let role = format!("/roles/{}", role["id"].as_str().unwrap());
    let to_ben = json!({ "member_id": ben.member_id });
    ana.post(&format!("{role}/offer"), to_ben.clone())
        .await
        .is(200);
    let thread = json!({ "title": "How are we?", "topic": "daily" });
    let thread = ana.post("/threads", thread).await.is(201);
    let messages = format!("/threads/{}/messages", thread["id"].as_str().unwrap());
    let guest = json!({ "email": "guest@test.example", "access": "helper" });
    ana.post("/invitations", guest).await.is(201);
    let invited = app.mails().await;
    let invited = invited.iter().find(|mail| mail.to == "guest@test.example");
    let token = json!({ "token": invited.unwrap().token() });
    // A reminder has fired, and its job waits. A notification waits to be gathered.
    app.advance(TimeDelta::minutes(31));
    kith::notify::reminders::fire_due_reminders(&app.app)
        .await
        .unwrap();
    let (ana, ben) = (ana.later().await, ben.later().await);
    let shop = ana.post("/tasks", json!({ "title": "Shop" })).await.is(201);
    let path = |it: &Value| format!("/tasks/{}", it["id"].as_str().unwrap());
    ana.post(&format!("{}/offer", path(&shop)), to_ben)
        .await
        .is(200);

    let circle = mark_in_memory(&ana).await.is(200);
    assert_eq!(circle["state"], "in_memory");
    assert_eq!(mark_in_memory(&ana).await.is(200), circle);

    // The others are told once, in neutral words. The mailbox of the patient stays quiet.
    let mails = app.mails().await;
    let subject = "A message from Ana's circle".to_owned();
    let told = [
        ("ben@test.example".to_owned(), subject.clone()),
        (cem.email.clone(), subject),
    ];
    assert_eq!(subjects(&mails), told);
    for mail in &mails {
        for part in ["is kept in memory", "There is nothing that you have to do."] {
            assert!(
                mail.text.contains(part) && mail.html.contains(part),
                "{mail:#?}"
            );
        }
        for word in ["died", "dead", "death", "Rosa"] {
            assert!(!mail.text.contains(word), "{word}: {}", mail.text);
        }
    }

    // Everything to come is canceled, and what was stays as it was.
    let state = async |path: &str| ana.get(path).await.is(200)["state"].clone();
    for task in [&fired, &task, &wish, &shop] {
        assert_eq!(state(&path(task)).await, "canceled");
    }
    assert_eq!(state(&path_of(&visit)).await, "canceled");
    assert_eq!(state(&path_of(&past)).await, "scheduled");
    assert_eq!(state(&ride).await, "canceled");
    let offers = ana.get(&format!("{role}/assignments")).await.is(200);
    assert_eq!(offers["data"][0]["state"], "withdrawn");
    let invitations = ana.get("/invitations").await.is(200);
    let open = invitations["data"].as_array().unwrap().iter();
    assert!(
        open.clone().all(|it| it["state"] != "open"),
        "{invitations}"
    );
    app.anybody()
        .post("/v1/invitations/preview", token)
        .await
        .is_problem(410, "no_longer_valid");
    let outcome = reminders_of(&ana, &path(&fired)).await;
    assert_eq!(outcome, ["fired skipped circle_in_memory"]);
    assert_eq!(reminders_of(&ana, &path(&task)).await, ["canceled"]);
    let activity = ana.get("/activity?limit=200").await.is(200);
    let entries = activity["data"].as_array().unwrap();
    for id in [&fired["id"], &task["id"], &wish["id"], &visit["id"]] {
        let canceled = |it: &&Value| it["subject_id"] == *id && it["verb"] == "canceled";
        assert_eq!(entries.iter().filter(canceled).count(), 1, "{id}");
    }

    // Nothing new is planned, and people can still write to each other.
    let refused = ana.post("/tasks", json!({ "title": "Flowers" })).await;
    let refused = refused.is_problem(409, "circle_in_memory");
    assert_eq!(refused["state"], "in_memory");
    let visit = json!({ "title": "Visit", "starts_on": "2027-01-02" });
    ana.post("/appointments", visit)
        .await
        .is_problem(409, "circle_in_memory");
    let guest = json!({ "email": "other@test.example", "access": "helper" });
    ana.post("/invitations", guest)
        .await
        .is_problem(409, "circle_in_memory");
    assert_eq!(
        ana.get(&path(&task)).await.is(200)["actions"],
        json!(["create_comment"])
    );
    ben.post(&messages, json!({ "body": "I miss her." }))
        .await
        .is(201);
    let summary = ben.get("/v1/me/summary").await.is(200);
    assert_eq!(summary["waiting_for_you"], 0);

    // No email follows, whatever comes due.
    for _ in 0..10 {
        app.advance(TimeDelta::hours(12));
        assert!(app.mails().await.is_empty());
    }
    // People can go.
    let cem = cem.later().await;
    cem.act("/leave").await.is(200);
    rosa.later().await.get("").await.is(200);
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn a_circle_is_kept_in_memory_only_after_the_person_has_confirmed_it() {
    let app = TestApp::start().await;
    let [ana, ben, rosa] = app.circle(["coordinator", "caregiver", "patient"]).await;
    let task = ana.task(json!({ "title": "Cook" })).await;
    let unsure = ana
        .post("/mark-in-memory", json!({ "confirm": false }))
        .await;
    assert_eq!(unsure.is_invalid(), ["/confirm not_confirmed"]);
    let empty = ana.post("/mark-in-memory", json!({})).await;
    assert_eq!(empty.is_invalid(), ["/confirm required"]);
    for other in [&ben, &rosa] {
        mark_in_memory(other).await.is_problem(403, "forbidden");
    }
    assert_eq!(ana.get("").await.is(200)["state"], "active");
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(ana.get(&path).await.is(200)["state"], "open");
}

#[tokio::test]
async fn canceling_everything_takes_as_many_statements_for_much_as_for_little() {
    let mut counts = Vec::new();
    for times in [1, 8] {
        let app = TestApp::start().await;
        let [ana, _, _] = app.circle(["coordinator", "caregiver", "helper"]).await;
        for _ in 0..times {
            crate::contract::matrix::fresh(&ana, "planned").await;
        }
        app.mails().await;
        counts.push(app.statements(mark_in_memory(&ana)).await);
        app.mails().await;
    }
    assert_eq!(counts[0], counts[1]);
}

#[tokio::test]
async fn what_has_begun_stays_as_it_was_but_asks_nothing_of_anybody() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    // It is 1 December, nine o'clock in Berlin.
    let new = async |body: Value| {
        let mut body = body;
        body["title"] = json!("Hospital");
        body["topic"] = json!("daily");
        body["attendee_member_ids"] = json!([ben.member_id]);
        ana.post("/appointments", body).await.is(201)
    };
    let stay = new(json!({ "starts_on": "2026-11-29", "ends_on": "2026-12-04" })).await;
    let today = new(json!({ "starts_on": "2026-12-01" })).await;
    let runs = json!({ "starts_local": "2026-12-01T08:59", "ends_local": "2026-12-01T10:00" });
    let runs = new(runs).await;
    let next = new(json!({ "starts_local": "2026-12-01T09:01" })).await;
    let need = async |of: &Value, body: Value| {
        let path = format!("{}/needs", path_of(of));
        let need = ana.post(&path, body).await.is(201);
        format!("/needs/{}", need["id"].as_str().unwrap())
    };
    let company = need(&stay, json!({ "kind": "companion" })).await;
    cem.act(&format!("{company}/claim")).await.is(200);
    let offered = need(&stay, json!({ "kind": "child_care" })).await;
    let to_cem = json!({ "member_id": cem.member_id });
    ana.post(&format!("{offered}/offer"), to_cem).await.is(200);
    let home = json!({ "kind": "driver", "starts_local": "2026-12-04T16:00" });
    let home = need(&stay, home).await;
    let early = json!({
        "kind": "driver", "starts_local": "2026-12-01T08:30", "ends_local": "2026-12-01T09:30",
    });
    let early = need(&next, early).await;
    app.mails().await;
    mark_in_memory(&ana).await.is(200);
    app.mails().await;

    let state = async |path: &str| ana.get(path).await.is(200)["state"].clone();
    for (appointment, after) in [
        (&stay, "scheduled"),
        (&today, "scheduled"),
        (&runs, "scheduled"),
        (&next, "canceled"),
    ] {
        assert_eq!(state(&path_of(appointment)).await, after, "{appointment}");
    }
    for (need, after) in [
        (&company, "open"),
        (&offered, "open"),
        (&home, "canceled"),
        (&early, "canceled"),
    ] {
        assert_eq!(state(need).await, after, "{need}");
    }
    let reminders = reminders_of(&ana, &path_of(&stay)).await;
    assert!(reminders.iter().all(|state| state == "canceled"));
    for member in [&ben, &cem] {
        let agenda = member.get("/v1/me/agenda").await.is(200);
        assert_eq!(agenda["data"], json!([]));
        let summary = member.get("/v1/me/summary").await.is(200);
        assert_eq!(summary["waiting_for_you"], 0);
    }
    let calendar = ben.get("/v1/me/calendar").await.is(200);
    let shown = calendar["data"].as_array().unwrap().iter();
    let shown: Vec<_> = shown.map(|item| item["id"].clone()).collect();
    assert!(shown.contains(&stay["id"]), "{calendar}");
    for _ in 0..10 {
        app.advance(TimeDelta::hours(12));
        assert!(app.mails().await.is_empty());
    }
}

#[tokio::test]
async fn questions_for_canceled_appointments_are_drafts_again() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let ahead = scan(&ana, json!({})).await;
    let stay = json!({
        "starts_on": "2026-11-29", "ends_on": "2026-12-04", "starts_local": null,
        "ends_local": null,
    });
    let stay = scan(&ana, stay).await;
    let mut questions = Vec::new();
    for (appointment, state, carried_over) in [(&ahead, "draft", true), (&stay, "planned", false)] {
        let question = ask_for(&ben, "With food?", json!({})).await;
        plan_for(&ben, &question, appointment).await.is(200);
        questions.push((question, state, carried_over));
    }
    app.mails().await;
    mark_in_memory(&ana).await.is(200);
    assert_eq!(app.mails().await.len(), 1, "only that it is kept in memory");
    for (question, state, carried_over) in &questions {
        let question = read_question(&ben, question).await;
        assert_eq!(question["state"], *state);
        assert_eq!(question["carried_over"], *carried_over);
        assert_eq!(question["appointment_id"].is_null(), *carried_over);
    }
    let activity = ana.get("/activity?limit=200").await.is(200);
    let lines = activity["data"].as_array().unwrap().iter();
    let carried: Vec<_> = lines
        .filter(|line| line["verb"] == "carried_over")
        .collect();
    assert_eq!(carried.len(), 1);
    assert_eq!(carried[0]["subject_id"], questions[0].0["id"]);
}
