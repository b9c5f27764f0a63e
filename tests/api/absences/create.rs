//! `POST /v1/circles/{circle_id}/absences`

use serde_json::{Value, json};

use super::{away, claimed, covered, family, path_of, read};

fn outcomes(absence: &Value) -> Vec<(&str, &str, &str)> {
    let items = absence["affected"].as_array().unwrap().iter();
    items
        .map(|item| {
            (
                item["type"].as_str().unwrap(),
                item["title"].as_str().unwrap(),
                item["outcome"].as_str().unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
async fn what_a_member_has_claimed_for_that_time_is_released() {
    let (_app, [ana, ben, ..]) = family().await;
    let during = claimed(&ana, &ben, "2026-12-05").await;
    let after = claimed(&ana, &ben, "2026-12-11").await;
    let someday = ana.task(json!({ "title": "Someday" })).await;
    ben.task_act(&someday, "claim").await.is(200);
    let role = ana.post("/roles", json!({ "kind": "pets" })).await.is(201);
    let role = format!("/roles/{}", role["id"].as_str().unwrap());
    ben.act(&format!("{role}/claim")).await.is(200);

    let days = json!({ "from_on": "2026-12-04", "until_on": "2026-12-10" });
    let absence = away(&ben, days).await;
    assert_eq!(
        outcomes(&absence),
        [("task", "Cook", "released"), ("role", "Pets", "kept")]
    );
    let times = ["scheduled_on", "scheduled_at"].map(|it| &absence["affected"][0][it]);
    assert_eq!(times, [&during["due_on"], &during["due_at"]]);
    assert_eq!(absence["name"], "Ben Test");
    let during = read(&ana, &during).await;
    assert_eq!(covered(&during), ("none", vec![("released", false)]));
    for task in [after, someday] {
        let task = read(&ana, &task).await;
        assert_eq!(covered(&task), ("full", vec![("accepted", false)]));
    }
    let read_again = ben.get(&path_of(&absence)).await.is(200);
    assert_eq!(read_again["affected"], json!(null));
}

#[tokio::test]
async fn what_a_member_keeps_counts_as_uncovered() {
    let (_app, [ana, ben, ..]) = family().await;
    let task = claimed(&ana, &ben, "2026-12-05").await;
    let days = json!({
        "from_on": "2026-12-04", "until_on": "2026-12-10", "on_affected": "keep",
    });
    let absence = away(&ben, days).await;
    assert_eq!(outcomes(&absence), [("task", "Cook", "kept")]);
    let task = read(&ana, &task).await;
    assert_eq!(covered(&task), ("none", vec![("accepted", true)]));
    let open = ana.get("/tasks?uncovered=true").await.is(200);
    assert_eq!(open["data"][0]["id"], task["id"]);
}

#[tokio::test]
async fn what_a_member_offers_is_handed_over_to_anybody() {
    let (_app, [ana, ben, cem, _]) = family().await;
    let task = claimed(&ana, &ben, "2026-12-05").await;
    let days = json!({ "from_on": "2026-12-04", "on_affected": "offer" });
    let absence = away(&ben, days).await;
    assert_eq!(outcomes(&absence), [("task", "Cook", "offered")]);
    let handovers = cem.get("/handovers").await.is(200);
    let handover = &handovers["data"][0];
    assert_eq!(handover["task_id"], task["id"]);
    let accept = format!("/handovers/{}/accept", handover["id"].as_str().unwrap());
    cem.act(&accept).await.is(200);
    let task = read(&ana, &task).await;
    assert_eq!(
        covered(&task),
        ("full", vec![("accepted", false), ("released", false)])
    );
}

#[tokio::test]
async fn only_coordinators_say_when_others_are_away_and_the_note_is_for_them() {
    let (_app, [ana, ben, cem, dora]) = family().await;
    let of =
        |member: &str| json!({ "member_id": member, "from_on": "2026-12-04", "note": "No signal" });
    let by_other = ben.post("/absences", of(&cem.member_id)).await;
    by_other.is_problem(403, "forbidden");
    let absence = away(&ana, of(&cem.member_id)).await;
    for (reader, sees) in [(&ana, true), (&cem, true), (&ben, false), (&dora, false)] {
        let seen = reader.get(&path_of(&absence)).await.is(200);
        assert_eq!(seen["note"] == "No signal", sees);
        assert_eq!(seen["from_on"], "2026-12-04");
        let listed = reader.get("/absences").await.is(200);
        assert_eq!(listed["data"][0]["id"], absence["id"]);
    }
    let own = dora.get("/absences?member_id=me").await.is(200);
    assert_eq!(own["data"], json!([]));
    away(&dora, json!({ "from_on": "2026-12-04" })).await;
}

#[tokio::test]
async fn the_last_day_is_neither_before_the_first_nor_over() {
    let (_app, [_, ben, ..]) = family().await;
    let post = async |from: &str, until: &str| {
        let body = json!({ "from_on": from, "until_on": until });
        ben.post("/absences", body).await
    };
    let before = post("2026-12-05", "2026-12-04").await;
    assert_eq!(before.is_invalid(), ["/until_on start_after_end"]);
    let over = post("2026-11-05", "2026-11-30").await;
    assert_eq!(over.is_invalid(), ["/until_on in_the_past"]);
    post("2026-11-05", "2026-12-01").await.is(201);
}

#[tokio::test]
async fn a_role_is_uncovered_while_its_carrier_is_away() {
    let (app, [ana, ben, ..]) = family().await;
    let role = ana.post("/roles", json!({ "kind": "pets" })).await.is(201);
    ben.act(&format!("/roles/{}/claim", role["id"].as_str().unwrap()))
        .await
        .is(200);
    away(
        &ben,
        json!({ "from_on": "2026-12-02", "until_on": "2026-12-02" }),
    )
    .await;
    let uncovered = async |by: &crate::harness::Client| {
        let page = by.get("/roles?uncovered=true").await.is(200);
        page["data"].as_array().unwrap().len()
    };
    assert_eq!(uncovered(&ana).await, 0);
    for expected in [1, 0] {
        app.advance(chrono::TimeDelta::days(1));
        let ana = ana.later().await;
        assert_eq!(uncovered(&ana).await, expected);
    }
}
