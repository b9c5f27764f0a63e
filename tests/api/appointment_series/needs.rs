//! The needs of the appointments of a series.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{dialysis, path_of};
use crate::harness::{Person, TestApp};

fn with_driver() -> Value {
    let mut body = dialysis();
    body["needs"] = json!([{
        "kind": "driver", "pickup_location": "At home", "starts_local": "2026-12-08T07:15",
    }]);
    body
}

fn need_path(visit: &Value) -> String {
    format!("/needs/{}", visit["needs"][0]["id"].as_str().unwrap())
}

#[tokio::test]
async fn each_appointment_has_a_need_of_its_own_that_a_helper_claims() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let series = ana.visits(with_driver()).await;
    assert_eq!(series["needs"][0]["starts_local"], "2026-12-08T07:15");
    let page = ben.get("/needs?limit=200").await.is(200);
    let needs = page["data"].as_array().unwrap();
    assert_eq!(needs.len(), 8);
    assert_eq!(needs[1]["starts_local"], "2026-12-15T07:15");
    assert_eq!(needs[1]["pickup_location"], "At home");
    let path = format!("/needs/{}/claim", needs[1]["id"].as_str().unwrap());
    let claimed = ben.act(&path).await.is(200);
    assert_eq!(claimed["coverage"], "full");
    let visits = ana.visits_of(&series, "scheduled").await;
    assert_eq!(visits[1]["needs"][0]["my_assignment"], Value::Null);
    assert_eq!(visits[1]["needs"][0]["coverage"], "full");
    assert_eq!(visits[0]["needs"][0]["coverage"], "none");
}

#[tokio::test]
async fn needs_move_with_the_series_and_who_claimed_one_is_asked_again() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let series = ana.visits(with_driver()).await;
    let visits = ana.visits_of(&series, "scheduled").await;
    let path = need_path(&visits[0]);
    ben.act(&format!("{path}/claim")).await.is(200);
    app.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
    app.mails().await;
    ana.change_visits(&series, json!({ "starts_local": "2026-12-08T10:00" }))
        .await;
    let need = ben.get(&path).await.is(200);
    assert_eq!(need["starts_local"], "2026-12-08T09:15");
    assert_eq!(need["my_assignment"], "offered");
    assert_eq!(need["coverage"], "none");
    app.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    let text = &mails[0].text;
    assert!(
        text.contains("You are asked again whether you can."),
        "{text}"
    );
    let again = ana.visits_of(&series, "scheduled").await;
    assert_eq!(again[5]["needs"][0]["starts_local"], "2027-01-12T09:15");
}

#[tokio::test]
async fn another_list_of_needs_keeps_what_was_claimed_of_the_same_kind() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let series = ana.visits(with_driver()).await;
    let visits = ana.visits_of(&series, "scheduled").await;
    let path = need_path(&visits[0]);
    ben.act(&format!("{path}/claim")).await.is(200);
    let needs = json!({ "needs": [
        { "kind": "companion" },
        { "kind": "driver", "pickup_location": "At the station", "starts_local": "2026-12-08T07:15" },
    ] });
    ana.change_visits(&series, needs.clone()).await;
    let need = ben.get(&path).await.is(200);
    assert_eq!(need["pickup_location"], "At the station");
    assert_eq!(need["my_assignment"], "accepted");
    let now = ana.visits_of(&series, "scheduled").await;
    let kinds = |visit: &Value| -> Vec<Value> {
        let needs = visit["needs"].as_array().unwrap().iter();
        needs.map(|need| need["kind"].clone()).collect()
    };
    assert_eq!(kinds(&now[0]), ["driver", "companion"]);
    let version = now[0]["version"].clone();
    ana.change_visits(&series, needs).await;
    let same = ana.visits_of(&series, "scheduled").await;
    assert_eq!(same[0]["version"], version);

    ana.change_visits(&series, json!({ "needs": [{ "kind": "companion" }] }))
        .await;
    assert_eq!(ben.get(&path).await.is(200)["state"], "canceled");
}

