//! What the patient keeps of a role that they carried before.

use chrono::TimeDelta;
use serde_json::json;

use super::{act, assignment_of, change_assignment, offer, path_of, role, timeline};
use crate::harness::TestApp;

#[tokio::test]
async fn a_daughter_takes_over_a_role_and_knows_what_the_patient_keeps() {
    let app = TestApp::start().await;
    let [ana, daughter, rosa] = app.circle(["coordinator", "caregiver", "patient"]).await;
    let meals = role(&ana, json!({ "kind": "meals" })).await;
    let taken = rosa
        .act(&format!("{}/claim", path_of(&meals)))
        .await
        .is(200);
    let rosas = assignment_of(&taken, &rosa);
    assert_eq!(
        (
            &rosas["state"],
            &rosas["offered_by_member_id"],
            &rosas["patient_part"]
        ),
        (&json!("active"), &json!(null), &json!(null))
    );
    app.advance(TimeDelta::minutes(1));
    let mut on = json!({ "previous_assignment_id": rosas["id"] });
    let silent = offer(&ana, &meals, &daughter, on.clone()).await;
    assert_eq!(silent.is_invalid(), ["/patient_part required"]);
    on["patient_part"] = json!("text");
    let wordless = offer(&ana, &meals, &daughter, on.clone()).await;
    assert_eq!(wordless.is_invalid(), ["/patient_part_text required"]);
    on["patient_part_text"] = json!("Chooses the menu.");
    let offered = offer(&ana, &meals, &daughter, on).await.is(200);
    let daughters = assignment_of(&offered, &daughter);
    assert_eq!(assignment_of(&offered, &rosa)["state"], "active");

    let accepted = act(&daughter, &daughters, "accept").await.is(200);
    assert_eq!(
        (
            &accepted["previous_assignment_id"],
            &accepted["patient_part_text"]
        ),
        (&rosas["id"], &json!("Chooses the menu."))
    );
    assert_eq!(
        timeline(&rosa, &meals).await,
        ["Cem Test ended", "Ben Test active"]
    );
    // The next assignment repeats what she keeps. It ends when she carries the role again.
    let on = json!({ "previous_assignment_id": accepted["id"] });
    let offered = offer(&daughter, &meals, &ana, on).await.is(200);
    let anas = act(&ana, &assignment_of(&offered, &ana), "accept")
        .await
        .is(200);
    assert_eq!(anas["patient_part_text"], "Chooses the menu.");
    let on = json!({ "previous_assignment_id": anas["id"] });
    let offered = offer(&ana, &meals, &rosa, on).await.is(200);
    let back = act(&rosa, &assignment_of(&offered, &rosa), "accept")
        .await
        .is(200);
    assert_eq!(back["patient_part"], json!(null));
}

#[tokio::test]
async fn only_the_first_assignment_after_the_patient_must_say_what_the_patient_keeps() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let meals = json!({ "kind": "meals", "previously_carried_by_patient": true });
    let meals = role(&ana, meals).await;
    let take = format!("{}/claim", path_of(&meals));
    assert_eq!(
        ana.act(&take).await.is_invalid(),
        ["/patient_part required"]
    );
    let silent = offer(&ana, &meals, &ben, json!({})).await;
    assert_eq!(silent.is_invalid(), ["/patient_part required"]);
    let later = json!({ "patient_part": "ask_later" });
    let taken = ana.post(&take, later).await.is(200);
    let anas = assignment_of(&taken, &ana);
    assert_eq!(anas["patient_part"], "ask_later");
    act(&ana, &anas, "release").await.is(200);
    offer(&ana, &meals, &ben, json!({})).await.is(200);
}

