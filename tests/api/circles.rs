//! The circle, its members, and who sees what.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Client, Person, Reply, TestApp};

async fn grant(by: &Client, of: &Person, levels: Value) -> Reply {
    let path = format!("/members/{}/grant-topics", of.member_id);
    by.post(&path, levels).await
}

async fn change(by: &Client, of: &Person, changes: Value) -> Reply {
    by.patch(&format!("/members/{}", of.member_id), changes)
        .await
}

async fn member(by: &Client, of: &Person) -> Value {
    by.get(&format!("/members/{}", of.member_id)).await.is(200)
}

/// The levels in the order of the document, a letter each.
fn letters(member: &Value) -> String {
    ["daily", "family", "health", "decisions"]
        .map(|topic| &member["topics"][topic].as_str().unwrap()[..1])
        .concat()
}

#[tokio::test]
async fn a_circle_needs_no_more_than_the_patients_name() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let wish = json!({ "patient_name": " Rosa " });
    let circle = ana.post("/v1/circles", wish).await.is(201);
    let patient = json!({ "name": "Rosa", "about": null, "member_id": null });
    assert_eq!(circle["patient"], patient);
    assert_eq!(circle["name"], "Rosa");
    assert_eq!(circle["alias"], "Ana's circle");
    assert_eq!(circle["time_zone"], "Europe/Berlin");
    assert_eq!(circle["my_access"], "coordinator");
    assert_eq!(
        circle["actions"],
        json!(["change", "invite", "delete", "leave"])
    );
}

#[tokio::test]
async fn who_founds_a_circle_as_its_patient_is_both() {
    let app = TestApp::start().await;
    let rosa = app.person("Rosa").await;
    let wish = json!({ "patient_name": "Rosa", "i_am_the_patient": true });
    let circle = rosa.post("/v1/circles", wish).await.is(201);
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
async fn founding_again_with_ones_own_id_changes_nothing() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let wish = json!({ "id": Uuid::now_v7(), "patient_name": "Rosa" });
    let first = ana.post("/v1/circles", wish.clone()).await.is(201);
    let again = ana.post("/v1/circles", wish.clone()).await.is(200);
    assert_eq!(first, again);
    let taken = ben.post("/v1/circles", wish).await;
    taken.is_problem(409, "id_taken");
}

#[tokio::test]
async fn an_alias_that_names_a_web_page_is_refused_and_no_other_is_changed() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let wish = json!({ "patient_name": "Rosa", "alias": "Win at https://evil.example now" });
    let refused = ana.post("/v1/circles", wish).await;
    assert_eq!(refused.is_invalid(), ["/alias holds_link"]);
    assert!(
        refused.text.contains("https://evil.example"),
        "{}",
        refused.text
    );
    let wish = json!({ "patient_name": "Rosa", "alias": "Oma & Opa 24/7" });
    let circle = ana.post("/v1/circles", wish).await.is(201);
    assert_eq!(circle["alias"], "Oma & Opa 24/7");
    let path = format!("/v1/circles/{}", circle["id"].as_str().unwrap());
    let alias = json!({ "alias": "www.evil.example" });
    assert_eq!(
        ana.patch(&path, alias).await.is_invalid(),
        ["/alias holds_link"]
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

#[tokio::test]
async fn a_coordinator_changes_what_is_named_and_nothing_else() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let about = json!({ "patient_about": "Likes the radio on.\nHums along." });
    let circle = ana.patch("", about).await.is(200);
    assert_eq!(
        (&circle["name"], &circle["version"]),
        (&json!("Rosa"), &json!(2))
    );
    let seen = ben.get("").await.is(200);
    assert_eq!(seen["patient"]["about"], "Likes the radio on.\nHums along.");
    assert_eq!(seen["actions"], json!(["leave"]));
    let nothing = json!({ "patient_about": null, "patient_name": "Rosa María" });
    let circle = ana.patch("", nothing).await.is(200);
    let patient = json!({ "name": "Rosa María", "about": null, "member_id": null });
    assert_eq!(circle["patient"], patient);
    let name = ana.patch("", json!({ "name": null })).await;
    assert_eq!(name.is_invalid(), ["/name wrong_type"]);
}

#[tokio::test]
async fn members_are_listed_page_by_page_in_the_order_they_came() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for (name, goes) in [("Ben", "suspend"), ("Cem", "remove"), ("Dora", "")] {
        app.advance(TimeDelta::seconds(1));
        let person = app.person(name).await;
        let member = app.join(&ana, &person, json!({ "access": "helper" })).await;
        if !goes.is_empty() {
            let path = format!("/members/{member}/{goes}");
            ana.post(&path, json!({})).await.is(200);
        }
    }
    let names = |page: &Value| -> Vec<String> {
        let members = page["data"].as_array().unwrap().iter();
        let name = |row: &Value| row["name"].as_str().unwrap().replace(" Test", "");
        members.map(name).collect()
    };
    let page = ana.get("/members?limit=2").await.is(200);
    assert_eq!(names(&page), ["Ana", "Ben"]);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = format!("/members?limit=2&cursor={cursor}");
    let rest = ana.get(&rest).await.is(200);
    assert_eq!(names(&rest), ["Dora"]);
    assert_eq!(rest["next_cursor"], json!(null));
    let gone = ana.get("/members?state=left&state=removed").await.is(200);
    assert_eq!(names(&gone), ["Cem"]);
    let other = format!("/members?state=left&cursor={cursor}");
    ana.get(&other).await.is_problem(400, "malformed");
}

