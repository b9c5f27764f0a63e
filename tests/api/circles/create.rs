//! `POST /v1/circles`

use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::TestApp;
use crate::members::letters;

#[tokio::test]
async fn a_circle_needs_only_the_name_of_the_patient() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let body = json!({ "patient_name": " Rosa " });
    let circle = ana.post("/v1/circles", body).await.is(201);
    let patient = json!({ "name": "Rosa", "about": null, "member_id": null, "photo_url": null });
    assert_eq!(circle["patient"], patient);
    assert_eq!(circle["name"], "Rosa");
    assert_eq!(circle["alias"], "Ana's circle");
    assert_eq!(circle["time_zone"], "Europe/Berlin");
    assert_eq!(circle["my_access"], "coordinator");
    assert_eq!(
        circle["actions"],
        json!([
            "update",
            "invite",
            "propose",
            "pause",
            "mark_in_memory",
            "archive",
            "schedule_deletion",
            "leave"
        ])
    );
}

#[tokio::test]
async fn a_patient_who_creates_a_circle_is_its_coordinator_too() {
    let app = TestApp::start().await;
    let rosa = app.person("Rosa").await;
    let body = json!({ "patient_name": "Rosa", "creator_is_patient": true });
    let circle = rosa.post("/v1/circles", body).await.is(201);
    assert_eq!(circle["patient"]["member_id"], circle["my_member_id"]);
    let path = |id: &Value| {
        let circle = circle["id"].as_str().unwrap();
        format!("/v1/circles/{circle}/members/{}", id.as_str().unwrap())
    };
    let me = rosa.get(&path(&circle["my_member_id"])).await.is(200);
    assert_eq!(
        (&me["access"], &me["is_patient"], letters(&me).as_str()),
        (&json!("coordinator"), &json!(true), "wwww")
    );
}

#[tokio::test]
async fn creating_a_circle_again_with_a_chosen_id_changes_nothing() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let body = json!({ "id": Uuid::now_v7(), "patient_name": "Rosa" });
    let first = ana.post("/v1/circles", body.clone()).await.is(201);
    let again = ana.post("/v1/circles", body.clone()).await.is(200);
    assert_eq!(first, again);
    let taken = ben.post("/v1/circles", body).await;
    taken.is_problem(409, "id_taken");
}

#[tokio::test]
async fn an_alias_with_a_link_is_refused_and_other_aliases_are_kept_unchanged() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let body = json!({ "patient_name": "Rosa", "alias": "Win at https://evil.example now" });
    let refused = ana.post("/v1/circles", body).await;
    assert_eq!(refused.is_invalid(), ["/alias contains_link"]);
    assert!(
        refused.text.contains("https://evil.example"),
        "{}",
        refused.text
    );
    let body = json!({ "patient_name": "Rosa", "alias": "Oma & Opa 24/7" });
    let circle = ana.post("/v1/circles", body).await.is(201);
    assert_eq!(circle["alias"], "Oma & Opa 24/7");
    let path = format!("/v1/circles/{}", circle["id"].as_str().unwrap());
    let alias = json!({ "alias": "www.evil.example" });
    assert_eq!(
        ana.patch(&path, alias).await.is_invalid(),
        ["/alias contains_link"]
    );
    for alias in [
        "Haus Nr.5",
        "Treff 18:30",
        "Familie Dr.Müller",
        "A.J. Kim's circle",
    ] {
        let circle = ana.patch(&path, json!({ "alias": alias })).await.is(200);
        assert_eq!(circle["alias"], alias);
    }
}
