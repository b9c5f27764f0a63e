//! Changing the email address of an account, and undoing the change.

use chrono::TimeDelta;
use serde_json::json;

use crate::harness::{Client, Mail, PASSWORD, Person, Reply, TestApp};
use crate::web::pages::{heading, submit};

const NEW: &str = "ana.diaz@test.example";

async fn ask(ana: &Person, email: &str) -> Mail {
    let asked = ana
        .post("/v1/me/email-changes", json!({ "email": email }))
        .await;
    let asked = asked.is(202);
    assert_eq!(asked["email"], email);
    let mail = ana.app.mail().await;
    assert_eq!(mail.to, email);
    mail
}

async fn confirm(by: &Client, mail: &Mail) -> Reply {
    let token = json!({ "token": mail.token() });
    by.post("/v1/email-changes/confirm", token).await
}

async fn undo(by: &Client, mail: &Mail) -> Reply {
    let token = json!({ "token": mail.token() });
    by.post("/v1/email-changes/undo", token).await
}

async fn sign_in(by: &Client, email: &str) -> Reply {
    let credentials = json!({ "email": email, "password": PASSWORD });
    by.post("/v1/sessions", credentials).await
}

#[tokio::test]
async fn an_email_change_takes_effect_when_confirmed_and_notifies_the_old_address() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let mail = ask(&ana, NEW).await;
    insta::assert_snapshot!(mail.text.replace(&mail.token(), "TOKEN"), @r"
    Hello Ana Test,

    Confirm this new email address of your Kith account:

    https://kith.example/confirm-email?token=TOKEN

    The page works for 24 hours. If you did not ask for this, ignore this email:
    nothing changes.
    ");
    let profile = ana.get("/v1/me").await.is(200);
    assert_eq!(profile["email"], ana.email);

    confirm(&anybody, &mail).await.is(204);
    let profile = ana.get("/v1/me").await.is(200);
    assert_eq!(
        (&profile["email"], &profile["version"]),
        (&json!(NEW), &json!(2))
    );
    let notification = app.mail().await;
    assert_eq!(notification.to, ana.email);
    insta::assert_snapshot!(notification.text.replace(&notification.token(), "TOKEN"), @r"
    Hello Ana Test,

    Your Kith account has a new email address. From now on its emails go there, and no
    longer to this address.

    If you did not change it, undo the change within three days:

    https://kith.example/undo-email?token=TOKEN

    Your account then has this address again, and you choose a new password. Every
    device is signed out. Passkeys and an authenticator app that were added lately are
    removed.
    ");
    let old = sign_in(&anybody, &ana.email).await;
    old.is_problem(401, "wrong_credentials");
    sign_in(&anybody, NEW).await.session();
    confirm(&anybody, &mail).await.is(204);
    app.mails().await;
}

#[tokio::test]
async fn the_owner_of_the_old_address_can_undo_an_email_change() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let mail = ask(&ana, NEW).await;
    confirm(&anybody, &mail).await.is(204);
    let notification = app.mail().await;
    // The thief changes the address again. The first address can still undo both changes.
    let again = ask(&ana, "thief@test.example").await;
    confirm(&anybody, &again).await.is(204);
    let thiefs_own = app.mail().await;
    assert_eq!(thiefs_own.to, NEW);
    ana.act("/v1/me/totp").await.is(201);
    app.advance(TimeDelta::hours(72) - TimeDelta::seconds(1));

    let link = notification.link("undo-email");
    for _ in 0..3 {
        let page = anybody.get(&link).await;
        assert_eq!(heading(&page, 200), "Take your account back");
        assert!(page.text.contains(&ana.email));
    }
    let page = submit(&anybody, &link, "").await;
    assert_eq!(heading(&page, 200), "Your account is back");
    for email in [NEW, "thief@test.example", &ana.email] {
        let gone = sign_in(&anybody, email).await;
        gone.is_problem(401, "wrong_credentials");
    }
    let refresh = json!({ "refresh_token": ana.tokens["refresh_token"] });
    let refresh = anybody.post("/v1/sessions/refresh", refresh).await;
    refresh.is_problem(401, "invalid_token");

    let forgotten = json!({ "email": ana.email });
    anybody.post("/v1/password-resets", forgotten).await.is(202);
    let reset = json!({ "token": app.mail().await.token(), "password": PASSWORD });
    anybody
        .post("/v1/password-resets/confirm", reset)
        .await
        .is(204);
    sign_in(&anybody, &ana.email).await.session();
    undo(&anybody, &notification).await.is(204);
    // The thief cannot reverse what the owner has undone.
    undo(&anybody, &thiefs_own)
        .await
        .is_problem(410, "no_longer_valid");
    sign_in(&anybody, &ana.email).await.session();
    app.mails().await;
}

