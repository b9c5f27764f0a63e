//! Who may do what with a role, what happens when its holder leaves, and what the log says.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use super::{act, change_part, offer, part_of, path_of, role, timeline};
use crate::harness::TestApp;

#[tokio::test]
async fn a_viewer_sees_and_does_not_carry_and_a_helper_does_not_ask() {
    let app = TestApp::start().await;
    let [ana, ben, eli] = app.circle(["coordinator", "helper", "viewer"]).await;
    let pets = role(&ana, json!({ "kind": "pets" })).await;
    let seen = eli.get(&path_of(&pets)).await.is(200);
    assert_eq!(seen["actions"], json!([]));
    let offered = offer(&ana, &pets, &eli, json!({})).await;
    assert_eq!(offered.is_invalid(), ["/member_id cannot_take_part"]);
    for person in [&ben, &eli] {
        let body = json!({ "kind": "pets" });
        person
            .post("/roles", body)
            .await
            .is_problem(403, "forbidden");
        offer(person, &pets, &ben, json!({}))
            .await
            .is_problem(403, "forbidden");
        for verb in ["take", "retire"] {
            let path = format!("{}/{verb}", path_of(&pets));
            person.act(&path).await.is_problem(403, "forbidden");
        }
    }
}

#[tokio::test]
async fn a_member_who_leaves_gives_up_their_part_and_another_is_asked() {
    let app = TestApp::start().await;
    let [ana, ben, cem, rosa, eli] = app
        .circle(["coordinator", "caregiver", "caregiver", "patient", "viewer"])
        .await;
    let pets = role(&ana, json!({ "kind": "pets" })).await;
    ben.act(&format!("{}/take", path_of(&pets))).await.is(200);
    app.advance(TimeDelta::minutes(1));
    let meals = role(&ana, json!({ "kind": "meals" })).await;
    offer(&ana, &meals, &ben, json!({})).await.is(200);
    let left = ben
        .post("/leave", json!({ "hand_to": cem.member_id }))
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
    let cems = part_of(&offered, &cem);
    assert_eq!(cems["patient_part"], json!(null));
    let accepted = act(&cem, &cems, "accept").await.is(200);
    assert_ne!(accepted["previous_assignment_id"], json!(null));

    let gone = format!("/members/{}/remove", cem.member_id);
    ana.post(&gone, json!({ "hand_to": eli.member_id }))
        .await
        .is(200);
    assert_eq!(
        timeline(&ana, &pets).await,
        ["Ben Test ended", "Cem Test ended"]
    );

    let nights = role(&ana, json!({ "kind": "night_care" })).await;
    rosa.act(&format!("{}/take", path_of(&nights)))
        .await
        .is(200);
    rosa.post("/leave", json!({ "hand_to": ana.member_id }))
        .await
        .is(200);
    let offered = ana.get(&path_of(&nights)).await.is(200);
    assert_eq!(part_of(&offered, &ana)["patient_part"], "ask_later");
}

#[tokio::test]
async fn a_verb_meant_for_an_older_version_is_refused() {
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
    late.is_problem(412, "stale");
    let retire = format!("{path}/retire");
    let late = ana.with(seen, &Method::POST, &retire, None).await;
    late.is_problem(412, "stale");

    let part = part_of(&offered, &ben);
    let path = format!("/role-assignments/{}", part["id"].as_str().unwrap());
    let etag = ben.get(&path).await.header("etag").to_owned();
    change_part(&ana, &part, json!({ "ends_on": "2026-12-24" }))
        .await
        .is(200);
    let accept = format!("{path}/accept");
    let seen = ("if-match", etag.as_str());
    let late = ben.with(seen, &Method::POST, &accept, None).await;
    late.is_problem(412, "stale");
    let etag = ben.get(&path).await.header("etag").to_owned();
    let seen = ("if-match", etag.as_str());
    ben.with(seen, &Method::POST, &accept, None).await.is(200);
}

#[tokio::test]
async fn the_log_names_roles_and_parts_and_no_values() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let pets = role(&ana, json!({ "kind": "pets", "title": "Canary" })).await;
    let path = path_of(&pets);
    ana.patch(&path, json!({ "description": "Canary" }))
        .await
        .is(200);
    let offered = offer(&ana, &pets, &ben, json!({})).await.is(200);
    let part = part_of(&offered, &ben);
    let keeps = json!({ "patient_part": "keeps", "patient_part_text": "Canary" });
    change_part(&ana, &part, keeps).await.is(200);
    act(&ben, &part, "accept").await.is(200);
    ana.act(&format!("{path}/retire")).await.is(200);
    ana.act(&format!("{path}/revive")).await.is(200);

    let log = app.change_log().await;
    let mut text = String::new();
    for line in log
        .iter()
        .filter(|line| line.subject_type.starts_with("role"))
    {
        text += &[line.subject_type.as_str(), &line.verb, &line.fields].join(" ");
        text += "\n";
    }
    insta::assert_snapshot!(text, @r#"
    role created []
    role changed ["description"]
    role_assignment offered []
    role changed ["assignments"]
    role_assignment changed ["patient_part"]
    role changed ["assignments"]
    role_assignment accepted ["state"]
    role changed ["assignments"]
    role_assignment ended ["state"]
    role retired ["state"]
    role revived ["state"]
    "#);
}
