//! The program as it is deployed: one node on SQLite, two nodes on one PostgreSQL database.
//! Only one proof runs at a time, so that it does not measure another.

use std::io::Read;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::people::PASSWORD;
use crate::support::server::{Server, Setup, free_address};

static MACHINE: Mutex<()> = Mutex::new(());

/// Servers on one database.
pub struct Nodes {
    all: Vec<Node>,
    pub setup: Setup,
    _alone: MutexGuard<'static, ()>,
}

struct Node {
    server: Server,
    address: SocketAddr,
    metrics: SocketAddr,
}

impl Nodes {
    /// Starts the nodes, all with these settings.
    pub fn open(settings: &[(&str, &str)]) -> Self {
        Self::start(2, settings)
    }

    /// Starts a single node to measure its load: two nodes would share the cores of this machine.
    pub fn open_one() -> Self {
        Self::start(1, &[])
    }

    fn start(most: usize, settings: &[(&str, &str)]) -> Self {
        let alone = MACHINE.lock().unwrap_or_else(PoisonError::into_inner);
        let setup = Setup::build();
        let mut addresses = vec![setup.address];
        if setup.database.is_postgres() {
            assert!(setup.command("migrate").status().unwrap().success());
            addresses.resize_with(most, free_address);
        }
        let start = |address| {
            let metrics = free_address();
            let mut its_own = vec![
                ("PUBLIC_URL", format!("http://{}", setup.address)),
                ("METRICS_ADDR", metrics.to_string()),
            ];
            its_own.extend(
                settings
                    .iter()
                    .map(|(name, value)| (*name, (*value).to_owned())),
            );
            let server = setup.open_at(address, &its_own);
            Node {
                server,
                address,
                metrics,
            }
        };
        let all = addresses.into_iter().map(start).collect();
        Self {
            all,
            setup,
            _alone: alone,
        }
    }

    /// The nodes and the database of a figure.
    pub fn label(&self) -> &'static str {
        match (self.setup.database.is_postgres(), self.all.len()) {
            (false, _) => "1 node, SQLite",
            (true, 1) => "1 node, PostgreSQL",
            (true, _) => "2 nodes, PostgreSQL",
        }
    }

    /// The address of a node; the nodes take turns.
    pub fn address(&self, turn: usize) -> SocketAddr {
        self.all[turn % self.all.len()].address
    }

    /// A client of a node that is not signed in.
    pub fn client(&self, turn: usize) -> Client {
        Client::of(self.address(turn))
    }

    /// Signs in at a node, perhaps from a known device, and returns the tokens.
    pub fn sign_in(&self, turn: usize, email: &str, device: &Value) -> Value {
        let credentials = json!({ "email": email, "password": PASSWORD, "device_token": device });
        let reply = self.client(turn).post("/v1/sessions", &credentials);
        reply.is(200).json()["session"].clone()
    }

    /// The sum of a counter over all nodes. A node that has not counted yet counts zero.
    pub fn counted(&self, counter: &str) -> u64 {
        let of_one = |node: &Node| {
            let mut stream = std::net::TcpStream::connect(node.metrics).unwrap();
            let request = "GET /metrics HTTP/1.1\r\nhost: kith\r\nconnection: close\r\n\r\n";
            std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
            let mut page = String::new();
            stream.read_to_string(&mut page).unwrap();
            let values = page.lines().filter_map(|line| {
                let (name, value) = line.split_once(' ')?;
                (name == counter).then(|| value.parse::<u64>().unwrap())
            });
            values.sum::<u64>()
        };
        self.all.iter().map(of_one).sum()
    }

    /// The memory that each node uses, in KiB.
    pub fn resident_kib(&self) -> Option<Vec<u64>> {
        self.all
            .iter()
            .map(|node| node.server.resident_kib())
            .collect()
    }
}
