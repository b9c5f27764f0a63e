//! What ends a handover besides an answer: what is handed over ends, or a member leaves.

use serde_json::{Value, json};

use super::{act_on, carried, claimed, claimed_need, covered, family, hand_over, path_of, read};
use crate::appointments::notification_mails;
use crate::harness::{Client, Person};
use crate::tasks::let_lapse;

async fn state(by: &Client, handover: &Value) -> String {
    let handover = by.get(&path_of(handover)).await.is(200);
    handover["state"].as_str().unwrap().to_owned()
}

async fn depart(by: &Person, verb: &str, who: &Person) {
    let path = format!("/members/{}/{verb}", who.member_id);
    by.post(&path, json!({})).await.is(200);
}

#[tokio::test]
async fn a_handover_ends_with_the_task() {
    let (_app, [ana, ben, cem, _]) = family().await;
    for (verb, by, coverage) in [
        ("complete", &ben, "full"),
        ("complete", &ana, "full"),
        ("release", &ben, "none"),
        ("cancel", &ana, "full"),
    ] {
        let task = claimed(&ana, &ben).await;
        let handover = hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
        by.task_act(&task, verb).await.is(200);
        assert_eq!(state(&cem, &handover).await, "withdrawn", "{verb}");
        let task = read(&ana, "tasks", &task).await;
        let (covered, parts) = covered(&task);
        assert_eq!(covered, coverage, "{verb}");
        assert!(parts.iter().all(|(_, is_handing_over)| !is_handing_over));
        if verb == "complete" {
            let task = by.task_act(&task, "reopen").await.is(200);
            assert_eq!(task["coverage"], "full", "{verb}");
        }
    }
}

#[tokio::test]
async fn a_handover_ends_when_the_task_lapses() {
    let (app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben).await;
    let handover = hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let_lapse(&app, &path).await;
    assert_eq!(state(&cem, &handover).await, "withdrawn");
    let accept = act_on(&cem, &handover, "accept").await;
    accept.is_problem(409, "invalid_transition");
    let lapsed = read(&ana, "tasks", &task).await;
    assert_eq!(covered(&lapsed), ("full", vec![("accepted", false)]));
    let open = ana.act(&format!("{path}/reopen")).await.is(200);
    assert_eq!(covered(&open), ("full", vec![("accepted", false)]));
    hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
}

#[tokio::test]
async fn completing_one_of_two_parts_ends_only_the_handover_of_that_part() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let task = ana
        .task(json!({ "title": "Carry", "people_needed": 2 }))
        .await;
    let mut handovers = Vec::new();
    for person in [&ben, &cem] {
        person.task_act(&task, "claim").await.is(200);
        handovers.push(hand_over(person, "task_id", &task["id"], None).await);
    }
    assert_eq!(read(&ana, "tasks", &task).await["coverage"], "none");
    let task = ben.task_act(&task, "complete").await.is(200);
    assert_eq!(task["coverage"], "partial");
    assert_eq!(state(&ana, &handovers[0]).await, "withdrawn");
    assert_eq!(state(&ana, &handovers[1]).await, "open");
}

#[tokio::test]
async fn a_handover_of_a_need_ends_with_the_need_and_with_its_appointment() {
    let (_app, [ana, ben, ..]) = family().await;
    for verb in ["need", "appointment", "another time"] {
        let need = claimed_need(&ana, &ben).await;
        let handover = hand_over(&ben, "need_id", &need["id"], None).await;
        let visit = format!("/appointments/{}", need["appointment_id"].as_str().unwrap());
        match verb {
            "need" => {
                let path = format!("/needs/{}/cancel", need["id"].as_str().unwrap());
                ana.act(&path).await.is(200);
            }
            "appointment" => drop(ana.act(&format!("{visit}/cancel")).await.is(200)),
            _ => {
                let to = json!({ "starts_local": "2026-12-20T10:00" });
                ana.post(&format!("{visit}/reschedule"), to).await.is(200);
            }
        }
        assert_eq!(state(&ana, &handover).await, "withdrawn", "{verb}");
        let need = read(&ana, "needs", &need).await;
        let expected = match verb {
            "another time" => ("none", vec![("offered", false)]),
            _ => ("full", vec![("accepted", false)]),
        };
        assert_eq!(covered(&need), expected, "{verb}");
        if verb == "appointment" {
            ana.act(&format!("{visit}/reinstate")).await.is(200);
            assert_eq!(read(&ana, "needs", &need).await["coverage"], "full");
            ana.act(&format!("{visit}/cancel")).await.is(200);
        }
    }
}

#[tokio::test]
async fn a_handover_of_a_role_ends_with_the_assignment() {
    let (_app, [ana, ben, cem, _]) = family().await;
    for verb in ["release", "archive"] {
        let part = carried(&ana, &ben).await;
        let handover = hand_over(&ben, "role_assignment_id", &part["id"], Some(&cem)).await;
        let path = match verb {
            "release" => format!("/role-assignments/{}/release", part["id"].as_str().unwrap()),
            _ => format!("/roles/{}/archive", part["role_id"].as_str().unwrap()),
        };
        ana.act(&path).await.is(200);
        assert_eq!(state(&ana, &handover).await, "withdrawn", "{verb}");
        let part = read(&ana, "role-assignments", &part).await;
        assert_eq!(part["is_handing_over"], false);
    }
}

