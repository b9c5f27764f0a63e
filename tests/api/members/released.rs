//! Work that is released when a member departs or loses access: it is in the answer, it is
//! uncovered at once, and the members who relied on it are notified.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{access_path, claimed, depart, read};
use crate::appointments::{answer, grant, notification_mails, path_of, recipients, scan};
use crate::harness::{Person, TestApp};
use crate::needs::{add_need, need_path};
use crate::notifications::says;

/// A task, a ride and a role that Ben has claimed, and a scan that he attends.
struct Held {
    task: Value,
    ride: Value,
    role: Value,
    scan: Value,
}

async fn held(ana: &Person, ben: &Person) -> Held {
    let task = json!({ "title": "Shop", "due_local": "2026-12-01T18:00" });
    let task = claimed(ana, ben, task).await;
    let attendees = json!({
        "attendee_member_ids": [ben.member_id], "starts_local": "2026-12-01T15:00", "ends_local": null,
    });
    let scan = scan(ana, attendees).await;
    answer(ben, &scan, "accepted").await.is(200);
    let ride = add_need(ana, &scan, json!({ "kind": "driver" })).await;
    let take = format!("{}/claim", need_path(&ride));
    ben.post(&take, json!({ "allow_overlap": true }))
        .await
        .is(200);
    let role = ben.post("/roles", json!({ "kind": "pets" })).await.is(201);
    let take = format!("/roles/{}/claim", role["id"].as_str().unwrap());
    ben.act(&take).await.is(200);
    Held {
        task,
        ride,
        role,
        scan,
    }
}

impl Held {
    fn released(&self) -> Value {
        json!([
            { "type": "task", "id": self.task["id"], "title": "Shop" },
            { "type": "need", "id": self.ride["id"], "title": "driver" },
            { "type": "role", "id": self.role["id"], "title": "Pets" },
        ])
    }

    async fn is_free(&self, ana: &Person) {
        assert_eq!(read(ana, &self.task).await["coverage"], "none");
        let ride = ana.get(&need_path(&self.ride)).await.is(200);
        assert_eq!(ride["coverage"], "none");
        let role = format!("/roles/{}", self.role["id"].as_str().unwrap());
        assert_eq!(ana.get(&role).await.is(200)["assignments"], json!([]));
    }
}

