//! The command line: what to do, and with which settings.

use std::ffi::OsString;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::admin::AdminCommand;
use crate::config::Settings;
use crate::config::values;

/// Care coordination for families with a seriously ill relative: a REST API.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do; without a command, serve.
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub settings: Settings,
}

/// What the program can do.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve the API (the default).
    Serve,
    /// Bring the database up to date and stop.
    Migrate,
    /// Fill an empty database with a family and its coming week, to look at.
    Demo {
        /// Where the family lives, like `Europe/Berlin`. Default: the machine's time zone.
        #[arg(long)]
        time_zone: Option<String>,
    },
    /// Copy the SQLite file, also while a server uses it.
    Backup {
        /// Where to. Nothing is overwritten.
        file: PathBuf,
    },
    /// After restoring a backup: write off the mails that its original has sent since.
    SkipMails {
        /// Those that were due before this moment, like `2027-01-02T12:00:00Z`. Default: now.
        #[arg(long, value_parser = values::instant)]
        before: Option<DateTime<Utc>>,
    },
    /// What the person who runs the server may do to accounts and keys, also while it runs.
    Admin {
        /// What to do.
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Print the OpenAPI document.
    Openapi,
    /// Ask a running server whether it is ready; for containers.
    Healthcheck,
}

impl Cli {
    /// Reads arguments and environment; ends the program with a sentence if they are wrong.
    pub fn read() -> Self {
        let command = Self::command().mut_args(|argument| {
            let name = argument.get_env().map(OsString::from);
            let value = name.and_then(std::env::var_os);
            // Compose files and shells write an empty value for one that is not set.
            if value.is_some_and(|value| value.to_string_lossy().trim().is_empty()) {
                argument.env(None::<&'static str>)
            } else {
                argument
            }
        });
        let read = Self::from_arg_matches(&command.get_matches());
        read.unwrap_or_else(|error| error.exit())
    }
}
