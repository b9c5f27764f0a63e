//! `GET /v1/circles/{circle_id}/members`

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::TestApp;

#[tokio::test]
async fn members_are_listed_page_by_page_in_the_order_they_joined() {
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
    ana.get(&other).await.is_problem(400, "invalid_parameters");
}
