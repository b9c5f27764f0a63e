//! Roles: made, seen by everybody, retired, and let go of by who leaves.

mod offers;
mod patient;

use axum::http::Method;
use chrono::TimeDelta;
use kith::entity::change;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::harness::{Client, Person, Reply, TestApp};

async fn role(by: &Person, body: Value) -> Value {
    by.post("/roles", body).await.is(201)
}

fn path_of(role: &Value) -> String {
    format!("/roles/{}", role["id"].as_str().unwrap())
}

async fn offer(by: &Client, role: &Value, to: &Person, mut body: Value) -> Reply {
    body["member_id"] = json!(to.member_id);
    by.post(&format!("{}/offer", path_of(role)), body).await
}

/// The assignment of a role that a person has now.
#[track_caller]
fn part_of(role: &Value, person: &Person) -> Value {
    let parts = role["assignments"].as_array().unwrap();
    let mut its = parts
        .iter()
        .filter(|part| part["member_id"] == *person.member_id);
    its.next().unwrap().clone()
}

async fn act(by: &Client, part: &Value, verb: &str) -> Reply {
    let id = part["id"].as_str().unwrap();
    by.act(&format!("/role-assignments/{id}/{verb}")).await
}

async fn change_part(by: &Client, part: &Value, body: Value) -> Reply {
    let id = part["id"].as_str().unwrap();
    by.patch(&format!("/role-assignments/{id}"), body).await
}

