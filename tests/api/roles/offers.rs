//! Offers of roles: who answers them, who carries the role next, and until when.

use chrono::TimeDelta;
use kith::entity::change::{self, ActorKind};
use kith::features::roles::end_expired_assignments;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::json;

use super::{act, assignment_of, change_assignment, offer, path_of, role, timeline};
use crate::harness::TestApp;

#[tokio::test]
async fn only_the_member_who_was_asked_can_accept_an_offer() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "caregiver"]).await;
    let pets = role(&ana, json!({ "kind": "pets" })).await;
    let offered = offer(&ana, &pets, &ben, json!({})).await.is(200);
    let part = assignment_of(&offered, &ben);
    assert_eq!(
        (&part["state"], &part["name"], &part["starts_on"]),
        (&json!("offered"), &json!("Ben Test"), &json!(null))
    );
    assert_eq!(part["actions"], json!(["withdraw", "update"]));
    for other in [&ana, &cem] {
        act(other, &part, "accept")
            .await
            .is_problem(403, "forbidden");
        act(other, &part, "decline")
            .await
            .is_problem(403, "forbidden");
    }
    let again = offer(&ana, &pets, &ben, json!({})).await.is(200);
    assert_eq!(again["version"], offered["version"]);

    let accepted = act(&ben, &part, "accept").await.is(200);
    assert_eq!(
        (&accepted["state"], &accepted["starts_on"]),
        (&json!("active"), &json!("2026-12-01"))
    );
    assert_eq!(
        accepted["actions"],
        json!(["release", "update", "hand_over"])
    );
    let again = act(&ben, &part, "accept").await.is(200);
    assert_eq!(again["version"], accepted["version"]);
    let seen = ben.get(&path_of(&pets)).await.is(200);
    assert_eq!(
        (&seen["my_assignment"], &seen["actions"]),
        (&json!("active"), &json!([]))
    );

    act(&ben, &part, "withdraw")
        .await
        .is_problem(403, "forbidden");
    act(&cem, &part, "release")
        .await
        .is_problem(403, "forbidden");
    let ended = act(&ben, &part, "release").await.is(200);
    assert_eq!(
        (&ended["state"], &ended["ended_on"], &ended["actions"]),
        (&json!("ended"), &json!("2026-12-01"), &json!([]))
    );
    act(&ben, &part, "release").await.is(200);
    let refused = act(&ben, &part, "accept").await;
    let problem = refused.is_problem(409, "invalid_transition");
    assert_eq!(problem["state"], "ended");
}

#[tokio::test]
async fn declined_and_withdrawn_offers_stay_in_the_timeline() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "caregiver"]).await;
    let pets = role(&ana, json!({ "kind": "pets" })).await;
    let first = offer(&ana, &pets, &ben, json!({})).await.is(200);
    act(&cem, &assignment_of(&first, &ben), "withdraw")
        .await
        .is_problem(403, "forbidden");
    act(&ben, &assignment_of(&first, &ben), "decline")
        .await
        .is(200);
    app.advance(TimeDelta::minutes(1));
    let second = offer(&cem, &pets, &ben, json!({})).await.is(200);
    act(&cem, &assignment_of(&second, &ben), "withdraw")
        .await
        .is(200);
    app.advance(TimeDelta::minutes(1));
    let third = offer(&cem, &pets, &ben, json!({})).await.is(200);
    act(&ana, &assignment_of(&third, &ben), "withdraw")
        .await
        .is(200);
    let refused = act(&ben, &assignment_of(&third, &ben), "accept").await;
    refused.is_problem(409, "invalid_transition");
    assert_eq!(
        timeline(&ben, &pets).await,
        [
            "Ben Test declined",
            "Ben Test withdrawn",
            "Ben Test withdrawn"
        ]
    );
    let path = format!("{}/assignments?limit=2", path_of(&pets));
    let page = ben.get(&path).await.is(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = ben.get(&format!("{path}&cursor={cursor}")).await.is(200);
    assert_eq!(rest["data"].as_array().unwrap().len(), 1);
    assert_eq!(rest["next_cursor"], json!(null));
}

#[tokio::test]
async fn only_one_of_two_members_who_accept_at_once_carries_the_role() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    for _ in 0..10 {
        let pets = role(&ana, json!({ "kind": "pets" })).await;
        offer(&ana, &pets, &ben, json!({})).await.is(200);
        let both = offer(&ana, &pets, &cem, json!({})).await.is(200);
        let (bens, cems) = (assignment_of(&both, &ben), assignment_of(&both, &cem));
        let (first, second) =
            futures_util::join!(act(&ben, &bens, "accept"), act(&cem, &cems, "accept"));
        let (winner, loser) = match first.status.as_u16() {
            200 => (first, second),
            _ => (second, first),
        };
        let winner = winner.is(200);
        let problem = loser.is_problem(409, "already_assigned");
        assert_eq!(
            problem["conflicts"],
            json!([{ "type": "role_assignment", "id": winner["id"] }])
        );
    }
}

