//! A client cannot choose from which address its request comes, nor where links in emails lead.

use std::collections::BTreeSet;

use axum::http::{HeaderName, HeaderValue, Method};
use regex::Regex;
use serde_json::{Value, json};

use crate::harness::figures::report;
use crate::harness::{Client, PASSWORD, Reply, TestApp};

/// Headers with which clients try to hide their address.
const FORGED: [&[(&str, &str)]; 26] = [
    &[("x-forwarded-for", "198.51.100.1")],
    &[("x-forwarded-for", "127.0.0.1")],
    &[("x-forwarded-for", "10.0.0.1")],
    &[("x-forwarded-for", "198.51.100.1, 10.0.0.1")],
    &[("x-forwarded-for", "10.0.0.1, 198.51.100.1")],
    &[
        ("x-forwarded-for", "198.51.100.1"),
        ("x-forwarded-for", "198.51.100.2"),
    ],
    &[("x-forwarded-for", "::1")],
    &[("x-forwarded-for", "::ffff:198.51.100.1")],
    &[("x-forwarded-for", "[2001:db8::1]:443")],
    &[("x-forwarded-for", "unknown")],
    &[("x-forwarded-for", "")],
    &[("x-forwarded-for", "198.51.100.1'--")],
    &[("forwarded", "for=198.51.100.1")],
    &[("forwarded", "for=\"[2001:db8::1]\";proto=https;by=10.0.0.1")],
    &[("forwarded", "for=198.51.100.1, for=10.0.0.1")],
    &[("x-real-ip", "198.51.100.1")],
    &[("x-real-ip", "127.0.0.1"), ("x-forwarded-for", "127.0.0.1")],
    &[("true-client-ip", "198.51.100.1")],
    &[("cf-connecting-ip", "198.51.100.1")],
    &[("fastly-client-ip", "198.51.100.1")],
    &[("x-client-ip", "198.51.100.1")],
    &[("x-cluster-client-ip", "198.51.100.1")],
    &[("x-forwarded", "198.51.100.1")],
    &[("x-originating-ip", "198.51.100.1")],
    &[("x-remote-addr", "198.51.100.1")],
    &[
        ("via", "1.1 10.0.0.1"),
        ("x-forwarded-for", "198.51.100.1, 10.0.0.1, 10.0.0.1"),
    ],
];

async fn post_with(by: &Client, headers: &[(&str, &str)], path: &str, body: Value) -> Reply {
    let mut request = by.request(&Method::POST, path, Some(&body));
    for (name, value) in headers {
        let name: HeaderName = name.parse().unwrap();
        request
            .headers_mut()
            .append(name, HeaderValue::from_str(value).unwrap());
    }
    by.app.send(request).await
}

/// The networks in the change log.
async fn origins(app: &TestApp) -> BTreeSet<String> {
    let log = app.change_log().await;
    log.into_iter()
        .filter_map(|line| line.address_prefix)
        .collect()
}

#[tokio::test]
async fn a_forged_header_changes_neither_the_recorded_address_nor_the_count_of_tries() {
    let app = TestApp::start_as(|parts| {
        parts.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    })
    .await;
    let [ana] = app.circle(["coordinator"]).await;
    let (ana, anybody) = (ana.at("203.0.113.9"), app.anybody().at("203.0.113.9"));
    for (number, headers) in FORGED.iter().enumerate() {
        let task = json!({ "title": "a" });
        let reply = post_with(&ana, headers, "/tasks", task).await;
        assert_eq!(reply.status, 201, "{headers:?}");
        let guess = json!({ "email": format!("{number}@test.example"), "password": "wrong" });
        let reply = post_with(&anybody, headers, "/v1/sessions", guess).await;
        let expected = if number < 10 { 401 } else { 429 };
        assert_eq!(reply.status, expected, "{headers:?}");
    }
    assert_eq!(origins(&app).await, ["203.0.113.0/24".to_owned()].into());
}

