//! `POST /v1/circles/{circle_id}/invitations`

use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

use super::{accept, describe, invite, withdraw};
use crate::harness::{Person, TestApp};

#[tokio::test]
async fn the_invitation_email_names_only_the_inviter_and_links_to_the_rest() {
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
    Look at the invitation and answer it here, with yes or no:

    https://kith.example/invitation?token=TOKEN

    You can answer until Tue 8 December 2026, 09:00 (Europe/Berlin, UTC+1).
    You need no account to say no.

    If you do nothing, nothing happens: the invitation ends by itself. So if you do not
    know Ana Test, ignore this email.
    ");
    let offer = describe(&app.anybody(), &mail).await.is(200);
    assert_eq!(
        offer,
        json!({
            "circle_alias": "Ana's circle", "invited_by_name": "Ana Test",
            "email": "ben@test.example", "access": "caregiver", "as_patient": false,
            "note": "Canary note", "has_account": false, "expires_at": "2026-12-08T08:00:00.000Z",
            "is_member_already": false, "is_declined": false,
        })
    );
}

#[tokio::test]
async fn names_and_aliases_cannot_put_a_link_into_an_invitation_email() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let own = format!("/members/{}", ana.member_id);
    let hostile = json!({ "name": "Prize: https://evil.example <b>" });
    assert_eq!(
        ana.patch(&own, hostile).await.is_invalid(),
        ["/name contains_link"]
    );
    let alias = json!({ "alias": "<img> & www.evil.example" });
    assert_eq!(
        ana.patch("", alias).await.is_invalid(),
        ["/alias contains_link"]
    );
    let alias = json!({ "alias": "<img> & Oma 24/7" });
    ana.patch("", alias).await.is(200);

    // A name that was stored before such names were refused.
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
async fn an_invitation_that_ends_before_its_email_is_sent_sends_no_email() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    invite(&ana).await;
    app.advance(TimeDelta::days(7));
    assert_eq!(app.mails().await.len(), 0);
    let withdrawn = invite(&ana.later().await).await;
    withdraw(&ana.later().await, &withdrawn).await.is(204);
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn a_member_of_the_circle_cannot_be_invited() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let invitation = json!({ "email": ben.email.to_uppercase(), "access": "coordinator" });
    let invite = || ana.post("/invitations", invitation.clone());
    invite().await.is_problem(409, "already_member");
    let act = |verb: &str| format!("/members/{}/{verb}", ben.member_id);
    ana.post(&act("suspend"), json!({})).await.is(200);
    invite().await.is_problem(409, "member_suspended");
    ana.post(&act("remove"), json!({})).await.is(200);
    invite().await.is(201);
    app.mails().await;
}

#[tokio::test]
async fn a_circle_has_at_most_one_patient() {
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
        (&linked["is_patient"], &linked["topic_levels"]["decisions"]),
        (&json!(true), &json!("write"))
    );
    late.is_problem(409, "patient_exists");
    let third = ana.post("/invitations", patient(&cem)).await;
    third.is_problem(409, "patient_exists");
}

#[tokio::test]
async fn inviting_again_with_a_chosen_id_sends_no_second_email() {
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
