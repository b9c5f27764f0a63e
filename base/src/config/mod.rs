//! Every setting: a flag, an environment variable and a default. `kith --help` prints the docs of
//! the fields.

mod allowed_origin;
mod database_url;
mod mail;
mod rate_limits;
mod smtp;
mod trusted_proxy;
pub mod values;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{bail, ensure};
use clap::Args;
use lettre::message::Mailbox;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub use allowed_origin::AllowedOrigin;
pub use database_url::DatabaseUrl;
pub use mail::MailRoute;
pub use rate_limits::RateLimitSettings;
pub use smtp::{DkimSettings, SmtpSecurity, SmtpServer, SmtpTimeouts};
pub use trusted_proxy::TrustedProxy;

/// The lowest minimum length of passwords. An operator can set a higher one.
pub const SHORTEST: usize = 12;

/// The settings of a server.
#[derive(Clone, Debug, Args)]
pub struct Settings {
    /// The folder for everything that has no setting of its own: the SQLite file, the generated
    /// secret key, pictures, and emails as files.
    #[arg(long, env = "DATA_DIR", default_value = "./data", global = true)]
    pub data_dir: PathBuf,

    /// The database: `sqlite:path/to/file.db` or `postgres://user:password@host/database`.
    /// Default: SQLite in the file `kith.db` in DATA_DIR.
    #[arg(
        long,
        env = "DATABASE_URL",
        global = true,
        hide_env_values = true,
        hide_default_value = true
    )]
    pub database_url: Option<SecretString>,

    /// How many connections to the database can be open at once. Half of them write. (With SQLite all
    /// of them read. One more writes, and two more do rare work.)
    #[arg(long, env = "DATABASE_CONNECTIONS", default_value_t = 10, global = true,
          value_parser = values::whole::<u32, 2, 1000>)]
    pub database_connections: u32,

    /// The folder for the pictures that people send. Several servers on one database share it, and
    /// no other database may use it. Default: `files` in DATA_DIR.
    #[arg(long, env = "FILES_DIR", global = true)]
    pub files_dir: Option<PathBuf>,

    /// The address and port at which the API listens.
    #[arg(
        long,
        env = "LISTEN_ADDR",
        default_value = "127.0.0.1:8080",
        value_parser = values::socket_address,
        global = true
    )]
    pub listen_addr: SocketAddr,

    /// The address and port at which metrics for Prometheus are served, at `/metrics`. Default:
    /// no metrics.
    #[arg(long, env = "METRICS_ADDR", value_parser = values::socket_address, global = true)]
    pub metrics_addr: Option<SocketAddr>,

    /// The public address of this server. Links in emails begin with it. Must be set if SMTP_URL
    /// is set. Default: `http://` and LISTEN_ADDR.
    #[arg(long, env = "PUBLIC_URL", value_parser = values::web_address, global = true)]
    pub public_url: Option<Url>,

    /// The mail server. `smtps://user:password@host:465` uses TLS from the start.
    /// `smtp://user:password@host:587` requires STARTTLS, except for a mail server on this machine
    /// (a loopback address). `smtp+plain://host:25` is not encrypted. Default: emails are written
    /// as `.eml` files into the folder `mails` in DATA_DIR.
    #[arg(long, env = "SMTP_URL", global = true, hide_env_values = true)]
    pub smtp_url: Option<SecretString>,

    /// The full name of this server, like `kith.example.org`, which it sends to the mail server
    /// (EHLO). Default: the host of PUBLIC_URL, or the domain of MAIL_FROM.
    #[arg(long, env = "SMTP_HELLO", value_parser = values::host_name, global = true)]
    pub smtp_hello: Option<String>,

    /// A PEM file with certificate authorities to trust for the mail server, besides those that
    /// browsers trust: an authority of your own, or the system's list
    /// (`/etc/ssl/certs/ca-certificates.crt`).
    #[arg(long, env = "SMTP_CA_FILE", global = true)]
    pub smtp_ca_file: Option<PathBuf>,

    /// The sender of all emails, like `Kith <kith@example.org>`. Must be set if SMTP_URL is set.
    /// Default: `Kith <kith@localhost>`.
    #[arg(long, env = "MAIL_FROM", value_parser = values::mailbox, global = true)]
    pub mail_from: Option<Mailbox>,

    /// The address for replies to emails. Default: none, and every email says that nobody reads
    /// replies.
    #[arg(long, env = "MAIL_REPLY_TO", value_parser = values::mailbox, global = true)]
    pub mail_reply_to: Option<Mailbox>,

    /// A file with a private key in PEM (RSA or Ed25519) that signs emails with DKIM for the domain of
    /// MAIL_FROM. Needs DKIM_SELECTOR. Default: none, because most mail servers sign themselves.
    #[arg(long, env = "DKIM_KEY_FILE", global = true)]
    pub dkim_key_file: Option<PathBuf>,

    /// The name of that key in the DNS: `mail` if its record is at `mail._domainkey.example.org`.
    #[arg(long, env = "DKIM_SELECTOR", value_parser = values::selector, global = true)]
    pub dkim_selector: Option<String>,

    /// How many emails a minute this server gives to the mail server. 0: no limit.
    #[arg(long, env = "MAILS_PER_MINUTE", default_value_t = 0, global = true,
          value_parser = values::whole::<u16, 0, 65_535>)]
    pub mails_per_minute: u16,

    /// The secret key, at least 32 characters. All other keys are derived from it. Default:
    /// generated once and kept in the file `secret.key` in DATA_DIR.
    #[arg(long, env = "SECRET_KEY", global = true, hide_env_values = true)]
    pub secret_key: Option<SecretString>,

    /// A file with the secret key.
    #[arg(
        long,
        env = "SECRET_KEY_FILE",
        global = true,
        conflicts_with = "secret_key"
    )]
    pub secret_key_file: Option<PathBuf>,

    /// The secret key before this one. Set it until `kith admin reseal` has run, because data in
    /// the database is still encrypted with it.
    #[arg(
        long,
        env = "PREVIOUS_SECRET_KEY",
        global = true,
        hide_env_values = true
    )]
    pub previous_secret_key: Option<SecretString>,

    /// A file with the secret key before this one.
    #[arg(
        long,
        env = "PREVIOUS_SECRET_KEY_FILE",
        global = true,
        conflicts_with = "previous_secret_key"
    )]
    pub previous_secret_key_file: Option<PathBuf>,

    /// Whether people can register without an invitation.
    #[arg(long, env = "SIGNUPS_ALLOWED", default_value_t = true, global = true,
          action = clap::ArgAction::Set)]
    pub signups_allowed: bool,

    /// The proxies in front of this server, as addresses and networks: 127.0.0.1,10.0.0.0/8.
    /// Only what these proxies append to `X-Forwarded-For` counts as the client's address.
    /// Default: none.
    #[arg(long, env = "TRUSTED_PROXIES", value_delimiter = ',', global = true)]
    pub trusted_proxies: Vec<TrustedProxy>,

    /// The domain of passkeys. It can be a part of the host of PUBLIC_URL (example.org of
    /// kith.example.org). Never change it: all passkeys would stop working. Default: the host of
    /// PUBLIC_URL; if that is an IP address, there are no passkeys.
    #[arg(long, env = "PASSKEY_DOMAIN", global = true)]
    pub passkey_domain: Option<String>,

    /// Other apps than those at PUBLIC_URL that can use the passkeys, like
    /// `https://app.example.org,android:apk-key-hash:…` Default: none.
    #[arg(long, env = "PASSKEY_ORIGINS", value_delimiter = ',',
          value_parser = values::any_address, global = true)]
    pub passkey_origins: Vec<Url>,

    /// The web apps of other origins that can use the API in a browser, like
    /// `https://app.example.org,http://localhost:5173`. Default: none.
    #[arg(long, env = "CORS_ORIGINS", value_delimiter = ',', global = true)]
    pub cors_origins: Vec<AllowedOrigin>,

    /// How many times a minute one client address can try to sign in, to register, or to use a
    /// code. 0: no limit.
    #[arg(long, env = "TRIES_PER_MINUTE", default_value_t = 10, global = true,
          value_parser = values::whole::<u16, 0, 65_535>)]
    pub tries_per_minute: u16,

    /// How many characters a new password must have, from 12 to 64.
    #[arg(long, env = "PASSWORD_MIN_LENGTH", default_value_t = SHORTEST as u8, global = true,
          value_parser = values::whole::<u8, 12, 64>)]
    pub password_min_length: u8,

    /// A file with the SHA-1 hashes of stolen passwords, which nobody can choose: one hash of 40
    /// capital hexadecimal digits per line, sorted, as such lists are published.
    #[arg(long, env = "BREACHED_PASSWORDS_FILE", global = true)]
    pub breached_passwords_file: Option<PathBuf>,

    /// How many times a minute one account, or one client address without an account, can read.
    /// All accounts at one address together can read ten times as often. 0: no limit.
    #[arg(long, env = "READS_PER_MINUTE", default_value_t = 600, global = true,
          value_parser = values::whole::<u32, 0, 1_000_000>)]
    pub reads_per_minute: u32,

    /// How many times a minute they can send a request that changes something. 0: no limit.
    #[arg(long, env = "WRITES_PER_MINUTE", default_value_t = 120, global = true,
          value_parser = values::whole::<u32, 0, 1_000_000>)]
    pub writes_per_minute: u32,

    /// How many invitations an hour the members of one circle can send. 0: no limit.
    #[arg(long, env = "INVITATIONS_PER_HOUR", default_value_t = 60, global = true,
          value_parser = values::whole::<u32, 0, 1_000_000>)]
    pub invitations_per_hour: u32,

    /// After how many days a new key signs access tokens. Users do not notice it. To do it sooner,
    /// run `kith admin rotate-keys`.
    #[arg(long, env = "SIGNING_KEY_DAYS", default_value_t = 90, global = true,
          value_parser = values::whole::<u16, 2, 3650>)]
    pub signing_key_days: u16,

    /// How much to log: error, warn, info, debug or trace, or a level for each module, like
    /// `info,kith=debug`.
    #[arg(
        long,
        env = "RUST_LOG",
        value_name = "RUST_LOG",
        default_value = "info",
        value_parser = values::log_directives,
        global = true
    )]
    pub log: String,

    /// The format of log lines.
    #[arg(
        long,
        env = "LOG_FORMAT",
        default_value = "auto",
        global = true,
        value_enum
    )]
    pub log_format: LogFormat,
}

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// Text for people.
    Text,
    /// One JSON object per line, for programs.
    Json,
}

