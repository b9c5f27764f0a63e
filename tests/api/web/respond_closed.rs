//! What the page behind the button in an email says when there is nothing to answer any more, and
//! which tokens open it.

use chrono::TimeDelta;
use serde_json::json;

use super::pages::heading;
use super::respond::{link_to, offer, press};
use crate::appointments::{grant, path_of, scan};
use crate::harness::{Mail, TestApp};
use crate::members::create::aunt;

#[tokio::test]
async fn the_page_of_a_circle_that_asks_for_nothing_says_why_in_a_kind_sentence() {
    for (path, body, says) in [
        (
            "/mark-in-memory",
            json!({ "confirm": true }),
            "This circle is kept in memory.",
        ),
        ("/archive", json!({}), "This circle is archived."),
    ] {
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "helper"]).await;
        offer(&ana, &ben.member_id, json!({ "title": "Shop" })).await;
        let page = link_to(&app, &ben).await;
        if path == "/archive" {
            ana.act(path).await.is(200);
        } else {
            ana.post(path, body).await.is(200);
        }
        for shown in [
            app.anybody().get(&page).await,
            press(&app.anybody(), &page, "accept").await,
        ] {
            heading(&shown, 200);
            assert!(shown.text.contains(says), "{}", shown.text);
            assert!(!shown.text.contains("<button"), "{}", shown.text);
        }
        app.mails().await;
    }
}

#[tokio::test]
async fn the_page_of_a_paused_circle_says_that_tasks_can_wait() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    offer(&ana, &ben.member_id, json!({ "title": "Shop" })).await;
    let page = link_to(&app, &ben).await;
    ana.act("/pause").await.is(200);
    let shown = app.anybody().get(&page).await;
    assert!(
        shown.text.contains("Tasks at home can wait"),
        "{}",
        shown.text
    );
    app.mails().await;
}

#[tokio::test]
async fn a_member_who_went_and_one_who_lost_sight_are_told_so() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    grant(&ana, &cem, json!({ "health": "read" })).await;
    app.mails().await;
    let pills = json!({ "title": "Canary", "topic": "health" });
    let pills = offer(&ana, &cem.member_id, pills).await;
    let of_cem = link_to(&app, &cem).await;
    let anybody = app.anybody();
    grant(&ana, &cem, json!({ "health": "none" })).await;
    for shown in [
        anybody.get(&of_cem).await,
        press(&anybody, &of_cem, "accept").await,
    ] {
        heading(&shown, 200);
        assert!(
            shown.text.contains("This is not for you any more."),
            "{}",
            shown.text
        );
    }
    let task = ana.get(&pills).await.is(200);
    assert_ne!(task["assignments"][0]["state"], "accepted");

    offer(&ana, &ben.member_id, json!({ "title": "Shop" })).await;
    let of_ben = link_to(&app, &ben).await;
    let suspend = format!("/members/{}/suspend", ben.member_id);
    ana.post(&suspend, json!({})).await.is(200);
    let shown = anybody.get(&of_ben).await;
    assert!(
        shown
            .text
            .contains("You do not take part in this circle now."),
        "{}",
        shown.text
    );
    let remove = format!("/members/{}/remove", ben.member_id);
    ana.post(&remove, json!({})).await.is(200);
    let shown = press(&anybody, &of_ben, "accept").await;
    assert!(
        shown
            .text
            .contains("You do not take part in this circle now."),
        "{}",
        shown.text
    );
    app.mails().await;
}

#[tokio::test]
async fn the_page_of_an_appointment_that_is_over_says_so_and_answers_nothing() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let asked = json!({ "attendee_member_ids": [ben.member_id] });
    let appointment = scan(&ana, asked).await;
    let page = link_to(&app, &ben).await;
    app.advance(TimeDelta::days(4));
    let shown = press(&app.anybody(), &page, "accept").await;
    heading(&shown, 200);
    assert!(
        shown.text.contains("The time of this is over."),
        "{}",
        shown.text
    );
    let read = ana.later().await.get(&path_of(&appointment)).await.is(200);
    assert_eq!(read["attendees"][0]["response"], "no_response");
    app.mails().await;
}

