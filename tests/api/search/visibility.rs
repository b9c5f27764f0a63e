//! Who finds what: a hit is something that the caller sees, and nothing else.

use std::sync::Arc;

use chrono::TimeDelta;
use kith::entity::{appointment_term, message_term, task_term};
use kith::privacy::{GRACE, erase_due};
use sea_orm::EntityTrait;
use serde_json::json;

use super::{hits, path, titles, visit};
use crate::harness::TestApp;
use crate::threads::{about, between, delete, id, say};

#[tokio::test]
async fn what_a_member_does_not_see_is_not_found() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    ana.task(json!({ "title": "Secret errand", "topic": "daily" }))
        .await;
    let hidden = ana
        .task(json!({ "title": "Secret dose", "topic": "health" }))
        .await;
    visit(&ana, "Secret scan", "health").await;
    let health = about(&ana, "health").await;
    say(&ana, &health, "A secret about health").await;
    let direct = between(&ana, &[&cem]).await;
    say(&ana, &direct, "A secret between us").await;
    mia.task(json!({ "title": "Secret of others" })).await;

    assert_eq!(titles(&ben, "secret").await, ["Secret errand"]);
    let mut of_cem = titles(&cem, "secret").await;
    of_cem.sort_unstable();
    assert_eq!(of_cem, ["-", "Secret errand"]);
    assert_eq!(hits(&ana, "secret").await.len(), 5);
    assert_eq!(hits(&mia, "secret").await.len(), 1);
    // Nothing tells that there is more: neither the page nor its end.
    let page = ben
        .get(&format!("{}&limit=1", path("secret")))
        .await
        .is(200);
    assert_eq!(page["next_cursor"], json!(null));
    ben.get(&format!(
        "/v1/circles/{}{}",
        mia.circle_id(),
        path("secret")
    ))
    .await
    .is_problem(404, "not_found");
    // Another topic hides it, or shows it.
    let at = format!("/tasks/{}", id(&hidden));
    ana.patch(&at, json!({ "topic": "daily" })).await.is(200);
    assert_eq!(hits(&ben, "secret").await.len(), 2);
    let topics = format!("/members/{}/topics", ben.member_id);
    ana.patch(&topics, json!({ "daily": "none" })).await.is(200);
    assert_eq!(hits(&ben, "secret").await.len(), 0);
}

#[tokio::test]
async fn messages_from_before_a_helper_joined_are_found_only_by_members_who_read_the_history() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let thread = about(&ana, "daily").await;
    say(&ana, &thread, "An old secret").await;
    app.advance(TimeDelta::minutes(1));
    let (ben, cem) = (app.person("Ben").await, app.person("Cem").await);
    app.join(&ana, &ben, json!({ "access": "helper" })).await;
    app.join(&ana, &cem, json!({ "access": "caregiver" })).await;
    app.advance(TimeDelta::minutes(1));
    say(&ana, &thread, "A new secret").await;
    for (person, wanted) in [(&ben, 1), (&cem, 2)] {
        let inside = person.inside(ana.circle_id());
        assert_eq!(hits(&inside, "secret").await.len(), wanted);
        let all = person
            .get(&format!("/v1/me{}", path("secret")))
            .await
            .is(200);
        assert_eq!(all["data"].as_array().unwrap().len(), wanted);
    }
}

#[tokio::test]
async fn a_personal_access_token_needs_the_scopes_of_all_kinds() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    ana.task(json!({ "title": "Secret" })).await;
    let other = ana
        .post("/v1/circles", json!({ "patient_name": "Otto" }))
        .await
        .is(201);
    let elsewhere = ana.inside(id(&other));
    elsewhere
        .post("/tasks", json!({ "title": "Secret" }))
        .await
        .is(201);
    let token = async |scopes: serde_json::Value| {
        let token = json!({ "name": "a", "circle_ids": [ana.circle_id()], "scopes": scopes });
        let token = ana.post("/v1/me/access-tokens", token).await.is(201);
        let mut client = ana.client.clone();
        client.token = token["token"].as_str().map(str::to_owned);
        client
    };
    let some = token(json!(["tasks:read", "messages:read"])).await;
    let all = token(json!(["tasks:read", "appointments:read", "messages:read"])).await;
    for search in [path("secret"), format!("/v1/me{}", path("secret"))] {
        some.get(&search)
            .await
            .is_problem(403, "insufficient_scope");
        let found = all.get(&search).await.is(200);
        assert_eq!(found["data"].as_array().unwrap().len(), 1, "{search}");
    }
    app.mails().await;
}

/// How many words are stored: of tasks, appointments and messages.
async fn stored(app: &Arc<TestApp>) -> [usize; 3] {
    let connection = app.database.connect().await;
    let tasks = task_term::Entity::find().all(&connection).await.unwrap();
    let visits = appointment_term::Entity::find()
        .all(&connection)
        .await
        .unwrap();
    let messages = message_term::Entity::find().all(&connection).await.unwrap();
    connection.close().await.unwrap();
    [tasks.len(), visits.len(), messages.len()]
}

#[tokio::test]
async fn a_deleted_message_loses_its_words_at_once() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let thread = about(&ana, "daily").await;
    let message = say(&ben, &thread, "My secret diagnosis").await;
    say(&ana, &thread, "Another secret").await;
    assert_eq!(stored(&app).await, [0, 0, 5]);
    delete(&ben, &message).await.is(204);
    assert_eq!(stored(&app).await, [0, 0, 2]);
    assert_eq!(hits(&ana, "secret").await.len(), 1);
}

#[tokio::test]
async fn the_words_of_messages_are_erased_with_the_account_of_their_author() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let thread = about(&ana, "daily").await;
    say(&ben, &thread, "My secret diagnosis").await;
    say(&ana, &thread, "Another secret").await;
    ben.task(json!({ "title": "Family secret" })).await;
    ben.post(
        "/v1/me/reauthenticate",
        json!({ "password": crate::harness::PASSWORD }),
    )
    .await
    .is(204);
    ben.put("/v1/me/deletion").await.is(200);
    app.mails().await;
    app.advance(GRACE);
    assert_eq!(erase_due(&app.app).await.unwrap(), 1);
    assert_eq!(stored(&app).await, [2, 0, 2]);
    let ana = ana.later().await;
    assert_eq!(
        titles(&ana, "secret").await,
        ["Family secret", "About daily"]
    );
    app.mails().await;
}

#[tokio::test]
async fn the_words_of_a_circle_are_erased_with_it() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    for by in [&ana, &mia] {
        let thread = about(by, "daily").await;
        say(by, &thread, "A secret").await;
        by.task(json!({ "title": "A secret" })).await;
        visit(by, "A secret", "daily").await;
    }
    assert_eq!(stored(&app).await, [4, 4, 4]);
    ana.post(
        "/v1/me/reauthenticate",
        json!({ "password": crate::harness::PASSWORD }),
    )
    .await
    .is(204);
    ana.put("/deletion").await.is(200);
    app.mails().await;
    app.advance(GRACE);
    assert_eq!(erase_due(&app.app).await.unwrap(), 1);
    assert_eq!(stored(&app).await, [2, 2, 2]);
    app.mails().await;
}
