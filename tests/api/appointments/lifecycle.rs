//! Each action in each state, and its lines in the change log.

use serde_json::{Value, json};

use super::{act, answer, path_of, reschedule, scan};
use crate::harness::{Person, TestApp};

/// An appointment of yesterday in the given state.
async fn in_state(by: &Person, state: &str, attendees: &[&str]) -> Value {
    let yesterday = json!({
        "starts_local": "2026-11-30T10:00", "ends_local": null, "is_proposal": state == "proposed",
        "attendee_member_ids": attendees,
    });
    let appointment = scan(by, yesterday).await;
    match state {
        "canceled" => act(by, &appointment, "cancel").await.is(200),
        "completed" => act(by, &appointment, "complete").await.is(200),
        "missed" => act(by, &appointment, "mark-missed").await.is(200),
        _ => appointment,
    }
}

#[tokio::test]
async fn every_action_on_an_appointment_is_refused_in_the_wrong_state() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let verbs = [
        ("update", json!({ "title": "b" })),
        ("reschedule", json!({ "starts_on": "2027-01-02" })),
        ("confirm", json!({})),
        ("cancel", json!({})),
        ("reinstate", json!({})),
        ("complete", json!({})),
        ("mark-missed", json!({})),
        ("attendees", json!({ "member_ids": [ana.member_id] })),
        ("attendees/me/respond", json!({ "response": "accepted" })),
        ("attendees/me", Value::Null),
        ("needs", json!({ "kind": "driver" })),
    ];
    let mut table = String::new();
    for (verb, body) in &verbs {
        table += verb;
        for state in ["proposed", "scheduled", "completed", "missed", "canceled"] {
            let attendees: &[&str] = match *verb {
                "attendees/me" => &[&ana.member_id],
                _ => &[],
            };
            let appointment = in_state(&ana, state, attendees).await;
            let ask = async || {
                let path = path_of(&appointment);
                match *verb {
                    "update" => ana.patch(&path, body.clone()).await,
                    "attendees/me" => ana.delete(&format!("{path}/attendees/me")).await,
                    verb => ana.post(&format!("{path}/{verb}"), body.clone()).await,
                }
            };
            let reply = ask().await;
            let now = ana.get(&path_of(&appointment)).await.is(200);
            if reply.status == 409 {
                let problem = reply.is_problem(409, "invalid_transition");
                let actions = problem.get("actions").cloned().unwrap_or(json!([]));
                assert_eq!(
                    (&problem["state"], &actions, &now["version"]),
                    (
                        &json!(state),
                        &appointment["actions"],
                        &appointment["version"]
                    )
                );
                table += " .";
                continue;
            }
            assert!(reply.status.is_success(), "{verb} {state}: {}", reply.text);
            table.extend([" ", now["state"].as_str().unwrap()]);
            if *verb == "attendees/me" {
                ask().await.is_problem(404, "not_found");
            } else if !matches!(*verb, "update" | "needs") {
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
    update proposed scheduled completed . .
    reschedule proposed scheduled . . .
    confirm scheduled scheduled . . .
    cancel canceled canceled . . canceled
    reinstate . scheduled . . scheduled
    complete . completed completed . .
    mark-missed . missed . missed .
    attendees proposed scheduled . . .
    attendees/me/respond proposed scheduled . . .
    attendees/me proposed scheduled . . .
    needs proposed scheduled . . .
    ");
}

#[tokio::test]
async fn the_change_log_of_an_appointment_contains_no_values() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let appointment = scan(&ana, json!({})).await;
    let path = path_of(&appointment);
    let texts = json!({ "title": "Canary", "location": null, "preparation": "Canary" });
    ana.patch(&path, texts).await.is(200);
    let need = json!({ "kind": "driver", "notes": "Canary" });
    let need = ana.post(&format!("{path}/needs"), need).await.is(201);
    let need = format!("/needs/{}", need["id"].as_str().unwrap());
    ana.patch(&need, json!({ "dropoff_location": "Canary" }))
        .await
        .is(200);
    let ben_too = json!({ "member_ids": [ben.member_id] });
    ana.post(&format!("{path}/attendees"), ben_too)
        .await
        .is(200);
    answer(&ben, &appointment, "accepted").await.is(200);
    ben.act(&format!("{need}/claim")).await.is(200);
    reschedule(
        &ana,
        &appointment,
        json!({ "starts_local": "2026-12-01T09:00" }),
    )
    .await
    .is(200);
    act(&ana, &appointment, "cancel").await.is(200);
    act(&ana, &appointment, "reinstate").await.is(200);
    ana.post(&format!("{path}/complete"), json!({ "outcome": "Canary" }))
        .await
        .is(200);

    let log = app.change_log().await;
    let mut text = String::new();
    for line in log
        .iter()
        .filter(|line| ["appointment", "need"].contains(&line.subject_type.as_str()))
    {
        text += &[line.subject_type.as_str(), &line.verb, &line.changed_fields].join(" ");
        text += "\n";
    }
    insta::assert_snapshot!(text, @r#"
    appointment created []
    appointment updated ["title","location","preparation"]
    need created []
    need updated ["dropoff_location"]
    appointment attendees_added ["attendees"]
    appointment responded ["attendees"]
    need claimed []
    appointment rescheduled ["starts","ends"]
    need rescheduled ["starts","ends"]
    appointment canceled ["state"]
    need canceled ["state"]
    appointment reinstated ["state"]
    need reinstated ["state"]
    appointment completed ["state","outcome"]
    need ended ["state"]
    "#);
}
