//! How notifications are sent: by each member's settings, over a mail server, and visible to
//! nobody else.

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

/// All notifications, oldest first, each as its state, reason and attempts.
pub async fn notifications(app: &TestApp) -> Vec<String> {
    let connection = app.database.connect().await;
    let rows = notification::Entity::find().order_by_asc(notification::Column::CreatedAt);
    let rows = rows.all(&connection).await.unwrap();
    connection.close().await.unwrap();
    let line = |row: notification::Model| {
        let state = row.state.as_str();
        assert_eq!(state == "sent", row.sent_at.is_some());
        let words = [state, row.reason.map_or("-", |reason| reason.as_str())];
        format!("{} {}", words.join(" "), row.attempts)
    };
    rows.into_iter().map(line).collect()
}

async fn preferences(of: &Person) -> Value {
    let mut read = of.get("/notification-settings").await.is(200);
    read.as_object_mut()
        .unwrap()
        .remove("unsubscribed")
        .unwrap();
    read
}

#[tokio::test]
async fn an_unsubscribe_link_names_its_owner_who_sees_that_it_was_used() {
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
        "replies to what Ben asked of others",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(!page.text.contains("ben@test.example"));
    for (category, part) in [
        (
            "reminders",
            "reminders of what Ben claimed or takes part in",
        ),
        (
            "announcements",
            "what is open again less than a day before it begins",
        ),
        ("gaps", "what was released or is open again"),
    ] {
        let other = link.replace("about=assignments", &format!("about={category}"));
        let page = anybody.get(&other).await;
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    // This is the request of a mail program (RFC 8058).
    let one_click = "List-Unsubscribe=One-Click";
    let page = crate::web::pages::submit(&anybody, &link, one_click).await;
    assert_eq!(
        crate::web::pages::heading(&page, 200),
        "These emails are off"
    );
    let read = ben.get("/notification-settings").await.is(200);
    assert_eq!(read["assignments"], "off");
    assert_eq!(read["unsubscribed"].as_array().unwrap().len(), 1, "{read}");
    assert_eq!(read["unsubscribed"][0]["category"], "assignments");
    let kinds = async || {
        let events = ben.get("/v1/me/security-events").await.is(200);
        let events = events["data"].as_array().unwrap().clone();
        let kind = |event: &Value| event["kind"].as_str().unwrap().to_owned();
        events
            .iter()
            .map(kind)
            .filter(|kind| kind.starts_with("emails_"))
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds().await, ["emails_unsubscribed"]);
    // The second request changes nothing.
    crate::web::pages::submit(&anybody, &link, one_click).await;
    assert_eq!(kinds().await, ["emails_unsubscribed"]);

    let undo = format!("{link}&undo=true");
    let page = crate::web::pages::submit(&anybody, &undo, "").await;
    assert_eq!(
        crate::web::pages::heading(&page, 200),
        "These emails are on"
    );
    // The address of this page asks again, and its button turns them off.
    let page = anybody.get(&undo).await;
    let button = crate::web::pages::heading(&page, 200);
    assert_eq!(button, "Turn these emails off?");
    assert!(page.text.contains("<form method=\"post\" action=\"?token="));
    assert!(!page.text.contains("undo=true"), "{}", page.text);
    let read = ben.get("/notification-settings").await.is(200);
    assert_eq!(
        (&read["assignments"], &read["unsubscribed"]),
        (&json!("email"), &json!([]))
    );
    assert_eq!(kinds().await.len(), 2);

    // A link does not undo a choice of the owner.
    let chosen = json!({ "assignments": "off" });
    ben.patch("/notification-settings", chosen).await.is(200);
    crate::web::pages::submit(&anybody, &undo, "").await;
    assert_eq!(preferences(&ben).await["assignments"], "off");
    let page = anybody.get(&link).await;
    assert!(!page.text.contains("undo=true"), "{}", page.text);
}

#[tokio::test]
async fn by_default_members_get_all_mails_and_only_coordinators_get_gaps() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "caregiver", "helper", "viewer"])
        .await;
    let all = json!({
        "reminders": "email", "assignments": "email", "announcements": "email", "gaps": "email",
        "detail": "nothing", "health_too": false,
    });
    assert_eq!(preferences(&ana).await, all);
    for person in [&ben, &cem, &dora] {
        let mut most = all.clone();
        most["gaps"] = json!("off");
        assert_eq!(preferences(person).await, most);
    }
    let off = json!({ "announcements": "off" });
    let chosen = ben.patch("/notification-settings", off).await.is(200);
    assert_eq!(chosen["unsubscribed"], json!([]));
    assert_eq!(
        preferences(&ben).await,
        json!({
            "reminders": "email", "assignments": "email", "announcements": "off", "gaps": "off",
            "detail": "nothing", "health_too": false,
        })
    );
    assert_eq!(preferences(&ana).await, all);
}

