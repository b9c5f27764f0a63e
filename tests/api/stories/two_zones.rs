//! A daughter abroad helps from another continent. What happens at home has the hours of home; her
//! days and her emails are those of the place where she is.

use serde_json::{Value, json};

use super::{advance_to, line};
use crate::harness::{Client, TestApp};

/// The titles of the items between two moments.
async fn titles(by: &Client, list: &str, from: &str, to: &str) -> Vec<String> {
    let page = by.get(&format!("{list}?from={from}&to={to}")).await.is(200);
    let title = |item: &Value| item["title"].as_str().unwrap().to_owned();
    page["data"].as_array().unwrap().iter().map(title).collect()
}

#[tokio::test]
async fn a_daughter_abroad_sees_her_own_days_and_the_hours_of_home() {
    let app = TestApp::start().await;
    let access = ["coordinator", "caregiver"];
    let [ana, mia] = app.circle_of(access, ["Ana", "Mia"]).await;
    let far = json!({ "time_zone": "Pacific/Auckland" });
    mia.patch("/v1/me", far).await.is(200);
    // At home it is Thursday, eight in the evening. In Auckland it is Friday, eight in the morning.
    let call = ana
        .task(json!({
            "title": "Call the insurance", "topic": "daily", "due_local": "2026-12-03T20:00",
            "reminder_minutes": [60],
        }))
        .await;
    let bill = json!({ "title": "Pay the bill", "topic": "daily", "due_on": "2026-12-03" });
    let bill = ana.task(bill).await;
    // Mia plans something at her own hour: her zone is sent with it, or else that of home counts.
    let hers = json!({
        "title": "Order online", "topic": "daily", "due_local": "2026-12-04T08:00",
        "time_zone": "Pacific/Auckland",
    });
    let hers = mia.task(hers).await;
    assert_eq!(call["due_at"], hers["due_at"], "both are the same instant");
    let at_home = json!({ "title": "Ring her", "topic": "daily", "due_local": "2026-12-04T08:00" });
    let at_home = mia.task(at_home).await;
    assert_eq!(at_home["time_zone"], "Europe/Berlin");
    assert_eq!(at_home["due_at"], "2026-12-04T07:00:00.000Z");
    for task in [&call, &bill, &hers, &at_home] {
        let claim = format!("/tasks/{}/claim", task["id"].as_str().unwrap());
        let anyway = json!({ "allow_overlap": true });
        mia.post(&claim, anyway).await.is(200);
    }

    // Her Friday, as her device asks for it. The bill has no hour: it is on the Thursday of
    // each reader, and so it is on hers.
    let (from, to) = ("2026-12-03T11:00:00Z", "2026-12-04T11:00:00Z");
    for list in ["/v1/me/agenda", "/v1/me/calendar"] {
        let mut seen = titles(&mia, list, from, to).await;
        seen.sort();
        let all = ["Call the insurance", "Order online", "Ring her"];
        assert_eq!(seen, all, "{list}");
        let thursday = titles(&mia, list, "2026-12-02T11:00:00Z", from).await;
        assert_eq!(thursday, ["Pay the bill"], "{list}");
    }

    // Her reminders come at the right instant, in her hours, and say which zone that is.
    advance_to(&app, "2026-12-03T17:59:00Z");
    app.mails().await;
    advance_to(&app, "2026-12-03T18:00:00Z");
    let mail = app.mail().await;
    assert_eq!(
        line(&mail),
        "mia A reminder from Ana's circle: Fri 4 December, 08:00 (1 hour before)"
    );
    let when = "Fri 4 December 2026, 08:00 (Pacific/Auckland, UTC+13)";
    assert!(mail.text.contains(when), "{}", mail.text);
}
