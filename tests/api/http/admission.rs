//! More requests than the server works on at a time.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::handler::Handler;
use axum::http::{Method, Request, StatusCode, header};
use axum::middleware::from_fn_with_state;
use futures_util::{FutureExt, stream};
use kith::http::admission::{Admission, admit};
use kith::http::middleware::handle;
use kith::platform::gate::Limits;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use serde_json::json;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, yield_now};
use tokio_util::sync::CancellationToken;

use crate::harness::{Client, Person, Reply, TestApp, send_to};

/// Nobody waits, so that a refusal comes at once.
const LIMITS: Limits = Limits {
    at_once: 2,
    per_client: 1,
    patient: 0,
    patience: Duration::ZERO,
    longest: Duration::ZERO,
    waiting: 10,
};

/// All wait until it is their turn.
const PATIENT: Limits = Limits {
    at_once: 1,
    patient: 50,
    patience: Duration::from_mins(1),
    longest: Duration::from_mins(1),
    waiting: 50,
    ..LIMITS
};

async fn start(limits: Limits) -> Arc<TestApp> {
    TestApp::start_as(|parts| parts.optional.insert(Admission::new(limits, limits))).await
}

/// A person in a circle of their own.
async fn alone(app: &Arc<TestApp>, name: &str) -> Client {
    let person = app.person(name).await;
    let circle = json!({ "patient_name": "Rosa" });
    let circle = person.post("/v1/circles", circle).await.is(201);
    person.inside(circle["id"].as_str().unwrap())
}

async fn family(app: &Arc<TestApp>) -> [Person; 2] {
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ben.get("/tasks").await.is(200);
    [ana, ben]
}

/// The layers that admit requests, around other work.
fn gates<Arguments: 'static>(app: &TestApp, work: impl Handler<Arguments, ()>) -> Router {
    Router::new()
        .fallback(work)
        .layer(from_fn_with_state(app.app.clone(), admit))
        .layer(from_fn_with_state(app.app.clone(), handle))
}

/// A read of a person that passes the gates of the server and then works until it is dropped.
fn begin(app: &TestApp, client: &Client) -> impl Future<Output = Reply> + Unpin + use<> {
    let router = gates(app, pending::<StatusCode>);
    let request = client.request(&Method::GET, "/tasks", None);
    let mut read = Box::pin(async move { send_to(&router, request).await });
    assert!(read.as_mut().now_or_never().is_none());
    read
}

/// A write of a person that has passed the gates of the server and works until `end`.
async fn begin_write(app: &TestApp, client: &Client, end: &CancellationToken) -> JoinHandle<Reply> {
    let begun = Arc::new(Notify::new());
    let (end, is_in) = (end.clone(), begun.clone());
    let work = move || {
        let (end, is_in) = (end.clone(), is_in.clone());
        async move {
            is_in.notify_one();
            end.cancelled().await;
            StatusCode::NO_CONTENT
        }
    };
    let router = gates(app, work);
    let request = client.request(&Method::POST, "/tasks", Some(&json!({})));
    let write = tokio::spawn(async move { send_to(&router, request).await });
    begun.notified().await;
    write
}

fn is_refused(reply: &Reply) {
    reply.is_problem(503, "unavailable");
    assert_eq!(reply.headers[header::RETRY_AFTER], "1");
}

#[tokio::test]
async fn a_circle_that_hammers_leaves_room_for_others() {
    let app = start(LIMITS).await;
    let [ana, ben] = family(&app).await;
    let cem = alone(&app, "Cem").await;
    let first = begin(&app, &ana);
    is_refused(&ben.get("/tasks").await);
    is_refused(&ana.get("/appointments").await);
    cem.get("/tasks").await.is(200);
    drop(first);
    ben.get("/tasks").await.is(200);
}

#[tokio::test]
async fn requests_that_do_not_fit_are_refused_and_counted_and_health_and_sign_out_answer() {
    let app = start(LIMITS).await;
    let [ana, _] = family(&app).await;
    let (cem, dora) = (alone(&app, "Cem").await, alone(&app, "Dora").await);
    let recorder = DebuggingRecorder::new();
    let measured = recorder.snapshotter();
    let recording = metrics::set_default_local_recorder(&recorder);
    let working = [begin(&app, &ana), begin(&app, &cem)];
    for _ in 0..3 {
        is_refused(&dora.get("/tasks").await);
    }
    is_refused(&app.anybody().get("/v1/server").await);
    for (path, status) in [("/livez", 204), ("/readyz", 204), ("/openapi.json", 200)] {
        assert_eq!(app.anybody().get(path).await.status, status, "{path}");
    }
    // Writes have a line of their own.
    dora.post("/tasks", json!({ "title": "Drive" }))
        .await
        .is(201);
    drop(working);
    dora.get("/tasks").await.is(200);
    drop(recording);
    let end = CancellationToken::new();
    let writing = [
        begin_write(&app, &ana, &end).await,
        begin_write(&app, &cem, &end).await,
    ];
    is_refused(&dora.post("/tasks", json!({ "title": "Cook" })).await);
    dora.act("/v1/sessions/sign-out").await.is(204);
    end.cancel();
    for write in writing {
        write.await.unwrap().is(204);
    }
    let mut refused = measured.snapshot().into_vec().into_iter();
    let refused = refused.find(|(key, ..)| key.key().name() == "requests_refused_total");
    assert!(matches!(refused, Some((.., DebugValue::Counter(4)))));
}

