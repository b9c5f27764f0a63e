//! `POST /v1/circles/{circle_id}/handovers/{handover_id}/withdraw`

use super::{act_on, claimed, covered, family, hand_over, read};
use crate::appointments::notification_mails;

#[tokio::test]
async fn the_member_keeps_it_and_nobody_is_told() {
    let (app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben).await;
    let handover = hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
    act_on(&cem, &handover, "withdraw")
        .await
        .is_problem(403, "forbidden");
    let withdrawn = act_on(&ben, &handover, "withdraw").await.is(200);
    assert_eq!(withdrawn["state"], "withdrawn");
    let task = read(&ana, "tasks", &task).await;
    assert_eq!(covered(&task), ("full", vec![("accepted", false)]));
    act_on(&cem, &handover, "accept")
        .await
        .is_problem(409, "invalid_transition");
    // The email to the member who was asked has not been sent yet.
    app.advance(chrono::TimeDelta::seconds(30));
    let mails = notification_mails(&app).await;
    assert!(mails.is_empty(), "{mails:#?}");
}
