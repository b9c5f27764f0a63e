//! What counts as uncovered can be claimed, also if no place is free: from a member who hands it over,
//! or who is away then.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::appointments::{notification_mails, scan};
use crate::handovers::{hand_over, path_of};
use crate::harness::{Client, Person, TestApp};
use crate::needs::add_need;

/// The path of a task or a need for one person, on December 4, that a member has claimed.
async fn claimed(by: &Person, holder: &Person, kind: &str) -> String {
    let thing = if kind == "task" {
        by.task(json!({ "title": "Cook", "due_local": "2026-12-04T18:00" }))
            .await
    } else {
        let appointment = scan(by, json!({ "without_attendees": true })).await;
        add_need(by, &appointment, json!({ "kind": "driver" })).await
    };
    let path = format!("/{kind}s/{}", thing["id"].as_str().unwrap());
    holder.act(&format!("{path}/claim")).await.is(200);
    path
}

async fn has_action(by: &Client, path: &str, action: &str) -> bool {
    let thing = by.get(path).await.is(200);
    let actions = thing["actions"].as_array().unwrap().clone();
    actions.contains(&json!(action))
}

/// The members who have it.
fn holders(thing: &Value) -> Vec<&str> {
    let parts = thing["assignments"].as_array().unwrap().iter();
    let holding = parts.filter(|part| part["state"] == "accepted");
    holding
        .map(|part| part["member_id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn who_claims_what_is_handed_over_has_it_and_the_handover_is_accepted() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    for kind in ["task", "need"] {
        for asked in [None, Some(&ana), Some(&cem)] {
            let path = claimed(&ana, &ben, kind).await;
            let claim = format!("{path}/claim");
            assert!(!has_action(&cem, &path, "claim").await);
            cem.act(&claim).await.is_problem(409, "fully_covered");
            let id = json!(path.rsplit_once('/').unwrap().1);
            let handover = hand_over(&ben, &format!("{kind}_id"), &id, asked).await;
            assert!(has_action(&cem, &path, "claim").await);
            let thing = cem.act(&claim).await.is(200);
            assert_eq!(thing["coverage"], "full");
            assert_eq!(holders(&thing), [cem.member_id.as_str()]);
            let handover = ben.get(&path_of(&handover)).await.is(200);
            assert_eq!(handover["state"], "accepted");
            assert_eq!(handover["taken_by_member_id"], cem.member_id.as_str());
            app.advance(TimeDelta::seconds(30));
            let mails = notification_mails(&app).await;
            let is_told = |person: &Person| mails.iter().any(|mail| mail.to == person.email);
            assert!(is_told(&ben) && !is_told(&cem), "{kind}: {mails:#?}");
            // Repeated, it answers the same; the next member is too late.
            cem.act(&claim).await.is(200);
            ana.act(&claim).await.is_problem(409, "fully_covered");
            cem.act(&format!("{path}/release")).await.is(200);
        }
    }
}

#[tokio::test]
async fn who_claims_what_an_absent_member_keeps_takes_it_over_and_the_absent_member_is_told() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    for kind in ["task", "need"] {
        let path = claimed(&ana, &ben, kind).await;
        let days = json!({
            "from_on": "2026-12-03", "until_on": "2026-12-10", "on_affected": "keep",
        });
        let absence = ben.post("/absences", days).await.is(201);
        let thing = cem.act(&format!("{path}/claim")).await.is(200);
        assert_eq!(thing["coverage"], "full");
        assert_eq!(holders(&thing), [cem.member_id.as_str()]);
        app.advance(TimeDelta::seconds(30));
        let mails = notification_mails(&app).await;
        let to: Vec<_> = mails.iter().map(|mail| &mail.to).collect();
        assert_eq!(to, [&ben.email], "{kind}");
        let path = format!("/absences/{}", absence["id"].as_str().unwrap());
        ben.delete(&path).await.is(204);
    }
}

#[tokio::test]
async fn a_coordinator_offers_what_an_absent_member_keeps_to_another_member() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let task = ana
        .task(json!({ "title": "Cook", "due_on": "2026-12-04" }))
        .await;
    ben.task_act(&task, "claim").await.is(200);
    let days = json!({ "from_on": "2026-12-03", "until_on": "2026-12-10", "on_affected": "keep" });
    ben.post("/absences", days).await.is(201);
    let offer = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    let to = json!({ "member_id": cem.member_id });
    ana.post(&offer, to).await.is(200);
    let waiting = cem.get("/v1/me/summary").await.is(200);
    assert_eq!(waiting["task_offers"], 1);
    let task = cem.task_act(&task, "accept").await.is(200);
    assert_eq!(holders(&task), [cem.member_id.as_str()]);
    assert_eq!(task["coverage"], "full");
}

#[tokio::test]
async fn what_is_handed_over_to_the_caller_is_taken_over_first() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    let task = json!({ "title": "Carry", "people_needed": 2 });
    let task = ana.task(task).await;
    for person in [&ana, &ben] {
        person.task_act(&task, "claim").await.is(200);
    }
    let of_ana = hand_over(&ana, "task_id", &task["id"], None).await;
    let of_ben = hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
    let task = cem.task_act(&task, "claim").await.is(200);
    assert_eq!(task["coverage"], "partial");
    for (handover, state) in [(of_ana, "open"), (of_ben, "accepted")] {
        let handover = cem.get(&path_of(&handover)).await.is(200);
        assert_eq!(handover["state"], state);
    }
}
