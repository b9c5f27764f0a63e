//! Each operation on a need in each state.

use serde_json::{Value, json};

use super::{add_need, need_act, need_path, offer_need, read};
use crate::appointments::{act, scan};
use crate::harness::{Person, Reply, TestApp};

/// Claims or accepts a need even if the member has something else at that time.
async fn take_anyway(by: &Person, need: &Value, verb: &str) -> Reply {
    let path = format!("{}/{verb}", need_path(need));
    by.post(&path, json!({ "allow_overlap": true })).await
}

/// Creates a need in a state, in which a person has an assignment in a state.
async fn need_in(by: &Person, person: &Person, state: &str, part: &str) -> Value {
    // The appointment has started, so that it can be completed. It is not over: the work of past
    // items would not be released.
    let now = json!({ "starts_local": "2026-12-01T08:30", "ends_local": "2026-12-01T10:00" });
    let appointment = scan(by, now).await;
    let ride = add_need(by, &appointment, json!({ "kind": "driver" })).await;
    match part {
        "none" => {}
        "offered" | "declined" => {
            offer_need(by, &ride, person).await.is(200);
        }
        _ => drop(take_anyway(person, &ride, "claim").await.is(200)),
    }
    match part {
        "declined" => drop(need_act(person, &ride, "decline").await.is(200)),
        "given back" => drop(need_act(person, &ride, "release").await.is(200)),
        "released" => {
            let member = format!("/members/{}", person.member_id);
            by.post(&format!("{member}/suspend"), json!({}))
                .await
                .is(200);
            by.act(&format!("{member}/reinstate")).await.is(200);
        }
        _ => {}
    }
    match state {
        "on_hold" => drop(act(by, &appointment, "cancel").await.is(200)),
        "past" => drop(act(by, &appointment, "complete").await.is(200)),
        "canceled" => drop(need_act(by, &ride, "cancel").await.is(200)),
        _ => {}
    }
    let ride = read(person, &ride).await;
    let assignment = ride["my_assignment"].as_str().unwrap_or("none");
    let expected = if part == "given back" {
        "released"
    } else {
        part
    };
    assert_eq!(
        (ride["state"].as_str(), assignment),
        (Some(state), expected)
    );
    ride
}

#[tokio::test]
async fn every_operation_is_refused_in_the_states_that_it_does_not_fit() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let verbs = [
        "update", "offer", "cancel", "claim", "accept", "decline", "release",
    ];
    let mut rows = verbs.map(|verb| format!("{verb:8}"));
    for state in ["open", "on_hold", "canceled", "past"] {
        for row in &mut rows {
            *row += " ";
        }
        for part in [
            "none",
            "offered",
            "accepted",
            "declined",
            "given back",
            "released",
        ] {
            let mut ride = need_in(&ana, &ben, state, part).await;
            for (verb, row) in verbs.iter().zip(&mut rows) {
                let reply = match *verb {
                    "update" => ben.patch(&need_path(&ride), json!({ "notes": "b" })).await,
                    "offer" => offer_need(&ben, &ride, &ana).await,
                    "claim" | "accept" => take_anyway(&ben, &ride, verb).await,
                    verb => need_act(&ben, &ride, verb).await,
                };
                if reply.status == 409 {
                    let problem = reply.is_problem(409, "invalid_transition");
                    let actions = problem.get("actions").cloned().unwrap_or(json!([]));
                    assert_eq!(
                        (&problem["state"], &actions),
                        (&json!(state), &ride["actions"])
                    );
                    *row += ".";
                } else if reply.json()["version"] == ride["version"] {
                    reply.is(200);
                    *row += "=";
                } else {
                    reply.is(200);
                    *row += "+";
                    ride = need_in(&ana, &ben, state, part).await;
                }
            }
        }
    }
    // The four groups are the states of the need: open, on_hold, canceled, past. In each group
    // the columns are the member's assignment: none, offered, accepted, declined, released by
    // the member, released by a suspension. `+` is a change, `=` a repetition without effect, `.` a
    // refusal.
    insta::assert_snapshot!(rows.join("\n"), @r"
    update   ++++++ ...... ...... ......
    offer    ++++++ ...... ...... ......
    cancel   ++++++ ...... ====== ......
    claim    ++=+++ ..=... ..=... ..=...
    accept   .+=... ..=... ..=... ..=...
    decline  .+.=.. ...=.. ...=.. ...=..
    release  ..+.== ....== ....== ....==
    ");
}
