//! Resetting a forgotten password with the link in an email, and the page of the link.

use chrono::TimeDelta;
use kith::platform::crypto::{PasswordCost, PasswordRules, Passwords};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::harness::{Client, Mail, PASSWORD, Person, Reply, TestApp};
use crate::web::pages::{heading, submit};

const ANOTHER: &str = "seventeen green umbrellas";

async fn sign_in(by: &Client, email: &str, password: &str) -> Reply {
    let credentials = json!({ "email": email, "password": password });
    by.post("/v1/sessions", credentials).await
}

async fn forget(by: &Client, email: &str) -> Reply {
    by.post("/v1/password-resets", json!({ "email": email }))
        .await
}

/// Requests a password reset and returns the email.
async fn forgotten(person: &Person) -> Mail {
    let reply = forget(&person.app.anybody(), &person.email).await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str()), (202, ""));
    person.app.mail().await
}

async fn confirm(by: &Client, mail: &Mail, password: &str) -> Reply {
    let reset = json!({ "token": mail.token(), "password": password });
    by.post("/v1/password-resets/confirm", reset).await
}

#[tokio::test]
async fn the_link_in_the_email_replaces_a_forgotten_password() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let mail = forgotten(&ana).await;
    assert_eq!(mail.to, ana.email);
    assert_eq!(mail.header("Subject"), "Choose a new password");
    insta::assert_snapshot!(mail.text.replace(&mail.token(), "TOKEN"), @r"
    Hello Ana Test,

    Choose a new password for your Kith account here:

    https://kith.example/reset?token=TOKEN

    The page works for 30 minutes. Somebody, probably you, asked for a new password. If
    it was not you, ignore this email: your password stays as it is.
    ");
    ana.get("/v1/me").await.is(200);

    let reply = confirm(&anybody, &mail, ANOTHER).await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str()), (204, ""));
    ana.get("/v1/me").await.is_problem(401, "invalid_token");
    let refresh = json!({ "refresh_token": ana.tokens["refresh_token"] });
    let refresh = anybody.post("/v1/sessions/refresh", refresh).await;
    refresh.is_problem(401, "invalid_token");
    let old = sign_in(&anybody, &ana.email, PASSWORD).await;
    old.is_problem(401, "wrong_credentials");
    let notification = app.mail().await;
    assert_eq!(notification.to, ana.email);
    assert_eq!(notification.header("Subject"), "Your password was changed");
    sign_in(&anybody, &ana.email, ANOTHER).await.session();
    let notification = app.mail().await;
    assert_eq!(notification.header("Subject"), "A new device signed in");
    let again = confirm(&anybody, &mail, "another seventeen umbrellas").await;
    again.is_problem(410, "no_longer_valid");
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn a_password_reset_does_not_reveal_whether_an_address_has_an_account() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let known = forget(&anybody, &ana.email).await;
    let unknown = forget(&anybody, "nobody@test.example").await;
    let seen = |reply: &Reply| {
        let names = reply.headers.keys().map(ToString::to_string);
        (reply.status, names.collect::<Vec<_>>(), reply.text.clone())
    };
    assert_eq!(seen(&known), seen(&unknown));
    assert_eq!(app.mail().await.to, ana.email);

    let one = async |email: &str| app.statements(forget(&anybody, email)).await;
    assert_eq!(
        one(&ana.email).await,
        one("nobody@test.example").await,
        "the number of statements reveals whether an address has an account: \
         src/features/accounts/password_resets/request.rs must run as many for both"
    );
    app.mails().await;
}

#[tokio::test]
async fn a_new_reset_link_replaces_the_older_one_and_expires_after_half_an_hour() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let older = forgotten(&ana).await;
    let newest = forgotten(&ana).await;
    let reply = confirm(&anybody, &older, ANOTHER).await;
    reply.is_problem(410, "no_longer_valid");
    app.advance(TimeDelta::minutes(30) - TimeDelta::seconds(1));
    let weak = confirm(&anybody, &newest, "short").await;
    assert_eq!(weak.is_invalid(), ["/password too_short"]);
    app.advance(TimeDelta::seconds(1));
    let reply = confirm(&anybody, &newest, ANOTHER).await;
    reply.is_problem(410, "no_longer_valid");
    sign_in(&anybody, &ana.email, PASSWORD).await.session();
    app.mail().await;

    let last = forgotten(&ana).await;
    confirm(&anybody, &last, ANOTHER).await.is(204);
    app.mails().await;
}