#[tokio::test]
async fn clients_behind_a_trusted_proxy_are_counted_separately() {
    let app = TestApp::start_as(|parts| {
        parts.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    })
    .await;
    let [ana] = app.circle(["coordinator"]).await;
    let proxied = ana.at("10.0.0.1");
    for (forged, client) in [("", "198.51.100.1"), ("1.1.1.1, ", "198.51.100.2")] {
        let hops = format!("{forged}{client}, 10.2.2.2");
        let headers = [("x-forwarded-for", hops.as_str()), ("x-real-ip", "1.1.1.1")];
        for number in 0..11 {
            let guess =
                json!({ "email": format!("{client}-{number}@test.example"), "password": "wrong" });
            let reply = post_with(&proxied, &headers, "/v1/sessions", guess).await;
            let expected = if number < 10 { 401 } else { 429 };
            assert_eq!(reply.status, expected, "{hops}");
        }
        let task = json!({ "title": "a" });
        post_with(&proxied, &headers, "/tasks", task).await.is(201);
    }
    assert_eq!(origins(&app).await, ["198.51.100.0/24".to_owned()].into());
}

#[tokio::test]
async fn links_in_emails_lead_only_to_the_server() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let evil = "evil.example";
    let forged: Vec<Vec<(&str, &str)>> = vec![
        vec![("host", evil)],
        vec![("host", "kith.example.evil.example")],
        vec![("host", "kith.example@evil.example")],
        vec![("host", "evil.example:443")],
        vec![("host", "evil.example/path?")],
        vec![("host", "")],
        vec![("host", "kith.example"), ("host", evil)],
        vec![("x-forwarded-host", evil)],
        vec![("x-forwarded-host", "evil.example, kith.example")],
        vec![("x-forwarded-host", evil), ("x-forwarded-proto", "http")],
        vec![("x-forwarded-server", evil)],
        vec![
            ("x-forwarded-port", "8443"),
            ("x-forwarded-proto", "javascript"),
        ],
        vec![("x-host", evil)],
        vec![("x-http-host-override", evil)],
        vec![("x-original-host", evil)],
        vec![("x-original-url", "https://evil.example/")],
        vec![("x-rewrite-url", "https://evil.example/")],
        vec![("forwarded", "host=evil.example;proto=http")],
        vec![("forwarded", "for=1.1.1.1;host=\"evil.example\"")],
        vec![("origin", "https://evil.example")],
        vec![("referer", "https://evil.example/")],
        vec![("x-forwarded-prefix", "//evil.example")],
    ];
    let url = Regex::new(r"https?://[^\s<>]+").unwrap();
    let mut links = 0;
    for (number, headers) in forged.iter().enumerate() {
        let new = format!("new{number}@test.example");
        let registration =
            json!({ "email": new, "password": PASSWORD, "name": "A", "time_zone": "UTC" });
        let registered = post_with(&ana, headers, "/v1/registrations", registration).await;
        assert_eq!(registered.status, 202, "{headers:?}");
        let guest = json!({ "email": format!("guest{number}@test.example"), "access": "viewer" });
        let invited = post_with(&ana, headers, "/invitations", guest).await;
        assert_eq!(invited.status, 201, "{headers:?}");
        let forgotten = json!({ "email": ana.email });
        let reset = post_with(&ana, headers, "/v1/password-resets", forgotten).await;
        assert_eq!(reset.status, 202, "{headers:?}");
        let mails = app.mails().await;
        assert!(mails.len() >= 2, "{headers:?}: {mails:#?}");
        for mail in mails {
            let whole = format!("{}\n{}\n{}", mail.headers, mail.text, mail.html);
            assert!(!whole.contains("evil"), "{headers:?}: {whole}");
            for link in url.find_iter(&whole) {
                links += 1;
                let link = link.as_str();
                assert!(
                    link.starts_with("https://kith.example/"),
                    "{headers:?}: {link}"
                );
            }
        }
    }
    report(
        "C4",
        "forged sets of headers / links mailed / changed",
        format!("{} / {links} / 0", forged.len()),
        "0 changed",
        links > 2 * forged.len(),
    );
}
