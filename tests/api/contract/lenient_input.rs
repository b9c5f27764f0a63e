//! Codes, addresses and names are accepted in the many ways in which people type or paste them.
//! Invisible texts and addresses that cannot receive email are refused.

use axum::http::{Method, Request, header};
use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::accounts::second_factor::code_of;
use crate::harness::{Client, PASSWORD, Person, Reply, TestApp};

fn registration(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "name": "Ana Test" })
}

/// The same six digits, in the ways in which people type them.
fn typings(code: &str) -> [String; 8] {
    let other = |zero: u32| -> String {
        let digit = |c: char| char::from_u32(zero + c.to_digit(10).unwrap()).unwrap();
        code.chars().map(digit).collect()
    };
    let (left, right) = code.split_at(3);
    [
        format!("{left} {right}"),
        format!(" {left}-{right}\n"),
        format!("{left}\u{a0}{right}"),
        format!("{left}\u{2013}{right}"),
        format!("\u{202a}{code}\u{202c}"),
        other(0x660),
        other(0x966),
        other(0xff10),
    ]
}

#[tokio::test]
async fn a_registration_code_is_accepted_with_spaces_dashes_and_other_digits() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    for number in 0..8 {
        let email = format!("person{number}@test.example");
        let registration = anybody
            .post("/v1/registrations", registration(&email))
            .await
            .is(202);
        let path = format!(
            "/v1/registrations/{}/confirm",
            registration["id"].as_str().unwrap()
        );
        let code = app.mail().await.code();
        // Input that cannot be a code does not use up a try.
        for nonsense in ["04213", "0421377", "abcdef", "12345é", "1 2 3", "------"] {
            let refused = anybody.post(&path, json!({ "code": nonsense })).await;
            assert_eq!(refused.is_invalid(), ["/code incorrect"], "{nonsense}");
        }
        let typed = &typings(&code)[number];
        anybody
            .post(&path, json!({ "code": typed }))
            .await
            .session();
        app.advance(TimeDelta::minutes(1));
    }
}

#[tokio::test]
async fn a_sign_in_code_is_accepted_with_spaces_dashes_and_other_digits() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    for number in 0..8 {
        let anybody = app.anybody();
        let request = json!({ "email": ana.email });
        let asked = anybody.post("/v1/sign-in-codes", request).await.is(202);
        let path = format!(
            "/v1/sign-in-codes/{}/confirm",
            asked["id"].as_str().unwrap()
        );
        let mails = app.mails().await;
        let code = mails
            .iter()
            .find(|mail| mail.text.contains("Code: "))
            .unwrap()
            .code();
        for nonsense in [
            "04213",
            "abcdef",
            "0-7H3KQ-M2V9X",
            "1",
            "12345678",
            "++++++",
        ] {
            let refused = anybody.post(&path, json!({ "code": nonsense })).await;
            assert_eq!(refused.is_invalid(), ["/code incorrect"], "{nonsense}");
        }
        let typed = &typings(&code)[number];
        anybody
            .post(&path, json!({ "code": typed }))
            .await
            .session();
        app.advance(TimeDelta::hours(2));
    }
    app.mails().await;
}

#[tokio::test]
async fn a_second_factor_is_accepted_with_spaces_dashes_and_other_digits() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let enrollment = ana.act("/v1/me/totp").await.is(201);
    let secret = enrollment["secret"].as_str().unwrap().to_owned();
    let next = |step: usize| {
        // An authenticator app shows a new code every 30 seconds.
        app.advance(TimeDelta::seconds(30));
        typings(&code_of(&app, &secret))[step].clone()
    };
    let nonsense = json!({ "code": "nonsense" });
    for _ in 0..2 {
        let refused = ana.post("/v1/me/totp/confirm", nonsense.clone()).await;
        assert_eq!(refused.is_invalid(), ["/code incorrect"]);
    }
    let confirm = json!({ "code": next(0) });
    let codes = ana.post("/v1/me/totp/confirm", confirm).await.is(200);

    let credentials = json!({ "email": ana.email, "password": PASSWORD });
    let anybody = app.anybody();
    let recovery = |number: usize| codes["codes"][number].as_str().unwrap().to_owned();
    // A code of the app soon expires, so the loop makes it when it needs it.
    let typed = [
        None,
        None,
        Some(recovery(0).to_lowercase()),
        Some(recovery(1).replace('-', " ")),
        Some(
            recovery(2)
                .replace('-', "")
                .replace('0', "O")
                .replace('1', "l"),
        ),
        Some(recovery(3).replace('-', "\u{2011}")),
    ];
    for (number, code) in typed.into_iter().enumerate() {
        let code = code.unwrap_or_else(|| next(number + 4));
        let asked = anybody
            .post("/v1/sessions", credentials.clone())
            .await
            .second_factor();
        let factor = |code: &str| json!({ "ticket": asked["ticket"], "code": code });
        for _ in 0..6 {
            let refused = anybody
                .post("/v1/sessions/second-factor", factor("12 34 5"))
                .await;
            assert_eq!(refused.is_invalid(), ["/code incorrect"]);
        }
        let shown = anybody
            .post("/v1/sessions/second-factor", factor(&code))
            .await;
        assert_eq!(shown.status, 201, "{code}: {}", shown.text);
        app.advance(TimeDelta::minutes(1));
    }
    let proof = json!({ "password": PASSWORD, "code": next(2) });
    ana.later_as(&app, &proof).await.is(204);
    app.mails().await;
}

