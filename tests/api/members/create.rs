//! `POST /v1/circles/{circle_id}/members`: members without an account, for whom others act.

use chrono::TimeDelta;
use kith::entity::membership;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::{change, depart};
use crate::harness::{Client, Person, TestApp};

/// A member without an account. Their contact is the member who adds them.
pub async fn aunt(by: &Client) -> Value {
    let aunt = json!({ "name": "Rosa", "access": "helper", "relationship": "aunt" });
    by.post("/members", aunt).await.is(201)
}

fn path(of: &Value) -> String {
    format!("/members/{}", of["id"].as_str().unwrap())
}

fn for_her(aunt: &Value) -> Value {
    json!({ "on_behalf_of_member_id": aunt["id"] })
}

async fn act_for(by: &Client, aunt: &Value, task: &Value, verb: &str) -> Value {
    let path = format!("/tasks/{}/{verb}", task["id"].as_str().unwrap());
    by.post(&path, for_her(aunt)).await.is(200)
}

#[tokio::test]
async fn a_member_without_an_account_has_a_contact_and_sees_everyday_things() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let rosa = aunt(&ana).await;
    assert_eq!(rosa["account_id"], Value::Null);
    assert_eq!(rosa["contact_member_id"], ana.member_id);
    assert_eq!(super::letters(&rosa), "rnnn");
    let seen = ben.get(&path(&rosa)).await.is(200);
    assert_eq!(seen["contact_member_id"], ana.member_id);
    assert_eq!(seen["actions"], json!([]));
    for (field, value, refused) in [
        ("access", json!("caregiver"), "/access needs_account"),
        (
            "contact_member_id",
            rosa["id"].clone(),
            "/contact_member_id needs_account",
        ),
    ] {
        let mut body = json!({ "name": "Lea", "access": "helper" });
        body[field] = value;
        assert_eq!(ana.post("/members", body).await.is_invalid(), [refused]);
    }
    let promoted = ana
        .patch(&path(&rosa), json!({ "access": "coordinator" }))
        .await;
    assert_eq!(promoted.is_invalid(), ["/access needs_account"]);
    ben.post("/members", json!({ "name": "Lea", "access": "helper" }))
        .await
        .is_problem(403, "forbidden");
}

#[tokio::test]
async fn the_contact_claims_releases_and_completes_for_the_member() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let rosa = aunt(&ana).await;
    let contact = json!({ "contact_member_id": ben.member_id });
    ana.patch(&path(&rosa), contact).await.is(200);
    let task = ana.task(json!({ "title": "Shop" })).await;
    let claimed = act_for(&ben, &rosa, &task, "claim").await;
    assert_eq!(claimed["my_assignment"], Value::Null);
    assert_eq!(claimed["assignments"][0]["member_id"], rosa["id"]);
    assert_eq!(claimed["assignments"][0]["state"], "accepted");
    let line = ana.get("/activity?limit=1").await.is(200)["data"][0].clone();
    assert_eq!(
        (
            &line["verb"],
            &line["actor_member_id"],
            &line["on_behalf_of_name"]
        ),
        (&json!("claimed"), &json!(ben.member_id), &json!("Rosa"))
    );
    // Others do not act for her, and nobody acts for a member with an account.
    let release = format!("/tasks/{}/release", task["id"].as_str().unwrap());
    cem.post(&release, for_her(&rosa))
        .await
        .is_problem(403, "forbidden");
    let for_cem = json!({ "on_behalf_of_member_id": cem.member_id });
    let refused = ben.post(&release, for_cem).await.is_invalid();
    assert_eq!(refused, ["/on_behalf_of_member_id member_has_account"]);
    act_for(&ben, &rosa, &task, "release").await;
    act_for(&ana, &rosa, &task, "claim").await;
    let done = act_for(&ben, &rosa, &task, "complete").await;
    assert_eq!(done["state"], "completed");
    assert_eq!(done["completed_by_member_id"], rosa["id"]);
}

#[tokio::test]
async fn nobody_claims_for_a_member_what_that_member_does_not_see() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let rosa = aunt(&ana).await;
    let pills = ana
        .task(json!({ "title": "Pills", "topic": "health" }))
        .await;
    let claim = format!("/tasks/{}/claim", pills["id"].as_str().unwrap());
    let refused = ana.post(&claim, for_her(&rosa)).await.is_invalid();
    assert_eq!(refused, ["/on_behalf_of_member_id member_cannot_take_part"]);
}

#[tokio::test]
async fn two_things_at_once_overlap_for_the_member_and_not_for_the_contact() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let rosa = aunt(&ana).await;
    let at = |title: &str| {
        json!({
            "title": title, "starts_local": "2026-12-03T10:00", "due_local": "2026-12-03T11:00",
        })
    };
    let (one, two) = (ana.task(at("One")).await, ana.task(at("Two")).await);
    act_for(&ana, &rosa, &one, "claim").await;
    let claim = format!("/tasks/{}/claim", two["id"].as_str().unwrap());
    ana.post(&claim, for_her(&rosa))
        .await
        .is_problem(409, "overlap");
    ana.act(&claim).await.is(200);
}

