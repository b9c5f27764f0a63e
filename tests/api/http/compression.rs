//! Which answers are compressed, and that their entity tags still work.

use std::collections::BTreeSet;
use std::io::Read;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use flate2::read::GzDecoder;
use http_body_util::BodyExt;
use kith::api;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::contract::matrix::{fill, fresh, row, table};
use crate::harness::{Client, PASSWORD, Person, TestApp};

const GZIP: (&str, &str) = ("accept-encoding", "gzip, br");

/// An answer with the bytes as they were sent.
struct Sent {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Sent {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    fn is_packed(&self) -> bool {
        self.header("content-encoding") == "gzip"
    }

    /// What the client reads.
    fn text(&self) -> String {
        let mut text = String::new();
        if self.is_packed() {
            GzDecoder::new(&self.bytes[..])
                .read_to_string(&mut text)
                .unwrap();
        } else {
            text = String::from_utf8(self.bytes.clone()).unwrap();
        }
        text
    }
}

async fn send(by: &Client, request: Request<Body>) -> Sent {
    let response = by.app.router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Sent {
        status: parts.status,
        headers: parts.headers,
        bytes: body.collect().await.unwrap().to_bytes().into(),
    }
}

async fn ask(by: &Client, method: Method, path: &str, headers: &[(&str, &str)]) -> Sent {
    let mut request = by.request(&method, path, None);
    for (name, value) in headers {
        let name: header::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    send(by, request).await
}

async fn get(by: &Client, path: &str, headers: &[(&str, &str)]) -> Sent {
    ask(by, Method::GET, path, headers).await
}

async fn large_task(by: &Person) -> String {
    let notes = "Bring the blue bag. ".repeat(100);
    let task = by
        .task(json!({ "title": "Shopping", "notes": notes }))
        .await;
    format!("/tasks/{}", task["id"].as_str().unwrap())
}

#[tokio::test]
async fn static_files_and_large_reads_are_compressed_for_clients_that_accept_it() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = large_task(&ana).await;
    for path in [
        "/openapi.json",
        "/docs/swagger-ui.css",
        "/docs/swagger-ui-bundle.js",
        "/pages/style.css",
        "/problems",
        "/v1/circles/CIRCLE/tasks",
        &task,
    ] {
        let path = path.replace("CIRCLE", ana.circle_id());
        let is_api = path.starts_with("/v1") || path.starts_with("/tasks");
        let client = if is_api {
            ana.client.clone()
        } else {
            app.anybody()
        };
        let plain = get(&client, &path, &[]).await;
        let packed = get(&client, &path, &[GZIP]).await;
        assert!(!plain.is_packed() && packed.is_packed(), "{path}");
        assert_eq!(plain.text(), packed.text(), "{path}");
        assert!(packed.bytes.len() < plain.bytes.len(), "{path}");
        let length = packed.bytes.len().to_string();
        assert_eq!(packed.header("content-length"), length, "{path}");
        for answer in [&plain, &packed] {
            let vary = answer.headers.get_all("vary").iter();
            let vary: Vec<_> = vary.map(|value| value.to_str().unwrap()).collect();
            assert!(vary.contains(&"accept-encoding"), "{path}: {vary:?}");
            let kinds = (answer.header("content-type"), plain.header("content-type"));
            assert_eq!(kinds.0, kinds.1, "{path}");
        }
        let head = ask(&client, Method::HEAD, &path, &[GZIP]).await;
        assert!(head.is_packed() && head.bytes.is_empty(), "{path}");
        assert_eq!(head.header("content-length"), length, "{path}");
        assert_eq!(head.header("etag"), packed.header("etag"), "{path}");
        let refused = get(&client, &path, &[("accept-encoding", "gzip;q=0, br")]).await;
        assert!(!refused.is_packed(), "{path}");
    }
}

#[tokio::test]
async fn small_answers_and_failures_are_not_compressed() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana.task(json!({ "title": "Shopping" })).await;
    let lists = get(&ana, "/task-lists", &[GZIP]).await;
    assert_eq!(lists.status, 200);
    assert!(!lists.is_packed() && lists.bytes.len() < 1024);
    let nowhere = format!(
        "/tasks/{}?x={}",
        task["id"].as_str().unwrap(),
        "y".repeat(2000)
    );
    let failed = get(&ana, &nowhere, &[GZIP]).await;
    assert_eq!(failed.status, 400);
    assert!(!failed.is_packed());
}