#[tokio::test]
async fn a_member_who_leaves_no_longer_hands_anything_over() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben).await;
    let need = claimed_need(&ana, &ben).await;
    let part = carried(&ana, &ben).await;
    let handovers = [
        hand_over(&ben, "task_id", &task["id"], Some(&cem)).await,
        hand_over(&ben, "need_id", &need["id"], None).await,
        hand_over(&ben, "role_assignment_id", &part["id"], None).await,
    ];
    depart(&ana, "suspend", &ben).await;
    for handover in &handovers {
        assert_eq!(state(&ana, handover).await, "withdrawn");
    }
    let task = read(&ana, "tasks", &task).await;
    assert_eq!(covered(&task), ("none", vec![("released", false)]));
    // The numbers are right: two claims, and it is full.
    cem.task_act(&task, "claim").await.is(200);
    assert_eq!(read(&ana, "tasks", &task).await["coverage"], "full");
    let need = read(&ana, "needs", &need).await;
    assert_eq!(covered(&need), ("none", vec![("released", false)]));
}

#[tokio::test]
async fn who_asked_a_member_who_leaves_keeps_it_and_is_told() {
    let (app, [ana, ben, cem, _]) = family().await;
    for how in ["suspend", "access", "topics"] {
        let task = claimed(&ana, &ben).await;
        let handover = hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
        let member = format!("/members/{}", cem.member_id);
        app.advance(chrono::TimeDelta::seconds(30));
        app.mails().await;
        match how {
            "suspend" => depart(&ana, "suspend", &cem).await,
            "access" => drop(
                ana.patch(&member, json!({ "access": "viewer" }))
                    .await
                    .is(200),
            ),
            _ => {
                let none = json!({ "daily": "none" });
                ana.patch(&format!("{member}/topics"), none).await.is(200);
            }
        }
        assert_eq!(state(&ana, &handover).await, "withdrawn", "{how}");
        let task = read(&ana, "tasks", &task).await;
        assert_eq!(covered(&task), ("full", vec![("accepted", false)]), "{how}");
        app.advance(chrono::TimeDelta::seconds(30));
        let mails = notification_mails(&app).await;
        assert!(
            mails.iter().any(|mail| mail.to == ben.email),
            "{how}: {mails:#?}"
        );
        match how {
            "suspend" => drop(ana.act(&format!("{member}/reinstate")).await.is(200)),
            "access" => {
                ana.patch(&member, json!({ "access": "helper" }))
                    .await
                    .is(200);
                let read = json!({ "daily": "read" });
                ana.patch(&format!("{member}/topics"), read).await.is(200);
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn who_asked_a_member_who_no_longer_sees_the_task_keeps_it_and_is_told() {
    let (app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben).await;
    let handover = hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
    app.advance(chrono::TimeDelta::seconds(30));
    app.mails().await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let changed = ana.patch(&path, json!({ "topic": "health" })).await;
    assert_eq!(
        covered(&changed.is(200)),
        ("full", vec![("accepted", false)])
    );
    assert_eq!(state(&ana, &handover).await, "withdrawn");
    let task = read(&ana, "tasks", &task).await;
    assert_eq!(covered(&task), ("full", vec![("accepted", false)]));
    app.advance(chrono::TimeDelta::seconds(30));
    let mails = notification_mails(&app).await;
    assert!(mails.iter().any(|mail| mail.to == ben.email), "{mails:#?}");
    // One that anybody may accept stays open to those who see it.
    let handover = hand_over(&ben, "task_id", &task["id"], None).await;
    ana.patch(&path, json!({ "topic": "family" })).await.is(200);
    assert_eq!(state(&ana, &handover).await, "open");
}

#[tokio::test]
async fn in_a_circle_in_memory_nothing_is_handed_over_any_more() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben).await;
    let part = carried(&ana, &ben).await;
    let of_task = hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
    let of_role = hand_over(&ben, "role_assignment_id", &part["id"], None).await;
    ana.post("/mark-in-memory", json!({ "confirm": true }))
        .await
        .is(200);
    for handover in [&of_task, &of_role] {
        let ended = ana.get(&path_of(handover)).await.is(200);
        assert_eq!(ended["state"], "withdrawn");
        assert_eq!(ended["actions"], json!([]));
        let accept = act_on(&cem, handover, "accept").await;
        accept.is_problem(409, "circle_in_memory");
    }
    let role = format!("/role-assignments/{}", part["id"].as_str().unwrap());
    let role = ana.get(&role).await.is(200);
    assert_eq!(
        (&role["state"], &role["is_handing_over"]),
        (&json!("active"), &json!(false))
    );
}