#[tokio::test]
async fn an_offer_after_the_patient_stopped_must_say_what_the_patient_keeps() {
    let app = TestApp::start().await;
    let [ana, ben, rosa] = app.circle(["coordinator", "helper", "patient"]).await;
    let meals = role(&ana, json!({ "kind": "meals", "shared": true })).await;
    let take = format!("{}/claim", path_of(&meals));
    let taken = rosa.act(&take).await.is(200);
    // While the patient carries a shared role, another member can carry it too.
    app.advance(TimeDelta::minutes(1));
    let joined = ana.act(&take).await.is(200);
    act(&ana, &assignment_of(&joined, &ana), "release")
        .await
        .is(200);
    app.advance(TimeDelta::minutes(1));
    act(&rosa, &assignment_of(&taken, &rosa), "release")
        .await
        .is(200);
    let silent = offer(&ana, &meals, &ben, json!({})).await;
    assert_eq!(silent.is_invalid(), ["/patient_part required"]);
    offer(&ana, &meals, &rosa, json!({})).await.is(200);
}

#[tokio::test]
async fn only_the_patient_can_choose_to_keep_nothing() {
    let app = TestApp::start().await;
    let [ana, ben, rosa] = app.circle(["coordinator", "helper", "patient"]).await;
    let meals = json!({ "kind": "meals", "previously_carried_by_patient": true });
    let meals = role(&ana, meals).await;
    let none = json!({ "patient_part": "none_by_choice" });
    let refused = offer(&ana, &meals, &ben, none.clone()).await;
    assert_eq!(
        refused.is_invalid(),
        ["/patient_part only_patient_can_choose"]
    );
    let offered = offer(&rosa, &meals, &ben, none.clone()).await.is(200);
    let part = assignment_of(&offered, &ben);
    assert_eq!(part["patient_part"], "none_by_choice");
    act(&ben, &part, "accept").await.is(200);

    let keeps = json!({ "patient_part": "text", "patient_part_text": "Salt and pepper" });
    change_assignment(&ben, &part, keeps.clone())
        .await
        .is_problem(403, "forbidden");
    let kept = change_assignment(&ana, &part, keeps).await.is(200);
    assert_eq!(kept["patient_part"], "text");
    let reworded = json!({ "patient_part_text": "Salt" });
    let kept = change_assignment(&rosa, &part, reworded).await.is(200);
    assert_eq!(
        (&kept["patient_part"], &kept["patient_part_text"]),
        (&json!("text"), &json!("Salt"))
    );
    let refused = change_assignment(&ana, &part, none.clone()).await;
    assert_eq!(
        refused.is_invalid(),
        ["/patient_part only_patient_can_choose"]
    );
    let said = change_assignment(&rosa, &part, none).await.is(200);
    assert_eq!(
        (&said["patient_part"], &said["patient_part_text"]),
        (&json!("none_by_choice"), &json!(null))
    );
}

#[tokio::test]
async fn only_members_who_see_the_task_learn_which_task_the_patient_keeps() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = json!({ "title": "Sort the pills", "category": "medication" });
    let task = ana.task(task).await;
    let medicines = json!({ "kind": "medication", "previously_carried_by_patient": true });
    let medicines = role(&ana, medicines).await;
    let nameless = json!({ "patient_part": "task" });
    let refused = offer(&ana, &medicines, &ben, nameless).await;
    assert_eq!(refused.is_invalid(), ["/patient_part_task_id required"]);
    let kept = json!({ "patient_part": "task", "patient_part_task_id": task["id"] });
    let offered = offer(&ana, &medicines, &ben, kept).await.is(200);
    assert_eq!(
        assignment_of(&offered, &ben)["patient_part_task_id"],
        task["id"]
    );

    let seen = ben.get(&path_of(&medicines)).await.is(200);
    let part = assignment_of(&seen, &ben);
    assert_eq!(
        (&part["patient_part"], &part["patient_part_task_id"]),
        (&json!("task"), &json!(null))
    );
    let accepted = act(&ben, &part, "accept").await.is(200);
    assert_eq!(accepted["patient_part_task_id"], json!(null));
    let grant = format!("/members/{}/topics", ben.member_id);
    ana.patch(&grant, json!({ "health": "read" })).await.is(200);
    let seen = ben.get(&path_of(&medicines)).await.is(200);
    assert_eq!(
        assignment_of(&seen, &ben)["patient_part_task_id"],
        task["id"]
    );
}