#[tokio::test]
async fn a_page_that_stayed_open_says_yes_to_no_other_time() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = json!({ "title": "Shop", "due_local": "2026-12-05T12:00" });
    let path = offer(&ana, &ben.member_id, task).await;
    let page = link_to(&app, &ben).await;
    let anybody = app.anybody();
    let shown = anybody.get(&page).await;
    let (_, field) = shown.text.split_once("name=\"when\" value=\"").unwrap();
    let when = field.split_once('"').unwrap().0.replace(' ', "+");
    ana.patch(&path, json!({ "due_local": "2026-12-05T08:00" }))
        .await
        .is(200);
    let form = format!("accept&when={when}");
    let refused = press(&anybody, &page, &form).await;
    heading(&refused, 409);
    for said in ["The time has changed.", "Sat 5 December 2026, 08:00"] {
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    assert_eq!(ben.get(&path).await.is(200)["my_assignment"], "offered");
    let again = form.replace("12:00", "08:00");
    heading(&press(&anybody, &page, &again).await, 200);
    assert_eq!(ben.get(&path).await.is(200)["my_assignment"], "accepted");
    app.mails().await;
}

#[tokio::test]
async fn the_former_contact_of_a_member_answers_for_them_no_more() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let rosa = aunt(&ana).await;
    let rosa = rosa["id"].as_str().unwrap();
    let path = offer(&ben, rosa, json!({ "title": "Shop" })).await;
    let page = link_to(&app, &ana).await;
    let anybody = app.anybody();
    heading(&anybody.get(&page).await, 200);
    let contact = json!({ "contact_member_id": ben.member_id });
    ana.patch(&format!("/members/{rosa}"), contact)
        .await
        .is(200);
    let refused = press(&anybody, &page, "accept").await;
    assert_eq!(heading(&refused, 410), "This link no longer works");
    let task = ana.get(&path).await.is(200);
    assert_eq!(task["assignments"][0]["state"], "offered");
    app.mails().await;
}

#[tokio::test]
async fn this_token_opens_no_other_page_and_no_other_token_opens_this_page() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    offer(&ana, &ben.member_id, json!({ "title": "Shop" })).await;
    let mails = crate::appointments::notification_mails(&app).await;
    let to_ben = mails.iter().find(|mail: &&Mail| mail.to == ben.email);
    let to_ben = to_ben.unwrap();
    let token = |link: String| {
        let token = link.split_once("token=").unwrap().1;
        token.split('&').next().unwrap().to_owned()
    };
    let respond = token(to_ben.link("respond"));
    let unsubscribe = token(to_ben.link("unsubscribe"));
    // Only the address of a person without an account gets it.
    let guest = json!({ "email": "guest@test.example", "access": "viewer" });
    ana.post("/invitations", guest).await.is(201);
    let invitation = token(app.mail().await.link("invitation"));
    let anybody = app.anybody();
    for page in [
        "/verify",
        "/reset",
        "/confirm-email",
        "/undo-email",
        "/invitation",
        "/personal",
        "/join",
        "/unsubscribe",
    ] {
        let link = format!("{page}?token={respond}&about=assignments");
        let status = anybody.get(&link).await.status.as_u16();
        assert!([404, 410].contains(&status), "{page}: {status}");
    }
    for other in [unsubscribe, invitation, "none".to_owned()] {
        let link = format!("/respond?token={other}");
        let refused = anybody.get(&link).await;
        assert_eq!(heading(&refused, 410), "This link no longer works");
        let refused = press(&anybody, &link, "accept").await;
        assert_eq!(heading(&refused, 410), "This link no longer works");
    }
    let refused = ana
        .post("/v1/invitations/accept", json!({ "token": respond }))
        .await;
    assert_eq!(refused.status, 410, "{}", refused.text);
}