#[tokio::test]
async fn a_reset_link_used_twice_with_the_same_password_succeeds_twice() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let mail = forgotten(&ana).await;
    let page = format!("/reset?token={}", mail.token());
    let form = "password=seventeen+green+umbrellas";
    let presses = [
        submit(&anybody, &page, form).await,
        submit(&anybody, &page, form).await,
        anybody.get(&page).await,
    ];
    for reply in &presses {
        assert_eq!(heading(reply, 200), "Your password is changed");
    }
    confirm(&anybody, &mail, ANOTHER).await.is(204);
    let short = submit(&anybody, &page, "password=short").await;
    assert_eq!(heading(&short, 410), "This link no longer works");
    let notifications = app.mails().await;
    assert_eq!(notifications.len(), 1, "the password was changed only once");
    let tokens = sign_in(&anybody, &ana.email, ANOTHER).await.session();
    app.mail().await;

    // A device that signed in stays signed in.
    let refresh = json!({ "refresh_token": tokens["refresh_token"] });
    anybody.post("/v1/sessions/refresh", refresh).await.is(200);
    app.advance(TimeDelta::minutes(3));
    let late = confirm(&anybody, &mail, ANOTHER).await;
    late.is_problem(410, "no_longer_valid");

    // Another password ends the link at once, so that nobody can guess the password with a link.
    let mail = forgotten(&ana).await;
    confirm(&anybody, &mail, PASSWORD).await.is(204);
    let other = confirm(&anybody, &mail, ANOTHER).await;
    other.is_problem(410, "no_longer_valid");
    let right = confirm(&anybody, &mail, PASSWORD).await;
    right.is_problem(410, "no_longer_valid");
    app.mails().await;
}

#[tokio::test]
async fn a_reset_link_used_many_times_at_once_sets_one_password() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let mail = forgotten(&ana).await;
    let passwords: Vec<_> = (0..10).map(|n| format!("{ANOTHER} {n}")).collect();
    let uses = passwords.iter().map(async |password| {
        let reply = confirm(&anybody, &mail, password).await;
        reply.status.as_u16()
    });
    let statuses = futures_util::future::join_all(uses).await;
    let won = statuses.iter().position(|status| *status == 204).unwrap();
    let lost = statuses.iter().filter(|status| **status == 410).count();
    assert_eq!(lost, 9, "{statuses:?}");
    assert_eq!(
        app.mail().await.header("Subject"),
        "Your password was changed"
    );
    sign_in(&anybody, &ana.email, &passwords[won])
        .await
        .session();
    app.mail().await;
}

#[tokio::test]
async fn a_disabled_account_cannot_reset_its_password() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let mail = forgotten(&ana).await;
    let connection = app.database.connect().await;
    let disable = "UPDATE users SET state = 'disabled'";
    connection.execute_unprepared(disable).await.unwrap();
    connection.close().await.unwrap();
    let anybody = app.anybody();
    let reply = confirm(&anybody, &mail, ANOTHER).await;
    reply.is_problem(410, "no_longer_valid");
    forget(&anybody, &ana.email).await.is(202);
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn the_reset_page_shows_a_form_and_sets_the_password() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let link = forgotten(&ana).await.link("reset");
    for _ in 0..3 {
        let page = anybody.get(&link).await;
        assert_eq!(heading(&page, 200), "Choose a new password");
        assert!(page.text.contains(&ana.email) && page.text.contains("name=\"password\""));
    }
    let page = submit(&anybody, &link, "password=short").await;
    assert_eq!(heading(&page, 422), "Choose a new password");
    let error = "id=\"password-error\">At least 12 characters.</p>";
    assert!(page.text.contains(error), "{}", page.text);
    assert!(!page.text.contains("short"));
    sign_in(&anybody, &ana.email, PASSWORD).await.session();

    let form = format!("password={}", ANOTHER.replace(' ', "+"));
    let page = submit(&anybody, &link, &form).await;
    assert_eq!(heading(&page, 200), "Your password is changed");
    assert_eq!(page.header("set-cookie"), "");
    ana.get("/v1/me").await.is_problem(401, "invalid_token");
    sign_in(&anybody, &ana.email, ANOTHER).await.session();
    app.advance(TimeDelta::minutes(30));
    for again in [
        anybody.get(&link).await,
        submit(&anybody, &link, &form).await,
    ] {
        assert_eq!(heading(&again, 410), "This link no longer works");
    }
    app.mails().await;
}

