//! `GET /v1/circles/{circle_id}/handovers`

use serde_json::{Value, json};

use super::{act_on, carried, claimed, claimed_need, family, hand_over};
use crate::harness::Client;

async fn listed(by: &Client, filter: &str) -> Vec<Value> {
    let page = by.get(&format!("/handovers{filter}")).await.is(200);
    let data = page["data"].as_array().unwrap().iter();
    let mut ids: Vec<_> = data.map(|handover| handover["id"].clone()).collect();
    // All of one moment, in no order.
    ids.sort_by_key(Value::to_string);
    ids
}

#[tokio::test]
async fn open_handovers_are_listed_and_ended_ones_on_demand() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben).await;
    let need = claimed_need(&ana, &cem).await;
    let part = carried(&ana, &ben).await;
    let of_task = hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
    let of_need = hand_over(&cem, "need_id", &need["id"], None).await;
    let of_role = hand_over(&ben, "role_assignment_id", &part["id"], None).await;
    let id = |handover: &Value| handover["id"].clone();
    let sorted = |of: &[&Value]| {
        let mut ids: Vec<_> = of.iter().map(|handover| id(handover)).collect();
        ids.sort_by_key(Value::to_string);
        ids
    };
    assert_eq!(
        listed(&ana, "").await,
        sorted(&[&of_role, &of_need, &of_task])
    );
    assert_eq!(listed(&ana, "?mine=true").await, Vec::<Value>::new());
    assert_eq!(
        listed(&cem, "?mine=true").await,
        sorted(&[&of_need, &of_task])
    );
    for (name, thing, handover) in [
        ("task_id", &task, &of_task),
        ("need_id", &need, &of_need),
        ("role_assignment_id", &part, &of_role),
    ] {
        let filter = format!("?{name}={}", thing["id"].as_str().unwrap());
        assert_eq!(listed(&ana, &filter).await, [id(handover)]);
    }
    act_on(&cem, &of_task, "decline").await.is(200);
    assert_eq!(listed(&ana, "").await, sorted(&[&of_role, &of_need]));
    assert_eq!(listed(&ana, "?state=declined").await, [id(&of_task)]);
}

#[tokio::test]
async fn a_handover_says_what_it_is_about_and_when() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben).await;
    let need = claimed_need(&ana, &cem).await;
    let part = carried(&ana, &ben).await;
    let of_task = hand_over(&ben, "task_id", &task["id"], None).await;
    let of_need = hand_over(&cem, "need_id", &need["id"], None).await;
    let of_role = hand_over(&ben, "role_assignment_id", &part["id"], None).await;
    let none = || Value::Null;
    let (due_at, starts_at) = (task["due_at"].clone(), need["starts_at"].clone());
    for (handover, title, need_kind, scheduled_at) in [
        (&of_task, json!("Cook"), none(), due_at),
        (&of_need, none(), json!("driver"), starts_at),
        (&of_role, json!("Pets"), none(), none()),
    ] {
        let read = ana.get(&super::path_of(handover)).await.is(200);
        for seen in [handover, &read] {
            assert_eq!(seen["title"], title);
            assert_eq!(seen["need_kind"], need_kind);
            assert_eq!(seen["scheduled_on"], none());
            assert_eq!(seen["scheduled_at"], scheduled_at);
        }
    }
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let dated = json!({ "title": "Bake", "due_on": "2026-12-05" });
    ana.patch(&path, dated).await.is(200);
    let read = ana.get(&super::path_of(&of_task)).await.is(200);
    assert_eq!(
        (&read["title"], &read["scheduled_on"]),
        (&json!("Bake"), &json!("2026-12-05"))
    );
    assert_eq!(read["scheduled_at"], none());
}

#[tokio::test]
async fn a_handover_is_visible_to_those_who_see_what_it_is_about() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let task = json!({ "title": "Injection", "topic": "health" });
    let task = ana.task(task).await;
    ben.task_act(&task, "claim").await.is(200);
    let handover = hand_over(&ben, "task_id", &task["id"], None).await;
    assert_eq!(listed(&ana, "").await.len(), 1);
    assert_eq!(listed(&cem, "").await.len(), 0);
    let path = super::path_of(&handover);
    cem.get(&path).await.is_problem(404, "not_found");
    act_on(&cem, &handover, "accept")
        .await
        .is_problem(404, "not_found");
    let seen = cem.get("/activity").await.is(200);
    assert!(!seen.to_string().contains("handover"), "{seen}");
}
