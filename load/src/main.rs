//! Measures Kith and hand-written handlers on the same data under the same load. `load/run`
//! runs everything, and `load/README.md` explains it.

mod by_hand;
mod database;
mod fill;
mod generator;
mod measure;
mod people;
mod process;
mod report;
mod scenarios;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Parser, Subcommand};

use crate::database::Place;

/// Measures Kith against hand-written handlers.
#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create the database again and fill it.
    Fill(At),
    /// Measure everything on the filled database and print the figures as JSON.
    Measure {
        #[command(flatten)]
        at: At,
        /// The log level of Kith during the measurement. Default: as in `kith serve`.
        #[arg(long, default_value = "info")]
        log: String,
        /// Measure only the requests whose name contains this text.
        #[arg(long, default_value = "")]
        only: String,
        /// The server program to measure. Default: the program that was built together with this one.
        #[arg(long)]
        kith: Option<PathBuf>,
    },
    /// Print the report of runs in Markdown.
    Report {
        /// The files with the output of `measure`.
        runs: Vec<PathBuf>,
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
    /// The folder for the SQLite file and the files of the servers.
    #[arg(long, default_value = "target/load")]
    folder: PathBuf,
    /// A PostgreSQL server on this machine. Without it, SQLite is measured.
    #[arg(long, env = "TEST_DATABASE_URL")]
    postgres: Option<String>,
}

impl At {
    fn place(self) -> anyhow::Result<Place> {
        let folder = std::path::absolute(self.folder)?;
        Place::of(self.postgres, folder)
    }
}

fn main() -> anyhow::Result<()> {
    let command = Cli::parse().command;
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .map_err(|_| anyhow::anyhow!("the crypto provider cannot be installed"))?;
    match command {
        Command::Fill(at) => {
            let place = at.place()?;
            alone()?.block_on(place.make())
        }
        Command::Measure {
            at,
            log,
            only,
            kith,
        } => {
            let beside = std::env::current_exe()?.with_file_name("kith");
            let kith = kith.unwrap_or(beside);
            let place = at.place()?;
            let run = measure::measure(&place, &kith, &log, &only);
            let run = alone()?.block_on(run)?;
            println!("{}", serde_json::to_string_pretty(&run)?);
            Ok(())
        }
        Command::Report { runs, commit } => {
            let read = |path: &PathBuf| -> anyhow::Result<measure::Run> {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                Ok(serde_json::from_str(&text)?)
            };
            let runs = runs.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
            print!("{}", report::report(&runs, &commit)?);
            Ok(())
        }
        // The same runtime as the real server has.
        Command::ByHand { address, database } => tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?
            .block_on(by_hand::serve(address, &database)),
    }
}

/// One thread sends the load.
fn alone() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}