#[tokio::test]
async fn a_page_that_does_not_fit_is_refused_with_a_page() {
    let app = start(LIMITS).await;
    let [ana, _] = family(&app).await;
    let cem = alone(&app, "Cem").await;
    let working = [begin(&app, &ana), begin(&app, &cem)];
    let refused = app.anybody().get("/problems").await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.headers[header::RETRY_AFTER], "1");
    assert_eq!(
        refused.headers[header::CONTENT_TYPE],
        "text/html; charset=utf-8"
    );
    assert!(refused.text.contains("The server is busy."));
    drop(working);
    assert_eq!(app.anybody().get("/problems").await.status, 200);
}

#[tokio::test]
async fn a_client_that_hangs_up_gives_its_place_back() {
    let app = start(LIMITS).await;
    let [ana, ben] = family(&app).await;
    for _ in 0..5 {
        let read = begin(&app, &ana);
        is_refused(&ben.get("/tasks").await);
        drop(read);
        ben.get("/tasks").await.is(200);
    }
}

#[tokio::test]
async fn a_write_whose_client_hangs_up_in_the_line_is_not_done() {
    let app = start(PATIENT).await;
    let [ana, _] = family(&app).await;
    let end = CancellationToken::new();
    let working = begin_write(&app, &ana, &end).await;
    let write = |title: &'static str| Box::pin(ana.post("/tasks", json!({ "title": title })));
    let (mut given_up, mut awaited) = (write("Cook"), write("Drive"));
    assert!((&mut given_up).now_or_never().is_none());
    assert!((&mut awaited).now_or_never().is_none());
    // Meanwhile both come to their places in the line.
    for _ in 0..100 {
        yield_now().await;
    }
    drop(given_up);
    end.cancel();
    assert_eq!(awaited.await.is(201)["title"], "Drive");
    working.await.unwrap().is(204);
    let tasks = ana.get("/tasks").await.is(200);
    assert_eq!(tasks["data"].as_array().unwrap().len(), 1, "{tasks}");
}

#[tokio::test]
async fn requests_that_wait_are_all_answered_when_it_is_their_turn() {
    let app = start(PATIENT).await;
    let [ana, ben] = family(&app).await;
    let reads = (0..20).map(|number| if number % 2 == 0 { &ana } else { &ben });
    let reads = reads.map(|person| person.get("/tasks"));
    for reply in futures_util::future::join_all(reads).await {
        reply.is(200);
    }
    let writes = (0..5).map(|number| ana.post("/tasks", json!({ "title": format!("{number}") })));
    for reply in futures_util::future::join_all(writes).await {
        reply.is(201);
    }
}

#[tokio::test]
async fn a_body_that_comes_slowly_takes_no_place() {
    let app = start(LIMITS).await;
    let [ana, _] = family(&app).await;
    let slow = || {
        let mut request: Request<Body> = ana.request(&Method::POST, "/tasks", Some(&json!({})));
        let never = stream::pending::<Result<Bytes, std::io::Error>>();
        *request.body_mut() = Body::from_stream(never);
        let app = app.clone();
        Box::pin(async move { app.send(request).await })
    };
    let mut waiting: Vec<_> = (0..3).map(|_| slow()).collect();
    for one in &mut waiting {
        assert!(one.as_mut().now_or_never().is_none());
    }
    ana.post("/tasks", json!({ "title": "Drive" }))
        .await
        .is(201);
}

#[tokio::test]
async fn requests_that_arrive_together_enter_the_line_before_the_first_is_answered() {
    let app = start(LIMITS).await;
    let [ana, _] = family(&app).await;
    // Work that never waits, as a read of SQLite.
    let router = gates(&app, async || StatusCode::NO_CONTENT);
    let read = || send_to(&router, ana.request(&Method::GET, "/tasks", None));
    let mut first = Box::pin(read());
    assert!(first.as_mut().now_or_never().is_none());
    is_refused(&read().await);
    first.await.is(204);
}
