//! Tests of tasks.

mod approve;
mod checklist_items;
mod claim;
mod create;
mod get;
mod lapsing;
mod lifecycle;
mod list;
mod offer;
mod parts;
mod reinstate;
mod reopen;
mod suggestions;
mod transitions;
mod update;

use chrono::TimeDelta;
use kith::entity::ids::TaskId;
use kith::entity::task;
use kith::features::tasks::lapse_due_tasks;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::harness::TestApp;

/// Lets the time of a task pass, so that it lapses, without another time for anybody else.
pub async fn let_lapse(app: &TestApp, path: &str) {
    let id: uuid::Uuid = path.trim_start_matches("/tasks/").parse().unwrap();
    let past = app.now() - TimeDelta::hours(1);
    let connection = app.database.connect().await;
    task::Entity::update_many()
        .col_expr(task::Column::LapsesAt, Expr::value(past))
        .filter(task::Column::Id.eq(TaskId(id)))
        .exec(&connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    assert_eq!(lapse_due_tasks(&app.app).await.unwrap(), 1);
}
