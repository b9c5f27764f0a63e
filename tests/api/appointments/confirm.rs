//! `POST /v1/circles/{circle_id}/appointments/{appointment_id}/confirm`

use serde_json::json;

use super::{act, path_of, reminders, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn a_proposed_appointment_sends_no_reminders_until_it_is_confirmed() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let appointment = scan(&ana, json!({ "is_proposal": true })).await;
    assert_eq!(reminders(&ana, &appointment).await, [""; 0]);
    act(&ana, &appointment, "confirm").await.is(200);
    assert_eq!(
        reminders(&ana, &appointment).await,
        ["1 120 planned", "1 1440 planned"]
    );
    let offsets = json!({ "reminder_minutes": [60, 1440] });
    ana.patch(&path_of(&appointment), offsets).await.is(200);
    assert_eq!(
        reminders(&ana, &appointment).await,
        ["1 120 canceled", "1 1440 planned", "1 60 planned"]
    );
}
