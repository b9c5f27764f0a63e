//! Scheduling the deletion of a circle, and cancelling it.

use chrono::TimeDelta;
use kith::privacy::{DATA_MAP, GRACE, erase_due};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::privacy::erasing::stored;

/// In everything that is in the circle.
const CANARY: &str = "Quetzalcoatlus";

#[tokio::test]
async fn a_circle_goes_on_for_two_weeks_and_its_members_are_told() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ben.act("/delete").await.is_problem(403, "forbidden");
    let circle = ana.act("/delete").await.is(200);
    assert_eq!(circle["erase_at"], "2026-12-15T08:00:00.000Z");
    assert!(
        circle["actions"]
            .as_array()
            .unwrap()
            .contains(&json!("keep"))
    );
    let told = app.mails().await;
    let mut to: Vec<&str> = told.iter().map(|mail| mail.to.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, [&ana.email, &ben.email]);
    for mail in &told {
        assert_eq!(mail.header("Subject"), "Ana's circle is going to be erased");
        assert!(
            mail.text.contains("Tue 15 December 2026, 09:00"),
            "{}",
            mail.text
        );
        for part in [
            "Until then people can read and write in it.",
            "no reminders and no news",
            "Keeping it brings the reminders back.",
        ] {
            assert!(mail.text.contains(part), "{part}: {}", mail.text);
            assert!(mail.html.contains(part), "{part}: {}", mail.html);
        }
    }
    ana.act("/delete").await.is(200);
    ana.task(json!({ "title": "Goes on" })).await;

    let kept = ana.act("/keep").await.is(200);
    assert_eq!(kept["erase_at"], Value::Null);
    let told = app.mails().await;
    assert_eq!(told.len(), 2);
    assert!(
        told.iter()
            .all(|mail| mail.header("Subject") == "Ana's circle is kept")
    );
    for mail in &told {
        let said = "Its reminders are mailed again.";
        assert!(mail.text.contains(said), "{}", mail.text);
        assert!(mail.html.contains(said), "{}", mail.html);
    }
    app.advance(GRACE);
    assert_eq!(erase_due(&app.app).await.unwrap(), 0);
    ben.later().await.get("").await.is(200);
}

#[tokio::test]
async fn deleting_a_circle_takes_a_recently_confirmed_identity() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    app.advance(TimeDelta::minutes(10));
    let refresh = json!({ "refresh_token": ana.tokens["refresh_token"] });
    let tokens = ana.post("/v1/sessions/refresh", refresh).await.is(200);
    let later = app.client(&tokens).inside(ana.circle_id());
    for path in [
        "/delete",
        "/v1/me/delete",
        "/v1/me/export",
        "/v1/me/export/calendar",
    ] {
        later
            .act(path)
            .await
            .is_problem(403, "reauthentication_needed");
    }
}

#[tokio::test]
async fn what_the_patient_asked_for_only_the_patient_undoes() {
    let app = TestApp::start().await;
    let [ana, rosa] = app.circle(["coordinator", "patient"]).await;
    ana.act("/delete").await.is(200);
    rosa.act("/keep").await.is(200);
    ana.act("/delete").await.is(200);
    rosa.act("/delete").await.is(200);
    ana.act("/keep").await.is_problem(403, "forbidden");
    rosa.act("/keep").await.is(200);
    app.mails().await;
}

#[tokio::test]
async fn nothing_is_left_of_a_circle_whose_time_has_come() {
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

    ana.act("/delete").await.is(200);
    app.mails().await;
    app.advance(GRACE);
    let later = ana.later().await;
    later.act("/keep").await.is_problem(409, "too_late");
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
