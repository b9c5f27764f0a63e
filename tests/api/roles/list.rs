//! `GET /v1/circles/{circle_id}/roles`

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;

use super::{act, assignment_of, offer, path_of, role};
use crate::harness::TestApp;

#[tokio::test]
async fn the_list_of_roles_shows_who_carries_each_role() {
    let app = TestApp::start().await;
    let [ana, ben, eli] = app.circle(["coordinator", "helper", "viewer"]).await;
    let pets = role(&ana, json!({ "kind": "pets" })).await;
    app.advance(TimeDelta::minutes(1));
    let meals = role(&ana, json!({ "kind": "meals" })).await;
    app.advance(TimeDelta::minutes(1));
    let nights = role(&ana, json!({ "kind": "night_care" })).await;
    let offered = offer(&ana, &pets, &ben, json!({})).await.is(200);
    act(&ben, &assignment_of(&offered, &ben), "accept")
        .await
        .is(200);
    offer(&ana, &meals, &ben, json!({})).await.is(200);
    ana.act(&format!("{}/archive", path_of(&nights)))
        .await
        .is(200);

    let titles = async |query: &str| -> Vec<String> {
        let page = eli.get(&format!("/roles{query}")).await.is(200);
        let data = page["data"].as_array().unwrap().iter();
        data.map(|role| role["title"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(titles("").await, ["Pets", "Meals"]);
    assert_eq!(titles("?uncovered=true").await, ["Meals"]);
    assert_eq!(titles("?kind=pets&kind=night_care").await, ["Pets"]);
    assert_eq!(titles("?state=archived").await, ["Nights"]);
    assert_eq!(
        titles(&format!("?assigned_member_id={}", ben.member_id)).await,
        ["Pets"]
    );
    assert_eq!(
        titles(&format!("?assigned_member_id={}", ana.member_id)).await,
        [""; 0]
    );

    let list = ben.get("/roles").await;
    let etag = list.header("etag").to_owned();
    let list = list.is(200);
    let own_states: Vec<_> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| &role["my_assignment"])
        .collect();
    assert_eq!(own_states, ["active", "offered"]);
    let seen = ("if-none-match", etag.as_str());
    let again = ben.with(seen, &Method::GET, "/roles", None).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    act(&ben, &assignment_of(&list["data"][1], &ben), "decline")
        .await
        .is(200);
    let changed = ben.with(seen, &Method::GET, "/roles", None).await;
    assert_eq!(changed.status, 200);
}
