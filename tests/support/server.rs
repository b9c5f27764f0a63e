//! The real program in its own folder, with its own port, database and mail server. Everything
//! that a test starts ends with the test.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::client::Client;
use crate::support::clock::{new_id, until, within};
use crate::support::database::Database;
use crate::support::smtp::MailServer;

const START: Duration = Duration::from_secs(30);

/// Everything that a server needs. The server can be started again and again.
pub struct Setup {
    pub mails: MailServer,
    pub database: Database,
    pub address: SocketAddr,
    pub folder: PathBuf,
}

impl Setup {
    pub fn build() -> Self {
        let folder = std::env::temp_dir().join(format!("kith-e2e-{}", new_id()));
        fs::create_dir(&folder).unwrap();
        Self {
            mails: MailServer::start(),
            database: Database::fresh(&folder),
            address: free_address(),
            folder,
        }
    }

    /// The program with one of its commands and the settings of this server.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kith"));
        command
            .arg(name)
            .current_dir(&self.folder)
            .env_clear()
            .env("DATA_DIR", "data")
            .env("DATABASE_URL", self.database.url())
            .env("TRIES_PER_MINUTE", "0")
            .env("READS_PER_MINUTE", "0")
            .env("WRITES_PER_MINUTE", "0")
            .env("INVITATIONS_PER_HOUR", "0")
            .env("LISTEN_ADDR", self.address.to_string())
            .env("PUBLIC_URL", format!("http://{}", self.address))
            .env("SMTP_URL", self.mails.url())
            .env("MAIL_FROM", "Kith <kith@example.org>");
        command
    }

    /// Starts the server and waits until it is ready.
    pub fn open(&self) -> Server {
        self.open_with(&[])
    }

    /// Starts a server with additional settings.
    pub fn open_with(&self, settings: &[(&str, String)]) -> Server {
        if self.database.is_postgres() {
            assert!(self.command("migrate").status().unwrap().success());
        }
        self.open_at(self.address, settings)
    }

    /// Starts a server at an address with additional settings. The database must be migrated.
    pub fn open_at(&self, address: SocketAddr, settings: &[(&str, String)]) -> Server {
        let log = self.folder.join("log");
        let out = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap();
        let err = out.try_clone().unwrap();
        let child = self
            .command("serve")
            .env("LISTEN_ADDR", address.to_string())
            .env("PUBLIC_URL", format!("http://{address}"))
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .unwrap();
        let mut server = Server { child, log };
        until(START, "the server is ready", || {
            let ended = server.child.try_wait().unwrap();
            assert!(ended.is_none(), "the server ended: {ended:?}");
            is_ready_at(address)
        });
        server
    }

    pub fn is_ready(&self) -> bool {
        is_ready_at(self.address)
    }

    /// The log and the output of the server so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap()
    }

    pub fn client(&self) -> Client {
        Client::of(self.address)
    }

    /// The path and query of a mailed link, which must lead to this server.
    #[track_caller]
    pub fn path_of<'a>(&self, link: &'a str) -> &'a str {
        link.strip_prefix(&format!("http://{}", self.address))
            .unwrap_or_else(|| panic!("{link} leads elsewhere"))
    }
}

impl Drop for Setup {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A running server.
pub struct Server {
    child: Child,
    log: PathBuf,
}

impl Server {
    /// Sends SIGKILL: the server cannot shut down in order.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The memory that it uses, in KiB. Returns nothing if the system does not tell.
    pub fn resident_kib(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }

    /// Sends SIGTERM: the server shuts down in order.
    pub fn ask_to_stop(&self) {
        let order = format!("kill -TERM {}", self.child.id());
        let asked = Command::new("sh").args(["-c", &order]).status();
        assert!(asked.unwrap().success());
    }

    /// Waits until the server has ended.
    pub fn wait_for_end(&mut self, limit: Duration) -> ExitStatus {
        within(limit, "the server has ended", || {
            self.child.try_wait().unwrap()
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("{}", fs::read_to_string(&self.log).unwrap_or_default());
        }
    }
}

fn is_ready_at(address: SocketAddr) -> bool {
    let answer = Client::of(address).try_get("/readyz");
    answer.is_ok_and(|reply| reply.status == 204)
}

/// An unused address, never the same twice. Its port is below the ports that the system gives
/// to clients.
pub fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 9000).unwrap();
    let free = (0..9000).find_map(|_| {
        let port = 10_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 9000;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        TcpListener::bind(address).is_ok().then_some(address)
    });
    free.expect("a free port")
}
