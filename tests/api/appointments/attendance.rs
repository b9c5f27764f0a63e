//! The attendees of an appointment: who is asked, who can answer, and who can see it.

use serde_json::{Value, json};

use super::{act, answer, grant, path_of, reschedule, scan};
use crate::harness::TestApp;

/// The name and the answer of each attendee, sorted.
pub fn answers(appointment: &Value) -> Vec<String> {
    let line = |row: &Value| {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        [text("name"), text("response")].join(" ")
    };
    let attendees = appointment["attendees"].as_array().unwrap();
    let mut answers: Vec<_> = attendees.iter().map(line).collect();
    answers.sort_unstable();
    answers
}

#[tokio::test]
async fn helpers_and_viewers_cannot_schedule_appointments_but_can_answer_visible_ones() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "viewer"]).await;
    let walk = scan(&ana, json!({ "topic": "daily" })).await;
    let hidden = scan(&ana, json!({})).await;
    for person in [&ben, &cem] {
        let body = json!({ "title": "a", "starts_on": "2027-01-02" });
        let refused = person.post("/appointments", body.clone()).await;
        refused.is_problem(403, "forbidden");
        let refused = reschedule(person, &walk, json!({ "starts_on": "2027-01-02" })).await;
        refused.is_problem(403, "forbidden");
        for verb in ["confirm", "cancel", "reinstate", "complete", "mark-missed"] {
            act(person, &walk, verb).await.is_problem(403, "forbidden");
        }
        let seen = person.get(&path_of(&walk)).await.is(200);
        let actions = seen["actions"].as_array().unwrap();
        assert_eq!(actions[0], "respond");
        assert!(actions[1..].iter().all(|action| action == "create_comment"));
        let answered = answer(person, &walk, "tentative").await.is(200);
        assert_eq!(answered["my_response"], "tentative");

        person
            .get(&path_of(&hidden))
            .await
            .is_problem(404, "not_found");
        let unseen = answer(person, &hidden, "accepted").await;
        unseen.is_problem(404, "not_found");
        let list = person.get("/appointments").await.is(200);
        assert_eq!(list["data"].as_array().unwrap().len(), 1);
        grant(&ana, person, json!({ "health": "read" })).await;
        answer(person, &hidden, "accepted").await.is(200);
        grant(&ana, person, json!({ "health": "none" })).await;
        person
            .get(&path_of(&hidden))
            .await
            .is_problem(404, "not_found");
    }
    let walk = ana.get(&path_of(&walk)).await.is(200);
    assert_eq!(
        answers(&walk),
        [
            "Ana Test accepted",
            "Ben Test tentative",
            "Cem Test tentative"
        ]
    );
    let nothing = answer(&ana, &walk, "no_response").await;
    assert_eq!(nothing.is_invalid(), ["/response unknown_value"]);
}

