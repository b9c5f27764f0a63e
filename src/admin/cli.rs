//! The command line: the commands and the settings.

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
    /// What to do. Default: serve.
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub settings: Settings,
}

/// The commands of the program.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve the API (the default).
    Serve,
    /// Bring the database up to date, then stop.
    Migrate,
    /// Fill an empty database with a demo family and its coming week.
    Demo {
        /// The family's time zone, like `Europe/Berlin`. Default: the time zone of this machine.
        #[arg(long)]
        time_zone: Option<String>,
    },
    /// Copy the SQLite file. A server may be running.
    Backup {
        /// The file to write. An existing file is not overwritten.
        file: PathBuf,
    },
    /// Run this after you restored a backup: emails that were sent since the backup was made are
    /// not sent again.
    SkipMails {
        /// Skip the emails that were due before this time, like `2027-01-02T12:00:00Z`. Default:
        /// now.
        #[arg(long, value_parser = values::instant)]
        before: Option<DateTime<Utc>>,
    },
    /// Manage accounts, keys and emails. A server may be running.
    Admin {
        /// What to do.
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Print the OpenAPI document.
    Openapi {
        /// Print the JSON Schema of the account export instead.
        #[arg(long)]
        export: bool,
    },
    /// Ask the running server whether it is ready. For health checks of containers.
    Healthcheck,
}

impl Cli {
    /// Reads the arguments and the environment. If they are wrong, the program ends with a
    /// sentence that says why.
    pub fn read() -> Self {
        let command = Self::command().mut_args(|argument| {
            let name = argument.get_env().map(OsString::from);
            let value = name.and_then(std::env::var_os);
            // Compose files and shells set a variable to an empty value where it has none.
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
