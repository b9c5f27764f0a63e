//! Each test has its own database: a SQLite file, or a new database on the PostgreSQL server of
//! `TEST_DATABASE_URL`.

use std::path::Path;

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, Statement, TryGetable};
use url::Url;

use crate::support::clock::new_id;

pub enum Database {
    /// The URL of a file that is deleted with its folder.
    Sqlite(String),
    Postgres {
        /// The server that creates and drops the database.
        server: Url,
        name: String,
    },
}

impl Database {
    pub fn fresh(folder: &Path) -> Self {
        let Ok(server) = std::env::var("TEST_DATABASE_URL") else {
            return Self::Sqlite(format!("sqlite:{}", folder.join("kith.db").display()));
        };
        let server = Url::parse(&server).unwrap();
        let name = format!("kith_e2e_{}", new_id().simple());
        run(server.as_str(), &format!("CREATE DATABASE {name}"));
        Self::Postgres { server, name }
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres { .. })
    }

    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(url) => url.clone(),
            Self::Postgres { server, name } => {
                let mut url = server.clone();
                url.set_path(name);
                url.into()
            }
        }
    }

    /// The single value of a query.
    pub fn ask<T: TryGetable>(&self, query: &str) -> T {
        on_connection(&self.url(), async |connection| {
            let statement = Statement::from_string(connection.get_database_backend(), query);
            let row = connection.query_one_raw(statement).await.unwrap().unwrap();
            row.try_get_by_index(0).unwrap()
        })
    }

    /// Runs a statement for changes that no request can make. Returns the number of changed rows.
    pub fn change(&self, statement: &str) -> u64 {
        on_connection(&self.url(), async |connection| {
            let done = connection.execute_unprepared(statement).await.unwrap();
            done.rows_affected()
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres { server, name } = self {
            run(
                server.as_str(),
                &format!("DROP DATABASE {name} WITH (FORCE)"),
            );
        }
    }
}

fn run(url: &str, statement: &str) {
    on_connection(url, async |connection| {
        connection.execute_unprepared(statement).await.unwrap();
    });
}

fn on_connection<T>(url: &str, work: impl AsyncFnOnce(&DatabaseConnection) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let connection = sea_orm::Database::connect(options).await.unwrap();
        let outcome = work(&connection).await;
        connection.close().await.unwrap();
        outcome
    })
}
