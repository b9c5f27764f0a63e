//! Each verb in each state, and what the log says of it.

use serde_json::{Value, json};

use super::{act, answer, path_of, reschedule, scan};
use crate::harness::{Person, TestApp};

/// An appointment of yesterday in a state.
async fn in_state(by: &Person, state: &str) -> Value {
    let yesterday = json!({
        "starts_local": "2026-11-30T10:00", "ends_local": null, "proposed": state == "proposed",
    });
    let held = scan(by, yesterday).await;
    match state {
        "cancelled" => act(by, &held, "cancel").await.is(200),
        "completed" => act(by, &held, "complete").await.is(200),
        "did_not_happen" => act(by, &held, "did-not-happen").await.is(200),
        _ => held,
    }
}

#[tokio::test]
async fn every_verb_fits_the_states_it_fits_and_is_refused_in_the_others() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let verbs = [
        ("change", json!({ "title": "b" })),
        ("reschedule", json!({ "starts_on": "2027-01-02" })),
        ("confirm", json!({})),
        ("cancel", json!({})),
        ("reinstate", json!({})),
        ("complete", json!({})),
        ("did-not-happen", json!({})),
        ("invite", json!({ "member_ids": [ana.member_id] })),
        ("uninvite", json!({ "member_ids": [ana.member_id] })),
        ("answer", json!({ "answer": "accepted" })),
        ("needs", json!({ "kind": "driver" })),
    ];
    let mut table = String::new();
    for (verb, body) in &verbs {
        table += verb;
        for state in [
            "proposed",
            "scheduled",
            "completed",
            "did_not_happen",
            "cancelled",
        ] {
            let held = in_state(&ana, state).await;
            let ask = async || {
                let path = path_of(&held);
                match *verb {
                    "change" => ana.patch(&path, body.clone()).await,
                    verb => ana.post(&format!("{path}/{verb}"), body.clone()).await,
                }
            };
            let reply = ask().await;
            let now = ana.get(&path_of(&held)).await.is(200);
            if reply.status == 409 {
                let problem = reply.is_problem(409, "invalid_transition");
                let actions = problem.get("actions").cloned().unwrap_or(json!([]));
                assert_eq!(
                    (&problem["state"], &actions, &now["version"]),
                    (&json!(state), &held["actions"], &held["version"])
                );
                table += " .";
                continue;
            }
            assert!(reply.status.is_success(), "{verb} {state}: {}", reply.text);
            table.extend([" ", now["state"].as_str().unwrap()]);
            if !matches!(*verb, "change" | "needs") {
                assert_eq!(
                    ask().await.is(200)["version"],
                    now["version"],
                    "{verb} {state}"
                );
            }
        }
        table += "\n";
    }
    insta::assert_snapshot!(table, @r"
    change proposed scheduled . . .
    reschedule proposed scheduled . . .
    confirm scheduled scheduled . . .
    cancel cancelled cancelled . . cancelled
    reinstate . scheduled . . scheduled
    complete . completed completed . .
    did-not-happen . did_not_happen . did_not_happen .
    invite proposed scheduled . . .
    uninvite proposed scheduled . . .
    answer proposed scheduled . . .
    needs proposed scheduled . . .
    ");
}

#[tokio::test]
async fn the_log_names_what_happened_and_no_values() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let held = scan(&ana, json!({})).await;
    let path = path_of(&held);
    let texts = json!({ "title": "Canary", "location": null, "preparation": "Canary" });
    ana.patch(&path, texts).await.is(200);
    let need = json!({ "kind": "driver", "notes": "Canary" });
    let need = ana.post(&format!("{path}/needs"), need).await.is(201);
    let need = format!("/needs/{}", need["id"].as_str().unwrap());
    ana.patch(&need, json!({ "drop_off": "Canary" }))
        .await
        .is(200);
    let ben_too = json!({ "member_ids": [ben.member_id] });
    ana.post(&format!("{path}/invite"), ben_too).await.is(200);
    answer(&ben, &held, "accepted").await.is(200);
    ben.act(&format!("{need}/take")).await.is(200);
    reschedule(&ana, &held, json!({ "starts_local": "2026-12-01T09:00" }))
        .await
        .is(200);
    act(&ana, &held, "cancel").await.is(200);
    act(&ana, &held, "reinstate").await.is(200);
    ana.post(&format!("{path}/complete"), json!({ "outcome": "Canary" }))
        .await
        .is(200);

    let log = app.change_log().await;
    let mut text = String::new();
    for line in log
        .iter()
        .filter(|line| ["appointment", "need"].contains(&line.subject_type.as_str()))
    {
        text += &[line.subject_type.as_str(), &line.verb, &line.fields].join(" ");
        text += "\n";
    }
    insta::assert_snapshot!(text, @r#"
    appointment created []
    appointment changed ["title","location","preparation"]
    need created []
    need changed ["drop_off"]
    appointment invited ["attendees"]
    appointment answered ["attendees"]
    need taken []
    appointment rescheduled ["starts","ends"]
    need moved ["starts","ends"]
    appointment cancelled ["state"]
    need cancelled ["state"]
    appointment reinstated ["state"]
    need reinstated ["state"]
    appointment completed ["state","outcome"]
    need ended ["state"]
    "#);
}
