//! Invitations: bound to an address, used once, void in time.

use axum::http::Method;
use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Client, Mail, PASSWORD, Person, Reply, TestApp};

/// Invites Ben, who may have no account yet.
async fn invite(by: &Client) -> Value {
    let guest = json!({ "email": "Ben@Test.example", "access": "helper" });
    by.post("/invitations", guest).await.is(201)
}

async fn describe(by: &Client, mail: &Mail) -> Reply {
    let token = json!({ "token": mail.token() });
    by.post("/v1/invitations/describe", token).await
}

async fn accept(by: &Client, mail: &Mail) -> Reply {
    let token = json!({ "token": mail.token() });
    by.post("/v1/invitations/accept", token).await
}

async fn register(by: &Client, mail: &Mail) -> Reply {
    let wish = json!({
        "token": mail.token(), "name": "Ben Test", "password": PASSWORD,
        "time_zone": "Europe/Berlin",
    });
    by.post("/v1/invitations/register", wish).await
}

async fn act(by: &Client, invitation: &Value, verb: &str) -> Reply {
    let id = invitation["id"].as_str().unwrap();
    by.act(&format!("/invitations/{id}/{verb}")).await
}

async fn state(by: &Client, invitation: &Value) -> Value {
    let all = by.get("/invitations").await.is(200);
    let mut rows = all["data"].as_array().unwrap().iter();
    rows.find(|row| row["id"] == invitation["id"]).unwrap()["state"].clone()
}

#[tokio::test]
async fn the_mail_names_who_invites_and_keeps_the_rest_behind_its_link() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let guest = json!({
        "email": " Ben@Test.Example", "access": "caregiver", "relationship": "Canary son",
        "note": "Canary note",
    });
    ana.post("/invitations", guest).await.is(201);
    let mail = app.mail().await;
    assert_eq!(mail.to, "ben@test.example");
    assert_eq!(
        mail.header("Subject"),
        "Ana Test invites you to Ana's circle"
    );
    let whole = format!("{} {} {}", mail.headers, mail.text, mail.html);
    assert!(!whole.contains("Canary") && !whole.contains("Rosa"));
    insta::assert_snapshot!(mail.text.replace(&mail.token(), "TOKEN"), @r"
    Hello,

    Ana Test invites you to Ana's circle on Kith, where a family
    shares what there is to do.
    Look at the invitation and answer it here:

    https://kith.example/invitation?token=TOKEN

    It is good until Tue 8 December 2026, 09:00 (Europe/Berlin, UTC+1). If you do not know Ana Test,
    do nothing.
    ");
    let offer = describe(&app.anybody(), &mail).await.is(200);
    assert_eq!(
        offer,
        json!({
            "circle_alias": "Ana's circle", "invited_by": "Ana Test",
            "email": "ben@test.example", "access": "caregiver", "as_patient": false,
            "note": "Canary note", "has_account": false, "expires_at": "2026-12-08T08:00:00.000Z",
            "already_in": false,
        })
    );
}

#[tokio::test]
async fn names_of_all_kinds_make_no_link_in_a_strangers_mail() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let own = format!("/members/{}", ana.member_id);
    let hostile = json!({ "name": "Prize: https://evil.example <b>" });
    assert_eq!(
        ana.patch(&own, hostile).await.is_invalid(),
        ["/name holds_link"]
    );
    let alias = json!({ "alias": "<img> & www.evil.example" });
    assert_eq!(
        ana.patch("", alias).await.is_invalid(),
        ["/alias holds_link"]
    );
    let alias = json!({ "alias": "<img> & Oma 24/7" });
    ana.patch("", alias).await.is(200);

    // A name of a time when it was not refused.
    for (name, shown) in [
        ("Prize: https://evil.example <b>", "Prize: <b>"),
        ("evil.example", "Somebody"),
    ] {
        let connection = app.database.connect().await;
        let rename = format!("UPDATE memberships SET name = '{name}'");
        connection.execute_unprepared(&rename).await.unwrap();
        connection.close().await.unwrap();
        invite(&ana).await;
        let mail = app.mail().await;
        let subject = format!("{shown} invites you to <img> & Oma 24/7");
        assert_eq!(mail.header("Subject"), subject);
        assert!(!format!("{}{}", mail.text, mail.html).contains("evil"));
        assert!(!mail.html.contains("<img>") && !mail.html.contains("<b>"));
    }
}

