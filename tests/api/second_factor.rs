//! Codes of an authenticator app, recovery codes, and sign-in by a mailed code.

use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::sync::Arc;
use totp_rs::{Builder, Secret};

use crate::harness::{Client, PASSWORD, Person, Reply, TestApp};

/// What an authenticator app shows of a secret.
struct Authenticator {
    app: Arc<TestApp>,
    secret: String,
}

impl Authenticator {
    /// Some steps from now.
    fn code_at(&self, steps: i64) -> String {
        code_in(&self.app, &self.secret, steps)
    }

    /// A code that was not used yet.
    fn code(&self) -> String {
        self.app.advance(TimeDelta::seconds(30));
        self.code_at(0)
    }

    /// Six digits that are not right now, nor a step before or after.
    fn wrong(&self) -> String {
        let right = [-1, 0, 1].map(|step| self.code_at(step));
        let mut wrong = (0..10).map(|digit| digit.to_string().repeat(6));
        wrong.find(|code| !right.contains(code)).unwrap()
    }
}

/// What an authenticator app shows now.
pub fn code_of(app: &TestApp, secret: &str) -> String {
    code_in(app, secret, 0)
}

fn code_in(app: &TestApp, secret: &str, steps: i64) -> String {
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .with_account_name("test")
        .build()
        .unwrap();
    let at = app.now().timestamp() + steps * 30;
    totp.generate(at.try_into().unwrap()).to_string()
}

/// Adds an authenticator app; answers it and the recovery codes.
async fn enroll(ana: &Person) -> (Authenticator, Vec<String>) {
    let enrolment = ana.act("/v1/me/totp").await.is(201);
    let authenticator = Authenticator {
        app: ana.app.clone(),
        secret: enrolment["secret"].as_str().unwrap().to_owned(),
    };
    let code = json!({ "code": authenticator.code_at(0) });
    let codes = ana.post("/v1/me/totp/confirm", code).await;
    assert_eq!(codes.header("cache-control"), "no-store");
    let codes = codes.is(200)["codes"].as_array().unwrap().clone();
    let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned());
    let subject = "An authenticator app was added";
    assert_eq!(ana.app.mail().await.header("Subject"), subject);
    (authenticator, codes.collect())
}

async fn password(ana: &Person) -> Reply {
    let credentials = json!({
        "email": ana.email, "password": PASSWORD, "device_token": ana.tokens["device_token"],
    });
    ana.app.anybody().post("/v1/sessions", credentials).await
}

/// The ticket of a first factor that was right.
async fn ticket(ana: &Person) -> Value {
    password(ana).await.is(202)["ticket"].clone()
}

async fn second(by: &Client, ticket: &Value, code: &str) -> Reply {
    let factor = json!({ "ticket": ticket, "code": code });
    by.post("/v1/sessions/second-factor", factor).await
}

async fn refresh(by: &Client, tokens: &Value) -> Reply {
    let token = json!({ "refresh_token": tokens["refresh_token"] });
    by.post("/v1/sessions/refresh", token).await
}

#[tokio::test]
async fn signing_in_takes_a_code_of_the_authenticator_app() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let factors = ana.get("/v1/me/factors").await.is(200);
    assert_eq!(factors["totp_added_at"], Value::Null);
    let (authenticator, codes) = enroll(&ana).await;
    assert_eq!(codes.len(), 10);
    let factors = ana.get("/v1/me/factors").await.is(200);
    assert_eq!(factors["totp_added_at"], "2026-12-01T08:00:00.000Z");
    assert_eq!(factors["recovery_codes_left"], 10);

    let anybody = app.anybody();
    let asked = password(&ana).await.is(202);
    assert_eq!(asked["access_token"], Value::Null);
    let wrong = second(&anybody, &asked["ticket"], &authenticator.wrong()).await;
    let wrong = wrong.is_problem(401, "wrong_credentials");
    let detail = "This code is not right, or was used before.";
    assert_eq!(wrong["detail"], detail);
    let code = authenticator.code();
    let tokens = second(&anybody, &asked["ticket"], &code).await.is(201);
    app.client(&tokens).get("/v1/me").await.is(200);
    let again = second(&anybody, &asked["ticket"], &authenticator.code()).await;
    again.is_problem(410, "gone");
    let used = second(&anybody, &ticket(&ana).await, &authenticator.code_at(0)).await;
    used.is(201);
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn an_app_that_was_not_confirmed_gates_nothing() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let first = ana.act("/v1/me/totp").await.is(201);
    assert!(
        first["uri"]
            .as_str()
            .unwrap()
            .starts_with("otpauth://totp/Kith:")
    );
    let second = ana.act("/v1/me/totp").await.is(201);
    assert_ne!(first["secret"], second["secret"]);
    let wrong = json!({ "code": "nonsense" });
    let wrong = ana.post("/v1/me/totp/confirm", wrong).await;
    assert_eq!(wrong.is_invalid(), ["/code wrong"]);
    password(&ana).await.is(201);
    let none = json!({ "code": "000000" });
    let none = ana.post("/v1/me/totp/remove", none).await;
    none.is_problem(409, "not_enrolled");
}