impl Person {
    /// Confirms the identity again, with a new access token.
    async fn later_as(&self, app: &TestApp, proof: &Value) -> Reply {
        let refresh = json!({ "refresh_token": self.tokens["refresh_token"] });
        let tokens = self.post("/v1/sessions/refresh", refresh).await.is(200);
        let token = tokens["access_token"].as_str().unwrap();
        let mut request = self.request(&Method::POST, "/v1/me/reauthenticate", Some(proof));
        let value = format!("Bearer {token}").parse().unwrap();
        request.headers_mut().insert(header::AUTHORIZATION, value);
        app.send(request).await
    }
}

#[tokio::test]
async fn different_spellings_of_an_address_belong_to_one_account() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let registered = anybody
        .post("/v1/registrations", registration("Ana@Müller.Example"))
        .await
        .is(202);
    let mail = app.mail().await;
    assert_eq!(mail.to, "ana@xn--mller-kva.example");
    let path = format!(
        "/v1/registrations/{}/confirm",
        registered["id"].as_str().unwrap()
    );
    anybody
        .post(&path, json!({ "code": mail.code() }))
        .await
        .session();
    for typed in [
        "ana@müller.example",
        "ANA@MU\u{308}LLER.EXAMPLE",
        "ana＠müller.example.",
        "\u{202d}ana@müller.example\u{202c}",
        "mailto:ana@xn--mller-kva.example",
        "Ana <ana@müller.example>",
    ] {
        let credentials = json!({ "email": typed, "password": PASSWORD });
        anybody.post("/v1/sessions", credentials).await.session();
        app.advance(TimeDelta::minutes(1));
    }
    app.mails().await;
    anybody
        .post("/v1/registrations", registration("ana@MÜLLER.example,"))
        .await
        .is(202);
    let notification = app.mail().await;
    assert_eq!(
        notification.header("Subject"),
        "You already have an account"
    );
}

#[tokio::test]
async fn a_new_address_that_cannot_receive_email_is_refused() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for address in [
        "\"a b\"@x.org",
        "a@[127.0.0.1]",
        "a@localhost",
        "a@mail",
        "müller@x.org",
    ] {
        for (path, body) in [
            ("/v1/registrations", registration(address)),
            ("/v1/me/email-changes", json!({ "email": address })),
            (
                "/invitations",
                json!({ "email": address, "access": "viewer" }),
            ),
        ] {
            let refused = ana.post(path, body).await;
            assert_eq!(refused.is_invalid(), ["/email email"], "{path} {address}");
        }
    }
}

/// An old account may have an address that is refused today. Operations that only look up an
/// account do not judge its address.
#[tokio::test]
async fn an_account_whose_address_cannot_receive_email_can_still_sign_in() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let address = "\"a b\"@localhost";
    let before = format!(
        "UPDATE users SET email = '{address}' WHERE email = '{}'",
        ana.email
    );
    let connection = app.database.connect().await;
    connection.execute_unprepared(&before).await.unwrap();
    connection.close().await.unwrap();
    let anybody = app.anybody();
    let credentials = |email: &str| json!({ "email": email, "password": PASSWORD });
    let known = anybody.post("/v1/sessions", credentials(address)).await;
    known.session();
    let unknown = anybody.post("/v1/sessions", credentials("a@mail")).await;
    unknown.is_problem(401, "wrong_credentials");
    let long = format!("{}@x.org", "a".repeat(250));
    for path in ["/v1/sign-in-codes", "/v1/password-resets"] {
        anybody
            .post(path, json!({ "email": "a@mail" }))
            .await
            .is(202);
        let refused = anybody.post(path, json!({ "email": &long })).await;
        assert_eq!(refused.is_invalid(), ["/email too_long"], "{path}");
    }
    let refused = anybody.post("/v1/sessions", credentials(&long)).await;
    assert_eq!(refused.is_invalid(), ["/email too_long"]);
}

