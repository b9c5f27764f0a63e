//! What a member can take over is on their agenda, and what they are asked is in their summary.

use serde_json::{Value, json};

use super::{act_on, carried, claimed, claimed_need, family, hand_over};
use crate::appointments::scan;
use crate::harness::Client;
use crate::needs::add_need;

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

#[tokio::test]
async fn what_is_offered_and_handed_over_to_a_member_is_on_the_agenda_once() {
    let (_app, [ana, ben, cem, _]) = family().await;
    for kind in ["task", "need"] {
        let thing = if kind == "task" {
            let task = json!({
                "title": "Carry", "due_local": "2026-12-04T18:00", "people_needed": 3,
            });
            ana.task(task).await
        } else {
            let appointment = scan(&ana, json!({ "without_attendees": true })).await;
            let need = json!({ "kind": "companion", "people_needed": 3 });
            add_need(&ana, &appointment, need).await
        };
        let path = format!("/{kind}s/{}", thing["id"].as_str().unwrap());
        for person in [&ana, &ben] {
            person.act(&format!("{path}/claim")).await.is(200);
        }
        let offer = json!({ "member_id": cem.member_id });
        ana.post(&format!("{path}/offer"), offer).await.is(200);
        let names = format!("{kind}_id");
        // The handover to everybody is older; that to Cem by name comes first.
        hand_over(&ana, &names, &thing["id"], None).await;
        let items = async || {
            let mut items = Vec::new();
            let mut path = "/v1/me/agenda?limit=1".to_owned();
            loop {
                let page = cem.get(&path).await.is(200);
                items.extend(page["data"].as_array().unwrap().clone());
                let Some(cursor) = page["next_cursor"].as_str() else {
                    break;
                };
                path = format!("/v1/me/agenda?limit=1&cursor={cursor}");
            }
            items.retain(|item| item["id"] == thing["id"]);
            items
        };
        let offered = items().await;
        assert_eq!(offered.len(), 1, "{offered:#?}");
        assert_eq!(offered[0]["handover_id"], Value::Null);
        let by_name = hand_over(&ben, &names, &thing["id"], Some(&cem)).await;
        let asked_now = items().await;
        assert_eq!(asked_now.len(), 1, "{asked_now:#?}");
        assert_eq!(asked_now[0]["handover_id"], by_name["id"]);
        assert_eq!(asked(&cem).await.1, 1, "{kind}");
        // With a place of their own they cannot take over another one.
        cem.act(&format!("{path}/claim")).await.is(200);
        let mine = items().await;
        assert_eq!(mine.len(), 1, "{mine:#?}");
        assert_eq!(mine[0]["my_state"], "accepted");
        assert_eq!(asked(&cem).await.1, 0, "{kind}");
    }
}
