//! `POST /v1/circles/{circle_id}/needs/{need_id}/claim`

use serde_json::json;

use super::{add_need, need_act, need_path, offer_need, read};
use crate::appointments::{act, path_of, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn a_helper_can_claim_a_need_without_seeing_its_appointment() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let appointment = scan(&ana, json!({})).await;
    let ride = json!({ "kind": "driver", "pickup_location": "At home", "starts_local": "2026-12-04T09:15" });
    let ride = add_need(&ana, &appointment, ride).await;
    assert_eq!(ride["appointment_id"], appointment["id"]);
    let seen = ben.get(&need_path(&ride)).await;
    assert!(
        !seen.text.to_lowercase().contains("canary"),
        "{}",
        seen.text
    );
    let seen = seen.is(200);
    assert_eq!(
        (
            &seen["appointment_id"],
            &seen["pickup_location"],
            &seen["starts_at"]
        ),
        (
            &json!(null),
            &json!("At home"),
            &json!("2026-12-04T08:15:00.000Z")
        )
    );
    assert_eq!(seen["actions"], json!(["claim"]));
    let hidden = ben.get(&path_of(&appointment)).await;
    hidden.is_problem(404, "not_found");

    let taken = need_act(&ben, &ride, "claim").await.is(200);
    assert_eq!(
        (&taken["my_assignment"], &taken["coverage"]),
        (&json!("accepted"), &json!("full"))
    );
    assert_eq!(
        (&taken["appointment_id"], &taken["actions"]),
        (&json!(null), &json!(["release", "hand_over"]))
    );
    assert_eq!(taken["assignments"][0]["name"], "Ben Test");
    ben.get(&path_of(&appointment))
        .await
        .is_problem(404, "not_found");
    let list = ben.get("/needs").await.is(200);
    assert_eq!(list["data"][0]["appointment_id"], json!(null));
    let whole = ana.get(&path_of(&appointment)).await.is(200);
    assert_eq!(whole["needs"][0]["assignments"][0]["state"], "accepted");
}

#[tokio::test]
async fn viewers_cannot_claim_needs_and_helpers_cannot_change_them() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "viewer"]).await;
    let appointment = scan(&ana, json!({ "topic": "daily" })).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    assert_eq!(read(&cem, &ride).await["actions"], json!([]));
    for verb in ["claim", "accept", "decline", "release"] {
        need_act(&cem, &ride, verb)
            .await
            .is_problem(403, "forbidden");
    }
    let offered = offer_need(&ana, &ride, &cem).await;
    assert_eq!(offered.is_invalid(), ["/member_id member_cannot_take_part"]);
    for person in [&ben, &cem] {
        offer_need(person, &ride, &ben)
            .await
            .is_problem(403, "forbidden");
        need_act(person, &ride, "cancel")
            .await
            .is_problem(403, "forbidden");
        let changed = person
            .patch(&need_path(&ride), json!({ "notes": null }))
            .await;
        changed.is_problem(403, "forbidden");
        let path = format!("{}/needs", path_of(&appointment));
        let added = person.post(&path, json!({ "kind": "driver" })).await;
        added.is_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn only_one_of_two_members_can_claim_the_last_place_of_a_need() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let appointment = scan(&ana, json!({})).await;
    for _ in 0..10 {
        let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
        let (first, second) = futures_util::join!(
            need_act(&ben, &ride, "claim"),
            need_act(&cem, &ride, "claim")
        );
        let (winner, loser) = match first.status.as_u16() {
            200 => (first, second),
            _ => (second, first),
        };
        assert_eq!(winner.is(200)["coverage"], "full");
        loser.is_problem(409, "fully_covered");
        need_act(&ana, &ride, "cancel").await.is(200);
    }
}

