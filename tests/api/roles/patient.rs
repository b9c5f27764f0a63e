//! What the patient keeps of a role that was theirs.

use chrono::TimeDelta;
use serde_json::json;

use super::{act, change_part, offer, part_of, path_of, role, timeline};
use crate::harness::TestApp;

#[tokio::test]
async fn a_role_goes_from_the_patient_to_a_daughter_who_knows_what_stays() {
    let app = TestApp::start().await;
    let [ana, daughter, rosa] = app.circle(["coordinator", "caregiver", "patient"]).await;
    let meals = role(&ana, json!({ "kind": "meals" })).await;
    let taken = rosa.act(&format!("{}/take", path_of(&meals))).await.is(200);
    let rosas = part_of(&taken, &rosa);
    assert_eq!(
        (
            &rosas["state"],
            &rosas["offered_by"],
            &rosas["patient_part"]
        ),
        (&json!("active"), &json!(null), &json!(null))
    );
    app.advance(TimeDelta::minutes(1));
    let mut on = json!({ "previous_assignment_id": rosas["id"] });
    let silent = offer(&ana, &meals, &daughter, on.clone()).await;
    assert_eq!(silent.is_invalid(), ["/patient_part missing"]);
    on["patient_part"] = json!("keeps");
    let wordless = offer(&ana, &meals, &daughter, on.clone()).await;
    assert_eq!(wordless.is_invalid(), ["/patient_part_text missing"]);
    on["patient_part_text"] = json!("Chooses the menu.");
    let offered = offer(&ana, &meals, &daughter, on).await.is(200);
    let daughters = part_of(&offered, &daughter);
    assert_eq!(part_of(&offered, &rosa)["state"], "active");

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
    // What she keeps goes on with the role, and ends when she takes it back.
    let on = json!({ "previous_assignment_id": accepted["id"] });
    let offered = offer(&daughter, &meals, &ana, on).await.is(200);
    let anas = act(&ana, &part_of(&offered, &ana), "accept").await.is(200);
    assert_eq!(anas["patient_part_text"], "Chooses the menu.");
    let on = json!({ "previous_assignment_id": anas["id"] });
    let offered = offer(&ana, &meals, &rosa, on).await.is(200);
    let back = act(&rosa, &part_of(&offered, &rosa), "accept")
        .await
        .is(200);
    assert_eq!(back["patient_part"], json!(null));
}

#[tokio::test]
async fn only_the_first_person_to_take_a_role_of_the_patient_says_what_stays() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let meals = json!({ "kind": "meals", "previously_carried_by_patient": true });
    let meals = role(&ana, meals).await;
    let take = format!("{}/take", path_of(&meals));
    assert_eq!(ana.act(&take).await.is_invalid(), ["/patient_part missing"]);
    let silent = offer(&ana, &meals, &ben, json!({})).await;
    assert_eq!(silent.is_invalid(), ["/patient_part missing"]);
    let later = json!({ "patient_part": "ask_later" });
    let taken = ana.post(&take, later).await.is(200);
    let anas = part_of(&taken, &ana);
    assert_eq!(anas["patient_part"], "ask_later");
    act(&ana, &anas, "end").await.is(200);
    offer(&ana, &meals, &ben, json!({})).await.is(200);
}

#[tokio::test]
async fn a_role_that_the_patient_carried_last_leaves_them_too() {
    let app = TestApp::start().await;
    let [ana, ben, rosa] = app.circle(["coordinator", "helper", "patient"]).await;
    let meals = role(&ana, json!({ "kind": "meals", "shared": true })).await;
    let take = format!("{}/take", path_of(&meals));
    let taken = rosa.act(&take).await.is(200);
    // As long as she carries it, another may join her.
    app.advance(TimeDelta::minutes(1));
    let joined = ana.act(&take).await.is(200);
    act(&ana, &part_of(&joined, &ana), "end").await.is(200);
    app.advance(TimeDelta::minutes(1));
    act(&rosa, &part_of(&taken, &rosa), "end").await.is(200);
    let silent = offer(&ana, &meals, &ben, json!({})).await;
    assert_eq!(silent.is_invalid(), ["/patient_part missing"]);
    offer(&ana, &meals, &rosa, json!({})).await.is(200);
}

#[tokio::test]
async fn only_the_patient_says_that_nothing_is_to_stay() {
    let app = TestApp::start().await;
    let [ana, ben, rosa] = app.circle(["coordinator", "helper", "patient"]).await;
    let meals = json!({ "kind": "meals", "previously_carried_by_patient": true });
    let meals = role(&ana, meals).await;
    let none = json!({ "patient_part": "none_by_choice" });
    let refused = offer(&ana, &meals, &ben, none.clone()).await;
    assert_eq!(refused.is_invalid(), ["/patient_part patients_choice"]);
    let offered = offer(&rosa, &meals, &ben, none.clone()).await.is(200);
    let part = part_of(&offered, &ben);
    assert_eq!(part["patient_part"], "none_by_choice");
    act(&ben, &part, "accept").await.is(200);

    let keeps = json!({ "patient_part": "keeps", "patient_part_text": "Salt and pepper" });
    change_part(&ben, &part, keeps.clone())
        .await
        .is_problem(403, "forbidden");
    let kept = change_part(&ana, &part, keeps).await.is(200);
    assert_eq!(kept["patient_part"], "keeps");
    let reworded = json!({ "patient_part_text": "Salt" });
    let kept = change_part(&rosa, &part, reworded).await.is(200);
    assert_eq!(
        (&kept["patient_part"], &kept["patient_part_text"]),
        (&json!("keeps"), &json!("Salt"))
    );
    let refused = change_part(&ana, &part, none.clone()).await;
    assert_eq!(refused.is_invalid(), ["/patient_part patients_choice"]);
    let said = change_part(&rosa, &part, none).await.is(200);
    assert_eq!(
        (&said["patient_part"], &said["patient_part_text"]),
        (&json!("none_by_choice"), &json!(null))
    );
}

#[tokio::test]
async fn the_task_that_the_patient_keeps_is_named_to_people_who_see_it() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = json!({ "title": "Sort the pills", "category": "medication" });
    let task = ana.task(task).await;
    let medicines = json!({ "kind": "medication", "previously_carried_by_patient": true });
    let medicines = role(&ana, medicines).await;
    let nameless = json!({ "patient_part": "task" });
    let refused = offer(&ana, &medicines, &ben, nameless).await;
    assert_eq!(refused.is_invalid(), ["/patient_part_task_id missing"]);
    let kept = json!({ "patient_part": "task", "patient_part_task_id": task["id"] });
    let offered = offer(&ana, &medicines, &ben, kept).await.is(200);
    assert_eq!(part_of(&offered, &ben)["patient_part_task_id"], task["id"]);

    let seen = ben.get(&path_of(&medicines)).await.is(200);
    let part = part_of(&seen, &ben);
    assert_eq!(
        (&part["patient_part"], &part["patient_part_task_id"]),
        (&json!("task"), &json!(null))
    );
    let accepted = act(&ben, &part, "accept").await.is(200);
    assert_eq!(accepted["patient_part_task_id"], json!(null));
    let grant = format!("/members/{}/grant-topics", ben.member_id);
    ana.post(&grant, json!({ "health": "read" })).await.is(200);
    let seen = ben.get(&path_of(&medicines)).await.is(200);
    assert_eq!(part_of(&seen, &ben)["patient_part_task_id"], task["id"]);
}