#[tokio::test]
async fn each_notification_setting_affects_only_its_own_mails() {
    for category in ["reminders", "assignments", "announcements", "gaps"] {
        for wish in ["email", "off"] {
            let app = TestApp::start().await;
            let [ana, ben, cem] = app.circle(["coordinator", "coordinator", "helper"]).await;
            let mut choice = json!({
                "reminders": "off", "assignments": "off", "announcements": "off", "gaps": "off",
            });
            choice[category] = json!(wish);
            let preferences = "/notification-settings";
            ben.patch(preferences, choice).await.is(200);
            for person in [&ana, &cem] {
                let none = json!({ "reminders": "off", "assignments": "off", "gaps": "off" });
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
            scan(&ana, json!({ "without_attendees": true })).await;
            let announced = notification_mails(&app).await.len();
            let task = ana.task(due("2026-12-01T12:00")).await;
            cem.task_act(&task, "claim").await.is(200);
            cem.task_act(&task, "release").await.is(200);
            let gap = notification_mails(&app).await.len();
            let is = |name: &str| usize::from(name == category && wish == "email");
            assert_eq!(
                [reminder, assigned, announced, gap],
                ["reminders", "assignments", "announcements", "gaps"].map(is),
                "{category} {wish}"
            );
        }
    }
}

#[tokio::test]
async fn one_click_switches_off_only_the_categories_of_the_mail() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    offer_role(&ana, &ben).await;
    let mails = notification_mails(&app).await;
    let link = mails[0].link("unsubscribe");
    assert!(mails[0].header("List-Unsubscribe").contains(&link));
    assert!(mails[0].html.replace("&#38;", "&").contains(&link));
    let off = |names: &[&str]| {
        let mut all = json!({
            "reminders": "email", "assignments": "email", "announcements": "email", "gaps": "off",
            "detail": "nothing", "health_too": false,
        });
        for name in names {
            all[*name] = json!("off");
        }
        all
    };
    assert_eq!(app.anybody().get(&link).await.status, 200);
    assert_eq!(preferences(&ben).await, off(&[]));
    assert_eq!(app.anybody().act(&link).await.status, 200);
    assert_eq!(preferences(&ben).await, off(&["assignments"]));

    let on = json!({ "assignments": "email" });
    ben.patch("/notification-settings", on).await.is(200);
    let task = ana.task(due("2026-12-05T12:00")).await;
    offer_task(&ana, &task, &ben).await;
    scan(&ana, json!({})).await;
    let both = notification_mails(&app).await[0].link("unsubscribe");
    assert_eq!(app.anybody().act(&both).await.status, 200);
    assert_eq!(
        preferences(&ben).await,
        off(&["assignments", "announcements"])
    );
    assert_eq!(preferences(&ana).await["announcements"], "email");
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
        (".", "", "unknown server_silent 1", "failed server_silent 2"),
        (
            ".",
            "251 elsewhere",
            "unknown server_silent 1",
            "failed server_silent 2",
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
    assert_eq!(notifications(&app).await, ["queued server_unreachable 12"]);
    for _ in 0..10 {
        assert_eq!(run_due_jobs(&busy).await.unwrap().len(), 1);
        app.advance(TimeDelta::hours(1));
    }
    assert_eq!(notifications(&app).await, ["queued asked_to_wait 22"]);
    assert_eq!(app.mails().await.len(), 1);
    assert_eq!(notifications(&app).await, ["sent - 23"]);
}

#[tokio::test]
async fn a_doubtful_address_is_retried_for_hours_and_then_counts_as_refused() {
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
async fn giving_up_a_mail_does_not_affect_other_mails() {
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
async fn a_second_copy_of_a_mail_says_the_same_as_the_first() {
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
async fn a_mail_that_may_have_been_sent_is_not_marked_as_skipped() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    offer_role(&ana, &ben).await;
    let node = app.another_node(mail_server(".", "", || ())).await;
    app.advance(TimeDelta::seconds(20));
    assert_eq!(run_due_jobs(&node).await.unwrap().len(), 1);
    let off = json!({ "assignments": "off" });
    ben.patch("/notification-settings", off).await.is(200);
    app.advance(TimeDelta::minutes(1));
    assert_eq!(app.mails().await.len(), 0);
    assert_eq!(notifications(&app).await, ["failed server_silent 1"]);
    offer_role(&ana, &ben).await;
    assert_eq!(notification_mails(&app).await.len(), 0);
    assert_eq!(notifications(&app).await[1], "skipped turned_off 0");
}

#[tokio::test]
async fn two_nodes_that_mail_at_once_send_one_mail() {
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

/// The number of notifications that are visible to the caller.
async fn count(circle: CircleAccess<ViewCircle>) -> String {
    let visible = circle.find::<notification::Entity>().all(circle.db()).await;
    visible.unwrap().len().to_string()
}

#[tokio::test]
async fn only_the_recipient_sees_a_notification() {
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
