//! `POST /v1/registrations`

use chrono::TimeDelta;
use serde_json::json;

use super::{register, registration};
use crate::harness::{PASSWORD, TestApp};

#[tokio::test]
async fn a_name_cannot_put_a_link_into_a_registration_email() {
    let app = TestApp::start().await;
    for name in ["Win at https://evil.example <b>", "evil.example"] {
        let mut registration = registration("stranger@test.example");
        registration["name"] = json!(name);
        let refused = app.anybody().post("/v1/registrations", registration).await;
        assert_eq!(refused.is_invalid(), ["/name contains_link"]);
    }
    for name in [
        "A.J. Kim",
        "Dr.Müller",
        "St.Mary",
        "Anna-B.Meier",
        "Ana <b>",
    ] {
        let mut registration = registration("stranger@test.example");
        registration["name"] = json!(name);
        app.anybody()
            .post("/v1/registrations", registration)
            .await
            .is(202);
        let mail = app.mail().await;
        let hello = format!("Hello {name},");
        assert!(mail.text.starts_with(&hello), "{}", mail.text);
        assert!(!mail.html.contains("<b>"));
        app.advance(TimeDelta::days(1));
    }
}

#[tokio::test]
async fn an_account_does_not_exist_before_its_address_is_confirmed() {
    let app = TestApp::start().await;
    register(&app.anybody(), "ana@test.example").await;
    let credentials = json!({ "email": "ana@test.example", "password": PASSWORD });
    app.anybody()
        .post("/v1/sessions", credentials)
        .await
        .is_problem(401, "wrong_credentials");
}

#[tokio::test]
async fn a_registration_does_not_reveal_whether_an_address_has_an_account() {
    let app = TestApp::start().await;
    app.person("Ana").await;
    let anybody = app.anybody();
    let known = anybody
        .post("/v1/registrations", registration("ana@test.example"))
        .await;
    let unknown = anybody
        .post("/v1/registrations", registration("new@test.example"))
        .await;
    let mask = |reply: &crate::harness::Reply| {
        let mut body = reply.json();
        body["id"] = json!("masked");
        let headers: Vec<_> = reply.headers.keys().map(ToString::to_string).collect();
        (reply.status, headers, body)
    };
    assert_eq!(mask(&known), mask(&unknown));

    let mails = app.mails().await;
    let to = |email: &str| mails.iter().find(|mail| mail.to == email).unwrap();
    assert_eq!(
        to("ana@test.example").header("Subject"),
        "You already have an account"
    );
    assert_eq!(
        to("new@test.example").header("Subject"),
        "Confirm your email address"
    );

    let unknown = json!({ "email": "nobody@test.example", "password": PASSWORD });
    let wrong = json!({ "email": "ana@test.example", "password": "not the password" });
    let unknown = anybody
        .post("/v1/sessions", unknown)
        .await
        .is_problem(401, "wrong_credentials");
    let wrong = anybody
        .post("/v1/sessions", wrong)
        .await
        .is_problem(401, "wrong_credentials");
    assert_eq!(unknown["detail"], wrong["detail"]);
    let detail = "The email address and the password do not belong together.";
    assert_eq!(wrong["detail"], detail);
}

#[tokio::test]
async fn signups_can_be_closed() {
    let app = TestApp::start_with(false).await;
    let reply = app
        .anybody()
        .post("/v1/registrations", registration("ana@test.example"))
        .await;
    reply.is_problem(403, "signups_closed");
}

#[tokio::test]
async fn a_password_has_twelve_to_256_characters_of_any_kind() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let words: Vec<_> = (0..30).map(|n| format!("{n} Schirme 😀 ")).collect();
    let phrase = words.concat();
    let begins = |length| phrase.chars().take(length).collect::<String>();
    for (password, good) in [
        (begins(11), false),
        (begins(12), true),
        (begins(256), true),
        (begins(257), false),
    ] {
        let mut registration = registration("ana@test.example");
        registration["password"] = json!(password);
        let reply = anybody.post("/v1/registrations", registration).await;
        assert_eq!(reply.status == 202, good, "{}", reply.text);
    }
    app.mails().await;
}
