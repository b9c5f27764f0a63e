//! `POST /v1/circles/{circle_id}/handovers/{handover_id}/accept`

use serde_json::{Value, json};

use super::{act_on, carried, claimed, claimed_need, covered, family, hand_over, path_of, read};
use crate::appointments::notification_mails;
use crate::harness::TestApp;

#[tokio::test]
async fn the_member_who_accepts_has_it_and_the_first_is_released_and_told() {
    let (app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben).await;
    let handover = hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
    app.advance(chrono::TimeDelta::seconds(30));
    let mails = notification_mails(&app).await;
    let asked = mails.iter().find(|mail| mail.to == cem.email).unwrap();
    assert!(
        asked
            .text
            .contains("You are asked whether you can take something on.")
    );

    let accepted = act_on(&cem, &handover, "accept").await.is(200);
    assert_eq!(accepted["state"], "accepted");
    assert_eq!(accepted["taken_by_member_id"], cem.member_id.as_str());
    assert_eq!(accepted["actions"], json!([]));
    let task = read(&ana, "tasks", &task).await;
    assert_eq!(
        covered(&task),
        ("full", vec![("accepted", false), ("released", false)])
    );
    app.advance(chrono::TimeDelta::seconds(30));
    let mails = notification_mails(&app).await;
    assert_eq!(mails.len(), 1, "{mails:#?}");
    assert_eq!(mails[0].to, ben.email);
    assert!(
        mails[0]
            .text
            .contains("You are no longer part of something.")
    );
    // Repeated, it answers the same; nobody else can accept it.
    act_on(&cem, &handover, "accept").await.is(200);
    act_on(&ana, &handover, "accept")
        .await
        .is_problem(403, "forbidden");
}

#[tokio::test]
async fn the_member_who_takes_over_is_reminded_and_the_first_is_not() {
    let (app, [ana, ben, cem, _]) = family().await;
    let task = ana.task_soon(&ben).await;
    let handover = hand_over(&ben, "task_id", &task["id"], Some(&cem)).await;
    act_on(&cem, &handover, "accept").await.is(200);
    app.advance(chrono::TimeDelta::seconds(30));
    app.mails().await;
    app.advance(chrono::TimeDelta::minutes(30));
    let mails = app.mails().await;
    let to: Vec<_> = mails.iter().map(|mail| &mail.to).collect();
    assert_eq!(to, [&cem.email]);
}

#[tokio::test]
async fn an_open_handover_goes_to_the_first_who_accepts() {
    let (_app, [ana, ben, cem, dora]) = family().await;
    let need = claimed_need(&ana, &ben).await;
    let handover = hand_over(&ben, "need_id", &need["id"], None).await;
    act_on(&ben, &handover, "accept")
        .await
        .is_problem(403, "forbidden");
    act_on(&dora, &handover, "accept")
        .await
        .is_problem(403, "forbidden");
    act_on(&cem, &handover, "accept").await.is(200);
    let late = act_on(&ana, &handover, "accept").await;
    let problem = late.is_problem(409, "invalid_transition");
    assert_eq!(problem["state"], "accepted");
    let need = read(&ana, "needs", &need).await;
    assert_eq!(
        covered(&need),
        ("full", vec![("accepted", false), ("released", false)])
    );
}

#[tokio::test]
async fn an_overlap_is_asked_about_as_in_a_claim() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let sit =
        |from: &str, to: &str| json!({ "title": "Sit", "starts_local": from, "due_local": to });
    let first = ana.task(sit("2027-01-02T10:00", "2027-01-02T12:00")).await;
    let other = ana.task(sit("2027-01-02T11:00", "2027-01-02T13:00")).await;
    ben.task_act(&first, "claim").await.is(200);
    cem.task_act(&other, "claim").await.is(200);
    let handover = hand_over(&ben, "task_id", &first["id"], None).await;
    let problem = act_on(&cem, &handover, "accept")
        .await
        .is_problem(409, "overlap");
    assert_eq!(
        problem["conflicts"],
        json!([{ "type": "task", "id": other["id"] }])
    );
    let anyway = json!({ "allow_overlap": true });
    let path = format!("{}/accept", path_of(&handover));
    cem.post(&path, anyway).await.is(200);
}