#[tokio::test]
async fn an_invitation_is_for_its_address_alone() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let (ben, cem) = (app.person("Ben").await, app.person("Cem").await);
    let invitation = invite(&ana).await;
    let mail = app.mail().await;
    accept(&cem, &mail).await.is_problem(409, "other_address");
    let member = accept(&ben, &mail).await.is(200);
    assert_eq!(
        (&member["name"], &member["access"], &member["state"]),
        (&json!("Ben Test"), &json!("helper"), &json!("active"))
    );
    assert_eq!(state(&ana, &invitation).await, "accepted");
    let circle = format!("/v1/circles/{}", ana.circle_id());
    ben.get(&circle).await.is(200);
    cem.get(&circle).await.is_problem(404, "not_found");
}

#[tokio::test]
async fn an_invitation_is_accepted_once_even_at_once() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    invite(&ana).await;
    let mail = app.mail().await;
    let replies = futures_util::future::join_all((0..5).map(|_| accept(&ben, &mail))).await;
    let mut ids: Vec<_> = replies
        .into_iter()
        .map(|reply| reply.is(200)["id"].to_string())
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
    let offer = describe(&app.anybody(), &mail).await.is(200);
    assert_eq!(offer["already_in"], true);
    let members = ana.get("/members").await.is(200);
    assert_eq!(members["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn accepting_again_with_the_same_key_answers_the_same() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    invite(&ana).await;
    let token = json!({ "token": app.mail().await.token() });
    let key = ("idempotency-key", "in");
    let path = "/v1/invitations/accept";
    let ask = || ben.with(key, &Method::POST, path, Some(token.clone()));
    let (first, second) = (ask().await, ask().await);
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert_eq!(first.is(200), second.is(200));
}

#[tokio::test]
async fn an_invitation_ends_after_seven_days_and_lives_again_when_resent() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let invitation = invite(&ana).await;
    let old = app.mail().await;
    app.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    let anybody = app.anybody();
    describe(&anybody, &old).await.is(200);
    app.advance(TimeDelta::seconds(1));
    describe(&anybody, &old).await.is_problem(410, "gone");
    register(&anybody, &old).await.is_problem(410, "gone");
    let resent = act(&ana.later().await, &invitation, "resend").await.is(200);
    assert_eq!(resent["expires_at"], "2026-12-15T08:00:00.000Z");
    let new = app.mail().await;
    describe(&anybody, &old).await.is_problem(410, "gone");
    register(&anybody, &new).await.is(201);
}

#[tokio::test]
async fn what_ended_before_it_was_mailed_is_not_mailed() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    invite(&ana).await;
    app.advance(TimeDelta::days(7));
    assert_eq!(app.mails().await.len(), 0);
    let withdrawn = invite(&ana.later().await).await;
    act(&ana.later().await, &withdrawn, "withdraw")
        .await
        .is(200);
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn a_newer_link_voids_the_older_one() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    let invitation = invite(&ana).await;
    let first = app.mail().await;
    for _ in 0..2 {
        act(&ana, &invitation, "resend").await.is(200);
    }
    // They were asked for before one of them was written.
    let second = app.mail().await;
    accept(&ben, &first).await.is_problem(410, "gone");
    app.advance(TimeDelta::days(1));
    let (ana, ben) = (ana.later().await, ben.later().await);
    let again = invite(&ana).await;
    assert_eq!(state(&ana, &invitation).await, "withdrawn");
    let third = app.mail().await;
    accept(&ben, &second).await.is_problem(410, "gone");
    accept(&ben, &third).await.is(200);
    for verb in ["resend", "withdraw"] {
        let reply = act(&ana, &again, verb).await;
        let problem = reply.is_problem(409, "invalid_transition");
        assert_eq!(problem["state"], "accepted");
    }
}

