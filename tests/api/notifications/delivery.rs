//! How news go out: as each wants them, over a mail server, and to be looked
//! up by nobody else.

use std::net::TcpListener;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use chrono::TimeDelta;
use kith::access::{CircleAccess, ViewCircle};
use kith::app::App;
use kith::background::run_due_jobs;
use kith::entity::notification;
use kith::http::middleware;
use kith::platform::mail::Mailer;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{due, move_task, offer_role, offer_task, says};
use crate::appointments::{notification_mails, scan};
use crate::harness::mail_server::{mail_server, mailer_to};
use crate::harness::{Person, TestApp, sender};

/// Every notification there is, oldest first, each as state, reason and attempts.
pub async fn notifications(app: &TestApp) -> Vec<String> {
    let connection = app.database.connect().await;
    let rows = notification::Entity::find().order_by_asc(notification::Column::CreatedAt);
    let rows = rows.all(&connection).await.unwrap();
    connection.close().await.unwrap();
    let line = |row: notification::Model| {
        let state = row.state.as_str();
        assert_eq!(state == "sent", row.sent_at.is_some());
        let words = [state, row.reason.as_deref().unwrap_or("-")];
        format!("{} {}", words.join(" "), row.attempts)
    };
    rows.into_iter().map(line).collect()
}

async fn preferences(of: &Person) -> Value {
    let mut read = of.get("/notification-preferences").await.is(200);
    read.as_object_mut().unwrap().remove("off_by_link").unwrap();
    read
}

#[tokio::test]
async fn the_link_of_a_mail_names_whose_mails_it_stops_and_its_owner_sees_it() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    offer_role(&ana, &ben).await;
    let link = notification_mails(&app).await[0].link("unsubscribe");
    let anybody = app.anybody();
    let page = anybody.get(&link).await;
    for part in [
        "Ben (b…@test.example)",
        "Ana&#39;s circle",
        "questions whether Ben can do something or come",
        "answers to what Ben asked of others",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(!page.text.contains("ben@test.example"));
    for (category, part) in [
        (
            "reminders",
            "reminders of what Ben has taken on or takes part in",
        ),
        (
            "announcements",
            "what has come free less than a day before it begins",
        ),
        ("gaps", "what was given back or has come free"),
    ] {
        let other = link.replace("about=assigned", &format!("about={category}"));
        let page = anybody.get(&other).await;
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    // As a mail program does it by itself (RFC 8058).
    let one_click = "List-Unsubscribe=One-Click";
    let page = crate::web::pages::submit(&anybody, &link, one_click).await;
    assert_eq!(
        crate::web::pages::heading(&page, 200),
        "These mails are off"
    );
    let read = ben.get("/notification-preferences").await.is(200);
    assert_eq!(read["assigned"], "off");
    assert_eq!(read["off_by_link"].as_array().unwrap().len(), 1, "{read}");
    assert_eq!(read["off_by_link"][0]["category"], "assigned");
    let kinds = async || {
        let events = ben.get("/v1/me/events").await.is(200);
        let events = events["data"].as_array().unwrap().clone();
        let kind = |event: &Value| event["kind"].as_str().unwrap().to_owned();
        events
            .iter()
            .map(kind)
            .filter(|kind| kind.starts_with("mails_"))
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds().await, ["mails_switched_off"]);
    // Twice is no more.
    crate::web::pages::submit(&anybody, &link, one_click).await;
    assert_eq!(kinds().await, ["mails_switched_off"]);

    let undo = format!("{link}&undo=true");
    let page = crate::web::pages::submit(&anybody, &undo, "").await;
    assert_eq!(crate::web::pages::heading(&page, 200), "These mails are on");
    let read = ben.get("/notification-preferences").await.is(200);
    assert_eq!(
        (&read["assigned"], &read["off_by_link"]),
        (&json!("now"), &json!([]))
    );
    assert_eq!(kinds().await.len(), 2);

    // What the owner chose, no link undoes.
    let chosen = json!({ "assigned": "off" });
    ben.patch("/notification-preferences", chosen).await.is(200);
    crate::web::pages::submit(&anybody, &undo, "").await;
    assert_eq!(preferences(&ben).await["assigned"], "off");
    let page = anybody.get(&link).await;
    assert!(!page.text.contains("undo=true"), "{}", page.text);
}

#[tokio::test]
async fn without_a_choice_everything_is_told_but_gaps_to_coordinators_only() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "caregiver", "helper", "viewer"])
        .await;
    let all =
        json!({ "reminders": "now", "assigned": "now", "announcements": "now", "gaps": "now" });
    assert_eq!(preferences(&ana).await, all);
    for person in [&ben, &cem, &dora] {
        let mut most = all.clone();
        most["gaps"] = json!("off");
        assert_eq!(preferences(person).await, most);
    }
    let off = json!({ "announcements": "off" });
    let chosen = ben.patch("/notification-preferences", off).await.is(200);
    assert_eq!(chosen["off_by_link"], json!([]));
    assert_eq!(
        preferences(&ben).await,
        json!({ "reminders": "now", "assigned": "now", "announcements": "off", "gaps": "off" })
    );
    assert_eq!(preferences(&ana).await, all);
}