#[tokio::test]
async fn a_need_that_was_added_to_one_appointment_follows_the_series() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.visits(dialysis()).await;
    let visits = ana.visits_of(&series, "scheduled").await;
    let path = format!("/appointments/{}/needs", visits[0]["id"].as_str().unwrap());
    let need = json!({ "kind": "companion", "starts_local": "2026-12-08T07:30" });
    let need = ana.post(&path, need).await.is(201);
    let path = format!("/needs/{}", need["id"].as_str().unwrap());
    ana.change_visits(&series, json!({ "starts_local": "2026-12-08T09:00" }))
        .await;
    let moved = ana.get(&path).await.is(200);
    assert_eq!(moved["starts_local"], "2026-12-08T08:30");
    ana.visits_act(&series, "end").await;
    assert_eq!(ana.get(&path).await.is(200)["state"], "on_hold");
}

#[tokio::test]
async fn a_need_that_is_added_again_is_there_in_every_appointment() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.visits(with_driver()).await;
    let first = ana.visits_of(&series, "scheduled").await;
    let canceled = need_path(&first[0]);
    ana.change_visits(&series, json!({ "needs": [] })).await;
    for again in ["driver", "companion"] {
        let needs = json!({ "needs": [{ "kind": again, "notes": "Again" }] });
        ana.change_visits(&series, needs).await;
        for visit in ana.visits_of(&series, "scheduled").await {
            let needs = visit["needs"].as_array().unwrap().iter();
            let open: Vec<&Value> = needs.filter(|need| need["state"] == "open").collect();
            assert_eq!(open.len(), 1, "{visit}");
            assert_eq!(
                (&open[0]["kind"], &open[0]["notes"]),
                (&json!(again), &json!("Again"))
            );
        }
    }
    assert_eq!(ana.get(&canceled).await.is(200)["state"], "canceled");
}

#[tokio::test]
async fn a_need_that_is_removed_in_a_break_does_not_come_back_with_the_appointments() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.visits(with_driver()).await;
    let first = ana.visits_of(&series, "scheduled").await;
    let path = need_path(&first[0]);
    ana.visits_act(&series, "pause").await;
    ana.change_visits(&series, json!({ "needs": [] })).await;
    ana.visits_act(&series, "resume").await;
    let back = ana.visits_of(&series, "scheduled").await;
    assert_eq!(back.len(), first.len());
    assert_eq!(ana.get(&path).await.is(200)["state"], "canceled");
}

#[tokio::test]
async fn a_need_that_is_changed_in_a_break_comes_back_as_it_is_then() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let series = ana.visits(with_driver()).await;
    let first = ana.visits_of(&series, "scheduled").await;
    let path = need_path(&first[0]);
    ben.act(&format!("{path}/claim")).await.is(200);
    ana.visits_act(&series, "pause").await;
    let needs = json!({ "needs": [
        { "kind": "driver", "pickup_location": "At the station", "starts_local": "2026-12-08T07:15" },
        { "kind": "companion" },
    ] });
    ana.change_visits(&series, needs).await;
    assert_eq!(ana.get(&path).await.is(200)["state"], "on_hold");
    ana.visits_act(&series, "resume").await;
    let need = ben.get(&path).await.is(200);
    assert_eq!(
        (
            &need["state"],
            &need["my_assignment"],
            &need["pickup_location"]
        ),
        (&json!("open"), &json!("accepted"), &json!("At the station"))
    );
    for visit in ana.visits_of(&series, "scheduled").await {
        assert_eq!(visit["needs"].as_array().unwrap().len(), 2, "{visit}");
    }
}

#[tokio::test]
async fn a_member_who_sees_no_everyday_things_sees_no_needs_in_a_series_or_an_export() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let series = ana.visits(with_driver()).await;
    let grant = format!("/members/{}/topics", ben.member_id);
    ana.patch(&grant, json!({ "daily": "none" })).await.is(200);
    let shown = ben.get(&path_of(&series)).await.is(200);
    assert_eq!(shown["needs"], json!([]));
    let needs = async |person: &Person| {
        let export = person.act("/v1/me/export").await.is(200);
        export["tables"]["appointment_series"][0]["needs"].clone()
    };
    assert_eq!(needs(&ben).await, "[]");
    assert!(needs(&ana).await.to_string().contains("At home"));
}
