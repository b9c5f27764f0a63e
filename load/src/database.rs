//! The databases of a run. A filled database is kept, and every measurement gets a copy of it,
//! because measurements write.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use kith::config::DatabaseUrl;
use kith::platform::time::clock::Clock;
use sea_orm::{ConnectionTrait, Database, Statement};

use crate::by_hand::OUTBOX;
use crate::data::{Insert, fill};

/// The data is made for the moment at which it is filled: tasks become overdue. So it is filled
/// again when it is older.
const LONGEST_KEPT: Duration = Duration::from_hours(24);

/// Where the databases are.
#[derive(Clone, Debug)]
enum Server {
    Sqlite,
    Postgres(String),
}

/// The databases with so many circles.
#[derive(Clone, Debug)]
pub struct Place {
    server: Server,
    folder: PathBuf,
    circles: u64,
}

impl Place {
    /// Files in a folder, or databases on the server of a URL like
    /// `postgres://user@127.0.0.1:5432/postgres`.
    pub fn of(server: Option<String>, folder: PathBuf, circles: u64) -> anyhow::Result<Self> {
        let server = match server {
            None => Server::Sqlite,
            Some(server) => {
                let local = ["@127.0.0.1:", "@localhost:", "@[::1]:"];
                let local = local.iter().any(|host| server.contains(host));
                ensure!(local, "PostgreSQL must run on this machine");
                Server::Postgres(server)
            }
        };
        Ok(Self {
            server,
            folder,
            circles,
        })
    }