#[tokio::test]
async fn the_patient_or_the_given_members_attend_if_they_see_the_appointment() {
    let app = TestApp::start().await;
    let [ana, rosa, ben, cem] = app
        .circle_of(
            ["coordinator", "patient", "helper", "caregiver"],
            ["Ana", "Rosa", "Ben", "Cem"],
        )
        .await;
    let appointment = scan(&ana, json!({})).await;
    assert_eq!(answers(&appointment), ["Rosa Test no_response"]);
    let asked = json!({ "attendee_member_ids": [cem.member_id, cem.member_id] });
    let appointment = scan(&ana, asked).await;
    assert_eq!(answers(&appointment), ["Cem Test no_response"]);

    let mut body = json!({ "title": "a", "starts_on": "2027-01-02" });
    body["attendee_member_ids"] = json!([cem.member_id, ben.member_id]);
    let blind = ana.post("/appointments", body).await;
    assert_eq!(
        blind.is_invalid(),
        ["/attendee_member_ids/1 member_cannot_take_part"]
    );
    let invite = format!("{}/attendees", path_of(&appointment));
    let blind = ana
        .post(&invite, json!({ "member_ids": [ben.member_id] }))
        .await;
    assert_eq!(
        blind.is_invalid(),
        ["/member_ids/0 member_cannot_take_part"]
    );

    answer(&cem, &appointment, "accepted").await.is(200);
    let both = json!({ "member_ids": [cem.member_id, rosa.member_id] });
    let invited = ana.post(&invite, both).await.is(200);
    assert_eq!(
        answers(&invited),
        ["Cem Test accepted", "Rosa Test no_response"]
    );
    let attendee = format!("{invite}/{}", cem.member_id);
    ana.delete(&attendee).await.is(204);
    ana.delete(&attendee).await.is_problem(404, "not_found");
    let left = ana.get(&path_of(&appointment)).await.is(200);
    assert_eq!(answers(&left), ["Rosa Test no_response"]);
    let filtered = format!("/appointments?attendee_member_id={}", rosa.member_id);
    assert_eq!(
        ana.get(&filtered).await.is(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_member_can_respond_only_for_themselves() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let walk = scan(&ana, json!({ "topic": "daily" })).await;
    let respond = async |by: &crate::harness::Person, of: &str, response: &str| {
        let path = format!("{}/attendees/{of}/respond", path_of(&walk));
        by.post(&path, json!({ "response": response })).await
    };
    let by_id = respond(&ben, &ben.member_id, "accepted").await.is(200);
    assert_eq!(by_id["my_response"], "accepted");
    let by_word = respond(&ben, "me", "declined").await.is(200);
    assert_eq!(by_word["my_response"], "declined");
    let refused = respond(&ana, &ben.member_id, "accepted").await;
    let refused = refused.is_problem(403, "forbidden");
    assert_eq!(
        refused["detail"],
        "You can only respond for yourself, and for members without an account whose contact you are."
    );
    let nobody = uuid::Uuid::now_v7().to_string();
    let unknown = respond(&ana, &nobody, "accepted").await;
    unknown.is_problem(404, "not_found");
    let now = ana.get(&path_of(&walk)).await.is(200);
    assert_eq!(answers(&now), ["Ana Test accepted", "Ben Test declined"]);
}

#[tokio::test]
async fn removing_an_attendee_is_refused_without_the_permission_and_for_an_old_version() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let walk = json!({ "topic": "daily", "attendee_member_ids": [ana.member_id, ben.member_id] });
    let walk = scan(&ana, walk).await;
    let of_ben = format!("{}/attendees/{}", path_of(&walk), ben.member_id);
    ben.delete(&of_ben).await.is_problem(403, "forbidden");
    let old = ("if-match", "\"0\"");
    let old = ana.with(old, &axum::http::Method::DELETE, &of_ben, None);
    old.await.is_problem(412, "version_mismatch");
    let myself = format!("{}/attendees/me", path_of(&walk));
    ana.delete(&myself).await.is(204);
    let now = ana.get(&path_of(&walk)).await.is(200);
    assert_eq!(answers(&now), ["Ben Test no_response"]);
}

/// From each answer to each other, by the attendee and by somebody else.
#[tokio::test]
async fn the_answers_to_an_appointment_follow_one_table() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "caregiver"]).await;
    let mut table = String::new();
    for from in [
        "no part",
        "no_response",
        "accepted",
        "tentative",
        "declined",
    ] {
        table += from;
        for to in ["accepted", "tentative", "declined"] {
            let asked = match from {
                "no part" => json!({ "topic": "daily", "without_attendees": true }),
                _ => json!({ "topic": "daily", "attendee_member_ids": [ben.member_id] }),
            };
            let visit = scan(&ana, asked).await;
            if !matches!(from, "no part" | "no_response") {
                answer(&ben, &visit, from).await.is(200);
            }
            let path = format!("{}/attendees/{}/respond", path_of(&visit), ben.member_id);
            let body = json!({ "response": to, "allow_overlap": true });
            for other in [&ana, &cem] {
                let refused = other.post(&path, body.clone()).await;
                refused.is_problem(403, "forbidden");
            }
            let before = ben.get(&path_of(&visit)).await.is(200);
            let after = ben.post(&path, body).await.is(200);
            let mark = if before["version"] == after["version"] {
                "="
            } else {
                "+"
            };
            table.extend([" ", after["my_response"].as_str().unwrap(), mark]);
            let moved = json!({ "starts_local": "2026-12-05T10:00" });
            reschedule(&ana, &visit, moved).await.is(200);
            let asked_anew = ben.get(&path_of(&visit)).await.is(200);
            assert_eq!(asked_anew["my_response"], "no_response", "{from} {to}");
            super::act(&ana, &visit, "cancel").await.is(200);
        }
        table += "\n";
    }
    insta::assert_snapshot!(table, @r"
    no part accepted+ tentative+ declined+
    no_response accepted+ tentative+ declined+
    accepted accepted= tentative+ declined+
    tentative accepted+ tentative= declined+
    declined accepted+ tentative+ declined=
    ");
}
