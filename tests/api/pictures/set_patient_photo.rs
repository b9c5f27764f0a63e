//! `PUT` and `DELETE /v1/circles/{circle_id}/patient-photo`

use axum::http::Method;
use serde_json::{Value, json};

use super::{files, path, picture};
use crate::harness::{Person, TestApp};

async fn photo_url(by: &Person) -> Value {
    by.get("").await.is(200)["patient"]["photo_url"].clone()
}

#[tokio::test]
async fn members_see_the_photo_of_the_patient_until_it_is_deleted() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "viewer"]).await;
    assert_eq!(photo_url(&ben).await, Value::Null);
    let circle = ana.put_bytes("/patient-photo", picture(1)).await;
    let circle = circle.is(200);
    let (hers, his) = (&circle["patient"]["photo_url"], photo_url(&ben).await);
    assert_ne!(*hers, his, "each reader has an address of their own");
    let listed = ben.get("/v1/me/circles").await.is(200);
    assert_eq!(listed["data"][0]["circle"]["patient"]["photo_url"], his);
    for address in [path(hers), path(&his)] {
        let shown = app.anybody().get(&address).await;
        assert_eq!(shown.header("content-type"), "image/jpeg");
    }

    let log = app.change_log().await;
    let entry = log.last().unwrap();
    assert_eq!(entry.verb, "updated");
    assert_eq!(entry.changed_fields, json!(["patient_photo"]).to_string());

    for _ in 0..2 {
        assert_eq!(ana.delete("/patient-photo").await.status, 204);
    }
    assert_eq!(photo_url(&ben).await, Value::Null);
    app.anybody()
        .get(&path(&his))
        .await
        .is_problem(404, "not_found");
    assert_eq!(files(&app).await, 0);
}

#[tokio::test]
async fn only_coordinators_set_the_photo_and_not_in_an_archived_circle() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let refused = ben.put_bytes("/patient-photo", picture(1)).await;
    refused.is_problem(403, "forbidden");
    let refused = ben.delete("/patient-photo").await;
    refused.is_problem(403, "forbidden");
    let circle = ana.put_bytes("/patient-photo", picture(1)).await.is(200);

    let old = ("if-match", "\"1\"");
    let stale = ana.with(old, &Method::DELETE, "/patient-photo", None).await;
    stale.is_problem(412, "version_mismatch");
    ana.act("/archive").await.is(200);
    let refused = ana.put_bytes("/patient-photo", picture(2)).await;
    refused.is_problem(409, "circle_archived");
    assert_eq!(photo_url(&ana).await, circle["patient"]["photo_url"]);
}
