//! The setting DATABASE_URL, and how it is printed without its password.

use std::path::PathBuf;

use sea_orm::sqlx::postgres::PgConnectOptions;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// Where the data is stored.
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    /// The path of the file.
    Sqlite(PathBuf),
    /// The whole URL.
    Postgres(SecretString),
}

impl DatabaseUrl {
    /// The kind of database and its place, without the password.
    pub fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("SQLite, {}", path.display()),
            Self::Postgres(url) => {
                let name = Url::parse(url.expose_secret()).map(|url| url.path().to_owned());
                let name = name.unwrap_or_default();
                match self.server() {
                    Some((host, port)) => format!("PostgreSQL, {host}:{port}{name}"),
                    None => format!("PostgreSQL, {name}"),
                }
            }
        }
    }

    /// Host and port of the server, if it is reached by TCP. The driver is asked for them, because
    /// options of the URL and the environment can name another server.
    pub fn server(&self) -> Option<(String, u16)> {
        let Self::Postgres(url) = self else {
            return None;
        };
        let options: PgConnectOptions = url.expose_secret().parse().ok()?;
        let host = options.get_host();
        if options.get_socket().is_some() || host.starts_with('/') {
            return None;
        }
        let host = host.trim_matches(['[', ']']).to_owned();
        Some((host, options.get_port()))
    }
}
