//! What was stored before there was an index is indexed by the hourly loop.

use kith::features::search::index_circles;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{hits, titles, visit};
use crate::harness::TestApp;
use crate::threads::{about, delete, say};

#[tokio::test]
async fn what_is_not_indexed_yet_is_indexed_once() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    for by in [&ana, &mia] {
        by.task(json!({ "title": "Soup", "notes": "with bread" }))
            .await;
        visit(by, "Soup kitchen", "daily").await;
    }
    let thread = about(&ana, "daily").await;
    say(&ana, &thread, "Soup!").await;
    let gone = say(&ana, &thread, "Soup").await;
    delete(&ana, &gone).await.is(204);
    let before = hits(&ana, "soup").await;
    assert_eq!(before.len(), 3);

    let connection = app.database.connect().await;
    for table in ["task_terms", "appointment_terms", "message_terms"] {
        let forget = format!("DELETE FROM {table}");
        connection.execute_unprepared(&forget).await.unwrap();
    }
    assert_eq!(titles(&ana, "soup").await, [""; 0]);
    assert_eq!(index_circles(&app.app).await.unwrap(), 6);
    assert_eq!(hits(&ana, "soup").await, before);
    assert_eq!(hits(&mia, "soup").await.len(), 2);
    // It is done.
    assert_eq!(index_circles(&app.app).await.unwrap(), 0);
    // Rules that are newer than the index make it anew; what is there already stays.
    let older = "UPDATE search_indexes SET version = 0";
    connection.execute_unprepared(older).await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(index_circles(&app.app).await.unwrap(), 6);
    assert_eq!(hits(&ana, "soup").await, before);
}