#[tokio::test]
async fn a_withdrawn_invitation_opens_nothing() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    let invitation = invite(&ana).await;
    let mail = app.mail().await;
    let withdrawn = act(&ana, &invitation, "withdraw").await.is(200);
    assert_eq!(
        (&withdrawn["state"], &withdrawn["actions"]),
        (&json!("withdrawn"), &json!([]))
    );
    let again = act(&ana, &invitation, "withdraw").await.is(200);
    assert_eq!(again, withdrawn);
    accept(&ben, &mail).await.is_problem(410, "gone");
    let resent = act(&ana, &invitation, "resend").await;
    resent.is_problem(409, "invalid_transition");
}

#[tokio::test]
async fn an_invitation_does_not_outlive_the_right_to_invite() {
    let app = TestApp::start().await;
    let [ana, dora, eli, finn, gio] = app
        .circle_of(["coordinator"; 5], ["Ana", "Dora", "Eli", "Finn", "Gio"])
        .await;
    let own = ana.post(
        "/invitations",
        json!({ "email": "own@test.example", "access": "helper" }),
    );
    let own = own.await.is(201);
    app.mails().await;
    let member = |person: &Person, verb: &str| format!("/members/{}{verb}", person.member_id);
    for person in [&dora, &eli, &finn, &gio] {
        let guest = json!({ "email": format!("guest.{}", person.email), "access": "helper" });
        let invitation = person.post("/invitations", guest).await.is(201);
        let mail = app.mail().await;
        describe(&app.anybody(), &mail).await.is(200);
        match person.email.split('@').next().unwrap() {
            "dora" => {
                ana.patch(&member(person, ""), json!({ "access": "caregiver" }))
                    .await
            }
            "eli" => ana.post(&member(person, "/suspend"), json!({})).await,
            "finn" => ana.post(&member(person, "/remove"), json!({})).await,
            _ => person.post("/leave", json!({})).await,
        }
        .is(200);
        assert_eq!(state(&ana, &invitation).await, "withdrawn");
        register(&app.anybody(), &mail)
            .await
            .is_problem(410, "gone");
    }
    assert_eq!(state(&ana, &own).await, "open");
}

#[tokio::test]
async fn a_new_account_comes_in_with_one_mail() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let guest =
        json!({ "email": "ben@test.example", "access": "caregiver", "relationship": "son" });
    ana.post("/invitations", guest).await.is(201);
    let mail = app.mail().await;
    let anybody = app.anybody();
    let both = futures_util::join!(register(&anybody, &mail), register(&anybody, &mail));
    let (welcome, late) = match both.0.status.as_u16() {
        201 => both,
        _ => (both.1, both.0),
    };
    assert_eq!(late.is(200), json!({ "already_in": true }));
    assert_eq!(welcome.header("cache-control"), "no-store");
    let welcome = welcome.is(201);
    assert_eq!(welcome["member"]["relationship"], "son");
    let ben = app.client(&welcome["tokens"]);
    let me = ben.get("/v1/me").await.is(200);
    assert_eq!(me["email"], "ben@test.example");
    let circle = format!("/v1/circles/{}", ana.circle_id());
    assert_eq!(ben.get(&circle).await.is(200)["my_access"], "caregiver");
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn whoever_has_an_account_uses_it() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    invite(&ana).await;
    let mail = app.mail().await;
    let offer = describe(&app.anybody(), &mail).await.is(200);
    assert_eq!(offer["has_account"], true);
    let second = register(&app.anybody(), &mail).await;
    second.is_problem(409, "account_exists");
    accept(&ben, &mail).await.is(200);
}

#[tokio::test]
async fn nobody_is_invited_who_is_in_the_circle() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let invitation = json!({ "email": ben.email.to_uppercase(), "access": "coordinator" });
    let invite = || ana.post("/invitations", invitation.clone());
    invite().await.is_problem(409, "already_member");
    let act = |verb: &str| format!("/members/{}/{verb}", ben.member_id);
    ana.post(&act("suspend"), json!({})).await.is(200);
    invite().await.is_problem(409, "suspended");
    ana.post(&act("remove"), json!({})).await.is(200);
    invite().await.is(201);
    app.mails().await;
}

