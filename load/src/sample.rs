//! One measurement of one kind of request.

use std::time::Duration;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::generator::{self, Load};
use crate::servers::{Clocks, Server, wait_for_quiet};

pub const WARM_UP: Duration = Duration::from_secs(1);
/// If other programs use more of the server's core than this share, the measurement is spoiled.
const NOISE: f64 = 0.15;
/// How often a spoiled measurement is repeated. The least spoiled measurement counts.
const REPEATS: usize = 3;

/// How requests are measured.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Method {
    /// How often everything is measured.
    pub rounds: usize,
    /// The length of each measurement after the warm-up.
    pub seconds: u64,
}

impl Method {
    /// A single round is a first look, which waits for nothing and repeats nothing.
    fn is_rough(self) -> bool {
        self.rounds == 1
    }
}

/// What one measurement found.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Sample {
    pub per_second: f64,
    pub p50_millis: f64,
    pub p99_millis: f64,
    /// Processor time of the server process for each request.
    pub cpu_micros: f64,
    /// Processor time of all processes of PostgreSQL for each request.
    pub database_cpu_micros: f64,
    /// The share of the server's core that neither the server nor the database used.
    pub taken_by_others: f64,
}

impl Sample {
    /// Processor time of server and database for each request.
    pub fn all_cpu(&self) -> f64 {
        self.cpu_micros + self.database_cpu_micros
    }

    pub fn print(&self, round: usize, name: &str) {
        eprintln!(
            "{round} {name:45} {:9.0}/s  p99 {:7.2} ms  {:6.1} + {:6.1} µs  others {:3.0} %",
            self.per_second,
            self.p99_millis,
            self.cpu_micros,
            self.database_cpu_micros,
            self.taken_by_others * 100.0
        );
    }
}

/// Measures when the machine is quiet, and again if other programs disturbed it. In a single round,
/// measures once and at once.
pub async fn take(
    server: &Server,
    database: Option<u32>,
    status: u16,
    method: Method,
    requests: impl Fn(usize, &mut Vec<u8>) -> bool,
) -> anyhow::Result<Sample> {
    if method.is_rough() {
        return take_once(server, database, status, method, requests).await;
    }
    let mut best: Option<Sample> = None;
    for _ in 0..REPEATS {
        wait_for_quiet().await?;
        let sample = take_once(server, database, status, method, &requests).await?;
        let noise = sample.taken_by_others;
        if best.is_none_or(|best| noise < best.taken_by_others) {
            best = Some(sample);
        }
        if noise < NOISE {
            break;
        }
    }
    best.context("nothing was measured")
}

/// Measures once.
pub async fn take_once(
    server: &Server,
    database: Option<u32>,
    status: u16,
    method: Method,
    requests: impl Fn(usize, &mut Vec<u8>) -> bool,
) -> anyhow::Result<Sample> {
    let mut before = None;
    let at_start = || {
        before = Some(Clocks::read(server, database)?);
        Ok(())
    };
    let span = (WARM_UP, Duration::from_secs(method.seconds));
    let load = generator::send(server.address, requests, status, span, at_start).await?;
    let after = Clocks::read(server, database)?;
    let before = before.context("nothing was measured")?;
    Ok(sample(&load, &before, &after))
}

#[expect(clippy::cast_precision_loss, reason = "some hundred thousand answers")]
fn sample(load: &Load, before: &Clocks, after: &Clocks) -> Sample {
    let server = after.server.cpu.saturating_sub(before.server.cpu);
    let database = after.database.saturating_sub(before.database);
    let core = after.core.saturating_sub(before.core);
    let answers = load.answers() as f64;
    let others = core.saturating_sub(server + database);
    Sample {
        per_second: answers / load.elapsed.as_secs_f64(),
        p50_millis: load.percentile(0.5),
        p99_millis: load.percentile(0.99),
        cpu_micros: server.as_secs_f64() * 1e6 / answers,
        database_cpu_micros: database.as_secs_f64() * 1e6 / answers,
        taken_by_others: others.as_secs_f64() / load.elapsed.as_secs_f64(),
    }
}
