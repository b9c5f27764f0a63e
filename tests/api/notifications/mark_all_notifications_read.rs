//! `POST /v1/me/notifications/mark-all-read`

use chrono::TimeDelta;
use serde_json::json;

use super::{offer_task, shown, unread};
use crate::harness::TestApp;

#[tokio::test]
async fn what_came_after_the_list_was_read_stays_unread() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "helper"]).await;
    for title in ["One", "Two"] {
        let task = ana.task(json!({ "title": title })).await;
        offer_task(&ana, &task, &ben).await;
        offer_task(&ana, &task, &cem).await;
        app.advance(TimeDelta::seconds(1));
    }
    let page = ben.get("/v1/me/notifications").await.is(200);
    let last = json!({ "last_read_notification_id": page["data"][0]["id"] });
    let late = ana.task(json!({ "title": "Late" })).await;
    offer_task(&ana, &late, &ben).await;
    let path = "/v1/me/notifications/mark-all-read";
    ben.post(path, last.clone()).await.is(204);
    ben.post(path, last).await.is(204);
    assert_eq!(shown(&ben, "?unread=true").await, ["offered Late"]);
    assert_eq!(
        (unread(&ben).await, unread(&cem).await),
        (json!(1), json!(2))
    );
}