#[tokio::test]
async fn a_code_is_good_once_and_none_before_it_after() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    let anybody = app.anybody();
    // The code that confirmed the app is used.
    let used = second(&anybody, &ticket(&ana).await, &authenticator.code_at(0)).await;
    used.is_problem(401, "wrong_credentials");
    app.advance(TimeDelta::minutes(2));
    for (steps, status) in [(2, 401), (-2, 401), (1, 201), (0, 401), (-1, 401)] {
        let shown = second(&anybody, &ticket(&ana).await, &authenticator.code_at(steps)).await;
        assert_eq!(shown.status, status, "{steps} steps: {}", shown.text);
    }
}

#[tokio::test]
async fn of_many_who_show_one_code_one_comes_in() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    app.advance(TimeDelta::minutes(2));
    let mut tickets = Vec::new();
    for _ in 0..5 {
        tickets.push(ticket(&ana).await);
    }
    let anybody = app.anybody();
    let code = authenticator.code_at(0);
    let uses = tickets.iter().map(|ticket| second(&anybody, ticket, &code));
    let replies = futures_util::future::join_all(uses).await;
    let came_in = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(came_in, 1, "{replies:?}");
}

#[tokio::test]
async fn five_wrong_codes_in_a_quarter_of_an_hour_and_no_more() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    app.advance(TimeDelta::minutes(2));
    let anybody = app.anybody();
    let first = ticket(&ana).await;
    for _ in 0..5 {
        let wrong = second(&anybody, &first, &authenticator.wrong()).await;
        wrong.is_problem(401, "wrong_credentials");
    }
    let another = ticket(&ana).await;
    let right = second(&anybody, &another, &authenticator.code_at(0)).await;
    let refused = right.is_problem(429, "too_many_requests");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.starts_with("Five codes were tried"), "{detail}");
    assert_eq!(right.header("retry-after"), "900");
    app.advance(TimeDelta::minutes(15));
    let right = second(&anybody, &ticket(&ana).await, &authenticator.code_at(0)).await;
    right.is(201);
    app.mails().await;
}

#[tokio::test]
async fn a_ticket_is_for_five_minutes_and_dies_with_the_password() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    let anybody = app.anybody();
    let late = ticket(&ana).await;
    app.advance(TimeDelta::minutes(5));
    let reply = second(&anybody, &late, &authenticator.code_at(0)).await;
    reply.is_problem(410, "gone");

    let ticket = ticket(&ana).await;
    let change = json!({
        "current_password": PASSWORD, "new_password": "seventeen green umbrellas",
    });
    ana.post("/v1/me/password", change).await.is(204);
    let reply = second(&anybody, &ticket, &authenticator.code()).await;
    reply.is_problem(410, "gone");
    let none = second(&anybody, &json!("none"), "000000").await;
    none.is_problem(410, "gone");
    app.mails().await;
}

