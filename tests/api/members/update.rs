//! `PATCH /v1/circles/{circle_id}/members/{member_id}`

use serde_json::json;

use super::{change, grant, letters, member};
use crate::harness::TestApp;

#[tokio::test]
async fn members_change_their_name_and_phone_and_not_their_access() {
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
async fn topic_levels_that_nobody_set_follow_the_access_level() {
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
async fn a_higher_access_level_does_not_exceed_the_limit_that_the_patient_set() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "patient"]).await;
    grant(&cem, &ben, json!({ "health": "none" })).await.is(200);
    let raised = change(&ana, &ben, json!({ "access": "caregiver" })).await;
    assert_eq!(letters(&raised.is(200)), "wwnr");
}

#[tokio::test]
async fn a_circle_always_keeps_one_coordinator() {
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
async fn only_the_patient_can_lower_their_own_access_level() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ben.post("/leave", json!({})).await.is(200);
    let patient = json!({ "access": "coordinator", "as_patient": true });
    app.join(&ana, &ben, patient).await;
    let demoted = change(&ana, &ben, json!({ "access": "helper" })).await;
    demoted.is_problem(409, "patient_protected");
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
