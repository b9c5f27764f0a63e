//! A person who guesses passwords or codes has to wait. A device that signed in before does not
//! have to wait because of the guesses of others.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::{Method, Request, header};
use chrono::TimeDelta;
use kith::entity::throttle;
use kith::privacy::retention::sweep;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::harness::{PASSWORD, Reply, TestApp};
use crate::web::pages::heading;

/// Sends a request from an IP address.
async fn post_from(app: &std::sync::Arc<TestApp>, address: &str, path: &str, body: Value) -> Reply {
    let anybody = app.anybody();
    let mut request = anybody.request(&Method::POST, path, Some(&body));
    let peer = SocketAddr::new(address.parse().unwrap(), 40_000);
    request.extensions_mut().insert(ConnectInfo(peer));
    app.send(request).await
}

fn credentials(email: &str, password: &str, device: &Value) -> Value {
    json!({ "email": email, "password": password, "device_token": device })
}

#[tokio::test]
async fn a_stranger_who_guesses_has_to_wait_and_the_owners_device_does_not() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let device = &ana.tokens["device_token"];
    assert!(device.is_string());
    let mut verified = 0;
    for number in 0..1000 {
        let from = format!("10.0.0.{}", number % 200);
        let guess = async |email| {
            let guess = credentials(email, &format!("a wrong guess {number}"), &Value::Null);
            post_from(&app, &from, "/v1/sessions", guess).await
        };
        let (known, unknown) = (
            guess("ana@test.example").await,
            guess("no@test.example").await,
        );
        assert_eq!(known.status, unknown.status);
        assert_eq!(known.header("retry-after"), unknown.header("retry-after"));
        assert_eq!(known.json()["detail"], unknown.json()["detail"]);
        if known.status == 401 {
            verified += 1;
        } else {
            known.is_problem(429, "too_many_requests");
        }
        if number % 100 == 0 {
            let own = credentials(&ana.email, PASSWORD, device);
            let tokens = post_from(&app, "10.0.1.1", "/v1/sessions", own)
                .await
                .session();
            assert_eq!(tokens["device_token"], Value::Null);
        }
        app.advance(TimeDelta::milliseconds(3600));
    }
    assert_eq!(verified, 18);
    let own = credentials(&ana.email, PASSWORD, &Value::Null);
    let stranger = post_from(&app, "10.0.1.2", "/v1/sessions", own).await;
    stranger.is_problem(429, "too_many_requests");
}

#[tokio::test]
async fn five_failures_cause_no_wait_and_a_success_resets_the_count() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let sign_in = async |password: &str| {
        let guess = credentials(&ana.email, password, &Value::Null);
        ana.post("/v1/sessions", guess).await
    };
    for _ in 0..2 {
        for _ in 0..5 {
            sign_in("a wrong guess")
                .await
                .is_problem(401, "wrong_credentials");
        }
        let tokens = sign_in(PASSWORD).await.session();
        assert!(tokens["device_token"].is_string());
    }
    for _ in 0..6 {
        sign_in("a wrong guess")
            .await
            .is_problem(401, "wrong_credentials");
    }
    let waits = sign_in(PASSWORD).await;
    assert_eq!(waits.header("retry-after"), "1");
    waits.is_problem(429, "too_many_requests");
    app.advance(TimeDelta::seconds(1));
    sign_in(PASSWORD).await.session();
}

#[tokio::test]
async fn concurrent_guesses_are_all_counted() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let guesses = (0..30).map(|number| {
        let guess = credentials(&ana.email, &format!("a wrong guess {number}"), &Value::Null);
        ana.post("/v1/sessions", guess)
    });
    let replies = futures_util::future::join_all(guesses).await;
    let verified = replies.iter().filter(|reply| reply.status == 401).count();
    assert_eq!(verified, 6);
}

