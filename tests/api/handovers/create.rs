//! `POST /v1/circles/{circle_id}/handovers`

use chrono::TimeDelta;
use serde_json::json;

use super::{act_on, carried, claimed, claimed_need, covered, family, hand_over, path_of, read};
use crate::appointments::notification_mails;

#[tokio::test]
async fn the_first_member_stays_named_but_the_task_counts_as_uncovered() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben).await;
    let handover = hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
    assert_eq!(handover["state"], "open");
    assert_eq!(handover["from_name"], "Ben Test");
    assert_eq!(handover["expires_at"], "2026-12-04T17:00:00.000Z");
    let task = read(&ana, "tasks", &task).await;
    assert_eq!(covered(&task), ("none", vec![("accepted", true)]));
    assert_eq!(task["assignments"][0]["member_id"], ben.member_id.as_str());
    let open = ana.get("/tasks?uncovered=true").await.is(200);
    assert_eq!(open["data"][0]["id"], task["id"]);
    let actions = read(&ben, "tasks", &task).await["actions"].clone();
    assert!(!actions.to_string().contains("hand_over"), "{actions}");
}

#[tokio::test]
async fn needs_and_roles_are_handed_over_in_the_same_way() {
    let (_app, [ana, ben, ..]) = family().await;
    let need = claimed_need(&ana, &ben).await;
    hand_over(&ben, "need_id", &need["id"], None).await;
    let need = read(&ana, "needs", &need).await;
    assert_eq!(covered(&need), ("none", vec![("accepted", true)]));
    let open = ana.get("/needs?uncovered=true").await.is(200);
    assert_eq!(open["data"][0]["id"], need["id"]);

    let part = carried(&ana, &ben).await;
    let before = ana.get("/roles?uncovered=true").await.is(200);
    assert_eq!(before["data"], json!([]));
    let handover = hand_over(&ben, "role_assignment_id", &part["id"], None).await;
    assert_eq!(handover["expires_at"], "2026-12-15T08:00:00.000Z");
    let after = ana.get("/roles?uncovered=true").await.is(200);
    assert_eq!(after["data"][0]["id"], part["role_id"]);
    let part = read(&ana, "role-assignments", &part).await;
    assert_eq!(
        (&part["state"], &part["is_handing_over"]),
        (&json!("active"), &json!(true))
    );
}

#[tokio::test]
async fn only_the_two_members_see_the_reason_and_the_note() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben).await;
    let handover = json!({
        "task_id": task["id"], "to_member_id": cem.member_id, "reason": "tired",
        "note": "The key is with the neighbor.",
    });
    let handover = ben.post("/handovers", handover).await.is(201);
    let secret = (json!("tired"), json!("The key is with the neighbor."));
    for (reader, sees) in [(&ben, true), (&cem, true), (&ana, false)] {
        let path = path_of(&handover);
        let listed = reader.get("/handovers").await.is(200)["data"][0].clone();
        for seen in [reader.get(&path).await.is(200), listed] {
            let expected = if sees {
                secret.clone()
            } else {
                (json!(null), json!(null))
            };
            assert_eq!((seen["reason"].clone(), seen["note"].clone()), expected);
        }
    }
    let open = claimed(&ana, &ben).await;
    let handover = hand_over(&ben, "task_id", &open["id"], None).await;
    assert_eq!(handover["reason"], "prefer_not_to_say");
    let seen = cem.get(&path_of(&handover)).await.is(200);
    assert_eq!(seen["reason"], json!(null));
}

