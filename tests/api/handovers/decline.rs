//! `POST /v1/circles/{circle_id}/handovers/{handover_id}/decline`

use serde_json::json;

use super::{act_on, carried, claimed, claimed_need, covered, family, hand_over, read};
use crate::appointments::notification_mails;

#[tokio::test]
async fn the_first_member_keeps_it_and_is_told() {
    let (app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben).await;
    let handover = hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
    act_on(&ana, &handover, "decline")
        .await
        .is_problem(403, "forbidden");
    let declined = act_on(&cem, &handover, "decline").await.is(200);
    assert_eq!(declined["state"], "declined");
    let task = read(&ana, "tasks", &task).await;
    assert_eq!(covered(&task), ("full", vec![("accepted", false)]));
    app.advance(chrono::TimeDelta::seconds(30));
    let mails = notification_mails(&app).await;
    let told = mails.iter().find(|mail| mail.to == ben.email).unwrap();
    let sentence = "You still have what you wanted to hand over: it was not taken over.";
    assert!(told.text.contains(sentence), "{}", told.text);
    act_on(&cem, &handover, "decline").await.is(200);
    act_on(&cem, &handover, "accept")
        .await
        .is_problem(409, "invalid_transition");
    // Another handover can begin.
    hand_over(&ben, "task_id", &task["id"], None).await;
}

#[tokio::test]
async fn nobody_can_decline_for_everybody() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let need = claimed_need(&ana, &ben).await;
    let handover = hand_over(&ben, "need_id", &need["id"], None).await;
    act_on(&cem, &handover, "decline")
        .await
        .is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_need_and_a_role_are_kept_as_well() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let need = claimed_need(&ana, &ben).await;
    let handover = hand_over(&ben, "need_id", &need["id"], Some(&cem)).await;
    act_on(&cem, &handover, "decline").await.is(200);
    let need = read(&ana, "needs", &need).await;
    assert_eq!(covered(&need), ("full", vec![("accepted", false)]));

    let part = carried(&ana, &ben).await;
    let handover = hand_over(&ben, "role_assignment_id", &part["id"], Some(&cem)).await;
    act_on(&cem, &handover, "decline").await.is(200);
    let part = read(&ana, "role-assignments", &part).await;
    assert_eq!(
        (&part["state"], &part["is_handing_over"]),
        (&json!("active"), &json!(false))
    );
}
