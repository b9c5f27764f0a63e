//! `GET /v1/circles/{circle_id}/threads/{thread_id}`

use chrono::TimeDelta;
use serde_json::json;

use super::{about, between, bodies, delete, id, listed, mark, messages, say};
use crate::harness::TestApp;

#[tokio::test]
async fn only_its_members_see_a_thread_between_people() {
    let app = TestApp::start().await;
    let [ana, ben, cem, dora] = app
        .circle(["coordinator", "caregiver", "patient", "helper"])
        .await;
    let thread = between(&ben, &[&dora]).await;
    let message = say(&ben, &thread, "Between us").await;
    let (thread_path, message_path) = (
        format!("/threads/{}", id(&thread)),
        format!("/messages/{}", id(&message)),
    );
    for person in [&ana, &cem] {
        assert_eq!(listed(person, &thread).await, json!(null));
        let page = person.get("/threads?limit=1&kind=direct").await.is(200);
        assert_eq!(page, json!({ "data": [], "next_cursor": null }));
        for path in [
            thread_path.clone(),
            messages(&thread),
            message_path.clone(),
            format!("{message_path}/revisions"),
        ] {
            person.get(&path).await.is_problem(404, "not_found");
        }
        for verb in ["archive", "unarchive"] {
            let path = format!("{thread_path}/{verb}");
            person.act(&path).await.is_problem(404, "not_found");
        }
        let intrusion = json!({ "body": "Hello" });
        let reply = person.post(&messages(&thread), intrusion).await;
        reply.is_problem(404, "not_found");
        let reply = person.patch(&thread_path, json!({ "title": "Ours" })).await;
        reply.is_problem(404, "not_found");
        mark(person, &thread, &message)
            .await
            .is_problem(404, "not_found");
        delete(person, &message).await.is_problem(404, "not_found");
        let own = about(person, "daily").await;
        let reply = json!({ "body": "a", "reply_to_message_id": message["id"] });
        let reply = person.post(&messages(&own), reply).await;
        assert_eq!(reply.is_invalid(), ["/reply_to_message_id unknown_message"]);
    }
    assert_eq!(bodies(&dora, &thread).await, ["Between us"]);
    let names = dora.get(&thread_path).await.is(200)["members"].clone();
    let mut names: Vec<_> = names.as_array().unwrap().iter().collect();
    names.sort_by_key(|member| member["name"].to_string());
    assert_eq!(
        (&names[0]["name"], &names[1]["name"]),
        (&json!("Ben Test"), &json!("Dora Test"))
    );
    ana.post(&format!("/members/{}/remove", dora.member_id), json!({}))
        .await
        .is(200);
    say(&ben, &thread, "Alone").await;
    let members = ben.get(&thread_path).await.is(200)["members"].clone();
    let members: Vec<_> = members.as_array().unwrap().iter().collect();
    assert!(members.iter().any(|member| member["state"] == "removed"));
}

#[tokio::test]
async fn only_members_who_see_a_topic_see_its_threads() {
    let app = TestApp::start().await;
    let [ana, ben, eli] = app.circle(["coordinator", "helper", "viewer"]).await;
    let thread = about(&ana, "health").await;
    say(&ana, &thread, "The new medicine").await;
    ben.get(&messages(&thread))
        .await
        .is_problem(404, "not_found");
    let grant = format!("/members/{}/topics", ben.member_id);
    ana.patch(&grant, json!({ "health": "read" })).await.is(200);
    assert_eq!(bodies(&ben, &thread).await, ["The new medicine"]);
    say(&ben, &thread, "Thank you").await;
    let own = json!({ "title": "Mine", "topic": "health" });
    let reply = ben.post("/threads", own).await;
    assert_eq!(reply.is_invalid(), ["/topic topic_not_visible"]);

    let daily = about(&ana, "daily").await;
    assert_eq!(listed(&eli, &daily).await["actions"], json!(["mark_read"]));
    let message = say(&ana, &daily, "Good morning").await;
    let reply = eli.post(&messages(&daily), json!({ "body": "a" })).await;
    reply.is_problem(403, "forbidden");
    let direct = json!({ "member_ids": [ana.member_id] });
    eli.post("/threads", direct)
        .await
        .is_problem(403, "forbidden");
    assert_eq!(bodies(&eli, &daily).await, ["Good morning"]);
    mark(&eli, &daily, &message).await.is(200);
}

#[tokio::test]
async fn caregivers_read_all_messages_of_a_topic_and_helpers_only_those_since_they_joined() {
    let app = TestApp::start().await;
    let [ana, eve] = app
        .circle_of(["coordinator", "helper"], ["Ana", "Eve"])
        .await;
    let thread = about(&ana, "daily").await;
    let old = say(&ana, &thread, "Before").await;
    app.advance(TimeDelta::minutes(1));
    let [ben, cem] = [app.person("Ben").await, app.person("Cem").await];
    app.join(&ana, &ben, json!({ "access": "caregiver" })).await;
    app.join(&ana, &cem, json!({ "access": "helper" })).await;
    let (ben, helper) = (ben.inside(ana.circle_id()), cem.inside(ana.circle_id()));
    assert_eq!(bodies(&ben, &thread).await, ["Before"]);
    assert_eq!(listed(&ben, &thread).await["unread_count"], 1);
    let row = listed(&helper, &thread).await;
    assert_eq!(
        (&row["unread_count"], &row["last_message"]),
        (&json!(0), &json!(null))
    );
    assert!(bodies(&helper, &thread).await.is_empty());
    let path = format!("/messages/{}", id(&old));
    helper.get(&path).await.is_problem(404, "not_found");
    let reply = json!({ "body": "a", "reply_to_message_id": old["id"] });
    let reply = helper.post(&messages(&thread), reply).await;
    assert_eq!(reply.is_invalid(), ["/reply_to_message_id unknown_message"]);
    say(&ana, &thread, "After").await;
    assert_eq!(bodies(&helper, &thread).await, ["After"]);
    assert_eq!(listed(&helper, &thread).await["unread_count"], 1);

    let direct = between(&ana, &[&eve]).await;
    say(&ana, &direct, "Only for you").await;
    assert_eq!(bodies(&eve, &thread).await, ["After", "Before"]);
    eve.post("/leave", json!({})).await.is(200);
    app.advance(TimeDelta::minutes(1));
    app.join(&ana, &eve, json!({ "access": "helper" })).await;
    assert!(bodies(&eve, &thread).await.is_empty());
    assert!(bodies(&eve, &direct).await.is_empty());
    say(&ana, &direct, "Again").await;
    assert_eq!(bodies(&eve, &direct).await, ["Again"]);
}
