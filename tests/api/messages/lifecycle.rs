//! What the change log records about messages.

use serde_json::{Value, json};

use crate::harness::TestApp;
use crate::threads::{about, between, delete, id, mark, say};

#[tokio::test]
async fn the_change_log_names_the_thread_and_does_not_record_reading() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let topic = about(&ana, "daily").await;
    let direct = between(&ana, &[&ben]).await;
    let path = |thread: &Value, verb: &str| format!("/threads/{}{verb}", id(thread));
    ana.patch(&path(&topic, ""), json!({ "title": "Canary" }))
        .await
        .is(200);
    ana.act(&path(&topic, "/archive")).await.is(200);
    ana.act(&path(&topic, "/unarchive")).await.is(200);
    let message = say(&ana, &direct, "Canary").await;
    mark(&ben, &direct, &message).await.is(200);
    ana.patch(
        &format!("/messages/{}", id(&message)),
        json!({ "body": "b" }),
    )
    .await
    .is(200);
    delete(&ana, &message).await.is(204);

    let log = app.change_log().await;
    let mut text = String::new();
    for line in log.iter().filter(|line| line.thread_id.is_some()) {
        let thread = match line.thread_id.unwrap().to_string() {
            thread if thread == id(&topic) => "topic",
            _ => "direct",
        };
        let about = line
            .topic
            .map_or("-", kith::entity::topic_grant::Topic::as_str);
        let parts = [
            thread,
            &line.subject_type,
            &line.verb,
            about,
            &line.changed_fields,
        ];
        text += &parts.join(" ");
        text += "\n";
    }
    insta::assert_snapshot!(text, @r#"
    topic thread created daily []
    direct thread created - []
    topic thread updated daily ["title"]
    topic thread archived daily ["state"]
    topic thread unarchived daily ["state"]
    direct message created - []
    direct message updated - ["body"]
    direct message deleted - []
    "#);
}
