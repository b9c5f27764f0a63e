//! `PUT /v1/me/avatar` and `GET /v1/me/avatar`.

use axum::body::Body;
use axum::http::{Method, Request, header};
use futures_util::StreamExt;
use serde_json::Value;

use super::{files, path, picture, set_avatar};
use crate::harness::TestApp;

#[tokio::test]
async fn a_picture_is_stored_as_two_jpeg_files_without_what_the_camera_wrote() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let before = ana.get("/v1/me").await.is(200);
    assert_eq!(before["avatar_url"], Value::Null);
    ana.get("/v1/me/avatar").await.is_problem(404, "not_found");

    let account = set_avatar(&ana, 1).await;
    assert_eq!(account["version"], 2);
    assert_eq!(ana.get("/v1/me").await.is(200), account);
    assert_eq!(files(&app).await, 2);

    let large = ana.get("/v1/me/avatar").await;
    let small = ana.get("/v1/me/avatar?size=small").await;
    for picture in [&large, &small] {
        assert_eq!(picture.header("content-type"), "image/jpeg");
        assert_eq!(picture.header("cache-control"), "private, no-cache");
        assert!(picture.bytes.starts_with(b"\xff\xd8\xff"));
        assert!(!picture.text.contains("Quetzal"));
    }
    assert!(small.bytes.len() < large.bytes.len());
    let seen = ("if-none-match", small.header("etag"));
    let again = ana.with(seen, &Method::GET, "/v1/me/avatar?size=small", None);
    assert_eq!(again.await.status, 304);
    let other = ana.with(seen, &Method::GET, "/v1/me/avatar", None).await;
    assert_eq!(other.status, 200);
    let wrong = ana.get("/v1/me/avatar?size=huge").await;
    wrong.is_problem(400, "invalid_parameters");
}

#[tokio::test]
async fn another_picture_has_another_address_and_the_picture_before_is_deleted() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let first = path(&set_avatar(&ana, 1).await["avatar_url"]);
    assert_eq!(ana.get(&first).await.status, 200);
    let second = path(&set_avatar(&ana, 2).await["avatar_url"]);
    assert_ne!(first, second);
    ana.get(&first).await.is_problem(404, "not_found");
    assert_eq!(ana.get(&second).await.status, 200);
    assert_eq!(files(&app).await, 2);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_with_what_to_send() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let account = ana.get("/v1/me").await.text;
    let broken = picture(1);
    let broken = broken[..broken.len() / 2].to_vec();
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    for (file, status, code, advice) in [
        (Vec::new(), 422, "picture_refused", "The body is empty"),
        (broken, 422, "picture_refused", "damaged"),
        (heic, 415, "unsupported_picture", "Convert it to JPEG"),
        (
            b"GIF89a".to_vec(),
            415,
            "unsupported_picture",
            "JPEG, PNG or WebP",
        ),
        (
            b"{}".to_vec(),
            415,
            "unsupported_picture",
            "JPEG, PNG or WebP",
        ),
        (
            vec![0; 5 * 1024 * 1024 + 1],
            413,
            "body_too_large",
            "at most 5 MiB",
        ),
    ] {
        let problem = ana.put_bytes("/v1/me/avatar", file).await;
        let problem = problem.is_problem(status, code);
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(advice), "{detail}");
    }
    assert_eq!(ana.get("/v1/me").await.text, account);
    assert_eq!(files(&app).await, 0);
}

#[tokio::test]
async fn the_media_type_says_nothing_but_a_compressed_file_is_refused() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let send = async |name: header::HeaderName, value: &str| {
        let mut request = ana.request(&Method::PUT, "/v1/me/avatar", None);
        request.headers_mut().insert(name, value.parse().unwrap());
        *request.body_mut() = Body::from(picture(1));
        app.send(request).await
    };
    for kind in ["image/jpeg", "image/png", "application/json", "text/html"] {
        send(header::CONTENT_TYPE, kind).await.is(200);
    }
    let packed = send(header::CONTENT_ENCODING, "gzip").await;
    packed.is_problem(415, "unsupported_picture");
}

#[tokio::test]
async fn an_old_version_is_refused_and_a_repeated_request_gets_the_same_answer() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let send = async |name: &'static str, value: &'static str, color: u32| {
        let mut request: Request<Body> = ana.request(&Method::PUT, "/v1/me/avatar", None);
        request.headers_mut().insert(name, value.parse().unwrap());
        *request.body_mut() = Body::from(picture(color));
        app.send(request).await
    };
    let first = send("idempotency-key", "a", 1).await;
    let again = send("idempotency-key", "a", 1).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(first.is(200), again.is(200));
    send("idempotency-key", "a", 2)
        .await
        .is_problem(422, "idempotency_key_reused");
    send("if-match", "\"1\"", 2)
        .await
        .is_problem(412, "version_mismatch");
    send("if-match", "\"2\"", 2).await.is(200);
}

#[tokio::test]
async fn a_file_that_breaks_off_changes_nothing() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let bytes = picture(1);
    let half = bytes[..bytes.len() / 2].to_vec();
    let chunks = [Ok(half), Err(std::io::Error::other("gone"))];
    let mut request = ana.request(&Method::PUT, "/v1/me/avatar", None);
    *request.body_mut() = Body::from_stream(futures_util::stream::iter(chunks));
    app.send(request).await.is_problem(400, "malformed_request");
    // One whose end never comes, and whose client goes away.
    let mut request = ana.request(&Method::PUT, "/v1/me/avatar", None);
    let endless = futures_util::stream::iter([Ok::<_, std::io::Error>(vec![0])]);
    *request.body_mut() = Body::from_stream(endless.chain(futures_util::stream::pending()));
    let sent = app.send(request);
    assert!(futures_util::FutureExt::now_or_never(sent).is_none());
    ana.get("/v1/me").await.is(200);
    assert_eq!(files(&app).await, 0);
}