#[tokio::test]
async fn each_wish_decides_about_its_own_mails_and_no_others() {
    for category in ["reminders", "assigned", "announcements", "gaps"] {
        for wish in ["now", "off"] {
            let app = TestApp::start().await;
            let [ana, ben, cem] = app.circle(["coordinator", "coordinator", "helper"]).await;
            let mut choice = json!({
                "reminders": "off", "assigned": "off", "announcements": "off", "gaps": "off",
            });
            choice[category] = json!(wish);
            let preferences = "/notification-preferences";
            ben.patch(preferences, choice).await.is(200);
            for person in [&ana, &cem] {
                let none = json!({ "reminders": "off", "assigned": "off", "gaps": "off" });
                person.patch(preferences, none).await.is(200);
            }
            let soon =
                json!({ "title": "a", "due_local": "2026-12-01T12:00", "reminder_minutes": [175] });
            let task = ana.task(soon).await;
            ben.task_act(&task, "claim").await.is(200);
            app.advance(TimeDelta::minutes(5));
            let reminder = app.mails().await.len();
            offer_role(&ana, &ben).await;
            let assigned = notification_mails(&app).await.len();
            scan(&ana, json!({ "attendee_ids": [] })).await;
            let announced = notification_mails(&app).await.len();
            let task = ana.task(due("2026-12-01T12:00")).await;
            cem.task_act(&task, "claim").await.is(200);
            cem.task_act(&task, "withdraw").await.is(200);
            let gap = notification_mails(&app).await.len();
            let is = |name: &str| usize::from(name == category && wish == "now");
            assert_eq!(
                [reminder, assigned, announced, gap],
                ["reminders", "assigned", "announcements", "gaps"].map(is),
                "{category} {wish}"
            );
        }
    }
}

#[tokio::test]
async fn one_click_switches_off_what_the_mail_was_about_and_nothing_else() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    offer_role(&ana, &ben).await;
    let mails = notification_mails(&app).await;
    let link = mails[0].link("unsubscribe");
    assert!(mails[0].header("List-Unsubscribe").contains(&link));
    assert!(mails[0].html.replace("&#38;", "&").contains(&link));
    let off = |names: &[&str]| {
        let mut all =
            json!({ "reminders": "now", "assigned": "now", "announcements": "now", "gaps": "off" });
        for name in names {
            all[*name] = json!("off");
        }
        all
    };
    assert_eq!(app.anybody().get(&link).await.status, 200);
    assert_eq!(preferences(&ben).await, off(&[]));
    assert_eq!(app.anybody().act(&link).await.status, 200);
    assert_eq!(preferences(&ben).await, off(&["assigned"]));

    let on = json!({ "assigned": "now" });
    ben.patch("/notification-preferences", on).await.is(200);
    let task = ana.task(due("2026-12-05T12:00")).await;
    offer_task(&ana, &task, &ben).await;
    scan(&ana, json!({})).await;
    let both = notification_mails(&app).await[0].link("unsubscribe");
    assert_eq!(app.anybody().act(&both).await.status, 200);
    assert_eq!(preferences(&ben).await, off(&["assigned", "announcements"]));
    assert_eq!(preferences(&ana).await["announcements"], "now");
}