#[tokio::test]
async fn the_contact_responds_for_the_member() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let rosa = aunt(&ana).await;
    let visit = json!({
        "title": "Walk", "topic": "daily", "starts_on": "2027-01-02",
        "attendee_member_ids": [rosa["id"]],
    });
    let visit = ana.post("/appointments", visit).await.is(201);
    let respond = format!(
        "/appointments/{}/attendees/{}/respond",
        visit["id"].as_str().unwrap(),
        rosa["id"].as_str().unwrap()
    );
    let yes = json!({ "response": "accepted" });
    ben.post(&respond, yes.clone())
        .await
        .is_problem(403, "forbidden");
    let answered = ana.post(&respond, yes).await.is(200);
    assert_eq!(answered["attendees"][0]["response"], "accepted");
    assert_eq!(answered["my_response"], Value::Null);
}

#[tokio::test]
async fn reminders_and_offers_go_to_the_contact_and_say_for_whom() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let rosa = aunt(&ana).await;
    let contact = json!({ "contact_member_id": ben.member_id });
    ana.patch(&path(&rosa), contact).await.is(200);
    let task = json!({
        "title": "Secret", "due_local": "2026-12-03T12:00", "reminder_minutes": [60],
    });
    let task = ana.task(task).await;
    let offer = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    ana.post(&offer, json!({ "member_id": rosa["id"] }))
        .await
        .is(200);
    app.advance(TimeDelta::seconds(25));
    let mails = app.mails().await;
    let subjects: Vec<_> = mails
        .iter()
        .map(|mail| (mail.to.as_str(), mail.header("Subject")))
        .collect();
    assert!(
        subjects.contains(&("ben@test.example", "Updates from Ana's circle for Rosa")),
        "{subjects:?}"
    );
    let mut mails = mails.iter();
    let of_rosa = mails.find(|mail| mail.header("Subject").ends_with("for Rosa"));
    let lines = &of_rosa.unwrap().text;
    assert!(
        lines.contains(r#""You" in these lines is Rosa:"#),
        "{lines}"
    );
    act_for(&ben, &rosa, &task, "accept").await;
    app.advance(TimeDelta::minutes(2 * 1440 + 120));
    let mail = app.mail().await;
    assert_eq!(mail.to, "ben@test.example");
    assert_eq!(
        mail.header("Subject"),
        "A reminder from Ana's circle for Rosa: Thu 3 December, 12:00 (1 hour before)"
    );
    assert!(mail.text.contains("Hello Ben Test"), "{}", mail.text);
    assert!(mail.text.contains("This is for Rosa."), "{}", mail.text);
    assert!(!mail.text.contains("Secret"), "{}", mail.text);
    let page = app.anybody().get(&mail.link("unsubscribe")).await;
    assert!(
        page.text.contains("Rosa (b…@test.example)"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn the_contact_gets_no_email_about_what_they_did_for_the_member() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let rosa = aunt(&ana).await;
    let task = ana.task(json!({ "title": "Shop" })).await;
    let offer = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    ana.post(&offer, json!({ "member_id": rosa["id"] }))
        .await
        .is(200);
    app.advance(TimeDelta::seconds(25));
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn when_the_contact_goes_a_coordinator_takes_their_place_and_all_are_told() {
    for verb in ["leave", "suspend", "remove", "delete the account"] {
        let app = TestApp::start().await;
        let [ana, ben, cem] = app.circle(["coordinator", "helper", "coordinator"]).await;
        let rosa = aunt(&ana).await;
        let contact = json!({ "contact_member_id": ben.member_id });
        ana.patch(&path(&rosa), contact).await.is(200);
        app.advance(TimeDelta::seconds(25));
        app.mails().await;
        match verb {
            "leave" => ben.post("/leave", json!({})).await.is(200),
            "delete the account" => ben.put("/v1/me/deletion").await.is(200),
            _ => depart(&cem, verb, &ben, json!({})).await.is(200),
        };
        // Both coordinators joined in the same millisecond, so each may be the one.
        let coordinators = [&ana.member_id, &cem.member_id];
        let next = if ["suspend", "remove"].contains(&verb) {
            &coordinators[1..]
        } else {
            &coordinators
        };
        let seen = ana.get(&path(&rosa)).await.is(200);
        let contact = seen["contact_member_id"].as_str().unwrap();
        assert!(next.iter().any(|id| *id == contact), "{verb}");
        app.advance(TimeDelta::seconds(25));
        let mails = app.mails().await;
        let mut told: Vec<_> = mails
            .iter()
            .filter(|mail| mail.text.contains("member without an account"))
            .map(|mail| mail.to.as_str())
            .collect();
        told.sort_unstable();
        let expected = match verb {
            "suspend" | "remove" => vec!["ana@test.example"],
            _ => vec!["ana@test.example", "cem@test.example"],
        };
        assert_eq!(told, expected, "{verb}");
    }
}

#[tokio::test]
async fn the_last_person_with_an_account_can_delete_it_and_the_circle_goes_too() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    aunt(&ana).await;
    ana.put("/v1/me/deletion").await.is(200);
    app.mails().await;
    app.advance(TimeDelta::days(15));
    kith::privacy::erase_due(&app.app).await.unwrap();
    let connection = app.database.connect().await;
    let left = membership::Entity::find().count(&connection).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(left, 0);
    app.mails().await;
}

#[tokio::test]
async fn what_waits_for_a_member_who_gets_an_account_is_sent_to_them() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let rosa = aunt(&ana).await;
    let guest = app.person("Rosa").await;
    let task = ana.task(json!({ "title": "Shop" })).await;
    let offer = format!("/tasks/{}/offer", task["id"].as_str().unwrap());
    ana.post(&offer, json!({ "member_id": rosa["id"] }))
        .await
        .is(200);
    let invitation = json!({ "access": "helper", "member_id": rosa["id"] });
    app.join(&ana, &guest, invitation).await;
    app.advance(TimeDelta::seconds(25));
    let mail = app.mail().await;
    assert_eq!(mail.to, guest.email);
    let page = app.anybody().get(&mail.link("unsubscribe")).await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn an_invitation_gives_the_member_an_account_and_keeps_id_and_history() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let rosa = aunt(&ana).await;
    let task = ana.task(json!({ "title": "Shop" })).await;
    act_for(&ana, &rosa, &task, "claim").await;
    let link = ana
        .act(&format!("{}/personal-link", path(&rosa)))
        .await
        .is(201);
    let guest = app.person("Rosa").await;
    let invitation =
        json!({ "access": "helper", "member_id": ben.member_id, "email": guest.email });
    let refused = ana.post("/invitations", invitation).await.is_invalid();
    assert_eq!(refused, ["/member_id member_has_account"]);
    let invitation = json!({ "access": "helper", "member_id": rosa["id"] });
    let member = app.join(&ana, &guest, invitation).await;
    assert_eq!(rosa["id"], member.as_str());
    let inside = guest.inside(ana.circle_id());
    let mine = inside
        .get(&format!("/tasks/{}", task["id"].as_str().unwrap()))
        .await;
    assert_eq!(mine.is(200)["my_assignment"], "accepted");
    let seen = ana.get(&path(&rosa)).await.is(200);
    assert_eq!(seen["contact_member_id"], Value::Null);
    assert_eq!(seen["relationship"], "aunt");
    assert_eq!(seen["email"], "rosa@test.example");
    // From now on she acts for herself, and the link speaks for nobody.
    let release = format!("/tasks/{}/release", task["id"].as_str().unwrap());
    let refused = ana.post(&release, for_her(&rosa)).await.is_invalid();
    assert_eq!(refused, ["/on_behalf_of_member_id member_has_account"]);
    let page = link["url"]
        .as_str()
        .unwrap()
        .replace("https://kith.example", "");
    assert_eq!(app.anybody().get(&page).await.status, 410);
}

#[tokio::test]
async fn a_removed_member_without_an_account_is_a_former_member_without_a_name() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let rosa = aunt(&ana).await;
    let renamed = json!({ "name": "Aunt Rosa", "phone": "+49 30 1234567" });
    let renamed = ana.patch(&path(&rosa), renamed).await.is(200);
    assert_eq!(renamed["name"], "Aunt Rosa");
    ana.post(&format!("{}/remove", path(&rosa)), json!({}))
        .await
        .is(200);
    let gone = ana.get(&path(&rosa)).await.is(200);
    assert_eq!(gone["state"], "removed");
    assert_eq!(gone["name"], "Former member");
    assert_eq!(
        (&gone["phone"], &gone["relationship"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn the_patient_and_helpers_do_not_see_how_much_time_a_member_has() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "caregiver", "patient", "helper"])
        .await;
    let capacity = async |by: &Person, of: &Person| {
        let member = by.get(&format!("/members/{}", of.member_id)).await.is(200);
        member["capacity"].clone()
    };
    change(&dora, &dora, json!({ "capacity": "some_hours" }))
        .await
        .is(200);
    change(&ana, &dora, json!({ "capacity": "a_lot" }))
        .await
        .is_problem(403, "forbidden");
    for sees in [&ana, &ben, &dora] {
        assert_eq!(capacity(sees, &dora).await, "some_hours");
    }
    assert_eq!(capacity(&cem, &dora).await, Value::Null);
    change(&ben, &ben, json!({ "capacity": "a_lot" }))
        .await
        .is(200);
    assert_eq!(capacity(&dora, &ben).await, Value::Null);
    let cleared = change(&dora, &dora, json!({ "capacity": null }))
        .await
        .is(200);
    assert_eq!(cleared["capacity"], Value::Null);
}
