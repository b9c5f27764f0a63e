//! The limits of URLs and headers, and corrupted cursors.

use axum::http::{Method, header};
use serde_json::json;

use crate::harness::TestApp;
use crate::harness::figures::report;

#[tokio::test]
async fn the_length_of_urls_headers_and_keys_is_limited() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let get = |path: &str| ana.request(&Method::GET, path, None);
    let uri = |bytes: usize| format!("/v1/me?{}", "x".repeat(bytes - "/v1/me?".len()));
    for (bytes, status) in [(8191, 400), (8192, 400), (8193, 414)] {
        assert_eq!(app.send(get(&uri(bytes))).await.status, status, "{bytes}");
    }
    let with = |count: usize, bytes: usize| {
        let mut request = get("/v1/me");
        let headers = request.headers_mut();
        for number in headers.len()..count {
            let name = format!("x-{number:03}")
                .parse::<header::HeaderName>()
                .unwrap();
            headers.insert(name, "y".parse().unwrap());
        }
        let sizes = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len());
        let rest = bytes.saturating_sub(sizes.sum::<usize>() + "x-long".len());
        if rest > 0 {
            headers.insert("x-long", "y".repeat(rest).parse().unwrap());
        }
        request
    };
    for (count, bytes, status) in [
        (99, 0, 200),
        (100, 0, 200),
        (101, 0, 431),
        (0, 16_383, 200),
        (0, 16_384, 200),
        (0, 16_385, 431),
    ] {
        let reply = app.send(with(count, bytes)).await;
        assert_eq!(reply.status, status, "{count} {bytes}: {}", reply.text);
        if status == 431 {
            reply.is_problem(431, "headers_too_large");
        }
    }
    for (length, status) in [(1, 201), (254, 201), (255, 201), (256, 400), (0, 400)] {
        let key = "k".repeat(length);
        let circle = Some(json!({ "patient_name": "Rosa" }));
        let key = ("idempotency-key", key.as_str());
        let reply = ana.with(key, &Method::POST, "/v1/circles", circle).await;
        assert_eq!(reply.status, status, "{length}: {}", reply.text);
    }
}

#[tokio::test]
async fn every_corrupted_cursor_is_refused_as_malformed() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for number in 0..3 {
        ana.task(json!({ "title": format!("{number}") })).await;
        let list = json!({ "title": format!("{number}") });
        ana.post("/task-lists", list).await.is(201);
    }
    let page = ana.get("/tasks?limit=1").await.is(200);
    let good = page["next_cursor"].as_str().unwrap().to_owned();
    ana.get(&format!("/tasks?limit=1&cursor={good}"))
        .await
        .is(200);
    let mut corrupted = Vec::new();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for index in 0..good.len() {
        for other in alphabet
            .chars()
            .filter(|c| *c != char::from(good.as_bytes()[index]))
            .step_by(4)
        {
            let mut changed: Vec<char> = good.chars().collect();
            changed[index] = other;
            corrupted.push(changed.into_iter().collect::<String>());
        }
    }
    for index in 0..good.len() {
        corrupted.push(good[..index].to_owned());
        corrupted.push(good[index + 1..].to_owned());
        corrupted.push(format!("{}A{}", &good[..index], &good[index..]));
        corrupted.push(format!("{}%00{}", &good[..index], &good[index..]));
        corrupted.push(format!("{}{}", &good[index..], &good[..index]));
    }
    for end in ["=", "==", "A", "AA", "%20", "%0A", "'", "%F0%9F%98%80"] {
        corrupted.push(format!("{good}{end}"));
    }
    corrupted.push(good.to_lowercase());
    corrupted.push(good.to_uppercase());
    corrupted.retain(|cursor| *cursor != good);
    for cursor in &corrupted {
        let reply = ana.get(&format!("/tasks?limit=1&cursor={cursor}")).await;
        reply.is_problem(400, "invalid_parameters");
    }
    for list in [
        "/task-lists?limit=1",
        "/tasks?limit=1&state=open",
        "/invitations?limit=1",
    ] {
        let reply = ana.get(&format!("{list}&cursor={good}")).await;
        reply.is_problem(400, "invalid_parameters");
    }
    report(
        "L4",
        "corrupted cursors tried / taken",
        format!("{} / 0", corrupted.len()),
        "0 of at least 1,000",
        corrupted.len() >= 1000,
    );
}
