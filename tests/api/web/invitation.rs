//! The page of an invitation, for people who say no and people who come back.

use chrono::TimeDelta;
use serde_json::json;

use super::pages::{heading, invite, submit};
use crate::harness::TestApp;

#[tokio::test]
async fn a_person_says_no_on_the_page_of_an_invitation() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let link = invite(&ana, "Hi").await;
    let anybody = app.anybody();
    let page = anybody.get(&link).await;
    heading(&page, 200);
    let button = "name=\"answer\" value=\"decline\">No, thank you</button>";
    assert!(page.text.contains(button), "{}", page.text);
    let form = "name=Ben&password=correct+horse+battery+staple&time_zone=Europe%2FBerlin";
    // The last one comes from a tab in which the invitation was open before.
    for page in [
        submit(&anybody, &link, "answer=decline").await,
        submit(&anybody, &link, "answer=decline").await,
        anybody.get(&link).await,
        submit(&anybody, &link, form).await,
    ] {
        assert_eq!(heading(&page, 200), "You declined the invitation");
        assert!(!page.text.contains("<form"), "{}", page.text);
    }
    let members = ana.get("/members").await.is(200);
    assert_eq!(members["data"].as_array().unwrap().len(), 1);
    let declined = ana.get("/invitations?state=declined").await.is(200);
    assert_eq!(declined["data"].as_array().unwrap().len(), 1);
    app.advance(TimeDelta::minutes(1));
    let told = app.mail().await;
    assert_eq!(told.to, "ana@test.example");
}

#[tokio::test]
async fn a_person_who_joined_reads_that_it_is_too_late_to_say_no() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    let link = invite(&ana, "Hi").await;
    let anybody = app.anybody();
    assert_eq!(heading(&submit(&anybody, &link, "").await, 200), "Welcome");
    let page = submit(&anybody, &link, "answer=decline").await;
    assert_eq!(heading(&page, 409), "You are in the circle already");
    let circle = format!("/v1/circles/{}", ana.circle_id());
    ben.get(&circle).await.is(200);
}

#[tokio::test]
async fn an_account_that_will_be_deleted_cannot_join_by_the_page() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    let guest = json!({ "email": ben.email, "access": "helper" });
    ana.post("/invitations", guest).await.is(201);
    let link = app.mail().await.link("invitation");
    ben.put("/v1/me/deletion").await.is(200);
    app.mails().await;
    let anybody = app.anybody();
    let page = submit(&anybody, &link, "").await;
    assert_eq!(heading(&page, 409), "That did not work");
    assert!(page.text.contains("Cancel it first"), "{}", page.text);
    ben.delete("/v1/me/deletion").await.is(204);
    let page = submit(&anybody, &link, "").await;
    assert_eq!(heading(&page, 200), "Welcome");
    app.mails().await;
}

#[tokio::test]
async fn an_invited_person_with_an_account_reads_the_time_in_their_own_zone() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    let zone = json!({ "time_zone": "America/New_York" });
    ben.patch("/v1/me", zone).await.is(200);
    let guest = json!({ "email": ben.email, "access": "helper" });
    ana.post("/invitations", guest.clone()).await.is(201);
    let mail = app.mail().await;
    let far = "You can answer until Tue 8 December 2026, 03:00 (America/New_York, UTC-5).";
    assert!(mail.text.contains(far), "{}", mail.text);
    let page = app.anybody().get(&mail.link("invitation")).await;
    let clock = "until Tue 8 December 2026, 03:00 <small>(America/New_York, UTC-5)</small>.";
    assert!(page.text.contains(clock), "{}", page.text);
    // Where clocks are the same as in the circle, the zone is not named.
    let zone = json!({ "time_zone": "Europe/Vienna" });
    ben.patch("/v1/me", zone).await.is(200);
    ana.post("/invitations", guest).await.is(201);
    let mail = app.mail().await;
    let near = "You can answer until Tue 8 December 2026, 09:00.";
    assert!(mail.text.contains(near), "{}", mail.text);
}