    /// The folder for the files of the servers.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn circles(&self) -> u64 {
        self.circles
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self.server, Server::Sqlite)
    }

    /// The same place with another number of circles.
    pub fn with_circles(&self, circles: u64) -> Self {
        Self {
            circles,
            ..self.clone()
        }
    }

    /// The name of the database that is filled and kept.
    fn kept(&self) -> String {
        format!("kith_filled_{}", self.circles)
    }

    /// The name of the copy that is measured.
    fn copy(&self) -> String {
        format!("kith_load_{}", self.circles)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.db"))
    }

    fn url_of(&self, name: &str) -> String {
        match &self.server {
            Server::Sqlite => format!("sqlite:{}", self.file(name).display()),
            Server::Postgres(server) => {
                let (host, _) = server.rsplit_once('/').unwrap_or((server, ""));
                format!("{host}/{name}")
            }
        }
    }

    fn settings_of(&self, name: &str) -> DatabaseUrl {
        match self.server {
            Server::Sqlite => DatabaseUrl::Sqlite(self.file(name)),
            Server::Postgres(_) => DatabaseUrl::Postgres(self.url_of(name).into()),
        }
    }

    /// The value for `DATABASE_URL`.
    pub fn url(&self) -> String {
        self.url_of(&self.copy())
    }

    pub fn settings(&self) -> DatabaseUrl {
        self.settings_of(&self.copy())
    }

    /// Opens the measured copy to write many rows while no server runs.
    pub async fn insert(&self) -> anyhow::Result<Insert> {
        self.insert_into(&self.copy()).await
    }

    async fn insert_into(&self, name: &str) -> anyhow::Result<Insert> {
        match self.server {
            Server::Sqlite => Insert::into_file(&self.file(name)),
            Server::Postgres(_) => Insert::into_server(&self.url_of(name)).await,
        }
    }

    /// Fills the database with the newest schema and all data, and makes the copy that is
    /// measured. With `keep`, uses the filled database that is there.
    pub async fn make(&self, keep: bool) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let kept = self.kept();
        if !(keep && self.is_filled().await?) {
            self.drop(&kept).await?;
            if let Server::Postgres(server) = &self.server {
                run(server, &format!("CREATE DATABASE {kept}")).await?;
            }
            kith::platform::db::migrate(&self.settings_of(&kept)).await?;
            run(&self.url_of(&kept), OUTBOX).await?;
            let insert = self.insert_into(&kept).await?;
            fill(insert, self.circles, Clock::real().now()).await?;
            run(&self.url_of(&kept), "CREATE TABLE load_filled (n integer)").await?;
        }
        // A newer program may have brought a migration.
        kith::platform::db::migrate(&self.settings_of(&kept)).await?;
        let copy = self.copy();
        self.drop(&copy).await?;
        match &self.server {
            Server::Sqlite => {
                // The last connection has closed, so that everything is in this one file.
                let log = self.folder.join(format!("{kept}.db-wal"));
                ensure!(!log.exists(), "{} is in use", log.display());
                std::fs::copy(self.file(&kept), self.file(&copy))?;
            }
            Server::Postgres(server) => {
                let template = format!("CREATE DATABASE {copy} TEMPLATE {kept}");
                run(server, &template).await?;
                run(&self.url(), "CHECKPOINT").await?;
            }
        }
        Ok(())
    }

    /// Whether the kept database was filled to its end, and not long ago.
    async fn is_filled(&self) -> anyhow::Result<bool> {
        match &self.server {
            Server::Sqlite => {
                let Ok(file) = std::fs::metadata(self.file(&self.kept())) else {
                    return Ok(false);
                };
                let born = file.created().or_else(|_| file.modified())?;
                let age = Clock::real().now() - DateTime::<Utc>::from(born);
                if age.to_std().is_ok_and(|age| age > LONGEST_KEPT) {
                    return Ok(false);
                }
            }
            Server::Postgres(server) => {
                let there = format!(
                    "SELECT 1 FROM pg_database WHERE datname = '{}' AND \
                     (pg_stat_file('base/' || oid || '/PG_VERSION')).modification \
                     > now() - interval '{} seconds'",
                    self.kept(),
                    LONGEST_KEPT.as_secs()
                );
                if !has_rows(server, &there).await? {
                    return Ok(false);
                }
            }
        }
        Ok(has_rows(
            &self.url_of(&self.kept()),
            "SELECT count(*) FROM load_filled",
        )
        .await
        .unwrap_or(false))
    }

    async fn drop(&self, name: &str) -> anyhow::Result<()> {
        match &self.server {
            Server::Sqlite => {
                for end in ["", "-wal", "-shm"] {
                    let mut file = self.file(name).into_os_string();
                    file.push(end);
                    if Path::new(&file).exists() {
                        std::fs::remove_file(file)?;
                    }
                }
                Ok(())
            }
            Server::Postgres(server) => {
                run(
                    server,
                    &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
                )
                .await
            }
        }
    }

    /// The first column of the first row, as text, read from the measured copy.
    pub async fn read(&self, query: &str) -> anyhow::Result<String> {
        let db = Database::connect(self.url()).await?;
        let statement = Statement::from_string(db.get_database_backend(), query);
        let row = db.query_one_raw(statement).await?.context("no row")?;
        let text = row.try_get_by_index(0)?;
        db.close().await?;
        Ok(text)
    }

    /// Changes the measured copy.
    pub async fn run(&self, statement: &str) -> anyhow::Result<()> {
        run(&self.url(), statement).await
    }

    /// The name and version of the database.
    pub async fn version(&self) -> anyhow::Result<String> {
        let (name, query) = match self.server {
            Server::Sqlite => ("SQLite", "SELECT sqlite_version()"),
            Server::Postgres(_) => ("PostgreSQL", "SHOW server_version"),
        };
        let version = self.read(query).await?;
        let version = version.split(' ').next().unwrap_or_default();
        Ok(format!("{name} {version}"))
    }
}

async fn run(url: &str, statement: &str) -> anyhow::Result<()> {
    let db = Database::connect(url).await?;
    let ran = db.execute_unprepared(statement).await;
    db.close().await?;
    ran?;
    Ok(())
}

async fn has_rows(url: &str, query: &str) -> anyhow::Result<bool> {
    let db = Database::connect(url).await?;
    let statement = Statement::from_string(db.get_database_backend(), query);
    let row = db.query_one_raw(statement).await;
    db.close().await?;
    Ok(row?.is_some())
}
