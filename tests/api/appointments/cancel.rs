//! `POST /v1/circles/{circle_id}/appointments/{appointment_id}/cancel`

use chrono::TimeDelta;
use serde_json::json;

use super::{act, notification_mails, recipients, reminders, scan};
use crate::harness::TestApp;

#[tokio::test]
async fn a_canceled_appointment_sends_no_reminders_until_it_is_reinstated() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let appointment = scan(&ana, json!({})).await;
    notification_mails(&app).await;
    act(&ana, &appointment, "cancel").await.is(200);
    assert_eq!(
        reminders(&ana, &appointment).await,
        ["1 120 canceled", "1 1440 canceled"]
    );
    let mails = notification_mails(&app).await;
    assert_eq!(recipients(&mails), ["ben"]);
    assert!(
        mails[0]
            .text
            .contains("- Something was canceled.\n  It was: Fri 4 December 2026, 10:00")
    );
    let reinstated = act(&ben, &appointment, "reinstate").await.is(200);
    assert_eq!(reinstated["schedule_version"], 1);
    assert_eq!(
        reminders(&ana, &appointment).await,
        ["1 120 planned", "1 1440 planned"]
    );
    let mails = notification_mails(&app).await;
    assert_eq!(recipients(&mails), ["ana"]);
    let on_again = "- Something that was canceled is on again.\n  When: Fri 4 December 2026, 10:00";
    assert!(mails[0].text.contains(on_again));
    app.advance(TimeDelta::days(3) + TimeDelta::hours(1));
    let ana = ana.later().await;
    act(&ana, &appointment, "mark-missed").await.is(200);
    assert_eq!(
        reminders(&ana, &appointment).await,
        ["1 120 canceled", "1 1440 canceled"]
    );
}
