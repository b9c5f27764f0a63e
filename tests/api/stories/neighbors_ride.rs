//! A neighbor takes a ride without learning what it is for, and cancels at seven in the morning.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{advance_to, line};
use crate::appointments::{notification_mails, path_of, recipients, scan};
use crate::harness::{Client, Mail, TestApp};
use crate::needs::{add_need, need_act, need_path};
use crate::notifications::says;

/// What a neighbor can read, in one text.
async fn everything_that_is_shown_to(neighbor: &Client, ride: &Value) -> String {
    let mut all = String::new();
    for path in [
        "",
        "/members",
        "/needs",
        "/tasks",
        "/appointments",
        "/threads",
        "/questions",
        "/roles",
        "/activity?limit=200",
        "/calendar",
        "/gaps",
        "/search?q=canary",
        "/v1/me/agenda",
        "/v1/me/calendar",
        "/v1/me/summary",
        "/v1/me/circles",
        "/v1/me/search?q=canary",
    ] {
        let reply = neighbor.get(path).await;
        if reply.status != 403 {
            assert_eq!(reply.status, 200, "{path}: {}", reply.text);
            all += &reply.text.replace("q=canary", "");
        }
    }
    all += &neighbor.get(&need_path(ride)).await.text;
    for export in ["/v1/me/export", "/v1/me/export/calendar"] {
        let reply = neighbor.act(export).await;
        assert_eq!(reply.status, 200, "{export}: {}", reply.text);
        all += &reply.text;
    }
    all
}

fn tells_nothing(text: &str, appointment: &Value) {
    let text = text.to_lowercase();
    for secret in ["canary", appointment["id"].as_str().unwrap(), "\"scan\""] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[tokio::test]
async fn a_neighbor_takes_a_ride_and_cancels_at_seven_in_the_morning() {
    let app = TestApp::start().await;
    let access = ["coordinator", "helper", "helper", "viewer", "coordinator"];
    let [ana, ben, cem, _dora, eli] = app.circle(access).await;
    // The scan is on Friday at ten, and somebody has to drive at a quarter past nine.
    let visit = scan(&ana, json!({ "attendee_member_ids": [eli.member_id] })).await;
    let ride = json!({
        "kind": "driver", "pickup_location": "At home", "dropoff_location": "North gate",
        "starts_local": "2026-12-04T09:15", "ends_local": "2026-12-04T10:00",
    });
    let ride = add_need(&ana, &visit, ride).await;
    app.mails().await;

    // Ben sees the ride among what still needs somebody, and takes it.
    let open = ben.get("/gaps").await.is(200);
    assert_eq!(open["data"][0]["id"], ride["id"]);
    let taken = need_act(&ben, &ride, "claim").await.is(200);
    assert_eq!(
        [&taken["my_assignment"], &taken["coverage"]],
        ["accepted", "full"]
    );
    let shown = [
        &taken["pickup_location"],
        &taken["dropoff_location"],
        &taken["starts_local"],
    ];
    assert_eq!(shown, ["At home", "North gate", "2026-12-04T09:15"]);
    let hidden = ben.get(&path_of(&visit)).await;
    hidden.is_problem(404, "not_found");
    tells_nothing(&everything_that_is_shown_to(&ben, &ride).await, &visit);

    // He is reminded of the ride, and the reminder does not say what it is for either.
    advance_to(&app, "2026-12-03T08:15:00Z");
    let mails = app.mails().await;
    let to_ben: Vec<&Mail> = mails.iter().filter(|mail| mail.to == ben.email).collect();
    assert_eq!(
        to_ben.iter().map(|mail| line(mail)).collect::<Vec<_>>(),
        ["ben A reminder from Ana's circle: Fri 4 December, 09:15 (1 day before)"]
    );
    for mail in &mails {
        tells_nothing(&(mail.headers.clone() + &mail.text + &mail.html), &visit);
    }
    app.advance(TimeDelta::hours(12));
    app.mails().await;

    // It is seven in the morning. Ben is ill.
    advance_to(&app, "2026-12-04T06:00:00Z");
    app.mails().await;
    let given_back = need_act(&ben.later().await, &ride, "release").await.is(200);
    assert_eq!(
        [&given_back["my_assignment"], &given_back["coverage"]],
        ["released", "none"]
    );
    let mails = notification_mails(&app).await;
    let told = recipients(&mails);
    assert!(
        told.contains(&"ana") && told.contains(&"eli"),
        "the coordinators are told at once: {told:?}"
    );
    assert!(
        !told.contains(&"ben") && !told.contains(&"dora"),
        "{told:?}"
    );
    for mail in &mails {
        assert_eq!(
            says(mail)[1..],
            ["When: Fri 4 December 2026, 09:15"],
            "{}",
            mail.text
        );
        tells_nothing(&(mail.headers.clone() + &mail.text + &mail.html), &visit);
    }

    // The ride is among what still needs somebody again. Cem takes it, and confirms nothing by phone.
    let cem = cem.later().await;
    let open = cem.get("/gaps").await.is(200);
    assert_eq!(open["data"][0]["id"], ride["id"]);
    need_act(&cem, &ride, "claim").await.is(200);
    tells_nothing(&everything_that_is_shown_to(&cem, &ride).await, &visit);
    let whole = ana.later().await.get(&path_of(&visit)).await.is(200);
    assert_eq!(whole["needs"][0]["coverage"], "full");
    // From now on only Cem hears of the ride.
    advance_to(&app, "2026-12-04T09:00:00Z");
    let mails = app.mails().await;
    let of_ride = mails.iter().filter(|mail| mail.to != eli.email);
    let of_ride: Vec<&str> = of_ride.map(|mail| mail.to.as_str()).collect();
    assert!(
        of_ride.iter().all(|to| *to == "cem@test.example"),
        "{of_ride:?}"
    );
}