#[tokio::test]
async fn the_answer_of_the_mail_server_is_recorded() {
    for (step, answer, first, second) in [
        (".", "250 fine", "sent - 1", "sent - 1"),
        (
            "RCPT",
            "550 no such person",
            "bounced address_refused 1",
            "bounced address_refused 1",
        ),
        (
            "RCPT",
            "550 mailbox unavailable",
            "queued address_refused 1",
            "queued address_refused 2",
        ),
        (
            "RCPT",
            "451 busy",
            "queued asked_to_wait 1",
            "queued asked_to_wait 2",
        ),
        (
            "MAIL",
            "550 not from you",
            "queued server_refuses 1",
            "queued server_refuses 2",
        ),
        (
            "DATA",
            "554 no",
            "queued server_refuses 1",
            "queued server_refuses 2",
        ),
        (
            ".",
            "554 spam",
            "queued server_refuses 1",
            "queued server_refuses 2",
        ),
        (
            ".",
            "452 full",
            "queued mailbox_full 1",
            "queued mailbox_full 2",
        ),
        (".", "", "unknown no_answer 1", "failed no_answer 2"),
        (
            ".",
            "251 elsewhere",
            "unknown no_answer 1",
            "failed no_answer 2",
        ),
    ] {
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "helper"]).await;
        offer_role(&ana, &ben).await;
        let node = app.another_node(mail_server(step, answer, || ())).await;
        app.advance(TimeDelta::seconds(20));
        for expected in [first, second] {
            run_due_jobs(&node).await.unwrap();
            assert_eq!(notifications(&app).await, [expected], "{step} {answer}");
            app.advance(TimeDelta::minutes(2));
        }
    }
}

#[tokio::test]
async fn a_mail_is_kept_while_the_server_is_away_or_asks_to_wait() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    offer_role(&ana, &ben).await;
    let away = app.another_node(mailer_to(&TcpListener::bind("127.0.0.1:0").unwrap()));
    let away = away.await;
    let busy = app
        .another_node(mail_server("RCPT", "451 busy", || ()))
        .await;
    app.advance(TimeDelta::seconds(20));
    for _ in 0..12 {
        assert_eq!(run_due_jobs(&away).await.unwrap().len(), 1);
        app.advance(TimeDelta::minutes(1));
    }
    assert_eq!(notifications(&app).await, ["queued server_away 12"]);
    for _ in 0..10 {
        assert_eq!(run_due_jobs(&busy).await.unwrap().len(), 1);
        app.advance(TimeDelta::hours(1));
    }
    assert_eq!(notifications(&app).await, ["queued asked_to_wait 22"]);
    assert_eq!(app.mails().await.len(), 1);
    assert_eq!(notifications(&app).await, ["sent - 23"]);
}

#[tokio::test]
async fn an_address_in_doubt_is_tried_for_some_hours_and_counts_as_refused_then() {
    for answer in [
        "550 mailbox unavailable",
        "550 5.4.1 Recipient address rejected: Access denied",
    ] {
        let app = TestApp::start().await;
        let [ana, ben] = app.circle(["coordinator", "helper"]).await;
        offer_role(&ana, &ben).await;
        let node = app.another_node(mail_server("RCPT", answer, || ())).await;
        app.advance(TimeDelta::seconds(20));
        for tries in 1..10 {
            assert_eq!(run_due_jobs(&node).await.unwrap().len(), 1);
            let waits = format!("queued address_refused {tries}");
            assert_eq!(notifications(&app).await, [waits], "{answer}");
            app.advance(TimeDelta::hours(1));
        }
        assert_eq!(run_due_jobs(&node).await.unwrap().len(), 1);
        assert_eq!(notifications(&app).await, ["bounced address_refused 10"]);
        assert_eq!(notification_mails(&app).await.len(), 0);
    }
}

