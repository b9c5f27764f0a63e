//! `DELETE` and `PATCH /v1/circles/{circle_id}/absences/{absence_id}`

use serde_json::json;

use super::{away, claimed, covered, family, path_of, read};

#[tokio::test]
async fn what_a_member_kept_is_covered_again_when_they_do_not_go() {
    let (app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben, "2026-12-05").await;
    let days = json!({ "from_on": "2026-12-04", "on_affected": "keep" });
    let absence = away(&ben, days).await;
    let path = path_of(&absence);
    cem.delete(&path).await.is_problem(403, "forbidden");
    ben.delete(&path).await.is(204);
    ben.delete(&path).await.is(204);
    assert_eq!(ben.get(&path).await.is(200)["state"], "canceled");
    let task = read(&ana, &task).await;
    assert_eq!(covered(&task), ("full", vec![("accepted", false)]));

    let days = json!({ "from_on": "2026-12-01", "member_id": ben.member_id });
    let begun = away(&ana, days).await;
    app.advance(chrono::TimeDelta::minutes(1));
    ana.delete(&path_of(&begun)).await.is(204);
    assert_eq!(ana.get(&path_of(&begun)).await.is(200)["state"], "ended");
    let changed = ana.patch(&path_of(&begun), json!({ "note": "Back" })).await;
    changed.is_problem(409, "invalid_transition");
}

#[tokio::test]
async fn other_days_cover_other_tasks() {
    let (_app, [ana, ben, ..]) = family().await;
    let first = claimed(&ana, &ben, "2026-12-05").await;
    let second = claimed(&ana, &ben, "2026-12-08").await;
    let days = json!({
        "from_on": "2026-12-04", "until_on": "2026-12-06", "on_affected": "keep",
    });
    let absence = away(&ben, days).await;
    let later = json!({ "from_on": "2026-12-07", "until_on": "2026-12-09" });
    let changed = ben.patch(&path_of(&absence), later).await.is(200);
    assert_eq!(
        (&changed["from_on"], &changed["version"]),
        (&json!("2026-12-07"), &json!(2))
    );
    for (task, coverage, is_away) in [(&first, "full", false), (&second, "none", true)] {
        let task = read(&ana, task).await;
        assert_eq!(covered(&task), (coverage, vec![("accepted", is_away)]));
    }
    let wrong = json!({ "until_on": "2026-12-06" });
    let refused = ben.patch(&path_of(&absence), wrong).await;
    assert_eq!(refused.is_invalid(), ["/until_on start_after_end"]);
}

#[tokio::test]
async fn the_absences_of_a_member_who_goes_end() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let begun = away(&ben, json!({ "from_on": "2026-12-01" })).await;
    let days = json!({ "from_on": "2026-12-20", "until_on": "2026-12-22" });
    let to_come = away(&ben, days).await;
    let of_other = away(&cem, json!({ "from_on": "2026-12-20" })).await;
    for (verb, states) in [
        ("suspend", ["active", "active", "active"]),
        ("remove", ["ended", "canceled", "active"]),
    ] {
        let path = format!("/members/{}/{verb}", ben.member_id);
        ana.post(&path, json!({})).await.is(200);
        for (absence, state) in [&begun, &to_come, &of_other].into_iter().zip(states) {
            let absence = ana.get(&path_of(absence)).await.is(200);
            assert_eq!(absence["state"], state, "{verb}");
        }
    }
}
