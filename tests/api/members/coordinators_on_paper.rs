//! A coordinator whose account is disabled or scheduled for deletion does not count, and the last
//! other coordinator cannot leave.

use kith::admin::{self, AdminCommand};
use serde_json::json;

use crate::harness::{Person, TestApp};

async fn state(by: &Person, of: &Person) -> String {
    let member = by.get(&format!("/members/{}", of.member_id)).await.is(200);
    member["state"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_disabled_coordinator_does_not_count_as_a_coordinator() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "coordinator", "helper"]).await;
    admin::disable(&app.app, &ben.email).await.unwrap();
    let leave = ana.post("/leave", json!({})).await;
    leave.is_problem(409, "last_coordinator");
    let own = format!("/members/{}", ana.member_id);
    let demote = ana.patch(&own, json!({ "access": "helper" })).await;
    demote.is_problem(409, "last_coordinator");
    let delete = ana.put("/v1/me/deletion").await;
    delete.is_problem(409, "last_coordinator");
    // A member with a disabled account cannot be the successor either.
    let to_ben = json!({ "successor_member_id": ben.member_id });
    let leave = ana.post("/leave", to_ben).await;
    assert_eq!(
        leave.is_invalid(),
        ["/successor_member_id account_inactive"]
    );
    admin::enable(&app.app, &ben.email).await.unwrap();
    ana.post("/leave", json!({})).await.is(200);
    cem.get("").await.is(200);
}

#[tokio::test]
async fn a_reinstated_coordinator_whose_account_is_scheduled_for_deletion_is_leaving() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "coordinator"]).await;
    let act = |verb: &str| format!("/members/{}/{verb}", ben.member_id);
    ana.post(&act("suspend"), json!({})).await.is(200);
    ben.put("/v1/me/deletion").await.is(200);
    let back = ana.act(&act("reinstate")).await.is(200);
    assert_eq!(back["state"], "leaving");
    assert_eq!(state(&ana, &ben).await, "leaving");
    let leave = ana.post("/leave", json!({})).await;
    leave.is_problem(409, "last_coordinator");
    ben.delete("/v1/me/deletion").await.is(204);
    assert_eq!(state(&ana, &ben).await, "active");
    ana.post("/leave", json!({})).await.is(200);
    app.mails().await;
}

#[tokio::test]
async fn disabling_the_only_coordinator_warns_and_says_what_to_do() {
    let app = TestApp::start().await;
    let [ana, ben, _cem] = app.circle(["coordinator", "coordinator", "helper"]).await;
    let disable = |person: &Person| AdminCommand::Disable {
        account: person.email.clone(),
    };
    let printed = admin::run(&app.app, disable(&ben)).await.unwrap();
    assert!(!printed.contains("WARNING"), "{printed}");
    let printed = admin::run(&app.app, disable(&ana)).await.unwrap();
    let warning = format!(
        "WARNING: circles that have no coordinator now: 1 ({})",
        ana.circle_id()
    );
    assert!(printed.contains(&warning), "{printed}");
    assert!(printed.contains("`kith admin enable "), "{printed}");
    let alone = app.person("Dora").await;
    let circle = json!({ "patient_name": "Rosa" });
    alone.post("/v1/circles", circle).await.is(201);
    let printed = admin::run(&app.app, disable(&alone)).await.unwrap();
    assert!(!printed.contains("WARNING"), "{printed}");
}
