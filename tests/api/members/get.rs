//! `GET /v1/circles/{circle_id}/members/{member_id}`

use serde_json::{Value, json};

use super::member;
use crate::appointments::scan;
use crate::harness::{Person, TestApp};

#[tokio::test]
async fn email_addresses_and_topic_levels_are_shown_only_to_permitted_members() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "helper", "patient", "caregiver"])
        .await;
    let sees = async |by: &Person| {
        let ben = member(by, &ben).await;
        (ben["email"].is_string(), ben["topic_levels"].is_object())
    };
    assert_eq!(sees(&ana).await, (true, true));
    assert_eq!(sees(&ben).await, (true, true));
    assert_eq!(sees(&cem).await, (false, true));
    assert_eq!(sees(&dora).await, (false, false));
}

#[tokio::test]
async fn members_can_call_themselves_me_in_a_path_and_in_a_filter() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    for person in [&ana, &ben] {
        let me = person.get("/members/me").await.is(200);
        assert_eq!(me, member(person, person).await);
        assert_eq!(me["id"], person.member_id.as_str());
    }
    let renamed = json!({ "name": "Benno" });
    ben.patch("/members/me", renamed).await.is(200);
    assert_eq!(member(&ana, &ben).await["name"], "Benno");
    let levels = json!({ "decisions": "read" });
    let own = ana.patch("/members/me/topics", levels).await.is(200);
    assert_eq!(own["topic_levels"]["decisions"], "read");
    ana.get("/members/myself")
        .await
        .is_problem(404, "not_found");

    let task = ana.task(json!({ "title": "Cook" })).await;
    ben.task_act(&task, "claim").await.is(200);
    let attends = json!({ "topic": "daily", "attendee_member_ids": [ben.member_id] });
    scan(&ana, attends).await;
    for filter in [
        "/tasks?assigned_member_id=",
        "/appointments?attendee_member_id=",
    ] {
        let count = async |by: &Person, of: &str| {
            let page: Value = by.get(&format!("{filter}{of}")).await.is(200);
            page["data"].as_array().unwrap().len()
        };
        assert_eq!(count(&ben, "me").await, 1, "{filter}");
        assert_eq!(count(&ana, "me").await, 0, "{filter}");
        assert_eq!(count(&ana, &ben.member_id).await, 1, "{filter}");
    }
    let wrong = ana.get("/tasks?assigned_member_id=myself").await;
    let problem = wrong.is_problem(400, "invalid_parameters");
    assert_eq!(
        problem["errors"][0]["detail"],
        "Send the id of a member, or me."
    );
}
