//! Circles: creating, changing and deleting them, their life, who coordinates them and who decides
//! for the patient, and reading their activity.

mod activate_proxy;
mod archive;
mod create;
mod delete;
mod deputy;
mod end_succession;
mod list_activity;
mod mark_activity_seen;
mod mark_in_memory;
mod name_proxy;
mod pause;
mod request_succession;
mod revoke_proxy;
mod set_email_details;
mod unarchive;
mod update;

use axum::http::Method;
use kith::entity::ids::{CircleId, MemberId, ProxyId, SuccessionId};
use kith::entity::proxy::{self, ProxyBasis, ProxyState};
use kith::entity::succession::{self, SuccessionState};
use kith::entity::{change, membership};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Client, Person, Reply, TestApp};

/// Sends a PUT with a body.
async fn put(by: &Client, path: &str, body: Value) -> Reply {
    let request = by.request(&Method::PUT, path, Some(&body));
    by.app.send(request).await
}

/// Lets the members ask for a succession: they joined, and did all they did, long ago.
pub async fn long_ago(app: &TestApp, circle: &str) {
    let circle = CircleId(circle.parse().unwrap());
    let then = app.now() - chrono::TimeDelta::days(15);
    let connection = app.database.connect().await;
    membership::Entity::update_many()
        .col_expr(membership::Column::JoinedAt, Expr::value(then))
        .filter(membership::Column::CircleId.eq(circle))
        .exec(&connection)
        .await
        .unwrap();
    change::Entity::update_many()
        .col_expr(change::Column::OccurredAt, Expr::value(then))
        .filter(change::Column::CircleId.eq(circle))
        .exec(&connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

/// Replaces the succession of a circle by one in this state, for which the member asks.
pub async fn put_succession(by: &Person, member: &str, state: SuccessionState) {
    let circle = CircleId(by.circle_id().parse().unwrap());
    let member = MemberId(member.parse().unwrap());
    let now = by.app.now();
    let row = succession::ActiveModel {
        circle_id: Set(circle),
        id: Set(SuccessionId(Uuid::now_v7())),
        member_id: Set(member),
        supported_by_member_id: Set(None),
        state: Set(state),
        grant_at: Set(None),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member)),
        updated_at: Set(now),
    };
    let connection = by.app.database.connect().await;
    succession::Entity::delete_many()
        .filter(succession::Column::CircleId.eq(circle))
        .exec(&connection)
        .await
        .unwrap();
    succession::Entity::insert(row)
        .exec_without_returning(&connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

/// Gives the circle a succession that was granted, and a proxy that was revoked.
pub async fn once_had_leaders(by: &Person) {
    put_succession(by, &by.member_id, SuccessionState::Granted).await;
    let member = MemberId(by.member_id.parse().unwrap());
    let now = by.app.now();
    let row = proxy::ActiveModel {
        circle_id: Set(CircleId(by.circle_id().parse().unwrap())),
        id: Set(ProxyId(Uuid::now_v7())),
        member_id: Set(member),
        basis: Set(ProxyBasis::LegalDocument),
        said_on: Set(None),
        named_by_patient: Set(false),
        state: Set(ProxyState::Revoked),
        activated_at: Set(None),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(Some(member)),
        updated_at: Set(now),
    };
    let connection = by.app.database.connect().await;
    proxy::Entity::insert(row)
        .exec_without_returning(&connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

/// The subjects of these emails, by recipient.
fn subjects(mails: &[crate::harness::Mail]) -> Vec<(String, String)> {
    let one = |mail: &crate::harness::Mail| (mail.to.clone(), mail.header("Subject").to_owned());
    let mut subjects: Vec<_> = mails.iter().map(one).collect();
    subjects.sort();
    subjects
}

/// What became of the reminders of a task or an appointment: state, then each delivery.
async fn reminders_of(by: &Client, item: &str) -> Vec<String> {
    let reminders = by.get(&format!("{item}/reminders")).await.is(200);
    let one = |reminder: &Value| {
        let mut words = vec![reminder["state"].as_str().unwrap()];
        for delivery in reminder["deliveries"].as_array().unwrap() {
            words.push(delivery["state"].as_str().unwrap());
            words.extend(delivery["reason"].as_str());
        }
        words.join(" ")
    };
    reminders["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(one)
        .collect()
}

/// Marks the circle as in memory.
async fn mark_in_memory(by: &Client) -> Reply {
    by.post("/mark-in-memory", json!({ "confirm": true })).await
}
