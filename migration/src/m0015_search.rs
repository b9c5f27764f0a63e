//! The words by which tasks, appointments and messages are found.
//!
//! A word is compared byte by byte, so that both databases find the same: SQLite does so anyway,
//! PostgreSQL with the collation `C`. Deleting an item deletes its words.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::columns::{
    create, drop_tables, id, id_null, index, instant, int, name, text, within_circle,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        for (table, item, parent) in [
            ("task_terms", "task_id", "tasks"),
            ("appointment_terms", "appointment_id", "appointments"),
        ] {
            let terms = terms(backend, table, item, parent)
                .col(int("in_title"))
                .primary_key(&mut key(&["circle_id", "term", item, "in_title"]))
                .take();
            let by_item = index(table, &["circle_id", item, "term"]);
            create(manager, terms, vec![by_item]).await?;
        }
        let of_messages = terms(backend, "message_terms", "message_id", "messages")
            .col(id_null("author_member_id"))
            .primary_key(&mut key(&["circle_id", "term", "message_id"]))
            .take();
        let by_message = index("message_terms", &["circle_id", "message_id", "term"]);
        create(manager, of_messages, vec![by_message]).await?;
        let indexes = Table::create()
            .table(name("search_indexes"))
            .col(int("version").primary_key().take())
            .col(instant("indexed_at"))
            .take();
        create(manager, indexes, vec![]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &[
                "search_indexes",
                "message_terms",
                "appointment_terms",
                "task_terms",
            ],
        )
        .await
    }
}

/// The words of the rows of another table, still without its key. SQLite stores the rows in their
/// key, and not once more beside it.
fn terms(
    backend: DbBackend,
    table: &'static str,
    item: &'static str,
    parent: &'static str,
) -> TableCreateStatement {
    let mut term = text("term");
    let mut terms = Table::create();
    if backend == DbBackend::Postgres {
        term.extra("COLLATE \"C\"");
    } else {
        terms.extra("WITHOUT ROWID");
    }
    terms
        .table(name(table))
        .col(id("circle_id"))
        .col(term)
        .col(id(item))
        .foreign_key(&mut within_circle(table, item, parent))
        .take()
}

fn key(columns: &[&'static str]) -> IndexCreateStatement {
    let mut key = Index::create();
    for column in columns {
        key.col(name(column));
    }
    key
}