#[tokio::test]
async fn a_need_for_two_people_is_covered_when_two_have_claimed_it() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let appointment = scan(&ana, json!({})).await;
    let two = json!({ "kind": "companion", "people_needed": 2 });
    let company = add_need(&ana, &appointment, two).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    let one = need_act(&ben, &company, "claim").await.is(200);
    assert_eq!(one["coverage"], "partial");
    let few = json!({ "people_needed": 1 });
    ana.patch(&need_path(&company), few.clone()).await.is(200);
    let full = need_act(&cem, &company, "claim").await;
    full.is_problem(409, "fully_covered");
    let two = json!({ "people_needed": 2 });
    ana.patch(&need_path(&company), two).await.is(200);
    let both = need_act(&cem, &company, "claim").await.is(200);
    assert_eq!(
        (&both["coverage"], &both["my_assignment"]),
        (&json!("full"), &json!("accepted"))
    );
    let refused = ana.patch(&need_path(&company), few).await;
    assert_eq!(refused.is_invalid(), ["/people_needed fewer_than_assigned"]);

    let kinds = async |query: &str| -> Vec<String> {
        let page = ben.get(&format!("/needs?{query}")).await.is(200);
        let data = page["data"].as_array().unwrap().iter();
        data.map(|need| need["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(kinds("uncovered=true").await, ["driver"]);
    assert_eq!(
        kinds(&format!("assigned_member_id={}", cem.member_id)).await,
        ["companion"]
    );
    need_act(&cem, &company, "release").await.is(200);
    assert_eq!(
        kinds(&format!("assigned_member_id={}", cem.member_id)).await,
        [""; 0]
    );
    assert_eq!(kinds("uncovered=true").await.len(), 2);
    need_act(&ana, &ride, "cancel").await.is(200);
    assert_eq!(kinds("state=open").await, ["companion"]);
    assert_eq!(kinds("from=2026-12-04T09:00:01Z").await.len(), 2);
    assert_eq!(kinds("from=2026-12-04T10:00:00Z").await, [""; 0]);
    assert_eq!(kinds("to=2026-12-04T09:00:01Z").await.len(), 2);
}

#[tokio::test]
async fn claiming_an_overlapping_need_asks_for_confirmation() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let window = json!({ "title": "Sit", "starts_local": "2026-12-04T08:00", "due_local": "2026-12-04T10:00" });
    let task = ana.task(window).await;
    ben.task_act(&task, "claim").await.is(200);
    let appointment = scan(&ana, json!({})).await;
    let at = |from: &str, to: &str| {
        let on = |time: &str| format!("2026-12-04T{time}");
        json!({ "kind": "driver", "starts_local": on(from), "ends_local": on(to) })
    };
    let early = add_need(&ana, &appointment, at("09:30", "11:00")).await;
    let after = add_need(&ana, &appointment, at("10:00", "11:00")).await;
    let late = add_need(&ana, &appointment, at("10:45", "12:00")).await;
    let problem = need_act(&ben, &early, "claim")
        .await
        .is_problem(409, "overlap");
    assert_eq!(
        problem["conflicts"],
        json!([{ "type": "task", "id": task["id"] }])
    );
    need_act(&ben, &after, "claim").await.is(200);
    let problem = need_act(&ben, &late, "claim")
        .await
        .is_problem(409, "overlap");
    assert_eq!(
        problem["conflicts"],
        json!([{ "type": "need", "id": after["id"] }])
    );
    let take = format!("{}/claim", need_path(&late));
    ben.post(&take, json!({ "allow_overlap": true }))
        .await
        .is(200);

    let window = json!({ "title": "Sit", "starts_local": "2026-12-04T11:30", "due_local": "2026-12-04T13:00" });
    let task = ana.task(window).await;
    let problem = ben
        .task_act(&task, "claim")
        .await
        .is_problem(409, "overlap");
    assert_eq!(
        problem["conflicts"],
        json!([{ "type": "need", "id": late["id"] }])
    );
    act(&ana, &appointment, "cancel").await.is(200);
    ben.task_act(&task, "claim").await.is(200);
}
