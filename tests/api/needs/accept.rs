//! `POST /v1/circles/{circle_id}/needs/{need_id}/accept`

use serde_json::json;

use super::{add_need, need_act, need_path, offer_need, read};
use crate::appointments::scan;
use crate::harness::TestApp;

#[tokio::test]
async fn a_member_accepts_a_need_that_was_offered_to_them() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let appointment = scan(&ana, json!({})).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    offer_need(&ana, &ride, &ben).await.is(200);
    let offered = read(&ben, &ride).await;
    assert_eq!(offered["actions"], json!(["claim", "accept", "decline"]));
    let not_asked = need_act(&cem, &ride, "accept").await;
    not_asked.is_problem(409, "invalid_transition");

    let accepted = need_act(&ben, &ride, "accept").await.is(200);
    assert_eq!(
        (&accepted["my_assignment"], &accepted["coverage"]),
        (&json!("accepted"), &json!("full"))
    );
    let again = need_act(&ben, &ride, "accept").await.is(200);
    assert_eq!(again["version"], accepted["version"]);
}

#[tokio::test]
async fn an_offer_of_a_need_cannot_be_accepted_when_others_have_claimed_it() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let appointment = scan(&ana, json!({})).await;
    let ride = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    offer_need(&ana, &ride, &ben).await.is(200);
    need_act(&cem, &ride, "claim").await.is(200);
    assert_eq!(read(&ben, &ride).await["actions"], json!(["decline"]));
    let late = need_act(&ben, &ride, "accept").await;
    late.is_problem(409, "fully_covered");
}

#[tokio::test]
async fn accepting_an_overlapping_need_asks_for_confirmation() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let appointment = scan(&ana, json!({})).await;
    let [first, second] = [
        add_need(&ana, &appointment, json!({ "kind": "child_care" })).await,
        add_need(&ana, &appointment, json!({ "kind": "driver" })).await,
    ];
    need_act(&ben, &first, "claim").await.is(200);
    offer_need(&ana, &second, &ben).await.is(200);
    let overlap = need_act(&ben, &second, "accept").await;
    assert_eq!(
        overlap.is_problem(409, "overlap")["conflicts"],
        json!([{ "type": "need", "id": first["id"] }])
    );
    let accept = format!("{}/accept", need_path(&second));
    let both = ben.post(&accept, json!({ "allow_overlap": true })).await;
    assert_eq!(both.is(200)["my_assignment"], "accepted");
}