/// Who had what part in a role, in the order of the timeline.
async fn timeline(by: &Client, role: &Value) -> Vec<String> {
    let page = by.get(&format!("{}/timeline", path_of(role))).await.is(200);
    let text = |part: &Value, name: &str| part[name].as_str().unwrap_or("-").to_owned();
    let line = |part: &Value| [text(part, "name"), text(part, "state")].join(" ");
    page["data"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn a_role_needs_no_more_than_a_kind() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let pets = role(&ana, json!({ "kind": "pets" })).await;
    assert_eq!(
        (&pets["title"], &pets["state"]),
        (&json!("Pets"), &json!("active"))
    );
    assert_eq!(
        pets["actions"],
        json!(["change", "offer", "take", "retire"])
    );
    let nameless = ana.post("/roles", json!({ "kind": "custom" })).await;
    assert_eq!(nameless.is_invalid(), ["/title missing"]);
    let named = json!({ "kind": "custom", "title": "Radio" });
    assert_eq!(role(&ana, named).await["title"], "Radio");

    let path = path_of(&pets);
    let changed = ana
        .patch(&path, json!({ "title": "The dog" }))
        .await
        .is(200);
    assert_eq!(changed["title"], "The dog");
    let custom = json!({ "kind": "custom", "title": null });
    assert_eq!(
        ana.patch(&path, custom).await.is_invalid(),
        ["/title missing"]
    );
    let meals = json!({ "kind": "meals", "title": null, "effort_minutes_per_week": 60 });
    let meals = ana.patch(&path, meals).await.is(200);
    assert_eq!(
        (&meals["title"], &meals["effort_minutes_per_week"]),
        (&json!("Meals"), &json!(60))
    );
}

#[tokio::test]
async fn who_carries_what_is_seen_in_one_list() {
    let app = TestApp::start().await;
    let [ana, ben, eli] = app.circle(["coordinator", "helper", "viewer"]).await;
    let pets = role(&ana, json!({ "kind": "pets" })).await;
    app.advance(TimeDelta::minutes(1));
    let meals = role(&ana, json!({ "kind": "meals" })).await;
    app.advance(TimeDelta::minutes(1));
    let nights = role(&ana, json!({ "kind": "night_care" })).await;
    let offered = offer(&ana, &pets, &ben, json!({})).await.is(200);
    act(&ben, &part_of(&offered, &ben), "accept").await.is(200);
    offer(&ana, &meals, &ben, json!({})).await.is(200);
    ana.act(&format!("{}/retire", path_of(&nights)))
        .await
        .is(200);

    let titles = async |query: &str| -> Vec<String> {
        let page = eli.get(&format!("/roles{query}")).await.is(200);
        let data = page["data"].as_array().unwrap().iter();
        data.map(|role| role["title"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(titles("").await, ["Pets", "Meals"]);
    assert_eq!(titles("?uncovered=true").await, ["Meals"]);
    assert_eq!(titles("?kind=pets&kind=night_care").await, ["Pets"]);
    assert_eq!(titles("?state=retired").await, ["Nights"]);
    assert_eq!(
        titles(&format!("?held_by={}", ben.member_id)).await,
        ["Pets"]
    );
    assert_eq!(
        titles(&format!("?held_by={}", ana.member_id)).await,
        [""; 0]
    );

    let list = ben.get("/roles").await;
    let etag = list.header("etag").to_owned();
    let list = list.is(200);
    let mine: Vec<_> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| &role["my_assignment"])
        .collect();
    assert_eq!(mine, ["active", "offered"]);
    let seen = ("if-none-match", etag.as_str());
    let again = ben.with(seen, &Method::GET, "/roles", None).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    act(&ben, &part_of(&list["data"][1], &ben), "decline")
        .await
        .is(200);
    let changed = ben.with(seen, &Method::GET, "/roles", None).await;
    assert_eq!(changed.status, 200);
}

#[tokio::test]
async fn a_viewer_sees_and_does_not_carry_and_a_helper_does_not_ask() {
    let app = TestApp::start().await;
    let [ana, ben, eli] = app.circle(["coordinator", "helper", "viewer"]).await;
    let pets = role(&ana, json!({ "kind": "pets" })).await;
    let seen = eli.get(&path_of(&pets)).await.is(200);
    assert_eq!(seen["actions"], json!([]));
    let offered = offer(&ana, &pets, &eli, json!({})).await;
    assert_eq!(offered.is_invalid(), ["/member_id cannot_take_part"]);
    for person in [&ben, &eli] {
        let body = json!({ "kind": "pets" });
        person
            .post("/roles", body)
            .await
            .is_problem(403, "forbidden");
        offer(person, &pets, &ben, json!({}))
            .await
            .is_problem(403, "forbidden");
        for verb in ["take", "retire"] {
            let path = format!("{}/{verb}", path_of(&pets));
            person.act(&path).await.is_problem(403, "forbidden");
        }
    }
}

#[tokio::test]
async fn a_retired_role_is_carried_by_nobody_until_it_is_revived() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let nights = role(&ana, json!({ "kind": "night_care", "shared": true })).await;
    let path = path_of(&nights);
    ana.act(&format!("{path}/take")).await.is(200);
    app.advance(TimeDelta::minutes(1));
    offer(&ana, &nights, &ben, json!({})).await.is(200);
    let retired = ana.act(&format!("{path}/retire")).await.is(200);
    assert_eq!(
        (
            &retired["state"],
            &retired["assignments"],
            &retired["actions"]
        ),
        (&json!("retired"), &json!([]), &json!(["revive"]))
    );
    assert_eq!(
        timeline(&ana, &nights).await,
        ["Ana Test ended", "Ben Test withdrawn"]
    );
    let again = ana.act(&format!("{path}/retire")).await.is(200);
    assert_eq!(again["version"], retired["version"]);
    for refused in [
        ana.patch(&path, json!({ "title": "x" })).await,
        ana.act(&format!("{path}/take")).await,
        offer(&ana, &nights, &ben, json!({})).await,
    ] {
        let problem = refused.is_problem(409, "invalid_transition");
        assert_eq!(problem["actions"], json!(["revive"]));
    }
    ana.act(&format!("{path}/revive")).await.is(200);
    let revived = ana.act(&format!("{path}/revive")).await.is(200);
    assert_eq!(revived["state"], "active");
    ana.act(&format!("{path}/take")).await.is(200);
}

#[tokio::test]
async fn who_leaves_lets_go_and_another_is_asked() {
    let app = TestApp::start().await;
    let [ana, ben, cem, rosa, eli] = app
        .circle(["coordinator", "caregiver", "caregiver", "patient", "viewer"])
        .await;
    let pets = role(&ana, json!({ "kind": "pets" })).await;
    ben.act(&format!("{}/take", path_of(&pets))).await.is(200);
    app.advance(TimeDelta::minutes(1));
    let meals = role(&ana, json!({ "kind": "meals" })).await;
    offer(&ana, &meals, &ben, json!({})).await.is(200);
    let left = ben
        .post("/leave", json!({ "hand_to": cem.member_id }))
        .await;
    assert_eq!(
        left.is(200)["released"],
        json!([
            { "type": "role", "id": pets["id"], "title": "Pets" },
            { "type": "role", "id": meals["id"], "title": "Meals" },
        ])
    );
    assert_eq!(
        timeline(&ana, &pets).await,
        ["Ben Test ended", "Cem Test offered"]
    );
    assert_eq!(timeline(&ana, &meals).await, ["Ben Test withdrawn"]);
    let offered = ana.get(&path_of(&pets)).await.is(200);
    let cems = part_of(&offered, &cem);
    assert_eq!(cems["patient_part"], json!(null));
    let accepted = act(&cem, &cems, "accept").await.is(200);
    assert_ne!(accepted["previous_assignment_id"], json!(null));

    let gone = format!("/members/{}/remove", cem.member_id);
    ana.post(&gone, json!({ "hand_to": eli.member_id }))
        .await
        .is(200);
    assert_eq!(
        timeline(&ana, &pets).await,
        ["Ben Test ended", "Cem Test ended"]
    );

    let nights = role(&ana, json!({ "kind": "night_care" })).await;
    rosa.act(&format!("{}/take", path_of(&nights)))
        .await
        .is(200);
    rosa.post("/leave", json!({ "hand_to": ana.member_id }))
        .await
        .is(200);
    let offered = ana.get(&path_of(&nights)).await.is(200);
    assert_eq!(part_of(&offered, &ana)["patient_part"], "ask_later");
}

#[tokio::test]
async fn a_verb_meant_for_an_older_version_is_refused() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let created = ana.post("/roles", json!({ "kind": "pets" })).await;
    let etag = created.header("etag").to_owned();
    let pets = created.is(201);
    let offered = offer(&ana, &pets, &ben, json!({})).await.is(200);
    let seen = ("if-match", etag.as_str());
    let change = Some(json!({ "title": "The dog" }));
    let path = path_of(&pets);
    let late = ana.with(seen, &Method::PATCH, &path, change).await;
    late.is_problem(412, "stale");
    let retire = format!("{path}/retire");
    let late = ana.with(seen, &Method::POST, &retire, None).await;
    late.is_problem(412, "stale");

    let part = part_of(&offered, &ben);
    let path = format!("/role-assignments/{}", part["id"].as_str().unwrap());
    let etag = ben.get(&path).await.header("etag").to_owned();
    change_part(&ana, &part, json!({ "ends_on": "2026-12-24" }))
        .await
        .is(200);
    let accept = format!("{path}/accept");
    let seen = ("if-match", etag.as_str());
    let late = ben.with(seen, &Method::POST, &accept, None).await;
    late.is_problem(412, "stale");
    let etag = ben.get(&path).await.header("etag").to_owned();
    let seen = ("if-match", etag.as_str());
    ben.with(seen, &Method::POST, &accept, None).await.is(200);
}

#[tokio::test]
async fn the_log_names_roles_and_parts_and_no_values() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let pets = role(&ana, json!({ "kind": "pets", "title": "Canary" })).await;
    let path = path_of(&pets);
    ana.patch(&path, json!({ "description": "Canary" }))
        .await
        .is(200);
    let offered = offer(&ana, &pets, &ben, json!({})).await.is(200);
    let part = part_of(&offered, &ben);
    let keeps = json!({ "patient_part": "keeps", "patient_part_text": "Canary" });
    change_part(&ana, &part, keeps).await.is(200);
    act(&ben, &part, "accept").await.is(200);
    ana.act(&format!("{path}/retire")).await.is(200);
    ana.act(&format!("{path}/revive")).await.is(200);

    let connection = app.database.connect().await;
    let log = change::Entity::find().order_by_asc(change::Column::Seq);
    let log = log.all(&connection).await.unwrap();
    connection.close().await.unwrap();
    let mut text = String::new();
    for line in log
        .iter()
        .filter(|line| line.subject_type.starts_with("role"))
    {
        text += &[line.subject_type.as_str(), &line.verb, &line.fields].join(" ");
        text += "\n";
    }
    insta::assert_snapshot!(text, @r#"
    role created []
    role changed ["description"]
    role_assignment offered []
    role changed ["assignments"]
    role_assignment changed ["patient_part"]
    role changed ["assignments"]
    role_assignment accepted ["state"]
    role changed ["assignments"]
    role_assignment ended ["state"]
    role retired ["state"]
    role revived ["state"]
    "#);
}
