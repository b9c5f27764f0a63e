//! A run: both servers are on one core, the load on the other, and every scenario is measured
//! three times.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use sqlx::Connection;

use crate::database::Place;
use crate::generator::{self, Load};
use crate::people::{ISSUER, SECRET_KEY, sign_in};
use crate::process::{self, GENERATOR_CORE, Program, SERVER_CORE, Usage};
use crate::scenarios::{Round, SCENARIOS, Scenario, Server, every_list};

pub const ROUNDS: usize = 3;
pub const WARM_UP: Duration = Duration::from_secs(1);
pub const MEASURED: Duration = Duration::from_secs(4);
/// If other programs use more of the server's core than this share, the measurement is spoiled.
const NOISE: f64 = 0.15;
/// How often a spoiled measurement is repeated. The least spoiled measurement counts.
const REPEATS: usize = 3;
/// How long to wait before each measurement until other programs leave the cores idle.
const WAIT: Duration = Duration::from_secs(20);

/// One measurement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Figure {
    pub scenario: String,
    pub round: usize,
    pub per_second: f64,
    pub p50_millis: f64,
    pub p99_millis: f64,
    /// Processor time of the server process for each request.
    pub cpu_micros: f64,
    /// Processor time of all processes of PostgreSQL for each request.
    pub database_cpu_micros: f64,
    /// Memory of the server process at the end.
    pub resident_mib: f64,
    /// The share of the server's core that neither the server nor the database used.
    pub taken_by_others: f64,
}

/// A run on one database.
#[derive(Debug, Serialize, Deserialize)]
pub struct Run {
    pub database: String,
    /// The time from the start of the process to its first 204 at `/readyz`.
    pub ready_millis: Vec<f64>,
    pub figures: Vec<Figure>,
}

/// Measures the scenarios with `only` in their names on a filled database.
pub async fn measure(place: &Place, kith: &Path, log: &str, only: &str) -> anyhow::Result<Run> {
    let cores = std::thread::available_parallelism()?.get();
    ensure!(
        cores >= 2,
        "two cores are needed: one for the servers and one for the load"
    );
    process::pin(std::process::id(), GENERATOR_CORE)?;
    let mut bench = Bench::set_up(place, kith, log).await?;
    let mut round = Round::default();
    let mut figures = Vec::new();
    for number in 1..=ROUNDS {
        round.tokens = sign_in(&place.settings()).await?;
        let wanted = SCENARIOS.iter().filter(|known| known.name.contains(only));
        for scenario in wanted {
            let figure = bench.measure_in_quiet(scenario, &mut round, number).await?;
            eprintln!(
                "{number} {:45} {:9.0}/s  p99 {:7.2} ms  {:6.1} + {:6.1} µs  others {:3.0} %",
                figure.scenario,
                figure.per_second,
                figure.p99_millis,
                figure.cpu_micros,
                figure.database_cpu_micros,
                figure.taken_by_others * 100.0
            );
            figures.push(figure);
        }
    }
    Ok(Run {
        database: place.version().await?,
        ready_millis: bench.ready_millis,
        figures,
    })
}

struct Bench {
    by_hand: (Program, SocketAddr),
    kith: (Program, SocketAddr),
    /// The first process of PostgreSQL.
    database: Option<u32>,
    ready_millis: Vec<f64>,
}

impl Bench {
    async fn set_up(place: &Place, kith: &Path, log: &str) -> anyhow::Result<Self> {
        let database = postgres_process(place).await?;
        if let Some(first) = database {
            for process in process::family_of(first)? {
                process::pin(process, SERVER_CORE)?;
            }
        }
        let url = place.url();
        let mut ready_millis = Vec::new();
        let settings = [
            ("DATABASE_URL", url),
            ("DATA_DIR", text(place.folder())?.to_owned()),
            ("SECRET_KEY", SECRET_KEY.to_owned()),
            ("PUBLIC_URL", ISSUER.to_owned()),
            ("RUST_LOG", log.to_owned()),
            ("READS_PER_MINUTE", "0".to_owned()),
            ("WRITES_PER_MINUTE", "0".to_owned()),
        ];
        // The last server keeps running.
        let kith = loop {
            let (kith, ready) = start(&[text(kith)?], &settings, "/readyz").await?;
            ready_millis.push(ready.as_secs_f64() * 1000.0);
            if ready_millis.len() == ROUNDS {
                break kith;
            }
        };
        // It starts after Kith, because it reads Kith's keys.
        let own = std::env::current_exe()?;
        let settings = [("DATABASE_URL", place.url())];
        let (by_hand, _) = start(&[text(&own)?, "by-hand"], &settings, "/nothing").await?;
        Ok(Self {
            by_hand,
            kith,
            database,
            ready_millis,
        })
    }

    async fn measure_in_quiet(
        &mut self,
        scenario: &Scenario,
        round: &mut Round,
        number: usize,
    ) -> anyhow::Result<Figure> {
        let mut best: Option<Figure> = None;
        for _ in 0..REPEATS {
            wait_for_quiet().await?;
            let figure = self.measure_once(scenario, round, number).await?;
            let noise = figure.taken_by_others;
            if best
                .as_ref()
                .is_none_or(|best| noise < best.taken_by_others)
            {
                best = Some(figure);
            }
            if noise < NOISE {
                break;
            }
        }
        best.context("nothing was measured")
    }

