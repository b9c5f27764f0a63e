//! `POST /v1/circles/{circle_id}/handovers/{handover_id}/place`

use super::{act_on, carried, claimed, covered, family, hand_over, place, read};
use crate::appointments::notification_mails;

#[tokio::test]
async fn a_coordinator_gives_it_to_a_member_who_said_yes() {
    let (app, [ana, ben, cem, dora]) = family().await;
    let task = claimed(&ana, &ben).await;
    let handover = hand_over(&ben, "task_id", &task["id"], None).await;
    place(&ben, &handover, &cem)
        .await
        .is_problem(403, "forbidden");
    let viewer = place(&ana, &handover, &dora).await;
    assert_eq!(viewer.is_invalid(), ["/member_id member_cannot_take_part"]);
    let own = place(&ana, &handover, &ben).await;
    own.is_problem(409, "already_assigned");
    let placed = place(&ana, &handover, &cem).await.is(200);
    assert_eq!(placed["state"], "placed");
    assert_eq!(placed["taken_by_member_id"], cem.member_id.as_str());
    let task = read(&ana, "tasks", &task).await;
    assert_eq!(
        covered(&task),
        ("full", vec![("accepted", false), ("released", false)])
    );
    app.advance(chrono::TimeDelta::seconds(30));
    let mails = notification_mails(&app).await;
    let told = |email: &str| mails.iter().any(|mail| mail.to == email);
    assert!(told(&ben.email) && told(&cem.email), "{mails:#?}");
    place(&ana, &handover, &cem).await.is(200);
    place(&ana, &handover, &ana)
        .await
        .is_problem(409, "invalid_transition");
}

#[tokio::test]
async fn a_role_can_be_placed_and_the_member_who_was_asked_can_no_longer_accept() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let part = carried(&ana, &ben).await;
    let handover = hand_over(&ben, "role_assignment_id", &part["id"], Some(&cem)).await;
    place(&ana, &handover, &ana).await.is(200);
    act_on(&cem, &handover, "accept")
        .await
        .is_problem(409, "invalid_transition");
    let role = ana
        .get(&format!("/roles/{}", part["role_id"].as_str().unwrap()))
        .await
        .is(200);
    assert_eq!(role["assignments"][0]["member_id"], ana.member_id.as_str());
}