#[tokio::test]
async fn a_recovery_code_stands_in_once_and_is_told_by_mail() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (_, codes) = enroll(&ana).await;
    let anybody = app.anybody();
    let typed = codes[3].to_lowercase().replace('-', " ");
    second(&anybody, &ticket(&ana).await, &typed).await.is(201);
    let told = app.mail().await;
    assert_eq!(told.header("Subject"), "A recovery code was used");
    let again = second(&anybody, &ticket(&ana).await, &codes[3]).await;
    again.is_problem(401, "wrong_credentials");
    let factors = ana.get("/v1/me/factors").await.is(200);
    assert_eq!(factors["recovery_codes_left"], 9);

    let (connection, mut stored) = (app.database.connect().await, String::new());
    for sql in [
        "SELECT code_hash FROM recovery_codes",
        "SELECT seed FROM totp_factors",
    ] {
        let rows = sea_orm::Statement::from_string(connection.get_database_backend(), sql);
        for row in connection.query_all_raw(rows).await.unwrap() {
            stored += &row.try_get_by_index::<String>(0).unwrap_or_default();
            let bytes = row.try_get_by_index::<Vec<u8>>(0).unwrap_or_default();
            stored += &String::from_utf8_lossy(&bytes);
        }
    }
    connection.close().await.unwrap();
    assert!(stored.contains("$argon2id$"));
    for code in codes {
        assert!(!stored.contains(&code) && !stored.contains(&code.replace('-', "")));
    }
}

#[tokio::test]
async fn new_recovery_codes_void_the_old_ones() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, old) = enroll(&ana).await;
    let code = json!({ "code": authenticator.code() });
    let new = ana.post("/v1/me/recovery-codes", code).await.is(200);
    let told = app.mail().await;
    assert_eq!(told.header("Subject"), "New recovery codes were made");
    let anybody = app.anybody();
    let void = second(&anybody, &ticket(&ana).await, &old[0]).await;
    void.is_problem(401, "wrong_credentials");
    let new = new["codes"][0].as_str().unwrap();
    second(&anybody, &ticket(&ana).await, new).await.is(201);
    app.mails().await;
}

#[tokio::test]
async fn adding_and_removing_the_app_signs_other_devices_out_unless_they_stay() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let other = password(&ana).await.is(201);
    let (authenticator, _) = enroll(&ana).await;
    let anybody = app.anybody();
    let out = refresh(&anybody, &other).await;
    out.is_problem(401, "unauthenticated");

    let code = authenticator.code();
    let other = second(&anybody, &ticket(&ana).await, &code).await.is(201);
    let wrong = json!({ "code": authenticator.wrong(), "keep_other_sessions": true });
    let wrong = ana.post("/v1/me/totp/remove", wrong).await;
    assert_eq!(wrong.is_invalid(), ["/code wrong"]);
    let right = json!({ "code": authenticator.code(), "keep_other_sessions": true });
    ana.post("/v1/me/totp/remove", right).await.is(204);
    let told = app.mail().await;
    assert_eq!(told.header("Subject"), "The authenticator app was removed");
    refresh(&anybody, &other).await.is(200);
    password(&ana).await.is(201);
    let factors = ana.get("/v1/me/factors").await.is(200);
    assert_eq!(factors["recovery_codes_left"], 0);
}

#[tokio::test]
async fn a_new_password_does_not_skip_the_second_factor() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    let anybody = app.anybody();
    let forgotten = json!({ "email": ana.email });
    anybody.post("/v1/password-resets", forgotten).await.is(202);
    let new = "seventeen green umbrellas";
    let reset = json!({ "token": app.mail().await.token(), "password": new });
    anybody
        .post("/v1/password-resets/confirm", reset)
        .await
        .is(204);
    let credentials = json!({ "email": ana.email, "password": new });
    let asked = anybody.post("/v1/sessions", credentials).await.is(202);
    let code = authenticator.code();
    second(&anybody, &asked["ticket"], &code).await.is(201);
    app.mails().await;
}

#[tokio::test]
async fn whoever_has_the_app_proves_themselves_with_it_too() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    let prove = async |proof: Value| ana.post("/v1/sessions/reauthenticate", proof).await;
    let without = prove(json!({ "password": PASSWORD })).await;
    assert_eq!(without.is_invalid(), ["/code missing"]);
    let wrong = json!({ "password": PASSWORD, "code": authenticator.wrong() });
    assert_eq!(prove(wrong).await.is_invalid(), ["/password wrong"]);
    let right = json!({ "password": PASSWORD, "code": authenticator.code() });
    prove(right).await.is(204);
}

async fn ask_for_code(by: &Client, email: &str) -> Value {
    let wish = json!({ "email": email, "device_label": "Ana's tablet" });
    by.post("/v1/sign-in-codes", wish).await.is(202)
}