#[tokio::test]
async fn a_mail_that_is_given_up_takes_no_other_with_it() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    offer_role(&ana, &ben).await;
    let busy = mail_server("RCPT", "451 busy", || ());
    let busy = app.another_node(busy).await;
    let gone = mail_server("RCPT", "550 5.1.1 no such person", || ());
    let gone = app.another_node(gone).await;
    app.advance(TimeDelta::seconds(20));
    assert_eq!(run_due_jobs(&busy).await.unwrap().len(), 1);
    app.advance(TimeDelta::hours(1));
    let task = ana.later().await;
    let task = task.post("/tasks", due("2026-12-05T12:00")).await.is(201);
    let offer = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    let to_ben = json!({ "member_id": ben.member_id });
    ana.later().await.post(&offer, to_ben).await.is(200);
    run_due_jobs(&gone).await.unwrap();
    let stand = ["bounced address_refused 2", "queued - 0"];
    assert_eq!(notifications(&app).await, stand);
    assert_eq!(notification_mails(&app).await.len(), 1);
    let stand = ["bounced address_refused 2", "sent - 1"];
    assert_eq!(notifications(&app).await, stand);
}

#[tokio::test]
async fn a_second_copy_says_what_the_first_one_said() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    offer_role(&ana, &ben).await;
    let task = ana.task(due("2026-12-05T12:00")).await;
    ben.task_act(&task, "claim").await.is(200);
    let node = app.another_node(mail_server(".", "", || ())).await;
    app.advance(TimeDelta::seconds(20));
    assert_eq!(run_due_jobs(&node).await.unwrap().len(), 1);
    app.advance(TimeDelta::seconds(50));
    move_task(&ana, &task, "2026-12-05T13:00").await;
    app.advance(TimeDelta::seconds(10));
    let copy = app.mail().await;
    assert_eq!(says(&copy).len(), 1, "{}", copy.text);
    app.advance(TimeDelta::seconds(10));
    let other = app.mail().await;
    assert_eq!(says(&other).len(), 3, "{}", other.text);
    assert_ne!(copy.message_id, other.message_id);
    assert_eq!(notifications(&app).await, ["sent - 2", "sent - 1"]);
}

#[tokio::test]
async fn a_mail_that_may_have_been_sent_is_not_called_skipped() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    offer_role(&ana, &ben).await;
    let node = app.another_node(mail_server(".", "", || ())).await;
    app.advance(TimeDelta::seconds(20));
    assert_eq!(run_due_jobs(&node).await.unwrap().len(), 1);
    let off = json!({ "assigned": "off" });
    ben.patch("/notification-preferences", off).await.is(200);
    app.advance(TimeDelta::minutes(1));
    assert_eq!(app.mails().await.len(), 0);
    assert_eq!(notifications(&app).await, ["failed no_answer 1"]);
    offer_role(&ana, &ben).await;
    assert_eq!(notification_mails(&app).await.len(), 0);
    assert_eq!(notifications(&app).await[1], "skipped switched_off 0");
}

#[tokio::test]
async fn two_nodes_that_mail_at_once_tell_once() {
    let app = TestApp::start().await;
    let [ana, _ben] = app.circle(["coordinator", "caregiver"]).await;
    scan(&ana, json!({})).await;
    let mailer = Mailer::memory(sender());
    let node = app.another_node(mailer.clone()).await;
    app.advance(TimeDelta::seconds(20));
    let (here, there) = futures_util::join!(app.mails(), run_due_jobs(&node));
    assert_eq!(there.unwrap(), Vec::<String>::new());
    assert_eq!(here.len() + mailer.take_sent().len(), 1);
}

/// How many notifications the fence lets a caller see.
async fn count(circle: CircleAccess<ViewCircle>) -> String {
    let mine = circle.find::<notification::Entity>().all(circle.db()).await;
    mine.unwrap().len().to_string()
}

#[tokio::test]
async fn a_notification_is_seen_by_its_recipient_only() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "patient"]).await;
    scan(&ana, json!({})).await;
    offer_role(&ana, &ben).await;
    let router: Router = Router::<App>::new()
        .route("/v1/circles/{circle_id}/notifications", get(count))
        .layer(from_fn_with_state(app.app.clone(), middleware::handle))
        .with_state(app.app.clone());
    for (person, sees) in [(&ana, "0"), (&ben, "2"), (&cem, "1")] {
        let request = person.request(&axum::http::Method::GET, "/notifications", None);
        let response = router.clone().oneshot(request).await.unwrap();
        let body = axum::body::to_bytes(response.into_body(), 100)
            .await
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&body), sees, "{}", person.email);
    }
}
