//! Links that are used twice. A person who joined by a link is told that they are a member. A used
//! link creates no second account, signs nobody in, and gives others no access.

use chrono::TimeDelta;
use futures_util::future::join_all;
use kith::privacy::retention::sweep;
use serde_json::{Value, json};

use crate::harness::{Client, Mail, PASSWORD, Person, Reply, TestApp};
use crate::web::pages::{heading, submit};

async fn invite(by: &Person) -> Mail {
    let guest = json!({ "email": "ben@test.example", "access": "helper" });
    by.post("/invitations", guest).await.is(201);
    by.app.mail().await
}

async fn accept(by: &Client, token: &str) -> Reply {
    let token = json!({ "token": token });
    by.post("/v1/invitations/accept", token).await
}

async fn register(by: &Client, token: &str, password: &str) -> Reply {
    let new = json!({
        "token": token, "name": "Ben Test", "password": password, "time_zone": "Europe/Berlin",
    });
    by.post("/v1/invitations/register", new).await
}

async fn sessions(of: &Client) -> usize {
    let sessions = of.get("/v1/me/sessions").await.is(200);
    sessions["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn accepting_twice_answers_the_membership_even_after_a_sweep() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let (ben, cem) = (app.person("Ben").await, app.person("Cem").await);
    let token = invite(&ana).await.token();
    let look = async |token: &str| {
        let token = json!({ "token": token });
        let path = "/v1/invitations/preview";
        app.anybody().post(path, token).await
    };
    assert_eq!(look(&token).await.is(200)["is_member_already"], false);
    let first = accept(&ben, &token).await;
    assert_eq!(look(&token).await.is(200)["is_member_already"], true);
    let again = accept(&ben, &token).await;
    // Both answers show what a helper can do.
    assert_eq!(again.header("etag"), first.header("etag"));
    let (first, again) = (first.is(200), again.is(200));
    assert_eq!(again, first);
    accept(&cem, &token)
        .await
        .is_problem(410, "no_longer_valid");
    accept(&ana, &token)
        .await
        .is_problem(410, "no_longer_valid");
    // The link has expired, and the sweep has removed the invitation.
    app.advance(TimeDelta::days(15));
    sweep(&app.app).await.unwrap();
    look(&token).await.is_problem(410, "no_longer_valid");
    let (ana, ben, cem) = (ana.later().await, ben.later().await, cem.later().await);
    assert_eq!(accept(&ben, &token).await.is(200)["id"], first["id"]);
    accept(&cem, &token)
        .await
        .is_problem(410, "no_longer_valid");
    let path = format!("/members/{}/remove", first["id"].as_str().unwrap());
    ana.post(&path, json!({})).await.is(200);
    accept(&ben, &token)
        .await
        .is_problem(410, "no_longer_valid");
    look(&token).await.is_problem(410, "no_longer_valid");
}

#[tokio::test]
async fn registering_twice_confirms_only_the_right_password_and_signs_nobody_in() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let mail = invite(&ana).await;
    let (token, link) = (mail.token(), mail.link("invitation"));
    let anybody = app.anybody();
    let welcome = register(&anybody, &token, PASSWORD).await.is(201);
    let ben = app.client(&welcome["session"]);
    let again = register(&anybody, &token, PASSWORD).await.is(200);
    assert_eq!(again, json!({ "session": null, "member": null }));
    let stranger = register(&anybody, &token, "another long secret phrase").await;
    stranger.is_problem(410, "no_longer_valid");
    // A wrong password at the link is recorded like a failed sign-in.
    let events = ben.get("/v1/me/security-events").await.is(200);
    let events = events["data"].as_array().unwrap().iter();
    let refused = events.filter(|event| event["kind"] == "sign_in_refused");
    assert_eq!(refused.count(), 1);
    for page in [anybody.get(&link).await, submit(&anybody, &link, "").await] {
        assert_eq!(heading(&page, 200), "Welcome");
        assert_eq!(page.header("set-cookie"), "");
        assert!(!page.text.contains("ben@"), "{}", page.text);
    }
    assert_eq!(sessions(&ben).await, 1);
    let members = ana.get("/members").await.is(200);
    assert_eq!(members["data"].as_array().unwrap().len(), 2);
    ben.post(&ana.path("/leave"), json!({})).await.is(200);
    register(&anybody, &token, PASSWORD)
        .await
        .is_problem(410, "no_longer_valid");
    let page = anybody.get(&link).await;
    assert_eq!(heading(&page, 410), "This link no longer works");
}