impl Settings {
    /// How many requests and invitations are allowed.
    pub fn limits(&self) -> RateLimitSettings {
        RateLimitSettings {
            reads_per_minute: self.reads_per_minute,
            writes_per_minute: self.writes_per_minute,
            invitations_per_hour: self.invitations_per_hour,
        }
    }

    /// The folder for pictures, and the name of the setting that says where it is.
    pub fn files(&self) -> (PathBuf, &'static str) {
        match &self.files_dir {
            Some(folder) => (folder.clone(), "FILES_DIR"),
            None => (self.data_dir.join("files"), "DATA_DIR"),
        }
    }

    /// The name of the setting that says where the data is.
    pub fn database_setting(&self) -> &'static str {
        if self.database_url.is_some() {
            "DATABASE_URL"
        } else {
            "DATA_DIR"
        }
    }

    /// Where the data is stored.
    pub fn database(&self) -> anyhow::Result<DatabaseUrl> {
        let Some(url) = &self.database_url else {
            return Ok(DatabaseUrl::Sqlite(self.data_dir.join("kith.db")));
        };
        let text = url.expose_secret();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(DatabaseUrl::Postgres(url.clone()));
        }
        let Some(path) = text.strip_prefix("sqlite:") else {
            bail!("DATABASE_URL must begin with sqlite: or postgres://");
        };
        let path = path.strip_prefix("//").unwrap_or(path);
        ensure!(
            !path.is_empty() && !path.contains([':', '?']),
            "DATABASE_URL: sqlite: must be followed by the path of a file, without options"
        );
        Ok(DatabaseUrl::Sqlite(path.into()))
    }

    /// The public address of the server, without a slash at its end.
    pub fn public_url(&self) -> anyhow::Result<String> {
        let Some(url) = &self.public_url else {
            return Ok(format!("http://{}", self.listen_addr));
        };
        let text = url.as_str().trim_end_matches('/');
        ensure!(
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty(),
            "PUBLIC_URL is {text}: it must be an http or https address without query, fragment and \
             user, like https://kith.example.org"
        );
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        settings: Settings,
    }

    fn settings(arguments: &[&str]) -> Settings {
        let arguments = ["kith"].iter().chain(arguments);
        Cli::try_parse_from(arguments).unwrap().settings
    }

    #[test]
    fn the_server_of_a_database_is_the_one_that_the_driver_asks() {
        let server = |rest: &str| {
            let url = format!("postgres://kith:secret@{rest}");
            DatabaseUrl::Postgres(url.into()).server()
        };
        for (rest, host, port) in [
            ("db.example.org:5433/kith", "db.example.org", 5433),
            ("[::1]:5433/kith", "::1", 5433),
            ("x:1/kith?host=db&port=5433", "db", 5433),
            ("x:5433/kith?hostaddr=10.0.0.1", "10.0.0.1", 5433),
        ] {
            assert_eq!(server(rest), Some((host.to_owned(), port)), "{rest}");
        }
        for rest in [
            "%2Frun%2Fpostgresql/kith",
            "localhost/kith?host=/run/postgresql",
            "localhost/kith?port=many",
        ] {
            assert_eq!(server(rest), None, "{rest}");
        }
    }

    #[test]
    fn a_wrong_setting_is_one_clear_sentence() {
        let error = settings(&["--database-url", "mysql://x"])
            .database()
            .unwrap_err();
        assert!(error.to_string().contains("sqlite: or postgres://"));
        let error = settings(&["--public-url", "ftp://x"])
            .public_url()
            .unwrap_err();
        assert!(error.to_string().contains("http or https"));
        let error = settings(&["--secret-key", "short"])
            .secret_key(false)
            .unwrap_err();
        assert!(error.to_string().contains("at least 32"));
    }

    #[test]
    fn secrets_do_not_print() {
        let settings = settings(&[
            "--secret-key",
            "canary-canary",
            "--smtp-url",
            "smtp://canary",
        ]);
        assert!(!format!("{settings:?}").contains("canary"));
    }
}
