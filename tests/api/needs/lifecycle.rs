//! Each verb in each state.

use serde_json::{Value, json};

use super::{add_need, need_act, need_path, offer_need, read};
use crate::appointments::{act, scan};
use crate::harness::{Person, Reply, TestApp};

/// Whatever else they have taken on for that time.
async fn take_anyway(by: &Person, need: &Value) -> Reply {
    let path = format!("{}/take", need_path(need));
    by.post(&path, json!({ "allow_overlap": true })).await
}

/// A need in a state, in which a person has a part.
async fn need_in(by: &Person, person: &Person, state: &str, part: &str) -> Value {
    // It has begun, so that it can be completed; what is over is not released.
    let now = json!({ "starts_local": "2026-12-01T08:30", "ends_local": "2026-12-01T10:00" });
    let held = scan(by, now).await;
    let ride = add_need(by, &held, json!({ "kind": "driver" })).await;
    match part {
        "none" => {}
        "offered" | "declined" => {
            offer_need(by, &ride, person).await.is(200);
        }
        _ => drop(take_anyway(person, &ride).await.is(200)),
    }
    match part {
        "declined" => drop(need_act(person, &ride, "decline").await.is(200)),
        "withdrawn" => drop(need_act(person, &ride, "withdraw").await.is(200)),
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
        "on_hold" => drop(act(by, &held, "cancel").await.is(200)),
        "over" => drop(act(by, &held, "complete").await.is(200)),
        "cancelled" => drop(need_act(by, &ride, "cancel").await.is(200)),
        _ => {}
    }
    let ride = read(person, &ride).await;
    let mine = ride["my_commitment"].as_str().unwrap_or("none");
    assert_eq!((ride["state"].as_str(), mine), (Some(state), part));
    ride
}

#[tokio::test]
async fn every_verb_fits_the_states_it_fits_and_is_refused_in_the_others() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let verbs = ["change", "offer", "cancel", "take", "decline", "withdraw"];
    let mut rows = verbs.map(|verb| format!("{verb:8}"));
    for state in ["open", "on_hold", "cancelled", "over"] {
        for row in &mut rows {
            *row += " ";
        }
        for part in [
            "none",
            "offered",
            "accepted",
            "declined",
            "withdrawn",
            "released",
        ] {
            let mut ride = need_in(&ana, &ben, state, part).await;
            for (verb, row) in verbs.iter().zip(&mut rows) {
                let reply = match *verb {
                    "change" => ben.patch(&need_path(&ride), json!({ "notes": "b" })).await,
                    "offer" => offer_need(&ben, &ride, &ana).await,
                    "take" => take_anyway(&ben, &ride).await,
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
    // For each state of the need (open, on_hold, cancelled, over): no part in it,
    // offered, accepted, declined, withdrawn, released. `=` was in effect already.
    insta::assert_snapshot!(rows.join("\n"), @r"
    change   ++++++ ...... ...... ......
    offer    ++++++ ...... ...... ......
    cancel   ++++++ ...... ====== ......
    take     ++=+++ ..=... ..=... ..=...
    decline  .+.=.. ...=.. ...=.. ...=..
    withdraw ..+.=. ....=. ....=. ....=.
    ");
}