#[tokio::test]
async fn a_known_device_has_its_own_counter_until_the_password_changes() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let try_with = async |password: &str, device: &Value| {
        let guess = credentials(&ana.email, password, device);
        ana.post("/v1/sessions", guess).await
    };
    let own = &ana.tokens["device_token"];
    for _ in 0..6 {
        let wrong = try_with("a wrong guess", own).await;
        wrong.is_problem(401, "wrong_credentials");
    }
    try_with(PASSWORD, own)
        .await
        .is_problem(429, "too_many_requests");
    // The device of another account counts as unknown.
    let tokens = try_with(PASSWORD, &ben.tokens["device_token"])
        .await
        .session();
    let second = &tokens["device_token"];
    assert!(second.is_string() && second != own);

    let change =
        json!({ "current_password": PASSWORD, "new_password": "seventeen green umbrellas" });
    ana.post("/v1/me/password/change", change).await.is(204);
    let tokens = try_with("seventeen green umbrellas", second)
        .await
        .session();
    assert!(tokens["device_token"].is_string());
    app.mails().await;
}

#[tokio::test]
async fn a_signed_in_person_who_guesses_the_password_also_has_to_wait() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let change = async |current: &str| {
        let new = "seventeen green umbrellas";
        let change = json!({ "current_password": current, "new_password": new });
        ana.post("/v1/me/password/change", change).await
    };
    for _ in 0..6 {
        let wrong = change("a wrong guess").await;
        assert_eq!(wrong.is_invalid(), ["/current_password incorrect"]);
    }
    change(PASSWORD).await.is_problem(429, "too_many_requests");
}

#[tokio::test]
async fn an_ip_address_gets_ten_tries_a_minute_across_all_operations() {
    let app = TestApp::start().await;
    let doors = [
        (
            "/v1/sessions",
            credentials("a@test.example", "wrong", &Value::Null),
        ),
        ("/v1/password-resets", json!({ "email": "a@test.example" })),
        (
            "/v1/password-resets/confirm",
            json!({ "token": "none", "password": PASSWORD }),
        ),
        (
            "/v1/registrations",
            json!({ "email": "a@test.example", "password": PASSWORD, "name": "A", "time_zone": "UTC" }),
        ),
        (
            "/v1/registrations/0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d/confirm",
            json!({ "code": "000000" }),
        ),
        (
            "/v1/invitations/register",
            json!({ "token": "none", "password": PASSWORD, "name": "A", "time_zone": "UTC" }),
        ),
    ];
    for (number, (path, body)) in doors.iter().cycle().take(12).enumerate() {
        let reply = post_from(&app, "2001:db8:1:2::a", path, body.clone()).await;
        assert_eq!(reply.status == 429, number >= 10, "{path}: {}", reply.text);
    }
    for (path, body) in &doors {
        let limited = post_from(&app, "2001:db8:1:2:ffff::b", path, body.clone()).await;
        assert_eq!(limited.header("retry-after"), "60");
        limited.is_problem(429, "too_many_requests");
        let other = post_from(&app, "2001:db8:1:3::a", path, body.clone()).await;
        assert_ne!(other.status, 429, "{path}");
    }
    let mut form = Request::post("/reset?token=none")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body("password=seventeen+green+umbrellas".into())
        .unwrap();
    let peer = SocketAddr::new("2001:db8:1:2::c".parse().unwrap(), 40_000);
    form.extensions_mut().insert(ConnectInfo(peer));
    let page = app.send(form).await;
    assert_eq!(heading(&page, 429), "Please wait a little");
    app.advance(TimeDelta::minutes(1));
    let (path, body) = &doors[0];
    let reply = post_from(&app, "2001:db8:1:2::a", path, body.clone()).await;
    reply.is_problem(401, "wrong_credentials");
    app.mails().await;
}