#[tokio::test]
async fn the_tag_of_a_compressed_answer_works_in_both_directions() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = large_task(&ana).await;
    let plain = get(&ana, &task, &[]).await.header("etag").to_owned();
    let packed = get(&ana, &task, &[GZIP]).await.header("etag").to_owned();
    assert!(plain.starts_with('"'), "{plain}");
    assert_eq!(packed, format!("{}-gzip\"", plain.trim_end_matches('"')));
    for (sent, encoding, answered) in [
        (&plain, None, &plain),
        (&plain, Some(GZIP), &plain),
        (&packed, None, &plain),
        (&packed, Some(GZIP), &packed),
    ] {
        let mut headers = vec![("if-none-match", sent.as_str())];
        headers.extend(encoding);
        let seen = get(&ana, &task, &headers).await;
        assert_eq!(seen.status, 304, "{sent} {encoding:?}");
        assert_eq!(seen.header("etag"), answered, "{sent} {encoding:?}");
        assert!(seen.bytes.is_empty() && !seen.is_packed());
    }
    let change = Some(json!({ "title": "Shopping today" }));
    let match_it = ("if-match", packed.as_str());
    let saved = ana.with(match_it, &Method::PATCH, &task, change.clone());
    saved.await.is(200);
    let late = ana.with(match_it, &Method::PATCH, &task, change).await;
    late.is_problem(412, "version_mismatch");
    let seen = get(&ana, &task, &[("if-none-match", &packed), GZIP]).await;
    assert_eq!(seen.status, 200);

    // The tag of a list is weak: it means every encoding.
    let list = get(&ana, "/tasks", &[GZIP]).await;
    assert!(list.is_packed() && list.header("etag").starts_with("W/"));
    let tag = list.header("etag").to_owned();
    let seen = get(&ana, "/tasks", &[("if-none-match", &tag), GZIP]).await;
    assert_eq!((seen.status.as_u16(), seen.header("etag")), (304, &*tag));
}

#[tokio::test]
async fn a_static_file_has_a_tag_and_is_not_sent_twice() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    for (path, caching) in [
        ("/openapi.json", "private, no-cache"),
        ("/docs/", "private, no-cache"),
        ("/docs/docs.css", "public, max-age=3600"),
        ("/docs/icon.svg", "public, max-age=3600"),
        ("/docs/swagger-initializer.js", "public, max-age=3600"),
        ("/docs/swagger-ui-bundle.js", "public, max-age=3600"),
        ("/docs/swagger-ui.css", "public, max-age=3600"),
        ("/pages/style.css", "public, max-age=3600"),
    ] {
        let first = get(&anybody, path, &[GZIP]).await;
        assert_eq!(first.status, 200, "{path}");
        let tag = first.header("etag").to_owned();
        let again = get(&anybody, path, &[("if-none-match", &tag), GZIP]).await;
        assert_eq!(again.status, 304, "{path}");
        for answer in [&first, &again] {
            assert_eq!(answer.header("etag"), tag, "{path}");
            assert_eq!(answer.header("cache-control"), caching, "{path}");
        }
        let other = get(&anybody, path, &[("if-none-match", "\"other\"")]).await;
        assert_eq!(other.status, 200, "{path}");
    }
}

/// Members of answers that hold a secret: who has it can act as the account.
const SECRETS: [&str; 9] = [
    "access_token",
    "refresh_token",
    "device_token",
    "token",
    "tokens",
    "ticket",
    "code",
    "recovery_codes",
    "secret",
];

