//! Links pressed twice: a person who joined by a link hears that they are in. A link that was used
//! makes no second account, signs nobody in, and is as worthless to others as before.

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
async fn accepting_twice_answers_the_membership_also_after_a_sweep() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let (ben, cem) = (app.person("Ben").await, app.person("Cem").await);
    let token = invite(&ana).await.token();
    let look = async |token: &str| {
        let token = json!({ "token": token });
        let path = "/v1/invitations/describe";
        app.anybody().post(path, token).await
    };
    assert_eq!(look(&token).await.is(200)["already_in"], false);
    let first = accept(&ben, &token).await;
    assert_eq!(look(&token).await.is(200)["already_in"], true);
    let again = accept(&ben, &token).await;
    // A helper sees what a helper may do, however often they press.
    assert_eq!(again.header("etag"), first.header("etag"));
    let (first, again) = (first.is(200), again.is(200));
    assert_eq!(again, first);
    accept(&cem, &token).await.is_problem(410, "gone");
    accept(&ana, &token).await.is_problem(410, "gone");
    // The link has ended, and what has ended is swept.
    app.advance(TimeDelta::days(15));
    sweep(&app.app).await.unwrap();
    look(&token).await.is_problem(410, "gone");
    let (ana, ben, cem) = (ana.later().await, ben.later().await, cem.later().await);
    assert_eq!(accept(&ben, &token).await.is(200)["id"], first["id"]);
    accept(&cem, &token).await.is_problem(410, "gone");
    let path = format!("/members/{}/remove", first["id"].as_str().unwrap());
    ana.post(&path, json!({})).await.is(200);
    accept(&ben, &token).await.is_problem(410, "gone");
    look(&token).await.is_problem(410, "gone");
}

#[tokio::test]
async fn registering_twice_is_in_for_the_password_and_signs_nobody_in() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let mail = invite(&ana).await;
    let (token, link) = (mail.token(), mail.link("invitation"));
    let anybody = app.anybody();
    let welcome = register(&anybody, &token, PASSWORD).await.is(201);
    let ben = app.client(&welcome["tokens"]);
    let again = register(&anybody, &token, PASSWORD).await.is(200);
    assert_eq!(again, json!({ "already_in": true }));
    let stranger = register(&anybody, &token, "another long secret phrase").await;
    stranger.is_problem(410, "gone");
    // Who guesses a password by the link leaves the same trace as at the door.
    let events = ben.get("/v1/me/events").await.is(200);
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
        .is_problem(410, "gone");
    let page = anybody.get(&link).await;
    assert_eq!(heading(&page, 410), "This link is no longer good");
}

#[tokio::test]
async fn twenty_presses_at_once_make_one_account_and_all_say_welcome() {
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
async fn an_address_that_is_proven_twice_is_proven() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let wish = json!({
        "email": "ben@test.example", "password": PASSWORD, "name": "Ben",
        "time_zone": "Europe/Berlin",
    });
    let registration = anybody.post("/v1/registrations", wish).await.is(202);
    let mail = app.mail().await;
    let id = registration["id"].as_str().unwrap();
    let confirm = format!("/v1/registrations/{id}/confirm");
    let code = |code: &str| json!({ "code": code });
    let tokens = anybody.post(&confirm, code(&mail.code())).await.is(201);
    let again = anybody.post(&confirm, code(&mail.code())).await.is(200);
    assert_eq!(again, json!({ "already_in": true }));
    let wrong = if mail.code() == "000000" {
        "000001"
    } else {
        "000000"
    };
    let wrong = anybody.post(&confirm, code(wrong)).await;
    wrong.is_problem(410, "gone");
    // The link beside the code: nobody has followed it, and the address is proven.
    let link = mail.link("verify");
    for page in [anybody.get(&link).await, submit(&anybody, &link, "").await] {
        assert_eq!(heading(&page, 200), "Your address is confirmed");
    }
    assert_eq!(sessions(&app.client(&tokens)).await, 1);
}

#[tokio::test]
async fn a_disabled_account_is_not_told_that_it_is_in() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    let mail = invite(&ana).await;
    accept(&ben, &mail.token()).await.is(200);
    kith::admin::disable(&app.app, "ben@test.example")
        .await
        .unwrap();
    let page = app.anybody().get(&mail.link("invitation")).await;
    assert_eq!(heading(&page, 410), "This link is no longer good");
}

/// One who accepts by the link while the account is being erased is never active afterwards.
#[tokio::test]
async fn an_account_that_is_being_erased_joins_nothing_at_the_same_moment() {
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
            ben.act("/v1/me/delete"),
        );
        let members = ana.get("/members").await.is(200);
        let mine = |row: &&Value| row["email"] == ben.email.as_str();
        let member = members["data"].as_array().unwrap().iter().find(mine);
        let state = member.map(|member| member["state"].as_str().unwrap().to_owned());
        assert_eq!(erasing.status.as_u16(), 200, "{}", erasing.text);
        assert!(
            matches!(state.as_deref(), None | Some("leaving")),
            "{state:?}"
        );
        app.mails().await;
    }
    // Coordinators on paper do not let the real one go.
    let alone = ana.post("/leave", json!({})).await;
    alone.is_problem(409, "last_coordinator");
}