#[tokio::test]
async fn only_the_member_who_has_it_can_hand_it_over_and_only_once() {
    let (_app, [ana, ben, cem, dora]) = family().await;
    let task = claimed(&ana, &ben).await;
    let body = json!({ "task_id": task["id"] });
    let by_other = cem.post("/handovers", body.clone()).await;
    by_other.is_problem(409, "invalid_transition");
    let by_viewer = dora.post("/handovers", body.clone()).await;
    by_viewer.is_problem(403, "forbidden");
    hand_over(&ben, "task_id", &task["id"], None).await;
    let again = ben.post("/handovers", body).await;
    again.is_problem(409, "invalid_transition");

    let part = carried(&ana, &ben).await;
    let body = json!({ "role_assignment_id": part["id"] });
    let by_coordinator = ana.post("/handovers", body).await;
    by_coordinator.is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_member_who_cannot_do_it_or_has_it_cannot_be_asked() {
    let (app, [ana, ben, cem, dora]) = family().await;
    let health = json!({ "title": "Injection", "topic": "health", "people_needed": 2 });
    let task = ana.task(health).await;
    for person in [&ana, &ben] {
        person.task_act(&task, "claim").await.is(200);
    }
    let ask = async |to: &str| {
        let body = json!({ "task_id": task["id"], "to_member_id": to });
        ben.post("/handovers", body).await
    };
    for person in [&ana, &ben, &cem, &dora] {
        let refused = ask(&person.member_id).await;
        assert_eq!(
            refused.is_invalid(),
            ["/to_member_id member_cannot_take_part"],
            "{}",
            person.email
        );
    }
    let [eva] = app.circle_of(["coordinator"], ["Eva"]).await;
    let stranger = ask(&eva.member_id).await;
    assert_eq!(stranger.is_invalid(), ["/to_member_id unknown_member"]);
    // Nothing of it was stored.
    let listed = ben.get("/handovers").await.is(200);
    assert_eq!(listed["data"], json!([]));
}

#[tokio::test]
async fn the_body_names_one_thing_and_a_moment_to_come() {
    let (_app, [ana, ben, ..]) = family().await;
    let task = claimed(&ana, &ben).await;
    let need = claimed_need(&ana, &ben).await;
    for body in [
        json!({}),
        json!({ "task_id": task["id"], "need_id": need["id"] }),
    ] {
        let refused = ben.post("/handovers", body).await;
        assert_eq!(refused.is_invalid(), ["/task_id exactly_one_required"]);
    }
    let late = json!({ "task_id": task["id"], "expires_at": "2026-12-01T07:00:00Z" });
    let refused = ben.post("/handovers", late).await;
    assert_eq!(refused.is_invalid(), ["/expires_at in_the_past"]);
    let chosen = json!({ "task_id": task["id"], "expires_at": "2026-12-02T07:00:00Z" });
    let handover = ben.post("/handovers", chosen).await.is(201);
    assert_eq!(handover["expires_at"], "2026-12-02T07:00:00.000Z");
}

#[tokio::test]
async fn nothing_changes_hands_after_its_end() {
    let (app, [ana, ben, cem, _]) = family().await;
    let need = claimed_need(&ana, &ben).await;
    let late = json!({ "need_id": need["id"], "expires_at": "2026-12-20T07:00:00Z" });
    let handover = ben.post("/handovers", late).await.is(201);
    let expires_at = handover["expires_at"].as_str().unwrap();
    assert!(expires_at < "2026-12-05", "{expires_at}");

    // It moves after the handover began.
    let sit = json!({
        "title": "Sit", "starts_local": "2026-12-08T10:00", "due_local": "2026-12-08T12:00",
    });
    let task = ana.task(sit).await;
    ben.task_act(&task, "claim").await.is(200);
    let handover = hand_over(&ben, "task_id", &task["id"], None).await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let today = json!({ "starts_local": "2026-12-01T09:05", "due_local": "2026-12-01T09:08" });
    ana.patch(&path, today).await.is(200);
    app.advance(TimeDelta::minutes(9));
    let cem = cem.later().await;
    act_on(&cem, &handover, "accept")
        .await
        .is_problem(409, "too_late");
}

#[tokio::test]
async fn coordinators_are_told_if_a_member_is_asked_shortly_before_the_start() {
    let (app, [ana, ben, cem, _]) = family().await;
    for (day, told) in [
        ("2026-12-02", vec![&ana.email, &cem.email]),
        ("2026-12-06", vec![&cem.email]),
    ] {
        let task = json!({ "title": "Cook", "due_local": format!("{day}T18:00") });
        let task = ana.task(task).await;
        ben.task_act(&task, "claim").await.is(200);
        hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
        let mails = notification_mails(&app).await;
        let to: Vec<_> = mails.iter().map(|mail| &mail.to).collect();
        assert_eq!(to, told, "{day}");
    }
}
