//! The program as it is deployed: one on SQLite, two on one PostgreSQL. One
//! proof has the machine to itself, so that none measures another.

use std::io::Read;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::people::PASSWORD;
use crate::support::server::{House, Server, free_address};

static MACHINE: Mutex<()> = Mutex::new(());

/// Servers on one database.
pub struct Nodes {
    all: Vec<Node>,
    pub house: House,
    _alone: MutexGuard<'static, ()>,
}

struct Node {
    server: Server,
    address: SocketAddr,
    metrics: SocketAddr,
}

impl Nodes {
    /// Starts them; a setting given here is every node's.
    pub fn open(settings: &[(&str, &str)]) -> Self {
        Self::start(2, settings)
    }

    /// A single one, where its load is measured: two would share this machine's cores.
    pub fn open_one() -> Self {
        Self::start(1, &[])
    }

    fn start(most: usize, settings: &[(&str, &str)]) -> Self {
        let alone = MACHINE.lock().unwrap_or_else(PoisonError::into_inner);
        let house = House::build();
        let mut addresses = vec![house.address];
        if house.database.is_postgres() {
            assert!(house.command("migrate").status().unwrap().success());
            addresses.resize_with(most, free_address);
        }
        let start = |address| {
            let metrics = free_address();
            let mut its_own = vec![
                ("PUBLIC_URL", format!("http://{}", house.address)),
                ("METRICS_ADDR", metrics.to_string()),
            ];
            its_own.extend(
                settings
                    .iter()
                    .map(|(name, value)| (*name, (*value).to_owned())),
            );
            let server = house.open_at(address, &its_own);
            Node {
                server,
                address,
                metrics,
            }
        };
        let all = addresses.into_iter().map(start).collect();
        Self {
            all,
            house,
            _alone: alone,
        }
    }

    /// What a figure was measured on.
    pub fn label(&self) -> &'static str {
        match (self.house.database.is_postgres(), self.all.len()) {
            (false, _) => "1 node, SQLite",
            (true, 1) => "1 node, PostgreSQL",
            (true, _) => "2 nodes, PostgreSQL",
        }
    }

    /// The address of one of the nodes, taken in turn.
    pub fn address(&self, turn: usize) -> SocketAddr {
        self.all[turn % self.all.len()].address
    }

    /// Somebody who is not signed in, at one of the nodes.
    pub fn client(&self, turn: usize) -> Client {
        Client::of(self.address(turn))
    }

    /// Signs in at one of the nodes, from a device that may be known; answers the tokens.
    pub fn sign_in(&self, turn: usize, email: &str, device: &Value) -> Value {
        let credentials = json!({ "email": email, "password": PASSWORD, "device_token": device });
        let reply = self.client(turn).post("/v1/sessions", &credentials);
        reply.is(201).json()
    }

    /// The counter, summed over the nodes; those that have not counted yet count zero.
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

    /// How much memory each node has in use, in KiB.
    pub fn resident_kib(&self) -> Option<Vec<u64>> {
        self.all
            .iter()
            .map(|node| node.server.resident_kib())
            .collect()
    }
}
