//! Measures Kith and hand-written handlers on the same data under the same load. `load/run`
//! runs everything, and `load/README.md` explains it.

mod by_hand;
mod data;
mod database;
mod generator;
mod growth;
mod measure;
mod offer;
mod overload;
mod people;
mod pocketbase;
mod process;
mod reminders;
mod report;
mod requests;
mod results;
mod sample;
mod scenarios;
mod servers;
mod sink;

use std::net::SocketAddr;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;

use crate::database::Place;
use crate::results::{Found, Part};
use crate::sample::Method;
use crate::servers::Kith;

/// The same allocator as Kith has, so that the hand-written server is compared fairly.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Measures Kith against hand-written handlers.
#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create the database again and fill it.
    Fill {
        #[command(flatten)]
        at: At,
        /// Use the data that is there, if it was filled completely and today.
        #[arg(long)]
        keep: bool,
    },
    /// Measure everything on the filled database and print the figures as JSON.
    Measure {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        with: With,
        /// Measure only the requests whose name contains this text.
        #[arg(long, default_value = "")]
        only: String,
    },
    /// Measure lists and views on a small and a large database, both filled, in turn.
    Growth {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        with: With,
        /// How many circles the large database has. `--circles` is the small one.
        #[arg(long, default_value_t = 10_000)]
        large: u64,
        /// Measure only the requests whose name contains this text.
        #[arg(long, default_value = "")]
        only: String,
    },
    /// Make many reminders due at one moment. Uses up the filled database.
    Reminders {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        with: With,
        /// How many reminders are due. A circle has about a hundred at most.
        #[arg(long, default_value_t = 100_000)]
        count: u64,
        /// The time limit for firing all and sending all emails.
        #[arg(long, default_value_t = 300)]
        seconds: u64,
    },
    /// Send ten times what the server carries, then let one circle hammer, then sign in without
    /// a pause.
    Overload {
        #[command(flatten)]
        at: At,
        #[command(flatten)]
        with: With,
        /// How long too much is sent. The others take half of it each.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    /// Print the report of parts in Markdown.
    Report {
        /// The files with the output of the other commands.
        parts: Vec<PathBuf>,
        /// The commit that was measured.
        #[arg(long)]
        commit: String,
    },
    /// Serve the hand-written handlers. `measure` starts this.
    ByHand {
        #[arg(long, env = "LISTEN_ADDR")]
        address: SocketAddr,
        #[arg(long, env = "DATABASE_URL")]
        database: String,
    },
}

/// The place of the data.
#[derive(Debug, clap::Args)]
struct At {
    /// The folder for the SQLite files and the files of the servers.
    #[arg(long, default_value = "target/load")]
    folder: PathBuf,
    /// A PostgreSQL server on this machine. Without it, SQLite is measured.
    #[arg(long, env = "TEST_DATABASE_URL")]
    postgres: Option<String>,
    /// How many circles there are, a multiple of ten. Each has two hundred tasks.
    #[arg(long, default_value_t = 1000)]
    circles: u64,
}

impl At {
    fn place(self) -> anyhow::Result<Place> {
        let folder = std::path::absolute(self.folder)?;
        Place::of(self.postgres, folder, self.circles)
    }
}

/// The program that is measured.
#[derive(Debug, clap::Args)]
struct With {
    /// The log level of Kith during the measurement. Default: as in `kith serve`.
    #[arg(long, default_value = "info")]
    log: String,
    /// The server program to measure. Default: the program that was built together with this one.
    #[arg(long)]
    kith: Option<PathBuf>,
    /// How often requests are measured. A single round waits for no quiet machine and repeats
    /// nothing.
    #[arg(long, env = "ROUNDS", default_value = "3")]
    rounds: NonZeroUsize,
    /// How many seconds of a request are measured, after a second of warm-up.
    #[arg(long, env = "MEASURED_SECONDS", default_value = "4")]
    measured_seconds: NonZeroU64,
}

impl With {
    fn path(&self) -> anyhow::Result<PathBuf> {
        let beside = std::env::current_exe()?.with_file_name("kith");
        Ok(self.kith.clone().unwrap_or(beside))
    }

    fn kith<'a>(&'a self, path: &'a Path) -> Kith<'a> {
        Kith {
            path,
            log: &self.log,
            method: self.method(),
        }
    }

    fn method(&self) -> Method {
        Method {
            rounds: self.rounds.get(),
            seconds: self.measured_seconds.get(),
        }
    }
}

fn main() -> anyhow::Result<()> {
    let command = Cli::parse().command;
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .map_err(|_| anyhow::anyhow!("the crypto provider cannot be installed"))?;
    match command {
        Command::Fill { at, keep } => {
            let place = at.place()?;
            alone()?.block_on(place.make(keep))
        }
        Command::Measure { at, with, only } => {
            let (place, path) = (at.place()?, with.path()?);
            let run = measure::measure(&place, with.kith(&path), &only);
            let found = Found::Requests(alone()?.block_on(run)?);
            print(&place, with.method(), found)
        }
        Command::Growth {
            at,
            with,
            large,
            only,
        } => {
            let (place, path) = (at.place()?, with.path()?);
            let large = place.with_circles(large);
            let run = growth::measure(&place, &large, with.kith(&path), &only);
            let found = Found::Growth(alone()?.block_on(run)?);
            print(&place, with.method(), found)
        }
        Command::Reminders {
            at,
            with,
            count,
            seconds,
        } => {
            let (place, path) = (at.place()?, with.path()?);
            let limit = Duration::from_secs(seconds);
            let run = reminders::measure(&place, with.kith(&path), count, limit);
            let found = Found::Reminders(Box::new(alone()?.block_on(run)?));
            print(&place, with.method(), found)
        }
        Command::Overload { at, with, seconds } => {
            let (place, path) = (at.place()?, with.path()?);
            let flood = Duration::from_secs(seconds);
            let run = overload::measure(&place, with.kith(&path), flood);
            let found = Found::Overload(Box::new(alone()?.block_on(run)?));
            print(&place, with.method(), found)
        }
        Command::Report { parts, commit } => {
            let read = |path: &PathBuf| -> anyhow::Result<Part> {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                Ok(serde_json::from_str(&text)?)
            };
            let parts = parts.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
            print!("{}", report::report(&parts, &commit)?);
            Ok(())
        }
        // The same runtime as the real server has.
        Command::ByHand { address, database } => tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?
            .block_on(by_hand::serve(address, &database)),
    }
}

/// Prints what a part found, for `report`.
fn print(place: &Place, method: Method, found: Found) -> anyhow::Result<()> {
    let part = Part {
        database: alone()?.block_on(place.version())?,
        is_sqlite: place.is_sqlite(),
        method,
        found,
    };
    println!("{}", serde_json::to_string_pretty(&part)?);
    Ok(())
}

/// One thread sends the load.
fn alone() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}
