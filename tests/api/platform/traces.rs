//! Watches the events of the whole suite. The statements go to `harness::plans`. With `TRACES` set
//! to a file, each log line is searched for texts that must never be in a log, and the lines that
//! contain one are written to that file. `scripts/prove-trust` does this.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

use kith::platform::logging::may_be_logged;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::harness::plans;

/// Passwords, addresses, tokens, and what people write in the tests.
const NEVER: [&str; 9] = [
    "horse battery",
    "umbrellas",
    "@test.example",
    "kith_pat_",
    "eyJ0eXAi",
    "quetzal",
    "Familiengut",
    "pteranodon",
    "+49 30",
];

static LINES: AtomicU64 = AtomicU64::new(0);

/// Collects the statements from now on, and searches all log lines if `TRACES` is set.
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let search = std::env::var_os("TRACES").map(PathBuf::from).map(|file| {
            let search = move || Search(file.clone());
            let lines = fmt::layer().with_ansi(false).with_writer(search);
            lines.with_filter(filter_fn(may_be_logged))
        });
        tracing_subscriber::registry()
            .with(plans::Collector.with_filter(plans::statements_only()))
            .with(search)
            .init();
    });
}

struct Search(PathBuf);

impl Write for Search {
    /// Each call gets one whole event.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(event);
        let number = LINES.fetch_add(1, Ordering::Relaxed);
        let found = NEVER.iter().find(|never| line.contains(**never));
        if found.is_some() || number.is_multiple_of(1000) {
            let mut file = std::fs::OpenOptions::new();
            let mut file = file.append(true).create(true).open(&self.0)?;
            match found {
                Some(never) => write!(file, "found {never}: {line}")?,
                None => writeln!(file, "lines {number}")?,
            }
        }
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_search_finds_only_log_lines_with_secrets() {
    let folder = a_folder();
    let file = folder.join("traces");
    for line in ["all is well", "to ana@test.example", "all is well again"] {
        Search(file.clone()).write_all(line.as_bytes()).unwrap();
    }
    let seen = std::fs::read_to_string(&file).unwrap();
    let found = seen.lines().filter(|line| line.starts_with("found "));
    assert_eq!(
        found.collect::<Vec<_>>(),
        ["found @test.example: to ana@test.example"]
    );
    std::fs::remove_dir_all(folder).unwrap();
}

fn a_folder() -> PathBuf {
    let name = format!("kith-traces-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