    async fn measure_once(
        &self,
        scenario: &Scenario,
        round: &mut Round,
        number: usize,
    ) -> anyhow::Result<Figure> {
        // Uses every token once, which costs a write, and reads the current ETags.
        let lists = generator::ask(self.kith.1, &every_list(&round.tokens)).await?;
        let tags = lists.iter().filter_map(|reply| reply.header("etag"));
        round.tags = tags.map(str::to_owned).collect();
        ensure!(
            round.tags.len() == round.tokens.len(),
            "a list has no ETag: {:?}",
            lists[0]
        );

        let (server, address) = match scenario.server {
            Server::ByHand => &self.by_hand,
            Server::Kith => &self.kith,
        };
        let mut before = None;
        let load = generator::send(
            *address,
            |number, to: &mut Vec<u8>| scenario.write(round, number, to),
            scenario.status,
            (WARM_UP, MEASURED),
            || {
                before = Some(self.clocks(server)?);
                Ok(())
            },
        )
        .await
        .with_context(|| format!("\"{}\" failed", scenario.name))?;
        let after = self.clocks(server)?;
        let before = before.context("nothing was measured")?;
        Ok(figure(scenario, number, &load, &before, &after))
    }

    fn clocks(&self, server: &Program) -> anyhow::Result<Clocks> {
        let database = self.database.map(process::cpu_of_family).transpose()?;
        Ok(Clocks {
            server: process::usage(server.id())?,
            database: database.unwrap_or_default(),
            core: process::busy(SERVER_CORE)?,
        })
    }
}

/// Waits until both cores are idle, or until the time limit.
async fn wait_for_quiet() -> anyhow::Result<()> {
    const GLANCE: Duration = Duration::from_millis(500);
    let busy = || anyhow::Ok(process::busy(SERVER_CORE)? + process::busy(GENERATOR_CORE)?);
    let begun = Instant::now();
    while begun.elapsed() < WAIT {
        let before = busy()?;
        tokio::time::sleep(GLANCE).await;
        if busy()?.saturating_sub(before) < GLANCE / 5 {
            break;
        }
    }
    Ok(())
}

/// The processor times at one moment.
struct Clocks {
    server: Usage,
    database: Duration,
    core: Duration,
}

#[expect(clippy::cast_precision_loss, reason = "some hundred thousand answers")]
fn figure(
    scenario: &Scenario,
    round: usize,
    load: &Load,
    before: &Clocks,
    after: &Clocks,
) -> Figure {
    let server = after.server.cpu.saturating_sub(before.server.cpu);
    let database = after.database.saturating_sub(before.database);
    let core = after.core.saturating_sub(before.core);
    let answers = load.answers() as f64;
    let others = core.saturating_sub(server + database);
    Figure {
        scenario: scenario.name.into(),
        round,
        per_second: answers / load.elapsed.as_secs_f64(),
        p50_millis: load.percentile(0.5),
        p99_millis: load.percentile(0.99),
        cpu_micros: server.as_secs_f64() * 1e6 / answers,
        database_cpu_micros: database.as_secs_f64() * 1e6 / answers,
        resident_mib: after.server.resident_kib as f64 / 1024.0,
        taken_by_others: others.as_secs_f64() / load.elapsed.as_secs_f64(),
    }
}

/// Starts a server and waits until it answers.
async fn start(
    command: &[&str],
    settings: &[(&str, String)],
    path: &str,
) -> anyhow::Result<((Program, SocketAddr), Duration)> {
    const PATIENCE: Duration = Duration::from_secs(20);
    let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut settings = settings.to_vec();
    settings.push(("LISTEN_ADDR", address.to_string()));
    let request = format!("GET {path} HTTP/1.1\r\nhost: kith.test\r\n\r\n").into_bytes();
    let begun = Instant::now();
    let program = Program::start(command, &settings)?;
    while begun.elapsed() < PATIENCE {
        let replies = generator::ask(address, std::slice::from_ref(&request)).await;
        if replies.is_ok_and(|replies| replies.iter().all(|reply| reply.status == 204)) {
            return Ok(((program, address), begun.elapsed()));
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    anyhow::bail!("{} does not answer", command.join(" "))
}

/// The parent of all processes of the PostgreSQL server, which must run on this machine.
async fn postgres_process(place: &Place) -> anyhow::Result<Option<u32>> {
    let Place::Postgres { .. } = place else {
        return Ok(None);
    };
    let mut connection = sqlx::PgConnection::connect(&place.url()).await?;
    let (process,): (i32,) = sqlx::query_as("SELECT pg_backend_pid()")
        .fetch_one(&mut connection)
        .await?;
    let first = process::parent_of(u32::try_from(process)?)
        .context("PostgreSQL does not run on this machine")?;
    connection.close().await?;
    Ok(Some(first))
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("a path that is not UTF-8")
}
