//! A database for each test, copied from a template that is migrated once.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use kith::config::DatabaseUrl;
use kith::platform::db;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use uuid::Uuid;

/// A database that is deleted at the end of its test.
pub struct TestDatabase {
    pub url: DatabaseUrl,
    delete: Delete,
}

enum Delete {
    File(PathBuf),
    Postgres { server: String, name: String },
    Never,
}

impl TestDatabase {
    /// A database with the newest schema.
    pub async fn migrated() -> Self {
        match server() {
            None => Self::migrated_file(),
            Some(server) => Self::on_server(&server, Some(postgres_template(&server))).await,
        }
    }

    /// A SQLite file with the newest schema, even if `TEST_DATABASE_URL` is set.
    pub fn migrated_file() -> Self {
        Self::file_of(sqlite_template())
    }

    /// A database without any schema.
    pub async fn empty() -> Self {
        match server() {
            None => Self::empty_file(),
            Some(server) => Self::on_server(&server, None).await,
        }
    }

    /// A database on the PostgreSQL server with the newest schema that stays there, for the next
    /// run too.
    pub fn kept_on_server() -> Self {
        let server = server().expect("a test uses PostgreSQL without a server");
        let name = kept_postgres(&server, "plans");
        Self {
            url: DatabaseUrl::Postgres(in_database(&server, &name).into()),
            delete: Delete::Never,
        }
    }

    /// A copy of a file.
    pub fn file_of(file: &Path) -> Self {
        let database = Self::empty_file();
        if let Delete::File(path) = &database.delete {
            std::fs::copy(file, path).unwrap();
        }
        database
    }

    fn empty_file() -> Self {
        let path = folder().join(format!("{}.db", Uuid::now_v7().simple()));
        Self {
            url: DatabaseUrl::Sqlite(path.clone()),
            delete: Delete::File(path),
        }
    }

    async fn on_server(server: &str, template: Option<&str>) -> Self {
        let name = format!("kith_test_{}", Uuid::now_v7().simple());
        let template = template.map_or(String::new(), |name| format!(" TEMPLATE {name}"));
        execute(server, &format!("CREATE DATABASE {name}{template}")).await;
        Self {
            url: DatabaseUrl::Postgres(in_database(server, &name).into()),
            delete: Delete::Postgres {
                server: server.to_owned(),
                name,
            },
        }
    }

    /// A plain connection, for statements that the program itself would not send.
    pub async fn connect(&self) -> DatabaseConnection {
        self.connect_with(|_| ()).await
    }

    /// A single plain connection, so that its settings hold for every statement.
    pub async fn connect_alone(&self) -> DatabaseConnection {
        self.connect_with(|options| {
            let forever = Option::<Duration>::None;
            options.max_connections(1).idle_timeout(forever);
            options.max_lifetime(forever);
        })
        .await
    }

    async fn connect_with(&self, change: impl FnOnce(&mut ConnectOptions)) -> DatabaseConnection {
        use secrecy::ExposeSecret;
        let url = match &self.url {
            DatabaseUrl::Sqlite(path) => format!("sqlite://{}?mode=rwc", path.display()),
            DatabaseUrl::Postgres(url) => url.expose_secret().to_owned(),
        };
        // Statements of a test are not logged as the program's.
        let mut options = ConnectOptions::new(url);
        options.sqlx_logging(false);
        change(&mut options);
        Database::connect(options).await.unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        match &self.delete {
            Delete::File(path) => {
                for suffix in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
                }
            }
            Delete::Postgres { server, name } => {
                let (server, name) = (server.clone(), name.clone());
                let drop = async move {
                    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                    execute(&server, &drop).await;
                };
                on_own_runtime(drop);
            }
            Delete::Never => {}
        }
    }
}

/// The PostgreSQL server of the tests, if there is one.
pub fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok()
}

async fn execute(server: &str, sql: &str) {
    let connection = Database::connect(server).await.unwrap();
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}

fn in_database(server: &str, name: &str) -> String {
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

/// The folder with the files of this run: one folder for each process.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let base = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let folder = base.join(format!("api-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    })
}

/// A migrated SQLite file. It is closed, because an open file keeps rows in the WAL beside it.
fn sqlite_template() -> &'static Path {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let path = folder().join("template.db");
        let url = DatabaseUrl::Sqlite(path.clone());
        on_own_runtime(async move {
            db::migrate(&url).await.unwrap();
            db::connect(&url, 2).await.unwrap().close().await.unwrap();
        });
        path
    })
}

/// The migrated PostgreSQL database that others are copied from. Nobody is connected to it.
fn postgres_template(server: &str) -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| kept_postgres(server, "template"))
}

/// A migrated PostgreSQL database that stays on the server, named after the hash of its migrations.
fn kept_postgres(server: &str, purpose: &str) -> String {
    let name = format!("kith_{purpose}_{:016x}", hash_of_migrations());
    let (server, kept) = (server.to_owned(), name.clone());
    on_own_runtime(async move {
        let connection = Database::connect(&server).await.unwrap();
        let known = format!("SELECT 1 FROM pg_database WHERE datname = '{kept}'");
        let known = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, known);
        if connection.query_one_raw(known).await.unwrap().is_none() {
            let create = format!("CREATE DATABASE {kept}");
            connection.execute_unprepared(&create).await.unwrap();
            let url = DatabaseUrl::Postgres(in_database(&server, &kept).into());
            db::migrate(&url).await.unwrap();
        }
        connection.close().await.unwrap();
    });
    name
}

fn hash_of_migrations() -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migration/src");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        std::fs::read(file).unwrap().hash(&mut hasher);
    }
    hasher.finish()
}

/// Runs a future to its end on a runtime of its own, even if this thread is in a runtime.
fn on_own_runtime(work: impl Future<Output = ()> + Send + 'static) {
    std::thread::spawn(move || {
        tokio::runtime::Runtime::new().unwrap().block_on(work);
    })
    .join()
    .unwrap();
}
