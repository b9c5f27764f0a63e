//! `GET /v1/circles/{circle_id}/members/{member_id}`

use super::member;
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