async fn set_phone(ana: &Person, phone: &str) -> Reply {
    let own = format!("/members/{}", ana.member_id);
    ana.patch(&own, json!({ "phone": phone })).await
}

#[tokio::test]
async fn invisible_characters_around_names_and_phone_numbers_are_removed() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let own = format!("/members/{}", ana.member_id);
    for phone in [
        "\u{202a}+49 30 1234567\u{202c}",
        "\u{202d}+49\u{a0}30 1234567\u{202c}",
        "\u{200e}+49 30\u{200b} 1234567\u{feff}",
        "\u{ff0b}٤٩ 30 1234567",
    ] {
        let member = set_phone(&ana, phone).await.is(200);
        assert_eq!(member["phone"], "+49 30 1234567", "{phone:?}");
    }
    for name in [
        "\u{200e}Ana Díaz\u{200f}",
        "\u{2068}Ana\u{200b} Díaz\u{2069}",
        "Ana Di\u{301}az\u{ad}",
    ] {
        let member = ana.patch(&own, json!({ "name": name })).await.is(200);
        assert_eq!(member["name"], "Ana Díaz", "{name:?}");
    }
    let turned = ana.patch(&own, json!({ "name": "Ana \u{202e}zaíD" })).await;
    assert_eq!(turned.is_invalid(), ["/name forbidden_character"]);
    let task = ana
        .task(json!({ "title": "\u{200e}👩\u{200d}👧 Rosa\u{200f}" }))
        .await;
    assert_eq!(task["title"], "👩\u{200d}👧 Rosa");
}

#[tokio::test]
async fn prose_keeps_its_joining_characters_and_invisible_text_counts_as_empty() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let thread = json!({ "title": "a thread", "topic": "daily" });
    let thread = ana.post("/threads", thread).await.is(201);
    let path = format!("/threads/{}/messages", thread["id"].as_str().unwrap());
    for body in [
        "👨\u{200d}👩\u{200d}👧 ❤\u{fe0f}",
        "\u{200f}שלום (Rosa)\u{200e}",
        "\u{2067}مرحبا\u{2069}\u{200b}x",
    ] {
        let message = ana.post(&path, json!({ "body": body })).await.is(201);
        assert_eq!(message["body"], body);
    }
    for nothing in [
        "\u{200b}",
        "\u{2800}",
        "\u{3164}",
        "\u{115f}",
        "\u{301}",
        "\u{ad}",
        "\u{a0}",
        "\u{e0041}",
        "\u{fe0f}",
        "\u{200e}\u{200f}",
        "\u{fffc}",
    ] {
        let refused = ana.post(&path, json!({ "body": nothing })).await;
        assert_eq!(refused.is_invalid(), ["/body too_short"], "{nothing:?}");
        let refused = ana.post("/tasks", json!({ "title": nothing })).await;
        assert_eq!(refused.is_invalid(), ["/title too_short"], "{nothing:?}");
    }
}

#[tokio::test]
async fn the_longest_message_is_accepted_in_every_encoding() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let thread = json!({ "title": "a thread", "topic": "daily" });
    let thread = ana.post("/threads", thread).await.is(201);
    let path = format!("/threads/{}/messages", thread["id"].as_str().unwrap());
    for (one, written) in [("😀", "\\ud83d\\ude00"), ("é", "\\u00e9"), ("a", "\\u0061")] {
        for (count, status) in [(6_000, 201), (10_000, 201), (10_001, 422)] {
            let body = format!("{{ \"body\": \"{}\" }}", written.repeat(count));
            let token = ana.token.as_ref().unwrap();
            let request = Request::builder()
                .method(Method::POST)
                .uri(ana.path(&path))
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .header(header::CONTENT_TYPE, "application/json")
                .body(body.into())
                .unwrap();
            let reply = app.send(request).await;
            assert_eq!(
                reply.status, status,
                "{count} {written}: {:.200}",
                reply.text
            );
            if status == 201 {
                assert_eq!(reply.json()["body"], one.repeat(count));
            }
        }
    }
}

