//! Scheduling the deletion of a circle, and canceling it.

use chrono::TimeDelta;
use kith::privacy::{DATA_MAP, GRACE, erase_due};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::privacy::erasing::stored;

/// A word in every text of the circle.
const CANARY: &str = "Quetzalcoatlus";

#[tokio::test]
async fn a_circle_scheduled_for_deletion_stays_usable_for_two_weeks_and_notifies_members() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ben.put("/deletion").await.is_problem(403, "forbidden");
    let circle = ana.put("/deletion").await.is(200);
    assert_eq!(circle["deletion_scheduled_for"], "2026-12-15T08:00:00.000Z");
    assert!(
        circle["actions"]
            .as_array()
            .unwrap()
            .contains(&json!("cancel_deletion"))
    );
    let mails = app.mails().await;
    let mut to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, [&ana.email, &ben.email]);
    for mail in &mails {
        assert_eq!(mail.header("Subject"), "Ana's circle will be deleted");
        assert!(
            mail.text.contains("Tue 15 December 2026, 09:00"),
            "{}",
            mail.text
        );
        for part in [
            "Until then, members can still read and write in the circle",
            "no more reminders or notifications",
            "Coordinators can do it too",
        ] {
            assert!(mail.text.contains(part), "{part}: {}", mail.text);
            assert!(mail.html.contains(part), "{part}: {}", mail.html);
        }
    }
    app.advance(TimeDelta::minutes(1));
    let again = ana.put("/deletion").await.is(200);
    assert_eq!(again, circle);
    assert!(app.mails().await.is_empty());
    ana.task(json!({ "title": "Goes on" })).await;

    ana.delete("/deletion").await.is(204);
    let kept = ana.get("").await.is(200);
    assert_eq!(kept["deletion_scheduled_for"], Value::Null);
    // Nothing is scheduled any more, so nothing happens and nobody is told.
    ana.delete("/deletion").await.is(204);
    assert_eq!(ana.get("").await.is(200), kept);
    let mails = app.mails().await;
    assert_eq!(mails.len(), 2);
    assert!(
        mails
            .iter()
            .all(|mail| mail.header("Subject") == "Ana's circle will not be deleted")
    );
    for mail in &mails {
        let sentence = "You get reminders from it again.";
        assert!(mail.text.contains(sentence), "{}", mail.text);
        assert!(mail.html.contains(sentence), "{}", mail.html);
    }
    app.advance(GRACE);
    assert_eq!(erase_due(&app.app).await.unwrap(), 0);
    ben.later().await.get("").await.is(200);
}

#[tokio::test]
async fn deleting_a_circle_needs_a_recently_confirmed_identity() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    app.advance(TimeDelta::minutes(10));
    let refresh = json!({ "refresh_token": ana.tokens["refresh_token"] });
    let tokens = ana.post("/v1/sessions/refresh", refresh).await.is(200);
    let later = app.client(&tokens).inside(ana.circle_id());
    let refused = [
        later.put("/deletion").await,
        later.put("/v1/me/deletion").await,
        later.act("/v1/me/export").await,
        later.act("/v1/me/export/calendar").await,
    ];
    for reply in refused {
        reply.is_problem(403, "reauthentication_required");
    }
}

#[tokio::test]
async fn only_the_patient_can_cancel_a_deletion_that_the_patient_requested() {
    let app = TestApp::start().await;
    let [ana, rosa] = app.circle(["coordinator", "patient"]).await;
    ana.put("/deletion").await.is(200);
    rosa.delete("/deletion").await.is(204);
    ana.put("/deletion").await.is(200);
    rosa.put("/deletion").await.is(200);
    ana.delete("/deletion").await.is_problem(403, "forbidden");
    rosa.delete("/deletion").await.is(204);
    app.mails().await;
}

#[tokio::test]
async fn an_erased_circle_leaves_no_data_behind() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    let _ = crate::contract::matrix::fresh(&ana, CANARY).await;
    let renamed =
        json!({ "name": CANARY, "alias": CANARY, "patient_name": CANARY, "patient_about": CANARY });
    ana.patch("", renamed).await.is(200);
    let key = ("idempotency-key", "kept for a day");
    let task = Some(json!({ "title": CANARY }));
    ana.with(key, &axum::http::Method::POST, "/tasks", task)
        .await
        .is(201);
    app.mails().await;
    assert!(stored(&app).contains(&CANARY.to_lowercase()));

    ana.put("/deletion").await.is(200);
    app.mails().await;
    app.advance(GRACE);
    let later = ana.later().await;
    later
        .delete("/deletion")
        .await
        .is_problem(409, "deletion_in_progress");
    app.mails().await;
    assert_eq!(erase_due(&app.app).await.unwrap(), 1);
    assert!(!stored(&app).contains(&CANARY.to_lowercase()));
    later.get("").await.is_problem(404, "not_found");
    ben.later().await.get("").await.is_problem(404, "not_found");
    mia.later().await.get("").await.is(200);

    let connection = app.database.connect().await;
    let backend = connection.get_database_backend();
    for table in DATA_MAP.iter().filter(|table| table.is_in_a_circle()) {
        let circles = format!("SELECT DISTINCT circle_id FROM {}", table.name);
        let circles = connection.query_all_raw(Statement::from_string(backend, circles));
        let circles = circles.await.unwrap();
        let of = |row: &sea_orm::QueryResult| row.try_get::<Option<uuid::Uuid>>("", "circle_id");
        for row in &circles {
            let id = of(row).unwrap().map(|id| id.to_string());
            assert_ne!(id.as_deref(), Some(ana.circle_id()), "{}", table.name);
        }
    }
    connection.close().await.unwrap();
    app.mails().await;
}