#[tokio::test]
async fn an_invitation_lets_nobody_in_twice_and_nobody_back_who_went() {
    for verb in ["suspend", "remove", "leave"] {
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "viewer"]).await;
        let guest = json!({ "email": "guest@test.example", "access": "coordinator" });
        ana.post("/invitations", guest).await.is(201);
        let mail = app.mail().await;
        // As when an account takes over an address that was invited.
        let connection = app.database.connect().await;
        let take_over = format!(
            "UPDATE invitations SET email = '{}' WHERE state = 'open'",
            ben.email
        );
        connection.execute_unprepared(&take_over).await.unwrap();
        connection.close().await.unwrap();
        accept(&ben, &mail).await.is_problem(409, "already_member");

        let path = format!("/members/{}/{verb}", ben.member_id);
        match verb {
            "leave" => ben.post("/leave", json!({})).await.is(200),
            _ => ana.post(&path, json!({})).await.is(200),
        };
        accept(&ben, &mail).await.is_problem(410, "gone");
        ben.get("").await.is_problem(404, "not_found");
    }
}

#[tokio::test]
async fn there_is_one_patient() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let (ben, cem) = (app.person("Ben").await, app.person("Cem").await);
    let patient =
        |person: &Person| json!({ "email": person.email, "access": "viewer", "as_patient": true });
    let mut mails = Vec::new();
    for person in [&ben, &cem] {
        ana.post("/invitations", patient(person)).await.is(201);
        mails.push(app.mail().await);
    }
    let (first, second) = futures_util::join!(accept(&ben, &mails[0]), accept(&cem, &mails[1]));
    let (linked, late) = match first.status.as_u16() {
        200 => (first, second),
        _ => (second, first),
    };
    let linked = linked.is(200);
    assert_eq!(
        (&linked["is_patient"], &linked["topics"]["decisions"]),
        (&json!(true), &json!("write"))
    );
    late.is_problem(409, "has_patient");
    let third = ana.post("/invitations", patient(&cem)).await;
    third.is_problem(409, "has_patient");
}

#[tokio::test]
async fn inviting_again_with_ones_own_id_sends_no_second_mail() {
    let app = TestApp::start().await;
    let [ana, dora] = app.circle_of(["coordinator"; 2], ["Ana", "Dora"]).await;
    let guest = json!({ "id": Uuid::now_v7(), "email": "ben@test.example", "access": "helper" });
    let first = ana.post("/invitations", guest.clone()).await.is(201);
    app.mail().await;
    let second = ana.post("/invitations", guest.clone()).await.is(200);
    assert_eq!(first, second);
    assert_eq!(app.mails().await.len(), 0);
    dora.post("/invitations", guest)
        .await
        .is_problem(409, "id_taken");
}

#[tokio::test]
async fn invitations_are_listed_the_newest_first() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for name in ["one", "two", "three"] {
        let guest = json!({ "email": format!("{name}@test.example"), "access": "viewer" });
        ana.post("/invitations", guest).await.is(201);
        app.advance(TimeDelta::seconds(1));
    }
    let emails = |page: &Value| -> Vec<String> {
        let rows = page["data"].as_array().unwrap().iter();
        let name = |row: &Value| row["email"].as_str().unwrap().replace("@test.example", "");
        rows.map(name).collect()
    };
    let page = ana.get("/invitations?limit=2&state=open").await.is(200);
    assert_eq!(emails(&page), ["three", "two"]);
    let cursor = page["next_cursor"].as_str().unwrap();
    let path = format!("/invitations?limit=2&state=open&cursor={cursor}");
    let page = ana.get(&path).await.is(200);
    assert_eq!(emails(&page), ["one"]);
    let accepted = ana.get("/invitations?state=accepted").await.is(200);
    assert_eq!(accepted["data"], json!([]));
    app.mails().await;
}
