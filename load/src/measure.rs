//! A run: the servers are on one core, the load on the other, and every scenario is measured in
//! each round.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use kith::platform::time::clock::Clock;
use serde::{Deserialize, Serialize};

use crate::database::Place;
use crate::generator;
use crate::people::sign_in;
use crate::pocketbase::{self, PocketBase, Synchronous};
use crate::process::{self, GENERATOR_CORE};
use crate::requests::Round;
use crate::sample::{self, Method, Sample};
use crate::scenarios::{SCENARIOS, Scenario, Target, UNCHANGED};
use crate::servers::{Kith, Server, pin_database, start_by_hand};

/// How often the start of Kith is timed.
pub const STARTS: usize = 5;
/// When tokens are replaced. They are valid for ten minutes.
pub const TOKEN_LIFE: Duration = Duration::from_mins(6);

/// One measurement of one scenario.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Figure {
    pub scenario: String,
    pub round: usize,
    #[serde(flatten)]
    pub sample: Sample,
}

/// All scenarios on one database.
#[derive(Debug, Serialize, Deserialize)]
pub struct Run {
    pub circles: u64,
    /// The time from the start of the process to its first 204 at `/readyz`.
    pub ready_millis: Vec<f64>,
    /// The most resident memory of a fresh server that only answered lists.
    pub list_mib: f64,
    /// The most resident memory of the server that answered everything.
    pub peak_mib: f64,
    pub figures: Vec<Figure>,
}

/// Measures the scenarios with `only` in their names on a filled database.
pub async fn measure(place: &Place, kith: Kith<'_>, only: &str) -> anyhow::Result<Run> {
    prepare_cores()?;
    let database = pin_database(place).await?;
    let mut ready_millis = Vec::new();
    for _ in 0..STARTS {
        let server = kith.start(place, &[]).await?;
        ready_millis.push(server.ready.as_secs_f64() * 1000.0);
    }
    let mut round = Round::default();
    let list_mib = memory_of_lists(place, kith, database, &mut round).await?;
    let bench = Bench::set_up(place, kith, database, only).await?;
    if let Some(peer) = &bench.pocketbase {
        round.pocketbase_tokens.clone_from(&peer.tokens);
    }
    let mut figures = Vec::new();
    let mut signed_in = Instant::now();
    for number in 1..=kith.method.rounds {
        for scenario in SCENARIOS.iter().filter(|known| bench.measures(known, only)) {
            if signed_in.elapsed() > TOKEN_LIFE {
                sign_in_again(&bench.kith, place, &mut round).await?;
                signed_in = Instant::now();
            }
            let sample = bench.measure(scenario, &mut round).await;
            let sample = sample.with_context(|| format!("\"{}\" failed", scenario.name))?;
            sample.print(number, scenario.name);
            figures.push(Figure {
                scenario: scenario.name.into(),
                round: number,
                sample,
            });
        }
    }
    Ok(Run {
        circles: place.circles(),
        ready_millis,
        list_mib,
        peak_mib: peak_mib(&bench.kith)?,
        figures,
    })
}

/// Moves the load to its core.
pub fn prepare_cores() -> anyhow::Result<()> {
    let cores = std::thread::available_parallelism()?.get();
    ensure!(
        cores >= 2,
        "two cores are needed: one for the servers and one for the load"
    );
    process::pin(std::process::id(), GENERATOR_CORE)
}

/// Signs in the coordinators, and uses every token once: its first use is a write.
pub async fn sign_in_again(kith: &Server, place: &Place, round: &mut Round) -> anyhow::Result<()> {
    round.tokens = sign_in(place).await?;
    read_tags(kith, round).await
}

async fn read_tags(kith: &Server, round: &mut Round) -> anyhow::Result<()> {
    let lists = generator::ask(kith.address, &round.every_list()).await?;
    let tags = lists.iter().filter_map(|reply| reply.header("etag"));
    round.tags = tags.map(str::to_owned).collect();
    ensure!(
        round.tags.len() == round.tokens.len(),
        "a list has no ETag: {:?}",
        lists[0]
    );
    Ok(())
}

/// The most resident memory of a fresh server under the load of lists.
async fn memory_of_lists(
    place: &Place,
    kith: Kith<'_>,
    database: Option<u32>,
    round: &mut Round,
) -> anyhow::Result<f64> {
    let server = kith.start(place, &[]).await?;
    sign_in_again(&server, place, round).await?;
    let write = |number, to: &mut Vec<u8>| round.list(number, to);
    sample::take_once(&server, database, 200, kith.method, write).await?;
    peak_mib(&server)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "less than the memory of a machine"
)]
pub fn peak_mib(server: &Server) -> anyhow::Result<f64> {
    let usage = process::usage(server.program.id())?;
    Ok(usage.peak_kib as f64 / 1024.0)
}

struct Bench {
    by_hand: Server,
    kith: Server,
    pocketbase: Option<PocketBase>,
    /// The first process of PostgreSQL.
    database: Option<u32>,
    is_sqlite: bool,
    method: Method,
}

impl Bench {
    async fn set_up(
        place: &Place,
        kith: Kith<'_>,
        database: Option<u32>,
        only: &str,
    ) -> anyhow::Result<Self> {
        let method = kith.method;
        let kith = kith.start(place, &[]).await?;
        let by_hand = start_by_hand(place).await?;
        let is_asked = |scenario: &Scenario| {
            scenario.target == Target::PocketBase && scenario.name.contains(only)
        };
        let program = pocketbase::program().filter(|_| SCENARIOS.iter().any(is_asked));
        let pocketbase = match program {
            Some(program) => {
                let synchronous = if place.is_sqlite() {
                    Synchronous::Full
                } else {
                    Synchronous::Off
                };
                let now = Clock::real().now();
                let started =
                    PocketBase::start(&program, place.folder(), place.circles(), synchronous, now);
                Some(started.await?)
            }
            None => None,
        };
        Ok(Self {
            by_hand,
            kith,
            pocketbase,
            database,
            is_sqlite: place.is_sqlite(),
            method,
        })
    }

    fn measures(&self, scenario: &Scenario, only: &str) -> bool {
        scenario.name.contains(only)
            && scenario.on.includes(self.is_sqlite)
            && (scenario.target != Target::PocketBase || self.pocketbase.is_some())
    }

    async fn measure(&self, scenario: &Scenario, round: &mut Round) -> anyhow::Result<Sample> {
        if scenario.name == UNCHANGED {
            read_tags(&self.kith, round).await?;
        }
        let (server, database) = match (scenario.target, &self.pocketbase) {
            (Target::PocketBase, Some(peer)) => {
                peer.prepare().await?;
                (&peer.server, None)
            }
            (Target::ByHand, _) => (&self.by_hand, self.database),
            _ => (&self.kith, self.database),
        };
        let write = |number, to: &mut Vec<u8>| scenario.write(round, number, to);
        sample::take(server, database, scenario.status, self.method, write).await
    }
}