#[tokio::test]
async fn a_token_for_another_purpose_cannot_reset_a_password() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let guest = json!({ "email": "ben@test.example", "access": "helper" });
    ana.post("/invitations", guest).await.is(201);
    let invitation = app.mail().await;
    let anybody = app.anybody();
    let reply = confirm(&anybody, &invitation, ANOTHER).await;
    reply.is_problem(410, "no_longer_valid");
    let reset: Value = json!({ "token": forgotten(&ana).await.token() });
    let reply = anybody.post("/v1/invitations/preview", reset).await;
    reply.is_problem(410, "no_longer_valid");
}

#[tokio::test]
async fn a_password_that_can_be_guessed_is_refused_with_advice() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let anybody = app.anybody();
    let registration = json!({
        "email": "cem@test.example", "password": "cem@test.example", "name": "Cem Test",
        "time_zone": "Europe/Berlin",
    });
    let weak = anybody.post("/v1/registrations", registration).await;
    assert_eq!(weak.is_invalid(), ["/password password_too_weak"]);

    let renamed = json!({ "name": "Wollmantelkreis" });
    ana.patch("", renamed).await.is(200);
    let weak = json!({ "current_password": PASSWORD, "new_password": "Wollmantelkreis1" });
    let weak = ana.post("/v1/me/password/change", weak).await;
    assert_eq!(weak.is_invalid(), ["/new_password password_too_weak"]);
    let detail = &weak.json()["errors"][0]["detail"];
    assert!(detail.as_str().unwrap().contains("four or five words"));

    let mail = forgotten(&ana).await;
    let weak = confirm(&anybody, &mail, "passwordpassword").await;
    assert_eq!(weak.is_invalid(), ["/password password_too_weak"]);
    let link = mail.link("reset");
    let page = submit(&anybody, &link, "password=passwordpassword").await;
    assert_eq!(heading(&page, 422), "Choose a new password");
    assert!(
        page.text.contains("id=\"password-error\">") && page.text.contains("four or five words")
    );
    confirm(&anybody, &mail, ANOTHER).await.is(204);
    app.mails().await;

    let guest = json!({ "email": "dora@test.example", "access": "helper" });
    let tokens = sign_in(&anybody, &ana.email, ANOTHER).await.session();
    app.mail().await;
    let ana = app.client(&tokens).inside(ana.circle_id());
    ana.post("/invitations", guest).await.is(201);
    let token = app.mail().await.token();
    let guessed = json!({
        "token": token, "name": "Dora Test", "password": "dora@test.example",
        "time_zone": "Europe/Berlin",
    });
    let weak = anybody.post("/v1/invitations/register", guessed).await;
    assert_eq!(weak.is_invalid(), ["/password password_too_weak"]);
    let form = "name=Dora&password=passwordpassword&time_zone=Europe%2FBerlin";
    let page = submit(&anybody, &format!("/invitation?token={token}"), form).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("four or five words"));
}

#[tokio::test]
async fn an_outdated_password_hash_is_replaced_when_its_owner_signs_in() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let connection = app.database.connect().await;
    let hash = async || {
        let sql = "SELECT password_hash FROM users";
        let hash = Statement::from_string(connection.get_database_backend(), sql);
        let row = connection.query_one_raw(hash).await.unwrap().unwrap();
        row.try_get_by_index::<String>(0).unwrap()
    };
    let cheaper = PasswordCost {
        memory_kib: 8,
        passes: 1,
    };
    let cheaper = Passwords::new(cheaper, PasswordRules::default()).unwrap();
    let cheaper = cheaper.hash(PASSWORD).await.unwrap();
    let replace = format!("UPDATE users SET password_hash = '{cheaper}'");
    connection.execute_unprepared(&replace).await.unwrap();

    let wrong = sign_in(&app.anybody(), &ana.email, "not the password").await;
    wrong.is_problem(401, "wrong_credentials");
    assert_eq!(hash().await, cheaper);
    sign_in(&app.anybody(), &ana.email, PASSWORD)
        .await
        .session();
    let after = hash().await;
    assert!(after.contains("$m=16,t=1,"), "{after}");
    sign_in(&app.anybody(), &ana.email, PASSWORD)
        .await
        .session();
    assert_eq!(hash().await, after);
    connection.close().await.unwrap();
}
