//! An archived circle can only be read, and sends nothing.

use chrono::TimeDelta;
use kith::privacy::{GRACE, erase_due};
use serde_json::json;

use super::reminders_of;
use crate::harness::TestApp;

#[tokio::test]
async fn an_archived_circle_can_only_be_read() {
    let app = TestApp::start().await;
    let [ana, ben, rosa] = app.circle(["coordinator", "caregiver", "patient"]).await;
    let ids = crate::contract::matrix::fresh(&ana, "kept").await;
    let task = ana.task_soon(&ben).await;
    app.mails().await;
    ben.act("/archive").await.is_problem(403, "forbidden");
    let archived = rosa.act("/archive").await.is(200);
    assert_eq!(archived["state"], "archived");

    let refusals = [
        ana.post("/tasks", json!({ "title": "New" })).await,
        ana.patch("", json!({ "name": "New" })).await,
        ben.act(&format!("/tasks/{}/claim", ids.task)).await,
        ana.patch(&format!("/tasks/{}", ids.task), json!({ "title": "New" }))
            .await,
        ben.post(
            &format!("/threads/{}/messages", ids.thread),
            json!({ "body": "New" }),
        )
        .await,
        ana.patch("/members/me", json!({ "name": "New" })).await,
        ana.delete(&format!("/messages/{}", ids.message)).await,
        ana.patch(
            &format!("/members/{}", ben.member_id),
            json!({ "access": "viewer" }),
        )
        .await,
    ];
    for refused in refusals {
        let refused = refused.is_problem(409, "circle_archived");
        assert_eq!(refused["state"], "archived");
        assert_eq!(
            refused["detail"],
            "This circle is archived and can only be read. A coordinator can unarchive it."
        );
    }
    // Everything can be read, and no button is offered.
    for path in [
        format!("/tasks/{}", ids.task),
        format!("/appointments/{}", ids.appointment),
        format!("/needs/{}", ids.need),
        format!("/roles/{}", ids.role),
        format!("/messages/{}", ids.message),
        format!("/members/{}", ben.member_id),
    ] {
        let thing = ana.get(&path).await.is(200);
        assert_eq!(thing["actions"], json!([]), "{path}");
    }
    let circle = ana.get("").await.is(200);
    assert_eq!(
        circle["actions"],
        json!(["unarchive", "schedule_deletion", "leave"])
    );
    // What concerns a member alone still works.
    let read = format!("/threads/{}/mark-read", ids.thread);
    ben.post(&read, json!({ "last_read_message_id": ids.message }))
        .await
        .is(200);
    ben.patch("/notification-settings", json!({ "gaps": "off" }))
        .await
        .is(200);
    assert_eq!(
        ben.get("/v1/me/agenda").await.is(200)["data"],
        json!([]),
        "nothing of it is in the agenda"
    );

    // No reminder is sent, and members can go.
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(reminders_of(&ana, &path).await, ["canceled"]);
    ben.act("/leave").await.is(200);
    app.advance(TimeDelta::days(2));
    assert!(app.mails().await.is_empty());
    ana.later().await.put("/deletion").await.is(200);
    app.mails().await;
    app.advance(GRACE);
    assert_eq!(erase_due(&app.app).await.unwrap(), 1);
}

#[tokio::test]
async fn an_account_can_be_deleted_and_exported_while_its_circle_is_archived() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ana.act("/archive").await.is(200);
    ben.act("/v1/me/export").await.is(200);
    ben.put("/v1/me/deletion").await.is(200);
    app.mails().await;
    app.advance(GRACE);
    assert_eq!(erase_due(&app.app).await.unwrap(), 1);
    app.mails().await;
}

#[tokio::test]
async fn views_of_all_circles_leave_an_archived_circle_out_and_its_own_views_do_not() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    ana.task(json!({ "title": "Shopping", "due_local": "2026-12-03T12:00" }))
        .await;
    let count = async |path: &str| {
        let page = ana.get(path).await.is(200);
        page["data"].as_array().unwrap().len()
    };
    let of_all = ["/v1/me/calendar", "/v1/me/search?q=shopping"];
    let of_one = ["/calendar", "/search?q=shopping"];
    for path in [of_all, of_one].concat() {
        assert_eq!(count(path).await, 1, "{path}");
    }
    ana.act("/archive").await.is(200);
    for path in of_all {
        assert_eq!(count(path).await, 0, "{path}");
    }
    for path in of_one {
        assert_eq!(count(path).await, 1, "{path}");
    }
}
