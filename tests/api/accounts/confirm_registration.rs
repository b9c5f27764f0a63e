//! `POST /v1/registrations/{registration_id}/confirm`

use chrono::TimeDelta;
use serde_json::json;

use super::{register, wrong};
use crate::harness::TestApp;

#[tokio::test]
async fn the_code_in_the_email_creates_the_account_and_signs_in() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let path = register(&anybody, "Ana@Test.Example").await;
    let mail = app.mail().await;
    assert_eq!(mail.to, "ana@test.example");
    assert_eq!(mail.header("Subject"), "Confirm your email address");
    insta::assert_snapshot!(
        mail.text.replace(&mail.code(), "123456").replace(&mail.token(), "TOKEN"),
        @r"
    Hello Ana Test,

    Type this code in the app where you registered with Kith:

    Code: 123456

    Or open this page and confirm there:

    https://kith.example/verify?token=TOKEN

    The code works for 15 minutes, the page for 24 hours. If you did not register,
    ignore this email: without your confirmation there is no account.
    "
    );

    let confirm = format!("{path}/confirm");
    let tokens = anybody
        .post(&confirm, json!({ "code": mail.code() }))
        .await
        .session();
    let me = app.client(&tokens).get("/v1/me").await.is(200);
    assert_eq!(me["email"], "ana@test.example");
    let again = anybody.post(&confirm, json!({ "code": mail.code() })).await;
    assert_eq!(
        again.is(200),
        json!({ "session": null, "second_factor": null })
    );
}

#[tokio::test]
async fn a_registration_for_an_address_with_an_account_cannot_be_confirmed() {
    let app = TestApp::start().await;
    app.person("Ana").await;
    let path = register(&app.anybody(), "ana@test.example").await;
    app.mails().await;
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    let code = app
        .app
        .keys()
        .code(kith::entity::ids::RegistrationId(id), 1);
    let confirm = format!("{path}/confirm");
    app.anybody()
        .post(&confirm, json!({ "code": code }))
        .await
        .is_problem(410, "no_longer_valid");
}

#[tokio::test]
async fn a_registration_code_allows_five_tries_and_a_new_code_replaces_it() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let path = register(&anybody, "ana@test.example").await;
    let confirm = format!("{path}/confirm");
    let first = app.mail().await.code();
    for _ in 0..5 {
        let reply = anybody.post(&confirm, wrong(&first)).await;
        let problem = reply.is_problem(401, "wrong_credentials");
        let detail = "This code is not right. Use the code from the newest email.";
        assert_eq!(problem["detail"], detail);
    }
    let right = json!({ "code": first });
    let gone = anybody.post(&confirm, right.clone()).await;
    let detail = gone.is_problem(410, "too_many_attempts")["detail"].to_string();
    assert!(detail.contains("Too many wrong codes"), "{detail}");

    anybody.act(&format!("{path}/resend")).await.is(202);
    let second = app.mail().await.code();
    if first != second {
        anybody
            .post(&confirm, right)
            .await
            .is_problem(401, "wrong_credentials");
    }
    anybody
        .post(&confirm, json!({ "code": second }))
        .await
        .session();
}

#[tokio::test]
async fn a_registration_code_expires_after_fifteen_minutes() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let path = register(&anybody, "ana@test.example").await;
    let code = json!({ "code": app.mail().await.code() });
    app.advance(TimeDelta::minutes(15));
    anybody
        .post(&format!("{path}/confirm"), code)
        .await
        .is_problem(410, "no_longer_valid");
}

#[tokio::test]
async fn concurrent_confirmations_for_an_address_create_one_account() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let mut confirmations = Vec::new();
    for _ in 0..5 {
        let path = register(&anybody, "ana@test.example").await;
        let code = app.mail().await.code();
        confirmations.push((format!("{path}/confirm"), json!({ "code": code })));
    }
    let confirm = confirmations.into_iter().map(|(path, code)| {
        let anybody = anybody.clone();
        async move { anybody.post(&path, code).await.status.as_u16() }
    });
    let mut statuses = futures_util::future::join_all(confirm).await;
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200, "{statuses:?}");
    assert!(
        statuses[1..].iter().all(|s| matches!(s, 409 | 410)),
        "{statuses:?}"
    );
}
