//! Reads a sample of the sealed values before anything is written, so that a start with the wrong
//! secret key is refused.

use anyhow::Context;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, Statement};
use secrecy::ExposeSecret;

use crate::config::DatabaseUrl;

/// The first bytes of a sealed value, which tell which secret key sealed it. `None` if no server
/// has used the database yet.
pub async fn find_sealed_sample(url: &DatabaseUrl) -> anyhow::Result<Option<Vec<u8>>> {
    let (there, mut options, cannot) = match url {
        DatabaseUrl::Postgres(url) => (
            "SELECT to_regclass('signing_keys')::text AS name",
            ConnectOptions::new(url.expose_secret().to_owned()),
            "cannot reach the PostgreSQL of DATABASE_URL",
        ),
        DatabaseUrl::Sqlite(path) if !path.exists() => return Ok(None),
        DatabaseUrl::Sqlite(path) => {
            let path = path.clone();
            let mut options = ConnectOptions::new("sqlite::memory:");
            options.map_sqlx_sqlite_opts(move |_| SqliteConnectOptions::new().filename(&path));
            let there = "SELECT max(name) AS name FROM sqlite_master WHERE name = 'signing_keys'";
            (
                there,
                options,
                "cannot open the SQLite file of DATABASE_URL",
            )
        }
    };
    options
        .max_connections(1)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    let connection = Database::connect(options).await.context(cannot)?;
    let sealed = read_sealed(&connection, there).await;
    connection.close().await?;
    sealed.context("the database cannot be read")
}

async fn read_sealed(
    connection: &DatabaseConnection,
    there: &str,
) -> Result<Option<Vec<u8>>, DbErr> {
    let backend = connection.get_database_backend();
    let one = async |sql: &str| {
        let statement = Statement::from_string(backend, sql);
        connection.query_one_raw(statement).await
    };
    let table = one(there).await?;
    let table: Option<String> = table.map_or(Ok(None), |row| row.try_get("", "name"))?;
    if table.is_none() {
        return Ok(None);
    }
    let sealed = one("SELECT substr(sealed_seed, 1, 8) AS id FROM signing_keys LIMIT 1").await?;
    sealed.map(|row| row.try_get("", "id")).transpose()
}
