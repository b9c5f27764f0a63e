//! Who is away stays right when a member claims something, and when something moves.

use serde_json::{Value, json};

use super::{away, claimed, covered, family, path_of, read};
use crate::appointments::scan;
use crate::harness::{Person, TestApp};
use crate::needs::{add_need, need_act};
use crate::tasks::let_lapse;

#[tokio::test]
async fn a_claim_for_that_time_is_allowed_and_counts_as_uncovered() {
    let (_app, [ana, ben, cem, _]) = family().await;
    away(
        &ben,
        json!({ "from_on": "2026-12-04", "until_on": "2026-12-10" }),
    )
    .await;
    let task = claimed(&ana, &ben, "2026-12-05").await;
    assert_eq!(covered(&task), ("none", vec![("accepted", true)]));
    let other = claimed(&ana, &ben, "2026-12-11").await;
    assert_eq!(covered(&other), ("full", vec![("accepted", false)]));
    let of_other = claimed(&ana, &cem, "2026-12-05").await;
    assert_eq!(covered(&of_other), ("full", vec![("accepted", false)]));
    // The number is right after a release.
    ben.task_act(&task, "release").await.is(200);
    let task = cem.task_act(&task, "claim").await.is(200);
    assert_eq!(task["coverage"], "full");
}

#[tokio::test]
async fn a_task_that_moves_into_an_absence_or_out_of_it_follows() {
    let (_app, [ana, ben, ..]) = family().await;
    let task = claimed(&ana, &ben, "2026-12-01").await;
    away(
        &ben,
        json!({ "from_on": "2026-12-04", "until_on": "2026-12-10" }),
    )
    .await;
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    for (day, coverage, is_away) in [("2026-12-06", "none", true), ("2026-12-12", "full", false)] {
        let moved = ana.patch(&path, json!({ "due_on": day })).await.is(200);
        assert_eq!(
            covered(&moved),
            (coverage, vec![("accepted", is_away)]),
            "{day}"
        );
    }
}

#[tokio::test]
async fn completing_and_reopening_keeps_it_right() {
    let (_app, [ana, ben, ..]) = family().await;
    away(
        &ben,
        json!({ "from_on": "2026-12-04", "until_on": "2026-12-10" }),
    )
    .await;
    let task = claimed(&ana, &ben, "2026-12-05").await;
    let done = ben.task_act(&task, "complete").await.is(200);
    assert_eq!(done["coverage"], "full");
    let again = ben.task_act(&task, "reopen").await.is(200);
    assert_eq!(covered(&again), ("none", vec![("accepted", true)]));
    let again = read(&ana, &again).await;
    assert_eq!(again["coverage"], "none");
}

#[tokio::test]
async fn a_need_follows_its_appointment() {
    let (_app, [ana, ben, ..]) = family().await;
    let appointment = scan(&ana, json!({})).await;
    let need = add_need(&ana, &appointment, json!({ "kind": "driver" })).await;
    need_act(&ben, &need, "claim").await.is(200);
    let days = json!({ "from_on": "2026-12-04", "until_on": "2026-12-04", "on_affected": "keep" });
    let absence = away(&ben, days).await;
    assert_eq!(absence["affected"][0]["title"], "driver");
    let path = format!("/needs/{}", need["id"].as_str().unwrap());
    let need = ana.get(&path).await.is(200);
    assert_eq!(covered(&need), ("none", vec![("accepted", true)]));
    let visit = format!("/appointments/{}", appointment["id"].as_str().unwrap());
    let to = json!({ "starts_local": "2026-12-07T10:00" });
    ana.post(&format!("{visit}/reschedule"), to).await.is(200);
    let need = ana.get(&path).await.is(200);
    assert_eq!(covered(&need), ("none", vec![("offered", false)]));
    let need = need_act(&ben, &need, "accept").await.is(200);
    assert_eq!(covered(&need), ("full", vec![("accepted", false)]));
}

/// Cancels a task, or lets it lapse.
async fn close(app: &TestApp, by: &Person, task: &Value, how: &str) {
    if how == "lapse" {
        let path = format!("/tasks/{}", task["id"].as_str().unwrap());
        let_lapse(app, &path).await;
    } else {
        by.task_act(task, how).await.is(200);
    }
}

#[tokio::test]
async fn a_task_that_comes_back_follows_the_absences_that_changed_meanwhile() {
    let (app, [ana, ben, ..]) = family().await;
    for (how, back) in [("cancel", "reinstate"), ("lapse", "reopen")] {
        let task = claimed(&ana, &ben, "2026-12-05").await;
        close(&app, &ana, &task, how).await;
        let days = json!({
            "from_on": "2026-12-04", "until_on": "2026-12-10", "on_affected": "keep",
        });
        let absence = away(&ben, days).await;
        let open = ana.task_act(&task, back).await.is(200);
        assert_eq!(covered(&open), ("none", vec![("accepted", true)]), "{how}");
        close(&app, &ana, &task, how).await;
        ben.delete(&path_of(&absence)).await.is(204);
        let open = ana.task_act(&task, back).await.is(200);
        assert_eq!(covered(&open), ("full", vec![("accepted", false)]), "{how}");
        assert_eq!(read(&ana, &task).await["coverage"], "full", "{how}");
    }
}
