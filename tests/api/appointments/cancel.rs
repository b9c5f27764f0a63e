//! `POST /v1/circles/{circle_id}/appointments/{appointment_id}/cancel`

use chrono::TimeDelta;
use serde_json::json;

use super::{act, notification_mails, recipients, reminders, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn what_is_cancelled_reminds_nobody_until_it_is_reinstated() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let held = scan(&ana, json!({})).await;
    notification_mails(&app).await;
    act(&ana, &held, "cancel").await.is(200);
    assert_eq!(
        reminders(&ana, &held).await,
        ["1 120 cancelled", "1 1440 cancelled"]
    );
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["ben"]);
    assert!(
        told[0]
            .text
            .contains("- Something was called off.\n  It was: Fri 4 December 2026, 10:00")
    );
    let reinstated = act(&ben, &held, "reinstate").await.is(200);
    assert_eq!(reinstated["schedule_version"], 1);
    assert_eq!(
        reminders(&ana, &held).await,
        ["1 120 planned", "1 1440 planned"]
    );
    let told = notification_mails(&app).await;
    assert_eq!(recipients(&told), ["ana"]);
    let on_again =
        "- Something that was called off is on again.\n  When: Fri 4 December 2026, 10:00";
    assert!(told[0].text.contains(on_again));
    app.advance(TimeDelta::days(3) + TimeDelta::hours(1));
    let ana = ana.later().await;
    act(&ana, &held, "did-not-happen").await.is(200);
    assert_eq!(
        reminders(&ana, &held).await,
        ["1 120 cancelled", "1 1440 cancelled"]
    );
}