#[tokio::test]
async fn a_role_goes_on_with_another_assignment() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let part = carried(&ana, &ben).await;
    let path = format!("/role-assignments/{}", part["id"].as_str().unwrap());
    let until =
        json!({ "ends_on": "2027-03-31", "patient_part": "text", "patient_part_text": "The cat" });
    ana.patch(&path, until).await.is(200);
    let handover = hand_over(&ben, "role_assignment_id", &part["id"], Some(&cem)).await;
    act_on(&cem, &handover, "accept").await.is(200);
    let ended = ana.get(&path).await.is(200);
    assert_eq!(
        (
            &ended["state"],
            &ended["ended_on"],
            &ended["is_handing_over"]
        ),
        (&json!("ended"), &json!("2026-12-01"), &json!(false))
    );
    let role = ana
        .get(&format!("/roles/{}", part["role_id"].as_str().unwrap()))
        .await
        .is(200);
    let now = &role["assignments"][0];
    assert_eq!(now["member_id"], cem.member_id.as_str());
    assert_eq!(now["previous_assignment_id"], part["id"]);
    assert_eq!(
        (
            &now["starts_on"],
            &now["ends_on"],
            &now["patient_part_text"]
        ),
        (
            &json!("2026-12-01"),
            &json!("2027-03-31"),
            &json!("The cat")
        )
    );
    let handover = ana.get(&path_of(&handover)).await.is(200);
    assert_eq!(handover["state"], "accepted");
}

#[tokio::test]
async fn a_role_that_leaves_the_patient_is_talked_about_later() {
    let app = TestApp::start().await;
    let [ana, eli] = app.circle(["coordinator", "patient"]).await;
    let part = carried(&ana, &eli).await;
    let handover = hand_over(&eli, "role_assignment_id", &part["id"], Some(&ana)).await;
    act_on(&ana, &handover, "accept").await.is(200);
    let role = ana
        .get(&format!("/roles/{}", part["role_id"].as_str().unwrap()))
        .await
        .is(200);
    assert_eq!(role["assignments"][0]["patient_part"], "ask_later");
}

#[tokio::test]
async fn a_member_who_has_a_part_of_their_own_cannot_take_over_another() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let task = ana
        .task(json!({ "title": "Carry", "people_needed": 2 }))
        .await;
    for person in [&ben, &cem] {
        person.task_act(&task, "claim").await.is(200);
    }
    let handover = hand_over(&ben, "task_id", &task["id"], None).await;
    let task_now = read(&ana, "tasks", &task).await;
    assert_eq!(task_now["coverage"], "partial");
    let refused = act_on(&cem, &handover, "accept").await;
    let problem = refused.is_problem(409, "already_assigned");
    assert_eq!(
        problem["conflicts"],
        json!([{ "type": "task", "id": task["id"] }])
    );
    act_on(&ana, &handover, "accept").await.is(200);
    assert_eq!(read(&ana, "tasks", &task).await["coverage"], "full");
}

#[tokio::test]
async fn the_contact_accepts_and_declines_for_a_member_without_an_account() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let rosa = json!({ "name": "Rosa", "access": "helper", "contact_member_id": cem.member_id });
    let rosa = ana.post("/members", rosa).await.is(201);
    let for_her = json!({ "on_behalf_of_member_id": rosa["id"] });
    for (verb, state, taken_by) in [
        ("decline", "declined", &Value::Null),
        ("accept", "accepted", &rosa["id"]),
    ] {
        let task = claimed(&ana, &ben).await;
        let handover = json!({ "task_id": task["id"], "to_member_id": rosa["id"] });
        let handover = ben.post("/handovers", handover).await.is(201);
        let path = format!("{}/{verb}", path_of(&handover));
        cem.act(&path).await.is_problem(403, "forbidden");
        let ended = cem.post(&path, for_her.clone()).await.is(200);
        assert_eq!(
            (&ended["state"], &ended["taken_by_member_id"]),
            (&json!(state), taken_by)
        );
    }
}
