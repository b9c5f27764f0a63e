//! The permissions for roles, what happens when a member leaves, and the change log.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use super::{act, assignment_of, change_assignment, offer, path_of, role, timeline};
use crate::harness::TestApp;

#[tokio::test]
async fn viewers_cannot_carry_roles_and_helpers_cannot_offer_them() {
    let app = TestApp::start().await;
    let [ana, ben, eli] = app.circle(["coordinator", "helper", "viewer"]).await;
    let pets = role(&ana, json!({ "kind": "pets" })).await;
    let seen = eli.get(&path_of(&pets)).await.is(200);
    assert_eq!(seen["actions"], json!([]));
    let offered = offer(&ana, &pets, &eli, json!({})).await;
    assert_eq!(offered.is_invalid(), ["/member_id member_cannot_take_part"]);
    for person in [&ben, &eli] {
        let body = json!({ "kind": "pets" });
        person
            .post("/roles", body)
            .await
            .is_problem(403, "forbidden");
        offer(person, &pets, &ben, json!({}))
            .await
            .is_problem(403, "forbidden");
        for verb in ["claim", "archive"] {
            let path = format!("{}/{verb}", path_of(&pets));
            person.act(&path).await.is_problem(403, "forbidden");
        }
    }
}

#[tokio::test]
async fn the_work_of_a_member_who_leaves_is_offered_to_another_member() {
    let app = TestApp::start().await;
    let [ana, ben, cem, rosa, eli] = app
        .circle(["coordinator", "caregiver", "caregiver", "patient", "viewer"])
        .await;
    let pets = role(&ana, json!({ "kind": "pets" })).await;
    ben.act(&format!("{}/claim", path_of(&pets))).await.is(200);
    app.advance(TimeDelta::minutes(1));
    let meals = role(&ana, json!({ "kind": "meals" })).await;
    offer(&ana, &meals, &ben, json!({})).await.is(200);
    let left = ben
        .post("/leave", json!({ "reassign_to_member_id": cem.member_id }))
        .await;
    assert_eq!(
        left.is(200)["released"],
        json!([
            { "type": "role", "id": pets["id"], "title": "Pets" },
            { "type": "role", "id": meals["id"], "title": "Meals" },
        ])
    );
    assert_eq!(
        timeline(&ana, &pets).await,
        ["Ben Test ended", "Cem Test offered"]
    );
    assert_eq!(timeline(&ana, &meals).await, ["Ben Test withdrawn"]);
    let offered = ana.get(&path_of(&pets)).await.is(200);
    let cems = assignment_of(&offered, &cem);
    assert_eq!(cems["patient_part"], json!(null));
    let accepted = act(&cem, &cems, "accept").await.is(200);
    assert_ne!(accepted["previous_assignment_id"], json!(null));

    let gone = format!("/members/{}/remove", cem.member_id);
    ana.post(&gone, json!({ "reassign_to_member_id": eli.member_id }))
        .await
        .is(200);
    assert_eq!(
        timeline(&ana, &pets).await,
        ["Ben Test ended", "Cem Test ended"]
    );

    let nights = role(&ana, json!({ "kind": "night_care" })).await;
    rosa.act(&format!("{}/claim", path_of(&nights)))
        .await
        .is(200);
    rosa.post("/leave", json!({ "reassign_to_member_id": ana.member_id }))
        .await
        .is(200);
    let offered = ana.get(&path_of(&nights)).await.is(200);
    assert_eq!(assignment_of(&offered, &ana)["patient_part"], "ask_later");
}

#[tokio::test]
async fn an_operation_for_an_older_version_is_refused() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let created = ana.post("/roles", json!({ "kind": "pets" })).await;
    let etag = created.header("etag").to_owned();
    let pets = created.is(201);
    let offered = offer(&ana, &pets, &ben, json!({})).await.is(200);
    let seen = ("if-match", etag.as_str());
    let change = Some(json!({ "title": "The dog" }));
    let path = path_of(&pets);
    let late = ana.with(seen, &Method::PATCH, &path, change).await;
    late.is_problem(412, "version_mismatch");
    let retire = format!("{path}/archive");
    let late = ana.with(seen, &Method::POST, &retire, None).await;
    late.is_problem(412, "version_mismatch");

    let part = assignment_of(&offered, &ben);
    let path = format!("/role-assignments/{}", part["id"].as_str().unwrap());
    let etag = ben.get(&path).await.header("etag").to_owned();
    change_assignment(&ana, &part, json!({ "ends_on": "2026-12-24" }))
        .await
        .is(200);
    let accept = format!("{path}/accept");
    let seen = ("if-match", etag.as_str());
    let late = ben.with(seen, &Method::POST, &accept, None).await;
    late.is_problem(412, "version_mismatch");
    let etag = ben.get(&path).await.header("etag").to_owned();
    let seen = ("if-match", etag.as_str());
    ben.with(seen, &Method::POST, &accept, None).await.is(200);
}

#[tokio::test]
async fn the_change_log_names_roles_and_assignments_but_no_values() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let pets = role(&ana, json!({ "kind": "pets", "title": "Canary" })).await;
    let path = path_of(&pets);
    ana.patch(&path, json!({ "description": "Canary" }))
        .await
        .is(200);
    let offered = offer(&ana, &pets, &ben, json!({})).await.is(200);
    let part = assignment_of(&offered, &ben);
    let keeps = json!({ "patient_part": "text", "patient_part_text": "Canary" });
    change_assignment(&ana, &part, keeps).await.is(200);
    act(&ben, &part, "accept").await.is(200);
    ana.act(&format!("{path}/archive")).await.is(200);
    ana.act(&format!("{path}/unarchive")).await.is(200);

    let log = app.change_log().await;
    let mut text = String::new();
    for line in log
        .iter()
        .filter(|line| line.subject_type.starts_with("role"))
    {
        text += &[line.subject_type.as_str(), &line.verb, &line.changed_fields].join(" ");
        text += "\n";
    }
    insta::assert_snapshot!(text, @r#"
    role created []
    role updated ["description"]
    role_assignment offered []
    role updated ["assignments"]
    role_assignment updated ["patient_part"]
    role updated ["assignments"]
    role_assignment accepted ["state"]
    role updated ["assignments"]
    role_assignment released ["state"]
    role archived ["state"]
    role unarchived ["state"]
    "#);
}