#[tokio::test]
async fn addresses_and_levels_are_seen_by_those_they_concern() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "helper", "patient", "caregiver"])
        .await;
    let sees = async |by: &Person| {
        let ben = member(by, &ben).await;
        (ben["email"].is_string(), ben["topics"].is_object())
    };
    assert_eq!(sees(&ana).await, (true, true));
    assert_eq!(sees(&ben).await, (true, true));
    assert_eq!(sees(&cem).await, (false, true));
    assert_eq!(sees(&dora).await, (false, false));
}

#[tokio::test]
async fn a_name_and_a_phone_are_ones_own_and_access_is_not() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "patient"]).await;
    let own = json!({ "name": "Benno", "phone": "+49 30 1234567", "relationship": "son" });
    let benno = change(&ben, &ben, own).await.is(200);
    assert_eq!(
        (&benno["name"], &benno["relationship"]),
        (&json!("Benno"), &json!("son"))
    );
    for (by, changes) in [
        (&ana, json!({ "phone": "123" })),
        (&ana, json!({ "name": "Other", "access": "viewer" })),
        (&cem, json!({ "relationship": "nephew" })),
        (&ben, json!({ "access": "coordinator" })),
    ] {
        change(by, &ben, changes).await.is_problem(403, "forbidden");
    }
    let related = json!({ "relationship": "nephew" });
    change(&ana, &ben, related).await.is(200);
    let unlisted = change(&ben, &ben, json!({ "phone": null })).await.is(200);
    assert_eq!(
        (
            &unlisted["phone"],
            &unlisted["relationship"],
            &unlisted["access"]
        ),
        (&json!(null), &json!("nephew"), &json!("helper"))
    );
}

#[tokio::test]
async fn what_nobody_chose_follows_the_access() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    assert_eq!(letters(&member(&ana, &ben).await), "rnnn");
    grant(&ana, &ben, json!({ "health": "read" })).await.is(200);
    let raised = change(&ana, &ben, json!({ "access": "caregiver" })).await;
    assert_eq!(letters(&raised.is(200)), "wwrr");
    let back = change(&ana, &ben, json!({ "access": "viewer" })).await;
    assert_eq!(letters(&back.is(200)), "rnrn");
}

#[tokio::test]
async fn what_the_patient_sets_is_a_limit_to_coordinators() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "patient"]).await;
    grant(&cem, &ben, json!({ "health": "read" })).await.is(200);
    let above = grant(&ana, &ben, json!({ "daily": "read", "health": "write" })).await;
    assert_eq!(above.is_invalid(), ["/health above_patients_limit"]);
    assert_eq!(letters(&member(&ana, &ben).await), "wwrr");
    for level in ["none", "read"] {
        grant(&ana, &ben, json!({ "health": level })).await.is(200);
    }
    grant(&cem, &ana, json!({ "family": "none" })).await.is(200);
    let own = grant(&ana, &ana, json!({ "family": "read" })).await;
    assert_eq!(own.is_invalid(), ["/family above_patients_limit"]);
    grant(&cem, &ben, json!({ "health": "write" }))
        .await
        .is(200);
    grant(&ana, &ben, json!({ "health": "write" }))
        .await
        .is(200);
}

#[tokio::test]
async fn more_access_does_not_pass_the_patients_limit() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "patient"]).await;
    grant(&cem, &ben, json!({ "health": "none" })).await.is(200);
    let raised = change(&ana, &ben, json!({ "access": "caregiver" })).await;
    assert_eq!(letters(&raised.is(200)), "wwnr");
}

#[tokio::test]
async fn coming_back_does_not_pass_the_patients_limit() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "patient"]).await;
    grant(&cem, &ben, json!({ "health": "none" })).await.is(200);
    let remove = format!("/members/{}/remove", ben.member_id);
    ana.post(&remove, json!({})).await.is(200);
    app.join(&ana, &ben, json!({ "access": "caregiver" })).await;
    assert_eq!(letters(&member(&ana, &ben).await), "wwnr");
    let above = grant(&ana, &ben, json!({ "health": "read" })).await;
    assert_eq!(above.is_invalid(), ["/health above_patients_limit"]);
}