/// The names of all members of a schema, with those inside.
fn members(document: &Value, schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(parts) => {
            if let Some(Value::String(reference)) = parts.get("$ref") {
                let name = reference.rsplit('/').next().unwrap();
                if names.insert(format!("schema {name}")) {
                    members(document, &document["components"]["schemas"][name], names);
                }
            }
            if let Some(Value::Object(properties)) = parts.get("properties") {
                names.extend(properties.keys().cloned());
            }
            for part in parts.values() {
                members(document, part, names);
            }
        }
        Value::Array(parts) => {
            for part in parts {
                members(document, part, names);
            }
        }
        _ => {}
    }
}

#[test]
fn no_operation_whose_answer_holds_a_secret_is_in_the_list_of_compressed_ones() {
    let document = api::operations();
    let mut found = BTreeSet::new();
    let mut secret = 0;
    for item in document["paths"].as_object().unwrap().values() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            let mut names = BTreeSet::new();
            for (status, response) in operation["responses"].as_object().unwrap() {
                if status.starts_with('2') {
                    members(&document, &response["content"], &mut names);
                }
            }
            let is_secret = SECRETS.iter().any(|member| names.contains(*member));
            secret += usize::from(is_secret);
            if api::COMPRESSED.contains(&name) {
                found.insert(name.to_owned());
                assert!(!is_secret && method == "get", "{method} {name}: {names:?}");
            }
        }
    }
    assert!(secret >= 8, "only {secret} operations answer with a secret");
    let listed: BTreeSet<_> = api::COMPRESSED
        .iter()
        .map(|name| (*name).to_owned())
        .collect();
    assert_eq!(
        found, listed,
        "src/api/compressed.rs names operations that do not exist"
    );
}

#[tokio::test]
async fn only_the_listed_operations_ever_mark_their_answer_as_compressible() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let document = api::document();
    let bodies = table();
    let mut marked = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            // These operations would end the caller that the others need.
            if ["sign_out", "schedule_account_deletion"].contains(&name) {
                continue;
            }
            let (_, _, body) = row(name, &bodies);
            let body = (!body.is_null()).then_some(body);
            let ids = fresh(&ana, "ours").await;
            let method: Method = method.to_uppercase().parse().unwrap();
            let mut request = ana.request(&method, &fill(path, &ids), body);
            let (_, gzip) = GZIP;
            request
                .headers_mut()
                .insert(header::ACCEPT_ENCODING, gzip.parse().unwrap());
            let answer = send(&ana, request).await;
            if name == "archive_circle" {
                ana.act("/unarchive").await.is(200);
            }
            // An answer that may be compressed says so, also if it is small.
            let vary = answer.headers.get_all("vary").iter();
            if vary.into_iter().any(|value| value == "accept-encoding") {
                marked.insert(name.to_owned());
            }
            assert!(!answer.is_packed() || marked.contains(name), "{name}");
        }
    }
    app.mails().await;
    let listed: BTreeSet<_> = api::COMPRESSED
        .iter()
        .map(|name| (*name).to_owned())
        .collect();
    assert_eq!(marked, listed);
}

#[tokio::test]
async fn an_answer_with_tokens_and_the_page_of_a_link_are_never_compressed() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let guest = json!({ "email": "ben@test.example", "access": "helper" });
    ana.post("/invitations", guest).await.is(201);
    let mail = app.mail().await;
    let anybody = app.anybody();
    let page = get(&anybody, &mail.link("invitation"), &[GZIP]).await;
    assert!(page.bytes.len() > 1024 && !page.is_packed());
    assert!(page.text().contains("name=\"password\""));
    let person = json!({
        "token": mail.token(), "name": "Ben", "password": PASSWORD, "time_zone": "Europe/Berlin",
    });
    let path = "/v1/invitations/register";
    let mut request = anybody.request(&Method::POST, path, Some(&person));
    let (_, gzip) = GZIP;
    request
        .headers_mut()
        .insert(header::ACCEPT_ENCODING, gzip.parse().unwrap());
    let welcome = send(&anybody, request).await;
    assert_eq!(welcome.status, 201);
    assert!(welcome.bytes.len() > 1024 && !welcome.is_packed());
    assert!(welcome.text().contains("access_token"));
}