#[tokio::test]
async fn an_email_change_does_not_reveal_whether_an_address_has_an_account() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let ben = app.person("Ben").await;
    let mail = ask(&ana, &ben.email).await;
    assert_eq!(
        mail.header("Subject"),
        "This address already has an account"
    );
    assert!(!mail.text.contains("http"));
    let profile = ben.get("/v1/me").await.is(200);
    assert_eq!(profile["email"], ben.email);
}

#[tokio::test]
async fn an_email_change_to_the_current_address_is_refused() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    for email in [ana.email.clone(), ana.email.to_uppercase()] {
        let same = ana
            .post("/v1/me/email-changes", json!({ "email": email }))
            .await;
        assert_eq!(same.is_invalid(), ["/email unchanged"]);
        let problem = same.json();
        assert_eq!(
            problem["detail"],
            "email: This is your email address already."
        );
    }
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn only_one_of_two_accounts_can_change_to_the_same_address() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let ben = app.person("Ben").await;
    let (first, second) = (ask(&ana, NEW).await, ask(&ben, NEW).await);
    let anybody = app.anybody();
    let both = [confirm(&anybody, &first), confirm(&anybody, &second)];
    let both = futures_util::future::join_all(both).await;
    let mut statuses: Vec<_> = both.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 410]);
    app.mails().await;
}

#[tokio::test]
async fn a_new_email_change_replaces_the_older_one_and_expires_after_a_day() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let older = ask(&ana, NEW).await;
    app.advance(TimeDelta::seconds(1));
    let newer = ask(&ana, "a.diaz@test.example").await;
    confirm(&anybody, &older)
        .await
        .is_problem(410, "no_longer_valid");
    undo(&anybody, &newer)
        .await
        .is_problem(410, "no_longer_valid");
    let link = newer.link("confirm-email");
    app.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    let page = anybody.get(&link).await;
    assert_eq!(heading(&page, 200), "Confirm your new address");
    app.advance(TimeDelta::seconds(1));
    let page = submit(&anybody, &link, "").await;
    assert_eq!(heading(&page, 410), "This link no longer works");
}

#[tokio::test]
async fn an_email_change_needs_a_recently_confirmed_identity() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    app.advance(TimeDelta::minutes(9) + TimeDelta::seconds(59));
    ask(&ana, NEW).await;
    app.advance(TimeDelta::seconds(1));
    let late = ana
        .post("/v1/me/email-changes", json!({ "email": NEW }))
        .await;
    late.is_problem(403, "reauthentication_required");
    let proof = json!({ "password": PASSWORD });
    ana.post("/v1/me/reauthenticate", proof).await.is(204);
    ask(&ana, NEW).await;
}

#[tokio::test]
async fn a_new_password_cancels_a_pending_email_change() {
    for by_mail in [true, false] {
        let app = TestApp::start().await;
        let ana = app.person("Ana").await;
        let anybody = app.anybody();
        let thiefs = ask(&ana, "thief@test.example").await;
        if by_mail {
            let forgotten = json!({ "email": ana.email });
            anybody.post("/v1/password-resets", forgotten).await.is(202);
            let reset = json!({ "token": app.mail().await.token(), "password": PASSWORD });
            let reset = anybody.post("/v1/password-resets/confirm", reset).await;
            reset.is(204);
        } else {
            let change = json!({
                "current_password": PASSWORD, "new_password": "seventeen green umbrellas",
            });
            ana.post("/v1/me/password/change", change).await.is(204);
        }
        confirm(&anybody, &thiefs)
            .await
            .is_problem(410, "no_longer_valid");
        app.mails().await;
    }
}

#[tokio::test]
async fn undoing_an_email_change_removes_tokens_and_a_recent_authenticator_app() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let anybody = app.anybody();
    let enrollment = ana.act("/v1/me/totp").await.is(201);
    let token = json!({
        "name": "Thief", "scopes": ["tasks:read"], "circle_ids": [ana.circle_id()],
    });
    let token = ana.post("/v1/me/access-tokens", token).await.is(201);
    let program = json!({ "access_token": token["token"] });
    let program = app.client(&program).inside(ana.circle_id());
    app.mails().await;
    app.advance(TimeDelta::minutes(1));
    let moved = ask(&ana, NEW).await;
    confirm(&anybody, &moved).await.is(204);
    let notification = app.mail().await;
    let seed = enrollment["secret"].as_str().unwrap();
    let code = json!({ "code": crate::accounts::second_factor::code_of(&app, seed) });
    ana.post("/v1/me/totp/confirm", code).await.is(200);
    program.get("/tasks").await.is(200);

    undo(&anybody, &notification).await.is(204);
    let refused = program.get("/tasks").await;
    refused.is_problem(401, "invalid_token");
    app.mails().await;
    let forgotten = json!({ "email": ana.email });
    anybody.post("/v1/password-resets", forgotten).await.is(202);
    let reset = json!({ "token": app.mail().await.token(), "password": PASSWORD });
    let reset = anybody.post("/v1/password-resets/confirm", reset).await;
    reset.is(204);
    sign_in(&anybody, &ana.email).await.session();
    app.mails().await;
}