#[tokio::test]
async fn what_the_patient_ends_no_coordinator_prolongs() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "patient"]).await;
    let until =
        |day: &str| json!({ "health": "read", "until": format!("2026-12-{day}T00:00:00Z") });
    grant(&cem, &ben, until("10")).await.is(200);
    for longer in [until("11"), json!({ "health": "read" })] {
        let reply = grant(&ana, &ben, longer).await;
        assert_eq!(reply.is_invalid(), ["/until above_patients_limit"]);
    }
    grant(&ana, &ben, until("09")).await.is(200);
    grant(&ana, &ben, until("10")).await.is(200);
    app.advance(TimeDelta::days(9));
    let late = grant(&ana.later().await, &ben, json!({ "health": "read" })).await;
    assert_eq!(late.is_invalid(), ["/until above_patients_limit"]);
    let none = json!({ "health": "none" });
    grant(&ana.later().await, &ben, none).await.is(200);
    let again = grant(&cem.later().await, &ben, json!({ "health": "read" })).await;
    assert_eq!(letters(&again.is(200)), "rnrn");
}

#[tokio::test]
async fn a_grant_ends_at_its_moment_and_with_it_what_was_cached() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = ana
        .task(json!({ "title": "Injection", "topic": "health" }))
        .await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let until = "2026-12-01T08:05:00.000Z";
    let granted = grant(&ana, &ben, json!({ "health": "read", "until": until })).await;
    let granted = granted.is(200);
    assert_eq!(
        granted["topics_until"],
        json!({ "daily": null, "family": null, "health": until, "decisions": null })
    );
    let etag = ben.get("/tasks").await.header("etag").to_owned();
    ben.get(&path).await.is(200);
    app.advance(TimeDelta::seconds(299));
    ben.get(&path).await.is(200);
    app.advance(TimeDelta::seconds(1));
    ben.get(&path).await.is_problem(404, "not_found");
    let seen = ("if-none-match", etag.as_str());
    let tasks = ben.with(seen, &Method::GET, "/tasks", None).await.is(200);
    assert_eq!(tasks["data"], json!([]));
    let claim = ben.act(&format!("{path}/claim")).await;
    claim.is_problem(404, "not_found");
}

#[tokio::test]
async fn a_grant_that_cannot_be_is_refused() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "helper", "patient", "viewer"])
        .await;
    let past = json!({ "health": "read", "until": "2026-12-01T08:00:00Z" });
    let past = grant(&ana, &ben, past).await;
    assert_eq!(past.is_invalid(), ["/until in_the_past"]);
    let patient = grant(&ana, &cem, json!({ "health": "none" })).await;
    patient.is_problem(409, "is_the_patient");
    dora.post("/leave", json!({})).await.is(200);
    let gone = grant(&ana, &dora, json!({ "health": "read" })).await;
    let problem = gone.is_problem(409, "invalid_transition");
    assert_eq!(problem["state"], "left");
}

#[tokio::test]
async fn somebody_always_coordinates() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "coordinator"]).await;
    let helper = || json!({ "access": "helper" });
    let (first, second) =
        futures_util::join!(change(&ana, &ben, helper()), change(&ben, &ana, helper()));
    let (winner, refused) = match first.status.as_u16() {
        200 => (&ana, second),
        _ => (&ben, first),
    };
    refused.is_problem(403, "forbidden");
    let own = change(winner, winner, helper()).await;
    own.is_problem(409, "last_coordinator");
}

#[tokio::test]
async fn nobody_demotes_the_patient_but_the_patient() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ben.post("/leave", json!({})).await.is(200);
    let patient = json!({ "access": "coordinator", "as_patient": true });
    app.join(&ana, &ben, patient).await;
    let demoted = change(&ana, &ben, json!({ "access": "helper" })).await;
    demoted.is_problem(409, "is_the_patient");
    let own = change(&ben, &ben, json!({ "access": "helper" }))
        .await
        .is(200);
    assert_eq!(
        (&own["access"], letters(&own).as_str()),
        (&json!("helper"), "wwww")
    );
    change(&ana, &ben, json!({ "access": "caregiver" }))
        .await
        .is(200);
}

#[tokio::test]
async fn a_grant_ends_in_a_year_that_both_databases_know() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let until = async |until: &str| {
        let levels = json!({ "health": "read", "until": until });
        grant(&ana, &ben, levels).await
    };
    for far in [
        "+262142-01-01T00:00:00Z",
        "-262143-01-01T00:00:00Z",
        "2200-01-01T00:00:00Z",
        "2027-12-31T23:59:60Z",
    ] {
        let fields = until(far).await.is_invalid();
        assert_eq!(fields, ["/until invalid_value"], "{far}");
    }
    let member = until("2199-12-31T23:59:59.9999999Z").await.is(200);
    let end = &member["topics_until"]["health"];
    assert_eq!(end, "2199-12-31T23:59:59.999Z");
}
