//! What is covered again after an absence, and what follows another time zone.

use chrono::TimeDelta;
use kith::features::absences::end_over_absences;
use serde_json::json;

use super::{away, claimed, covered, family, path_of, read};

#[tokio::test]
async fn what_a_member_kept_is_covered_again_after_the_last_day() {
    let (app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben, "2026-12-03").await;
    let other = claimed(&ana, &cem, "2026-12-04").await;
    let days = json!({
        "from_on": "2026-12-02", "until_on": "2026-12-03", "on_affected": "keep",
    });
    let absence = away(&ben, days).await;
    let longer = json!({ "from_on": "2026-12-02", "on_affected": "keep" });
    away(&cem, longer).await;
    // The day ends at 23:00 UTC, with the day of the circle.
    app.advance(TimeDelta::hours(24 * 2 + 14));
    assert_eq!(end_over_absences(&app.app).await.unwrap(), 0);
    let later = ana.later().await;
    assert_eq!(covered(&read(&later, &task).await).0, "none");
    app.advance(TimeDelta::hours(2));
    assert_eq!(end_over_absences(&app.app).await.unwrap(), 1);
    assert_eq!(end_over_absences(&app.app).await.unwrap(), 0);
    let later = ana.later().await;
    assert_eq!(
        covered(&read(&later, &task).await),
        ("full", vec![("accepted", false)])
    );
    assert_eq!(
        covered(&read(&later, &other).await),
        ("none", vec![("accepted", true)])
    );
    assert_eq!(
        later.get(&path_of(&absence)).await.is(200)["state"],
        "ended"
    );
    let list = later.get("/absences").await.is(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_overdue_task_is_uncovered_as_long_as_its_member_is_away() {
    let (app, [ana, ben, ..]) = family().await;
    let task = claimed(&ana, &ben, "2026-12-02").await;
    let days = json!({
        "from_on": "2026-12-02", "until_on": "2026-12-08", "on_affected": "keep",
    });
    let absence = away(&ben, days).await;
    app.advance(TimeDelta::days(3));
    let (ana, ben) = (ana.later().await, ben.later().await);
    let shorter = json!({ "until_on": "2026-12-05" });
    ben.patch(&path_of(&absence), shorter).await.is(200);
    assert_eq!(
        covered(&read(&ana, &task).await),
        ("none", vec![("accepted", true)])
    );
    ben.delete(&path_of(&absence)).await.is(204);
    assert_eq!(
        covered(&read(&ana, &task).await),
        ("full", vec![("accepted", false)])
    );
}

#[tokio::test]
async fn the_days_of_an_absence_follow_the_time_zone_of_the_circle() {
    let (_app, [ana, ben, ..]) = family().await;
    // In Berlin it is the 5th, in Auckland the 6th.
    let task = json!({ "title": "Cook", "due_local": "2026-12-05T20:00" });
    let task = ana.task(task).await;
    ben.task_act(&task, "claim").await.is(200);
    let days = json!({
        "from_on": "2026-12-06", "until_on": "2026-12-06", "on_affected": "keep",
    });
    away(&ben, days).await;
    assert_eq!(read(&ana, &task).await["coverage"], "full");
    for (zone, coverage) in [("Pacific/Auckland", "none"), ("Europe/Berlin", "full")] {
        ana.patch("", json!({ "time_zone": zone })).await.is(200);
        assert_eq!(read(&ana, &task).await["coverage"], coverage, "{zone}");
    }
}

#[tokio::test]
async fn a_coordinator_who_reassigns_work_to_themselves_while_away_has_it_uncovered() {
    let (_app, [ana, ben, ..]) = family().await;
    let (first, second) = (
        claimed(&ana, &ben, "2026-12-05").await,
        claimed(&ana, &ben, "2026-12-09").await,
    );
    away(
        &ana,
        json!({ "from_on": "2026-12-04", "until_on": "2026-12-06" }),
    )
    .await;
    let to_me = json!({ "reassign_to_member_id": ana.member_id });
    let suspend = format!("/members/{}/suspend", ben.member_id);
    ana.post(&suspend, to_me).await.is(200);
    let hers = vec![("accepted", true), ("released", false)];
    assert_eq!(covered(&read(&ana, &first).await), ("none", hers));
    let hers = vec![("accepted", false), ("released", false)];
    assert_eq!(covered(&read(&ana, &second).await), ("full", hers));
}
