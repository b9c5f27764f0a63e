//! `GET /v1/circles/{circle_id}/invitations`

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::TestApp;

#[tokio::test]
async fn invitations_are_listed_newest_first() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for name in ["one", "two", "three"] {
        let guest = json!({ "email": format!("{name}@test.example"), "access": "viewer" });
        ana.post("/invitations", guest).await.is(201);
        app.advance(TimeDelta::seconds(1));
    }
    let emails = |page: &Value| -> Vec<String> {
        let rows = page["data"].as_array().unwrap().iter();
        let name = |row: &Value| row["email"].as_str().unwrap().replace("@test.example", "");
        rows.map(name).collect()
    };
    let page = ana.get("/invitations?limit=2&state=open").await.is(200);
    assert_eq!(emails(&page), ["three", "two"]);
    let cursor = page["next_cursor"].as_str().unwrap();
    let path = format!("/invitations?limit=2&state=open&cursor={cursor}");
    let page = ana.get(&path).await.is(200);
    assert_eq!(emails(&page), ["one"]);
    let accepted = ana.get("/invitations?state=accepted").await.is(200);
    assert_eq!(accepted["data"], json!([]));
    app.mails().await;
}
