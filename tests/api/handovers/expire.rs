//! Handovers whose time is over.

use chrono::TimeDelta;
use kith::features::handovers::expire_handovers;
use serde_json::json;

use super::{act_on, carried, claimed, claimed_need, covered, family, hand_over, path_of, read};
use crate::appointments::notification_mails;

#[tokio::test]
async fn the_members_keep_what_nobody_took_over_and_are_told() {
    let (app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben).await;
    let other = claimed(&ana, &cem).await;
    let need = claimed_need(&ana, &ben).await;
    let part = carried(&ana, &ben).await;
    let until = "2026-12-02T08:00:00Z";
    let mut handovers = Vec::new();
    for (names, thing) in [
        ("task_id", &task),
        ("need_id", &need),
        ("role_assignment_id", &part),
    ] {
        let body = json!({ names: thing["id"], "expires_at": until });
        handovers.push(ben.post("/handovers", body).await.is(201));
    }
    let longer = hand_over(&cem, "task_id", &other["id"], None).await;
    app.advance(TimeDelta::hours(1));
    app.mails().await;
    assert_eq!(expire_handovers(&app.app).await.unwrap(), 0);

    app.advance(TimeDelta::hours(23));
    let (ana, cem) = (ana.later().await, cem.later().await);
    let late = act_on(&cem, &handovers[0], "accept").await;
    late.is_problem(409, "too_late");
    assert_eq!(expire_handovers(&app.app).await.unwrap(), 3);
    assert_eq!(expire_handovers(&app.app).await.unwrap(), 0);
    for handover in &handovers {
        let handover = ana.get(&path_of(handover)).await.is(200);
        assert_eq!(handover["state"], "expired");
    }
    assert_eq!(ana.get(&path_of(&longer)).await.is(200)["state"], "open");
    let task = read(&ana, "tasks", &task).await;
    assert_eq!(covered(&task), ("full", vec![("accepted", false)]));
    let need = read(&ana, "needs", &need).await;
    assert_eq!(covered(&need), ("full", vec![("accepted", false)]));
    app.advance(TimeDelta::seconds(30));
    let mails = notification_mails(&app).await;
    let told: Vec<_> = mails.iter().filter(|mail| mail.to == ben.email).collect();
    assert_eq!(told.len(), 1, "{mails:#?}");
    let sentence = "You still have what you wanted to hand over: it was not taken over.";
    assert_eq!(told[0].text.matches(sentence).count(), 3);
}
