//! The servers of a run, which all run on one core, and their clocks.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use sqlx::Connection;

use crate::database::Place;
use crate::generator;
use crate::people::{ISSUER, SECRET_KEY};
use crate::process::{self, GENERATOR_CORE, Program, SERVER_CORE, Usage};
use crate::sample::Method;

/// How long to wait before each measurement until other programs leave the cores idle.
const WAIT: Duration = Duration::from_secs(20);

/// A server that answers.
pub struct Server {
    pub program: Program,
    pub address: SocketAddr,
    /// From the start of the process to its first answer.
    pub ready: Duration,
}

/// The program that is measured.
#[derive(Clone, Copy, Debug)]
pub struct Kith<'a> {
    pub path: &'a Path,
    /// The log level.
    pub log: &'a str,
    /// How it is measured.
    pub method: Method,
}

impl Kith<'_> {
    /// Starts `kith serve` as it is installed, but without limits for one account or address.
    pub async fn start(
        &self,
        place: &Place,
        more: &[(&'static str, String)],
    ) -> anyhow::Result<Server> {
        let mut settings = vec![
            ("DATABASE_URL", place.url()),
            ("DATA_DIR", text(place.folder())?.to_owned()),
            ("SECRET_KEY", SECRET_KEY.to_owned()),
            ("PUBLIC_URL", ISSUER.to_owned()),
            ("RUST_LOG", self.log.to_owned()),
            ("READS_PER_MINUTE", "0".to_owned()),
            ("WRITES_PER_MINUTE", "0".to_owned()),
            ("TRIES_PER_MINUTE", "0".to_owned()),
        ];
        settings.extend_from_slice(more);
        start(&[text(self.path)?], settings, "/readyz").await
    }
}

/// Starts the hand-written handlers. Kith must have run before, because they read its keys.
pub async fn start_by_hand(place: &Place) -> anyhow::Result<Server> {
    let own = std::env::current_exe()?;
    let settings = vec![("DATABASE_URL", place.url())];
    start(&[text(&own)?, "by-hand"], settings, "/nothing").await
}

/// Starts a server that finds its address in `LISTEN_ADDR`, and waits until it answers with 204.
async fn start(
    command: &[&str],
    mut settings: Vec<(&'static str, String)>,
    path: &str,
) -> anyhow::Result<Server> {
    let address = free_address()?;
    settings.push(("LISTEN_ADDR", address.to_string()));
    let begun = Instant::now();
    let program = Program::start(command, &settings)?;
    let ready = answers(address, path, 204, begun).await;
    let ready = ready.with_context(|| format!("{} does not answer", command.join(" ")))?;
    Ok(Server {
        program,
        address,
        ready,
    })
}

/// An address of this machine that nobody uses.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Waits until a server answers with a status. Returns how long it took since `begun`.
pub async fn answers(
    address: SocketAddr,
    path: &str,
    status: u16,
    begun: Instant,
) -> anyhow::Result<Duration> {
    const PATIENCE: Duration = Duration::from_secs(20);
    let request = format!("GET {path} HTTP/1.1\r\nhost: kith.test\r\n\r\n").into_bytes();
    while begun.elapsed() < PATIENCE {
        let replies = generator::ask(address, std::slice::from_ref(&request)).await;
        if replies.is_ok_and(|replies| replies.iter().all(|reply| reply.status == status)) {
            return Ok(begun.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    anyhow::bail!("no answer in time")
}

/// Moves all processes of PostgreSQL to the core of the servers. Returns the first of them.
pub async fn pin_database(place: &Place) -> anyhow::Result<Option<u32>> {
    if place.is_sqlite() {
        return Ok(None);
    }
    let mut connection = sqlx::PgConnection::connect(&place.url()).await?;
    let (process,): (i32,) = sqlx::query_as("SELECT pg_backend_pid()")
        .fetch_one(&mut connection)
        .await?;
    let first = process::parent_of(u32::try_from(process)?)
        .context("PostgreSQL does not run on this machine")?;
    connection.close().await?;
    for process in process::family_of(first)? {
        process::pin(process, SERVER_CORE)?;
    }
    Ok(Some(first))
}

/// The processor times at one moment.
pub struct Clocks {
    pub server: Usage,
    pub database: Duration,
    pub core: Duration,
}

impl Clocks {
    /// `database` is the first process of PostgreSQL.
    pub fn read(server: &Server, database: Option<u32>) -> anyhow::Result<Self> {
        let database = database.map(process::cpu_of_family).transpose()?;
        Ok(Self {
            server: process::usage(server.program.id())?,
            database: database.unwrap_or_default(),
            core: process::busy(SERVER_CORE)?,
        })
    }
}

/// Waits until both cores are idle, or until the time limit.
pub async fn wait_for_quiet() -> anyhow::Result<()> {
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

pub fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("a path that is not UTF-8")
}
