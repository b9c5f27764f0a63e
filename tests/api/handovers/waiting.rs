//! What a member can take over is on their agenda, and what they are asked is in their summary.

use serde_json::{Value, json};

use super::{act_on, carried, claimed, claimed_need, family, hand_over};
use crate::harness::Client;

/// The items of the agenda that can be taken over: type and handover.
async fn to_take_over(by: &Client) -> Vec<(Value, Value)> {
    let page = by.get("/v1/me/agenda").await.is(200);
    let items = page["data"].as_array().unwrap().iter();
    let items = items.filter(|item| !item["handover_id"].is_null());
    items
        .map(|item| {
            assert_eq!(item["my_state"], "offered");
            (item["type"].clone(), item["handover_id"].clone())
        })
        .collect()
}

async fn asked(by: &Client) -> (i64, i64) {
    let summary = by.get("/v1/me/summary").await.is(200);
    let number = |name: &str| summary[name].as_i64().unwrap();
    (number("handover_offers"), number("waiting_for_you"))
}

#[tokio::test]
async fn what_is_handed_over_to_anybody_is_on_the_agenda_of_everybody_who_can_do_it() {
    let (_app, [ana, ben, cem, dora]) = family().await;
    let task = claimed(&ana, &ben).await;
    let need = claimed_need(&ana, &ben).await;
    let of_task = hand_over(&ben, "task_id", &task["id"], None).await;
    let of_need = hand_over(&ben, "need_id", &need["id"], None).await;
    let mut both = vec![
        (json!("task"), of_task["id"].clone()),
        (json!("need"), of_need["id"].clone()),
    ];
    let sorted = |mut items: Vec<(Value, Value)>| {
        items.sort_by_key(|(kind, _)| kind.to_string());
        items
    };
    both = sorted(both);
    for person in [&ana, &cem] {
        assert_eq!(sorted(to_take_over(person).await), both);
    }
    // The viewer cannot, and Ben has both.
    for person in [&ben, &dora] {
        assert!(to_take_over(person).await.is_empty());
    }
    assert_eq!(asked(&cem).await, (0, 0));
    act_on(&cem, &of_task, "accept").await.is(200);
    assert_eq!(to_take_over(&ana).await, [both[0].clone()]);
}

#[tokio::test]
async fn what_a_member_is_asked_to_take_over_waits_for_them_alone() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben).await;
    let need = claimed_need(&ana, &ben).await;
    let part = carried(&ana, &ben).await;
    let of_task = hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
    hand_over(&ben, "need_id", &need["id"], Some(&cem)).await;
    hand_over(&ben, "role_assignment_id", &part["id"], Some(&cem)).await;
    assert_eq!(asked(&cem).await, (3, 3));
    assert_eq!(asked(&ana).await, (0, 0));
    assert_eq!(to_take_over(&cem).await.len(), 2);
    assert!(to_take_over(&ana).await.is_empty());
    act_on(&cem, &of_task, "decline").await.is(200);
    assert_eq!(asked(&cem).await, (2, 2));
    assert_eq!(to_take_over(&cem).await.len(), 1);
}
