//! `POST /v1/circles/{circle_id}/appointments/{appointment_id}/confirm`

use serde_json::json;

use super::{act, path_of, reminders, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn what_is_proposed_reminds_nobody_before_it_is_confirmed() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let held = scan(&ana, json!({ "proposed": true })).await;
    assert_eq!(reminders(&ana, &held).await, [""; 0]);
    act(&ana, &held, "confirm").await.is(200);
    assert_eq!(
        reminders(&ana, &held).await,
        ["1 120 planned", "1 1440 planned"]
    );
    let offsets = json!({ "reminder_minutes": [60, 1440] });
    ana.patch(&path_of(&held), offsets).await.is(200);
    assert_eq!(
        reminders(&ana, &held).await,
        ["1 120 cancelled", "1 1440 planned", "1 60 planned"]
    );
}
