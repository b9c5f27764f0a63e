//! Lists truncate long texts, so that a phone can read a page of 200 things with the longest
//! texts.

use serde_json::{Value, json};

use crate::harness::TestApp;

/// The largest allowed page of 200 things in bytes. Their whole texts would need 800,000 or more.
const PAGE: usize = 400_000;

#[tokio::test]
async fn a_page_of_the_longest_texts_is_truncated_and_names_the_truncated_fields() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let long = "a".repeat(4000);
    let visit = json!({ "title": "Visit", "starts_on": "2027-01-02", "topic": "daily" });
    let visit = ana.post("/appointments", visit).await.is(201);
    let needs = format!("/appointments/{}/needs", visit["id"].as_str().unwrap());
    for (list, at, body, field, how_many) in [
        (
            "/tasks",
            "/tasks",
            json!({ "title": "a", "notes": long }),
            "notes",
            200,
        ),
        (
            "/appointments",
            "/appointments",
            json!({ "title": "a", "starts_on": "2027-01-02", "preparation": long }),
            "preparation",
            199,
        ),
        (
            "/roles",
            "/roles",
            json!({ "kind": "meals", "description": long }),
            "description",
            200,
        ),
        (
            "/needs",
            needs.as_str(),
            json!({ "kind": "driver", "notes": long }),
            "notes",
            40,
        ),
    ] {
        let mut one = Value::Null;
        for _ in 0..how_many {
            one = ana.post(at, body.clone()).await.is(201);
        }
        assert_eq!(one[field], long.as_str(), "{list}");
        assert_eq!(one["truncated_fields"], json!([]), "{list}");
        let page = ana.get(&format!("{list}?limit=200")).await;
        assert!(page.text.len() < PAGE, "{list}: {} bytes", page.text.len());
        let page = page.is(200);
        let things = page["data"].as_array().unwrap();
        let cut = things
            .iter()
            .filter(|thing| thing["truncated_fields"] == json!([field]));
        assert_eq!(cut.count(), how_many, "{list}");
        let shown = things
            .iter()
            .find(|thing| thing["id"] == one["id"])
            .unwrap();
        assert_eq!(shown[field], "a".repeat(500), "{list}");
        let path = format!("{list}/{}", one["id"].as_str().unwrap());
        let alone = ana.get(&path).await.is(200);
        assert_eq!(
            (&alone[field], &alone["truncated_fields"]),
            (&one[field], &json!([]))
        );
    }
    app.mails().await;
}

#[tokio::test]
async fn a_page_of_long_messages_ends_early_and_has_a_next_page() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let thread = json!({ "title": "Long", "topic": "daily" });
    let thread = ana.post("/threads", thread).await.is(201);
    let path = format!("/threads/{}/messages", thread["id"].as_str().unwrap());
    let long = "a".repeat(10_000);
    for _ in 0..60 {
        ana.post(&path, json!({ "body": long })).await.is(201);
    }
    let (mut numbers, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = ana.get(&format!("{path}?limit=200{cursor}")).await;
        assert!(page.text.len() < PAGE, "{} bytes", page.text.len());
        let page = page.is(200);
        for message in page["data"].as_array().unwrap() {
            assert_eq!(message["body"], long.as_str());
            numbers.push(message["number"].as_i64().unwrap());
        }
        let Some(next) = page["next_cursor"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(numbers, (1..=60).rev().collect::<Vec<_>>());
    let threads = ana.get("/threads").await.is(200);
    let last = &threads["data"][0]["last_message"];
    assert_eq!(last["body"], "a".repeat(500));
    assert_eq!(last["truncated_fields"], json!(["body"]));
}