#[tokio::test]
async fn a_departure_does_not_change_past_appointments() {
    for departure in ["remove", "leave", "less access"] {
        let app = TestApp::start().await;
        let [ana, ben, _cem] = app
            .circle(["coordinator", "caregiver", "coordinator"])
            .await;
        let held = held(&ana, &ben).await;
        app.advance(TimeDelta::days(2));
        let (ana, leaver) = (ana.later().await, ben.later().await);
        let seen = async || {
            let scan = ana.get(&path_of(&held.scan)).await.is(200);
            let ride = ana.get(&need_path(&held.ride)).await.is(200);
            (scan["version"].clone(), scan["attendees"].clone(), ride)
        };
        let before = seen().await;
        assert_eq!(before.1[0]["response"], "accepted", "{departure}");
        notification_mails(&app).await;
        let answer = match departure {
            "leave" => leaver.post("/leave", json!({})).await.is(200),
            "less access" => {
                let viewer = json!({ "access": "viewer" });
                ana.patch(&access_path(&ben), viewer).await.is(200)
            }
            verb => depart(&ana, verb, &ben, json!({})).await.is(200),
        };
        // The task is overdue, and somebody still has to do it.
        let kinds = answer["released"].as_array().unwrap().iter();
        let kinds: Vec<_> = kinds.map(|one| one["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["task", "role"], "{departure}");
        let after = seen().await;
        assert_eq!(after.0, before.0, "{departure}");
        assert_eq!(after.2["version"], before.2["version"], "{departure}");
        assert_eq!(after.2["state"], before.2["state"], "{departure}");
        assert_eq!(after.1[0]["response"], "accepted", "{departure}");
    }
}

#[tokio::test]
async fn every_departure_answers_with_the_released_work() {
    for departure in ["suspend", "remove", "leave", "less access", "account"] {
        let app = TestApp::start().await;
        let [ana, ben, cem] = app
            .circle(["coordinator", "caregiver", "coordinator"])
            .await;
        let held = held(&ana, &ben).await;
        notification_mails(&app).await;
        let answer = match departure {
            "leave" => ben.post("/leave", json!({})).await.is(200),
            "account" => ben.put("/v1/me/deletion").await.is(200)["released"][0].clone(),
            "less access" => {
                let viewer = json!({ "access": "viewer" });
                ana.patch(&access_path(&ben), viewer).await.is(200)
            }
            verb => depart(&ana, verb, &ben, json!({})).await.is(200),
        };
        assert_eq!(answer["released"], held.released(), "{departure}");
        held.is_free(&ana).await;
        let seen = ana.get(&path_of(&held.scan)).await.is(200);
        assert_eq!(seen["attendees"], json!([]), "{departure}");
        let mut mails = notification_mails(&app).await;
        mails.retain(|mail| mail.header("Subject").starts_with("Updates"));
        let expected: &[&str] = match departure {
            "leave" | "account" => &["ana", "cem"],
            "less access" => &["ben", "cem"],
            _ => &["cem"],
        };
        assert_eq!(recipients(&mails), expected, "{departure}");
        let mut told = says(mails.iter().find(|mail| mail.to == cem.email).unwrap());
        told.sort_unstable();
        let free = "- Something is open again and needs somebody.";
        assert_eq!(
            told,
            [
                "- Somebody who was going to come is not coming.",
                free,
                free,
                free,
                "When: Tue 1 December 2026, 15:00",
                "When: Tue 1 December 2026, 15:00",
                "When: Tue 1 December 2026, 18:00",
            ],
            "{departure}"
        );
    }
}

#[tokio::test]
async fn an_expired_grant_releases_the_work_that_needed_it() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "caregiver"]).await;
    let until = json!({ "health": "read", "expires_at": "2026-12-01T10:00:00Z" });
    grant(&ana, &ben, until).await;
    let task = json!({
        "title": "Injection", "topic": "health", "due_local": "2026-12-01T18:00",
    });
    let task = claimed(&ana, &ben, task).await;
    let visit = json!({
        "attendee_member_ids": [ben.member_id], "starts_local": "2026-12-01T15:00", "ends_local": null,
    });
    let visit = scan(&ana, visit).await;
    answer(&ben, &visit, "accepted").await.is(200);
    notification_mails(&app).await;
    app.advance(TimeDelta::hours(2));
    app.run_jobs().await;
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["ana", "ben"]);
    let free = "- Something is open again and needs somebody.";
    assert!(says(&told[0]).contains(&free), "{}", told[0].text);
    let off = "- You are no longer part of something. You do not need to do it.";
    let mut lines = says(&told[1]);
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            off,
            off,
            "It was: Tue 1 December 2026, 15:00",
            "It was: Tue 1 December 2026, 18:00",
        ]
    );
    let ana_later = ana.later().await;
    let open = read(&ana_later, &task).await;
    assert_eq!(
        (&open["coverage"], &open["assignments"][0]["state"]),
        (&json!("none"), &json!("released"))
    );
    let seen = ana_later.get(&path_of(&visit)).await.is(200);
    assert_eq!(seen["attendees"], json!([]));
    let member = ana_later.get(&access_path(&ben)).await.is(200);
    assert_eq!(
        (
            &member["topic_levels"]["health"],
            &member["topic_expiries"]["health"]
        ),
        (&json!("none"), &json!(null))
    );
    let log = ana_later.get("/activity").await.is(200);
    let lines = log["data"].as_array().unwrap();
    let verbs: Vec<_> = lines[..3].iter().map(|line| &line["verb"]).collect();
    assert_eq!(verbs, ["attendee_removed", "released", "topics_expired"]);
    assert!(
        lines[..3]
            .iter()
            .all(|line| line["actor_member_id"] == json!(null))
    );
    let path = format!("/tasks/{}/claim", task["id"].as_str().unwrap());
    cem.later().await.act(&path).await.is(200);
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_number_of_notified_members() {
    let mut counts = Vec::new();
    for helpers in [1, 5] {
        let app = TestApp::start().await;
        let people = app
            .circle([
                "coordinator",
                "helper",
                "helper",
                "helper",
                "helper",
                "helper",
                "helper",
            ])
            .await;
        for helper in &people[2..2 + helpers] {
            let wants = json!({ "gaps": "email" });
            helper.patch("/notification-settings", wants).await.is(200);
        }
        let task = json!({ "title": "Shop", "due_local": "2026-12-01T18:00" });
        let task = claimed(&people[0], &people[1], task).await;
        let withdraw = people[1].task_act(&task, "release");
        counts.push(app.statements(withdraw).await);
        assert_eq!(notification_mails(&app).await.len(), helpers + 1);
    }
    assert_eq!(
        counts[0], counts[1],
        "the number of statements grows with the number of notified members: `notify` in \
         src/notify/notifications/notify.rs must write for all of them at once"
    );
}