#[tokio::test]
async fn counters_of_failures_are_deleted_after_thirty_days_and_counters_of_minutes_earlier() {
    let app = TestApp::start().await;
    let guess = credentials("no@test.example", "a wrong guess", &Value::Null);
    post_from(&app, "10.0.0.1", "/v1/sessions", guess).await;
    let connection = app.database.connect().await;
    assert_eq!(
        throttle::Entity::find().count(&connection).await.unwrap(),
        2
    );
    for (after, left) in [(TimeDelta::minutes(2), 1), (TimeDelta::days(30), 0)] {
        app.advance(after);
        sweep(&app.app).await.unwrap();
        let counters = throttle::Entity::find().count(&connection).await;
        assert_eq!(counters.unwrap(), left);
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn an_unknown_device_needs_a_password_reset_after_a_hundred_failures() {
    let app = TestApp::start_as(|parts| parts.tries_per_minute = 0).await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let guess = |n: u32| credentials(&ana.email, &format!("a wrong guess {n}"), &Value::Null);
    for n in 0..100 {
        app.advance(TimeDelta::minutes(15));
        let wrong = anybody.post("/v1/sessions", guess(n)).await;
        wrong.is_problem(401, "wrong_credentials");
    }
    app.advance(TimeDelta::days(3));
    let right = credentials(&ana.email, PASSWORD, &Value::Null);
    let refused = anybody.post("/v1/sessions", right.clone()).await;
    refused.is_problem(429, "too_many_requests");
    let wait: i64 = refused.header("retry-after").parse().unwrap();
    assert!(wait > 26 * 24 * 3600, "{wait}");
    // A device that signed in before does not wait because of strangers.
    let device = credentials(&ana.email, PASSWORD, &ana.tokens["device_token"]);
    anybody.post("/v1/sessions", device).await.session();

    let forgotten = json!({ "email": ana.email });
    anybody.post("/v1/password-resets", forgotten).await.is(202);
    let reset = json!({ "token": app.mail().await.token(), "password": PASSWORD });
    let reset = anybody.post("/v1/password-resets/confirm", reset).await;
    reset.is(204);
    anybody.post("/v1/sessions", right).await.session();
    app.mails().await;
}

#[tokio::test]
async fn an_address_gets_at_most_twenty_unused_sign_in_codes() {
    let app = TestApp::start_as(|parts| parts.tries_per_minute = 0).await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    for email in [&*ana.email, "nobody@test.example"] {
        let request = json!({ "email": email });
        for _ in 0..20 {
            app.advance(TimeDelta::minutes(15));
            anybody
                .post("/v1/sign-in-codes", request.clone())
                .await
                .is(202);
        }
        app.advance(TimeDelta::days(3));
        let refused = anybody.post("/v1/sign-in-codes", request).await;
        refused.is_problem(429, "too_many_requests");
    }
    assert_eq!(app.mails().await.len(), 20);
    // A device that signed in before does not wait because of strangers. Its success resets the
    // count.
    let known = json!({ "email": ana.email, "device_token": ana.tokens["device_token"] });
    let asked = anybody.post("/v1/sign-in-codes", known).await.is(202);
    let path = format!(
        "/v1/sign-in-codes/{}/confirm",
        asked["id"].as_str().unwrap()
    );
    let code = json!({
        "code": app.mail().await.code(), "device_token": ana.tokens["device_token"],
    });
    anybody.post(&path, code).await.session();
    let request = json!({ "email": ana.email });
    anybody.post("/v1/sign-in-codes", request).await.is(202);
    app.mails().await;
}

#[tokio::test]
async fn repeated_reset_requests_keep_the_last_link_valid_and_send_few_emails() {
    let app = TestApp::start_as(|parts| parts.tries_per_minute = 0).await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let forgotten = json!({ "email": ana.email });
    let mut links = Vec::new();
    for _ in 0..600 {
        app.advance(TimeDelta::seconds(6));
        let asked = anybody.post("/v1/password-resets", forgotten.clone()).await;
        asked.is(202);
        links.extend(app.mails().await);
    }
    assert!(links.len() <= 18, "{} mails in an hour", links.len());
    let reset = json!({ "token": links.last().unwrap().token(), "password": PASSWORD });
    let reset = anybody.post("/v1/password-resets/confirm", reset).await;
    reset.is(204);
    app.mails().await;
}

#[tokio::test]
async fn an_unconfirmed_address_gets_few_emails() {
    let app = TestApp::start_as(|parts| parts.tries_per_minute = 0).await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let request = json!({
        "email": "victim@test.example", "password": PASSWORD, "name": "X", "time_zone": "UTC",
    });
    for _ in 0..5 {
        anybody
            .post("/v1/registrations", request.clone())
            .await
            .is(202);
    }
    anybody
        .post("/v1/registrations", request.clone())
        .await
        .is(202);
    let refused = anybody.post("/v1/registrations", request).await;
    refused.is_problem(429, "too_many_requests");
    let moved = json!({ "email": "victim@test.example" });
    let refused = ana.post("/v1/me/email-changes", moved).await;
    refused.is_problem(429, "too_many_requests");
    assert_eq!(app.mails().await.len(), 6);
}

#[tokio::test]
async fn an_address_can_be_invited_three_times_a_day_across_all_circles() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let invitation = json!({ "email": "victim@test.example", "access": "viewer" });
    let mut circles = vec![ana.circle_id().to_owned()];
    for name in ["Rosa", "Tom", "Uwe"] {
        let circle = json!({ "patient_name": name, "time_zone": "Europe/Berlin" });
        let circle = ana.post("/v1/circles", circle).await.is(201);
        circles.push(circle["id"].as_str().unwrap().to_owned());
    }
    let invite = |circle: &str| {
        let path = format!("/v1/circles/{circle}/invitations");
        let body = invitation.clone();
        let ana = &ana;
        async move { ana.post(&path, body).await }
    };
    for circle in &circles[..3] {
        invite(circle).await.is(201);
    }
    let refused = invite(&circles[3]).await;
    let refused = refused.is_problem(429, "too_many_requests");
    let detail = "This email address has had three invitations in one day. Try again tomorrow.";
    assert_eq!(refused["detail"], detail);
    app.advance(TimeDelta::days(1));
    let later = ana.later().await;
    let path = format!("/v1/circles/{}/invitations", circles[3]);
    later.post(&path, invitation.clone()).await.is(201);
    assert_eq!(app.mails().await.len(), 4);
}

#[tokio::test]
async fn concurrent_correct_sign_ins_all_succeed_and_wrong_ones_are_limited() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let device = &ana.tokens["device_token"];
    for device in [&Value::Null, device] {
        let sign_in = |number: usize, password: &'static str| {
            let (app, device, email) = (app.clone(), device.clone(), ana.email.clone());
            async move {
                let from = format!("10.0.2.{number}");
                let sent = credentials(&email, password, &device);
                post_from(&app, &from, "/v1/sessions", sent)
                    .await
                    .status
                    .as_u16()
            }
        };
        let right = (0..20).map(|number| sign_in(number, PASSWORD));
        let statuses = futures_util::future::join_all(right).await;
        assert_eq!(statuses, [200; 20]);
        // None of these sign-ins counts as a failure.
        let warned = app.mails().await;
        let warned = warned
            .iter()
            .filter(|mail| mail.text.contains("five or more wrong tries"));
        assert_eq!(warned.count(), 0);

        let wrong = (0..40).map(|number| sign_in(number, "a guess that is wrong"));
        let statuses = futures_util::future::join_all(wrong).await;
        let verified = statuses.iter().filter(|status| **status == 401).count();
        assert_eq!(verified, 6, "{statuses:?}");
        app.advance(TimeDelta::seconds(1));
        let right = sign_in(0, PASSWORD).await;
        assert_eq!(right, 200);
        app.mails().await;
    }
}