async fn zone_after_sign_up(app: &std::sync::Arc<TestApp>, zone: Option<Value>) -> String {
    let anybody: Client = app.anybody();
    let email = format!("{}@test.example", uuid::Uuid::now_v7().simple());
    let mut registration = registration(&email);
    if let Some(zone) = zone {
        registration["time_zone"] = zone;
    }
    let registration = anybody
        .post("/v1/registrations", registration)
        .await
        .is(202);
    let path = format!(
        "/v1/registrations/{}/confirm",
        registration["id"].as_str().unwrap()
    );
    let code = json!({ "code": app.mail().await.code() });
    let tokens = anybody.post(&path, code).await.session();
    let me = app.client(&tokens).get("/v1/me").await.is(200);
    me["time_zone"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_registration_accepts_common_and_missing_names_of_time_zones() {
    let app = TestApp::start().await;
    for (zone, known) in [
        (Some(json!("GMT+02:00")), "Etc/GMT-2"),
        (Some(json!("UTC+2")), "Etc/GMT-2"),
        (Some(json!("W. Europe Standard Time")), "Europe/Berlin"),
        (Some(json!("Asia/Calcutta")), "Asia/Calcutta"),
        (Some(json!("europe/berlin")), "Europe/Berlin"),
        (Some(json!("")), "UTC"),
        (Some(json!("Etc/Unknown")), "UTC"),
        (Some(Value::Null), "UTC"),
        (None, "UTC"),
    ] {
        let what = format!("{zone:?}");
        assert_eq!(zone_after_sign_up(&app, zone).await, known, "{what}");
        app.advance(TimeDelta::minutes(1));
    }
    let mut registration = registration("late@test.example");
    registration["time_zone"] = json!("Mars/Base");
    let refused = app.anybody().post("/v1/registrations", registration).await;
    assert_eq!(refused.is_invalid(), ["/time_zone invalid_value"]);
    assert!(refused.text.contains("Europe/Berlin"), "{}", refused.text);
}

#[tokio::test]
async fn a_registration_accepts_a_language_that_the_server_does_not_have() {
    let app = TestApp::start().await;
    for (locale, email, hello) in [
        ("fr-FR", "one@test.example", "Hello Ana Test,"),
        ("es-419", "two@test.example", "Hola, Ana Test:"),
        ("de_AT", "three@test.example", "Hallo Ana Test,"),
    ] {
        let mut registration = registration(email);
        registration["locale"] = json!(locale);
        let anybody = app.anybody();
        anybody
            .post("/v1/registrations", registration)
            .await
            .is(202);
        let mail = app.mail().await;
        assert!(mail.text.starts_with(hello), "{locale}: {}", mail.text);
    }
}

#[tokio::test]
async fn an_invited_person_without_a_time_zone_gets_the_time_zone_of_the_circle() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let guest = json!({ "email": "guest@test.example", "access": "viewer" });
    ana.post("/invitations", guest).await.is(201);
    let token = app.mail().await.token();
    let new = json!({ "token": token, "name": "Ben Test", "password": PASSWORD });
    let welcome = app
        .anybody()
        .post("/v1/invitations/register", new)
        .await
        .is(201);
    let me = app.client(&welcome["session"]).get("/v1/me").await.is(200);
    assert_eq!(me["time_zone"], "Europe/Berlin");
}

#[tokio::test]
async fn a_password_made_of_its_owners_name_is_refused() {
    let app = TestApp::start().await;
    for password in ["anadiaz12345678", "AnaDíaz12345678", "Ana-Diaz-12345678"] {
        let mut registration = registration("ana@test.example");
        registration["name"] = json!("Ana Díaz");
        registration["password"] = json!(password);
        let refused = app.anybody().post("/v1/registrations", registration).await;
        assert_eq!(
            refused.is_invalid(),
            ["/password password_too_weak"],
            "{password}"
        );
    }
}

#[tokio::test]
async fn the_email_to_a_new_address_contains_no_link_from_a_name() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    // A name that was stored before such names were refused.
    let connection = app.database.connect().await;
    let rename = "UPDATE users SET name = 'Win at https://evil.example'";
    sea_orm::ConnectionTrait::execute_unprepared(&connection, rename)
        .await
        .unwrap();
    connection.close().await.unwrap();
    ana.post(
        "/v1/me/email-changes",
        json!({ "email": "new@test.example" }),
    )
    .await
    .is(202);
    let mail = app.mail().await;
    assert!(mail.text.starts_with("Hello Win at,"), "{}", mail.text);
    assert!(!format!("{}{}", mail.text, mail.html).contains("evil"));
}
