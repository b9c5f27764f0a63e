//! The database of a run.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use kith::config::DatabaseUrl;
use kith::platform::time::clock::Clock;
use sea_orm::{ConnectionTrait, Database, Statement};

use crate::by_hand::OUTBOX;
use crate::fill::fill;

/// The name of the database on a PostgreSQL server.
const NAME: &str = "kith_load";

/// A database of the load test.
#[derive(Debug)]
pub enum Place {
    Sqlite { folder: PathBuf },
    Postgres { server: String, folder: PathBuf },
}

impl Place {
    /// A file in a folder, or a database on the server of a URL like
    /// `postgres://user@127.0.0.1:5432/postgres`.
    pub fn of(server: Option<String>, folder: PathBuf) -> anyhow::Result<Self> {
        let Some(server) = server else {
            return Ok(Self::Sqlite { folder });
        };
        let local = ["@127.0.0.1:", "@localhost:", "@[::1]:"];
        let local = local.iter().any(|host| server.contains(host));
        ensure!(local, "PostgreSQL must run on this machine");
        Ok(Self::Postgres { server, folder })
    }

    /// The folder for the files of the servers.
    pub fn folder(&self) -> &Path {
        match self {
            Self::Sqlite { folder } | Self::Postgres { folder, .. } => folder,
        }
    }

    fn file(&self) -> PathBuf {
        self.folder().join("load.db")
    }

    /// The value for `DATABASE_URL`.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite { .. } => format!("sqlite:{}", self.file().display()),
            Self::Postgres { server, .. } => {
                let (host, _) = server.rsplit_once('/').unwrap_or((server, ""));
                format!("{host}/{NAME}")
            }
        }
    }

    pub fn settings(&self) -> DatabaseUrl {
        match self {
            Self::Sqlite { .. } => DatabaseUrl::Sqlite(self.file()),
            Self::Postgres { .. } => DatabaseUrl::Postgres(self.url().into()),
        }
    }

    /// Creates the database again, with the newest schema and all data.
    pub async fn make(&self) -> anyhow::Result<()> {
        std::fs::create_dir_all(self.folder())?;
        match self {
            Self::Sqlite { .. } => {
                for end in ["", "-wal", "-shm"] {
                    let mut file = self.file().into_os_string();
                    file.push(end);
                    if Path::new(&file).exists() {
                        std::fs::remove_file(file)?;
                    }
                }
            }
            Self::Postgres { server, .. } => {
                let db = Database::connect(server).await?;
                let drop = format!("DROP DATABASE IF EXISTS {NAME}");
                db.execute_unprepared(&drop).await?;
                db.execute_unprepared(&format!("CREATE DATABASE {NAME}"))
                    .await?;
                db.close().await?;
            }
        }
        kith::platform::db::migrate(&self.settings()).await?;
        let db = Database::connect(self.url()).await?;
        db.execute_unprepared(OUTBOX).await?;
        db.close().await?;
        fill(&self.url(), Clock::real().now()).await
    }

    /// The name and version of the database.
    pub async fn version(&self) -> anyhow::Result<String> {
        let db = Database::connect(self.url()).await?;
        let (name, query) = match self {
            Self::Sqlite { .. } => ("SQLite", "SELECT sqlite_version()"),
            Self::Postgres { .. } => ("PostgreSQL", "SHOW server_version"),
        };
        let statement = Statement::from_string(db.get_database_backend(), query);
        let row = db.query_one_raw(statement).await?;
        let version: String = row.context("no version")?.try_get_by_index(0)?;
        db.close().await?;
        let version = version.split(' ').next().unwrap_or_default();
        Ok(format!("{name} {version}"))
    }
}