#[tokio::test]
async fn a_carried_role_is_offered_again_only_with_its_previous_assignment() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "helper", "helper", "caregiver"])
        .await;
    let pets = role(&ana, json!({ "kind": "pets" })).await;
    let offered = offer(&ana, &pets, &ben, json!({})).await.is(200);
    let bens = assignment_of(&offered, &ben);
    act(&ben, &bens, "accept").await.is(200);
    for refused in [
        offer(&ana, &pets, &cem, json!({})).await,
        dora.act(&format!("{}/claim", path_of(&pets))).await,
    ] {
        let problem = refused.is_problem(409, "already_assigned");
        assert_eq!(problem["conflicts"][0]["id"], bens["id"]);
    }

    let on = json!({ "previous_assignment_id": bens["id"] });
    app.advance(TimeDelta::minutes(1));
    let offered = offer(&ana, &pets, &cem, on.clone()).await.is(200);
    let cems = assignment_of(&offered, &cem);
    app.advance(TimeDelta::minutes(1));
    let offered = offer(&ana, &pets, &dora, on.clone()).await.is(200);
    let doras = assignment_of(&offered, &dora);
    let accepted = act(&cem, &cems, "accept").await.is(200);
    assert_eq!(accepted["previous_assignment_id"], bens["id"]);
    act(&dora, &doras, "accept")
        .await
        .is_problem(409, "already_assigned");
    assert_eq!(
        timeline(&ana, &pets).await,
        ["Ben Test ended", "Cem Test active", "Dora Test offered"]
    );
    let stale = offer(&ana, &pets, &ben, on).await;
    let fields = stale.is_invalid();
    assert_eq!(fields, ["/previous_assignment_id unknown_role_assignment"]);
}

#[tokio::test]
async fn several_members_can_carry_a_shared_role() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let nights = role(&ana, json!({ "kind": "night_care", "shared": true })).await;
    ana.act(&format!("{}/claim", path_of(&nights)))
        .await
        .is(200);
    let offered = offer(&ana, &nights, &ben, json!({})).await.is(200);
    let bens = act(&ben, &assignment_of(&offered, &ben), "accept")
        .await
        .is(200);
    let alone = ana
        .patch(&path_of(&nights), json!({ "shared": false }))
        .await;
    assert_eq!(alone.is_invalid(), ["/shared several_assignments"]);

    let on = json!({ "previous_assignment_id": bens["id"] });
    let offered = offer(&ana, &nights, &cem, on).await.is(200);
    act(&cem, &assignment_of(&offered, &cem), "accept")
        .await
        .is(200);
    let shared_role = ana.get(&path_of(&nights)).await.is(200);
    let carriers: Vec<_> = shared_role["assignments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (&part["name"], &part["state"]))
        .collect();
    assert_eq!(carriers.len(), 2);
    assert!(carriers.contains(&(&json!("Ana Test"), &json!("active"))));
    assert!(carriers.contains(&(&json!("Cem Test"), &json!("active"))));
}

#[tokio::test]
async fn an_assignment_until_a_day_ends_after_that_day() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let pets = role(&ana, json!({ "kind": "pets" })).await;
    for (time, refused) in [
        (json!({ "ends_on": "2026-11-30" }), "/ends_on in_the_past"),
        (
            json!({ "starts_on": "2026-12-05", "ends_on": "2026-12-04" }),
            "/ends_on start_after_end",
        ),
    ] {
        let reply = offer(&ana, &pets, &ben, time).await;
        assert_eq!(reply.is_invalid(), [refused]);
    }
    let until = json!({ "starts_on": "2026-11-20", "ends_on": "2026-12-05" });
    let offered = offer(&ana, &pets, &ben, until).await.is(200);
    let part = assignment_of(&offered, &ben);
    act(&ben, &part, "accept").await.is(200);
    let shorter = json!({ "ends_on": "2026-12-02" });
    let changed = change_assignment(&ben, &part, shorter).await.is(200);
    assert_eq!(
        (&changed["starts_on"], &changed["ends_on"]),
        (&json!("2026-11-20"), &json!("2026-12-02"))
    );
    // In Berlin the day ends one hour earlier than in UTC.
    app.advance(TimeDelta::hours(38) + TimeDelta::minutes(59));
    assert_eq!(end_expired_assignments(&app.app).await.unwrap(), 0);
    app.advance(TimeDelta::minutes(1));
    assert_eq!(end_expired_assignments(&app.app).await.unwrap(), 1);
    assert_eq!(end_expired_assignments(&app.app).await.unwrap(), 0);
    let later = ana.later().await;
    assert_eq!(timeline(&later, &pets).await, ["Ben Test ended"]);
    let page = later.get(&format!("{}/assignments", path_of(&pets))).await;
    assert_eq!(page.is(200)["data"][0]["ended_on"], "2026-12-02");
    let now = later.get(&path_of(&pets)).await.is(200);
    assert_eq!(now["assignments"], json!([]));

    let connection = app.database.connect().await;
    let log = change::Entity::find().order_by_desc(change::Column::Seq);
    let log = log.all(&connection).await.unwrap();
    connection.close().await.unwrap();
    let lines: Vec<_> = log[..2]
        .iter()
        .map(|line| {
            (
                line.subject_type.as_str(),
                line.verb.as_str(),
                line.actor_kind,
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("role", "updated", ActorKind::System),
            ("role_assignment", "released", ActorKind::System)
        ]
    );
    assert_eq!(log[1].actor_member_id, None);
}

#[tokio::test]
async fn an_offer_whose_time_is_over_cannot_be_accepted() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let pets = role(&ana, json!({ "kind": "pets" })).await;
    let until = json!({ "ends_on": "2026-12-01" });
    let offered = offer(&ana, &pets, &ben, until).await.is(200);
    app.advance(TimeDelta::days(1));
    let late = act(&ben.later().await, &assignment_of(&offered, &ben), "accept").await;
    late.is_problem(409, "too_late");
    assert_eq!(end_expired_assignments(&app.app).await.unwrap(), 1);
    let later = ana.later().await;
    assert_eq!(timeline(&later, &pets).await, ["Ben Test withdrawn"]);
    let again = offer(&later, &pets, &ben, json!({})).await.is(200);
    assert_eq!(assignment_of(&again, &ben)["state"], "offered");
}
