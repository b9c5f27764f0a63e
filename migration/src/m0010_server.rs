//! The server's own tables: its queue, kept answers, limits and keys, the state of the
//! database, and the releases of the time zone rules.

use sea_orm_migration::prelude::*;

use crate::columns::{
    bigint, bytes, create, drop_tables, id, id_null, index, instant, instant_null, int, name,
    table, text, text_null, unique,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            jobs(),
            vec![
                unique("jobs", &["dedupe_key"]),
                index("jobs", &["state", "run_at"]),
            ],
        )
        .await?;
        create(
            manager,
            idempotency_records(),
            vec![index("idempotency_records", &["created_at"])],
        )
        .await?;
        create(
            manager,
            rate_windows(),
            vec![index("rate_windows", &["ends_at"])],
        )
        .await?;
        create(
            manager,
            throttles(),
            vec![index("throttles", &["forget_at"])],
        )
        .await?;
        create(manager, signing_keys(), vec![]).await?;
        create(manager, database_state(), vec![]).await?;
        manager.execute(first_state()).await?;
        create(manager, zone_rules(), vec![]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &[
                "zone_rules",
                "database_state",
                "signing_keys",
                "throttles",
                "rate_windows",
                "idempotency_records",
                "jobs",
            ],
        )
        .await
    }
}

fn jobs() -> TableCreateStatement {
    table("jobs")
        .col(text("payload"))
        .col(id_null("lane"))
        .col(text_null("dedupe_key"))
        .col(text("state"))
        .col(instant("run_at"))
        .col(int("attempts"))
        .col(int("fence"))
        .col(instant_null("leased_until"))
        .col(text_null("last_error"))
        .col(instant("created_at"))
        .take()
}

/// Kept answers, for repeated requests.
fn idempotency_records() -> TableCreateStatement {
    Table::create()
        .table(name("idempotency_records"))
        .col(id("user_id"))
        .col(text("method"))
        .col(text("path"))
        .col(text("key"))
        .col(bytes("body_hash"))
        .col(int("status"))
        .col(text("headers"))
        .col(text("body"))
        .col(text_null("topics"))
        .col(instant("created_at"))
        .primary_key(
            Index::create()
                .col(name("user_id"))
                .col(name("method"))
                .col(name("path"))
                .col(name("key")),
        )
        .take()
}

/// The part of each quota that the nodes have reserved.
fn rate_windows() -> TableCreateStatement {
    Table::create()
        .table(name("rate_windows"))
        .col(bytes("subject_hash"))
        .col(instant("ends_at"))
        .col(bigint("reserved"))
        .primary_key(
            Index::create()
                .col(name("subject_hash"))
                .col(name("ends_at")),
        )
        .take()
}

/// Callers that failed too often, and the end of their wait.
fn throttles() -> TableCreateStatement {
    Table::create()
        .table(name("throttles"))
        .col(bytes("subject_hash").primary_key().take())
        .col(int("tries"))
        .col(instant("until"))
        .col(instant_null("forget_at"))
        .take()
}

/// The keys that sign access tokens. Keys are added and revoked while servers run.
fn signing_keys() -> TableCreateStatement {
    table("signing_keys")
        .col(bytes("public_key"))
        .col(bytes("sealed_seed"))
        .col(instant("created_at"))
        .col(instant("active_from"))
        .col(instant_null("ends_at"))
        .take()
}

/// The generation of the database: a restore begins a new one. The table has one row.
fn database_state() -> TableCreateStatement {
    Table::create()
        .table(name("database_state"))
        .col(int("id").primary_key().take())
        .col(text("generation"))
        .col(text("place"))
        .take()
}

/// The releases of the time zone database that the stored instants follow.
fn zone_rules() -> TableCreateStatement {
    Table::create()
        .table(name("zone_rules"))
        .col(text("version").primary_key().take())
        .col(instant("followed_at"))
        .take()
}

/// The only row of `database_state`. The first server that opens the database fills it.
fn first_state() -> InsertStatement {
    Query::insert()
        .into_table(name("database_state"))
        .columns([name("id"), name("generation"), name("place")])
        .values_panic([1.into(), "".into(), "".into()])
        .take()
}