async fn show(by: &Client, wish: &Value, code: &str) -> Reply {
    let path = format!("/v1/sign-in-codes/{}/confirm", wish["id"].as_str().unwrap());
    by.post(&path, json!({ "code": code })).await
}

#[tokio::test]
async fn a_mailed_code_signs_the_device_in_that_asked() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let wish = ask_for_code(&anybody, &ana.email).await;
    let mail = app.mail().await;
    assert_eq!(mail.to, ana.email);
    insta::assert_snapshot!(mail.text.replace(&mail.code(), "CODE"), @r"
    Hello Ana Test,

    somebody, probably you, wants to sign in to Kith with a code.

    Code: CODE

    Type it on the device that asked for it (Ana's tablet). It is good for ten minutes.
    Nobody from Kith will ever ask you for it. If you did not ask, do nothing.
    ");

    let another = ask_for_code(&anybody, &ana.email).await;
    app.mail().await;
    let elsewhere = show(&anybody, &another, &mail.code()).await;
    elsewhere.is_problem(401, "wrong_credentials");
    let tokens = show(&anybody, &wish, &mail.code()).await.is(201);
    app.client(&tokens).get("/v1/me").await.is(200);
    assert_eq!(app.mail().await.header("Subject"), "A new device signed in");
    let again = show(&anybody, &wish, &mail.code()).await;
    again.is_problem(410, "gone");
}

#[tokio::test]
async fn a_mailed_code_has_five_tries_and_ten_minutes() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let wish = ask_for_code(&anybody, &ana.email).await;
    let code = app.mail().await.code();
    let another = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        let wrong = show(&anybody, &wish, another).await;
        wrong.is_problem(401, "wrong_credentials");
    }
    show(&anybody, &wish, &code).await.is_problem(410, "gone");

    let wish = ask_for_code(&anybody, &ana.email).await;
    let code = app.mail().await.code();
    app.advance(TimeDelta::minutes(10));
    show(&anybody, &wish, &code).await.is_problem(410, "gone");
}

#[tokio::test]
async fn nobody_learns_from_a_code_whether_an_address_is_known() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let unknown = ask_for_code(&anybody, "nobody@test.example").await;
    assert_eq!(app.mails().await.len(), 0);
    let known = ask_for_code(&anybody, &ana.email).await;
    app.mail().await;
    let seen = |reply: &Reply| {
        let names = reply.headers.keys().map(ToString::to_string);
        let mut body = reply.json();
        body["request_id"] = Value::Null;
        (reply.status, names.collect::<Vec<_>>(), body)
    };
    let known = show(&anybody, &known, "000000").await;
    let unknown = show(&anybody, &unknown, "000000").await;
    assert_eq!(seen(&known), seen(&unknown));
}

#[tokio::test]
async fn who_asks_for_codes_again_and_again_waits() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    for _ in 0..6 {
        ask_for_code(&anybody, &ana.email).await;
    }
    let wish = json!({ "email": ana.email });
    let waits = anybody.post("/v1/sign-in-codes", wish).await;
    waits.is_problem(429, "too_many_requests");
    app.mails().await;
}

#[tokio::test]
async fn a_mailed_code_does_not_skip_the_second_factor() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let (authenticator, _) = enroll(&ana).await;
    let anybody = app.anybody();
    let wish = ask_for_code(&anybody, &ana.email).await;
    let code = app.mail().await.code();
    let asked = show(&anybody, &wish, &code).await.is(202);
    let code = authenticator.code();
    second(&anybody, &asked["ticket"], &code).await.is(201);
    app.mails().await;
}

#[tokio::test]
async fn codes_that_are_shown_once_are_not_shown_to_a_repeated_request() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let enrolment = ana.act("/v1/me/totp").await.is(201);
    let code = code_of(&app, enrolment["secret"].as_str().unwrap());
    let (key, post) = (("idempotency-key", "once"), axum::http::Method::POST);
    let code = Some(json!({ "code": code }));
    let confirm = || ana.with(key, &post, "/v1/me/totp/confirm", code.clone());
    confirm().await.is(200);
    confirm().await.is_problem(409, "already_enrolled");
    app.mails().await;
}