#[tokio::test]
async fn twenty_submissions_at_once_create_one_account_and_all_say_welcome() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let link = invite(&ana).await.link("invitation");
    let form = "name=Ben&password=correct+horse+battery+staple&time_zone=Europe%2FBerlin";
    let anybody = app.anybody();
    let pages = join_all((0..20).map(|_| submit(&anybody, &link, form))).await;
    for page in &pages {
        assert_eq!(heading(page, 200), "Welcome");
    }
    let members = ana.get("/members").await.is(200);
    assert_eq!(members["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_address_can_be_confirmed_twice() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let registration = json!({
        "email": "ben@test.example", "password": PASSWORD, "name": "Ben",
        "time_zone": "Europe/Berlin",
    });
    let registration = anybody
        .post("/v1/registrations", registration)
        .await
        .is(202);
    let mail = app.mail().await;
    let id = registration["id"].as_str().unwrap();
    let confirm = format!("/v1/registrations/{id}/confirm");
    let code = |code: &str| json!({ "code": code });
    let tokens = anybody.post(&confirm, code(&mail.code())).await.session();
    let again = anybody.post(&confirm, code(&mail.code())).await.is(200);
    assert_eq!(again, json!({ "session": null, "second_factor": null }));
    let wrong = if mail.code() == "000000" {
        "000001"
    } else {
        "000000"
    };
    let wrong = anybody.post(&confirm, code(wrong)).await;
    wrong.is_problem(410, "no_longer_valid");
    // Nobody has used the link in the same email, but the address is confirmed.
    let link = mail.link("verify");
    for page in [anybody.get(&link).await, submit(&anybody, &link, "").await] {
        assert_eq!(heading(&page, 200), "Your address is confirmed");
    }
    assert_eq!(sessions(&app.client(&tokens)).await, 1);
}

#[tokio::test]
async fn a_disabled_account_is_not_told_that_it_is_a_member() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    let mail = invite(&ana).await;
    accept(&ben, &mail.token()).await.is(200);
    kith::admin::disable(&app.app, "ben@test.example")
        .await
        .unwrap();
    let page = app.anybody().get(&mail.link("invitation")).await;
    assert_eq!(heading(&page, 410), "This link no longer works");
}

/// A person who accepts by the link while they schedule the deletion of their account is never an
/// active member afterwards.
#[tokio::test]
async fn an_account_scheduled_for_deletion_cannot_join_a_circle_at_the_same_time() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for trial in 0..12 {
        let ben = app.person(&format!("Ben{trial}")).await;
        let guest = json!({ "email": ben.email, "access": "coordinator" });
        ana.post("/invitations", guest).await.is(201);
        let link = app.mail().await.link("invitation");
        let anybody = app.anybody();
        let ((), erasing) = futures_util::join!(
            async {
                submit(&anybody, &link, "").await;
            },
            ben.put("/v1/me/deletion"),
        );
        let members = ana.get("/members").await.is(200);
        let is_ben = |row: &&Value| row["email"] == ben.email.as_str();
        let member = members["data"].as_array().unwrap().iter().find(is_ben);
        let state = member.map(|member| member["state"].as_str().unwrap().to_owned());
        assert_eq!(erasing.status.as_u16(), 200, "{}", erasing.text);
        assert!(
            matches!(state.as_deref(), None | Some("leaving")),
            "{state:?}"
        );
        app.mails().await;
    }
    // Coordinators who are leaving do not count, so the last active coordinator cannot leave.
    let alone = ana.post("/leave", json!({})).await;
    alone.is_problem(409, "last_coordinator");
}
