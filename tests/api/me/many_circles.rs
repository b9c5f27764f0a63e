//! A person in more circles than a statement can have conditions.

use kith::entity::ids::{CircleId, MemberId};
use kith::entity::{circle, membership};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use serde_json::json;
use uuid::Uuid;

use crate::harness::{Person, TestApp};

const MANY: usize = 1_200;

/// Copies the circle of this person many times, without a request for each copy.
async fn multiply(app: &TestApp, person: &Person) {
    let connection = app.database.connect().await;
    let circle = circle::Entity::find()
        .one(&connection)
        .await
        .unwrap()
        .unwrap();
    let member: MemberId = person.member_id.parse::<Uuid>().unwrap().into();
    let member = membership::Entity::find_by_id((circle.id, member))
        .one(&connection)
        .await
        .unwrap()
        .unwrap();
    let ids: Vec<_> = (1..MANY).map(|_| CircleId(Uuid::now_v7())).collect();
    for some in ids.chunks(200) {
        let circles = some.iter().map(|id| {
            let mut row = circle.clone().into_active_model().reset_all();
            row.id = Set(*id);
            row
        });
        let members = some.iter().map(|id| {
            let mut row = member.clone().into_active_model().reset_all();
            (row.circle_id, row.id) = (Set(*id), Set(MemberId(Uuid::now_v7())));
            row.created_by_member_id = Set(None);
            row
        });
        circle::Entity::insert_many(circles)
            .exec_without_returning(&connection)
            .await
            .unwrap();
        membership::Entity::insert_many(members)
            .exec_without_returning(&connection)
            .await
            .unwrap();
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_person_in_a_thousand_circles_reads_and_exports_their_data() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    ana.task(json!({ "title": "Shopping", "due_on": "2026-12-02" }))
        .await;
    multiply(&app, &ana).await;
    let document = serde_json::to_value(kith::api::operations()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let own_paths = paths.iter().filter(|(path, methods)| {
        path.starts_with("/v1/me") && !path.contains('{') && methods["get"].is_object()
    });
    let mut read = 0;
    for (path, _) in own_paths {
        let reply = ana.get(path).await;
        assert!(!reply.status.is_server_error(), "{path}: {}", reply.text);
        read += 1;
    }
    assert!(read > 5, "{read} operations");
    let circles = ana.get("/v1/me/circles").await.is(200);
    assert_eq!(circles["data"].as_array().unwrap().len(), MANY);
    for export in ["/v1/me/export", "/v1/me/export/calendar"] {
        let reply = ana.act(export).await;
        assert_eq!(reply.status, 200, "{export}: {}", reply.text);
    }
}
