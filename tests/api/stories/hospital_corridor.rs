//! A story: a circle that is made in a hospital corridor, with two siblings and an aunt without
//! email.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::web::pages::submit;

#[tokio::test]
async fn two_siblings_and_an_aunt_without_email_share_a_week() {
    let app = TestApp::start().await;
    // The doctor has just gone. Ana makes a circle for their mother with three taps.
    let ana = app.person("Ana").await;
    let circle = json!({ "patient_name": "Rosa", "time_zone": "Europe/Berlin" });
    let circle = ana.post("/v1/circles", circle).await.is(201);
    let me = circle["my_member_id"].as_str().unwrap().to_owned();
    let ana = ana.inside(circle["id"].as_str().unwrap());

    // Ben stands beside her, and joins by the code on her phone.
    let link = ana
        .post("/join-links", json!({ "access": "caregiver" }))
        .await
        .is(201);
    let token = link["url"].as_str().unwrap().rsplit_once('=').unwrap().1;
    let ben = app.person("Ben").await;
    let asked = json!({ "token": token, "note": "It is me." });
    ben.post("/v1/join-requests", asked.clone()).await.is(201);
    app.advance(TimeDelta::seconds(25));
    assert!(app.mail().await.text.contains("asks to join the circle"));
    let waiting = ana.get("/join-requests?state=pending").await.is(200);
    let request = waiting["data"][0]["id"].as_str().unwrap().to_owned();
    ana.act(&format!("/join-requests/{request}/approve"))
        .await
        .is(200);
    assert_eq!(
        ben.post("/v1/join-requests", asked).await.is(200)["state"],
        "approved"
    );
    let ben = ben.inside(circle["id"].as_str().unwrap());

    // Aunt Lea has a telephone and no email. Ben acts for her.
    let his = ben.get("/members/me").await.is(200);
    let lea = json!({
        "name": "Lea", "access": "helper", "relationship": "aunt", "contact_member_id": his["id"],
    });
    let lea = ana.post("/members", lea).await.is(201);
    let cook = ana
        .post(
            "/tasks",
            json!({ "title": "Cook", "due_local": "2026-12-02T12:00" }),
        )
        .await
        .is(201);
    let cook_path = format!("/tasks/{}", cook["id"].as_str().unwrap());
    ana.post(
        &format!("{cook_path}/offer"),
        json!({ "member_id": lea["id"] }),
    )
    .await
    .is(200);
    app.advance(TimeDelta::seconds(25));
    let mails = app.mails().await;
    let for_lea = mails
        .iter()
        .find(|mail| mail.header("Subject").ends_with("for Lea"));
    assert_eq!(for_lea.unwrap().to, "ben@test.example");

    // She says yes on the telephone. The page on her neighbor's tablet shows it, and she
    // says that it is done.
    let yes = json!({ "on_behalf_of_member_id": lea["id"] });
    ben.post(&format!("{cook_path}/accept"), yes).await.is(200);
    let path = format!("/members/{}/personal-link", lea["id"].as_str().unwrap());
    let page = ben.act(&path).await.is(201);
    let page = page["url"]
        .as_str()
        .unwrap()
        .replace("https://kith.example", "");
    let shown = app.anybody().get(&page).await;
    assert!(shown.text.contains("Cook"), "{}", shown.text);
    let form = format!(
        "kind=task&id={}&answer=complete",
        cook["id"].as_str().unwrap()
    );
    let done = submit(&app.anybody(), &page, &form).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let task = ana.get(&cook_path).await.is(200);
    assert_eq!(
        (&task["state"], &task["completed_by_member_id"]),
        (&json!("completed"), &lea["id"])
    );

    // Ben goes abroad. Ana acts for Lea now, and is told.
    app.mails().await;
    ben.post("/leave", json!({})).await.is(200);
    let seen = ana
        .get(&format!("/members/{}", lea["id"].as_str().unwrap()))
        .await;
    assert_eq!(seen.is(200)["contact_member_id"], me.as_str());
    app.advance(TimeDelta::seconds(25));
    let told = app.mail().await;
    assert!(
        told.text.contains("You are the contact of a member"),
        "{}",
        told.text
    );

    // Lea gets an address after all.
    let guest = app.person("Lea").await;
    let invitation = json!({ "access": "helper", "member_id": lea["id"], "email": guest.email });
    ana.post("/invitations", invitation).await.is(201);
    let token = json!({ "token": app.mail().await.token() });
    let member = guest.post("/v1/invitations/accept", token).await.is(200);
    assert_eq!(lea["id"], member["id"]);
    let history = guest
        .inside(circle["id"].as_str().unwrap())
        .get(&cook_path)
        .await
        .is(200);
    assert_eq!(history["completed_by_member_id"], lea["id"]);
    let known: Value = ana.get("/members").await.is(200);
    assert_eq!(known["data"].as_array().unwrap().len(), 2);
    app.mails().await;
}
