//! Disks that fail: a small disk that is full, and a disk that answers EIO or ENOSPC at any
//! read, write or sync of the database's files. Acknowledged writes are kept, even after a
//! power failure, and writing recovers without a restart.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use uuid::Uuid;

use crate::support::client::Client;
use crate::support::clock::{new_id, until};
use crate::support::people::{Circle, list_tasks, register, some_task};
use crate::support::server::Setup;

const EIO: i32 = 5;
const ENOSPC: i32 = 28;
const READS: i32 = 1;
const WRITES: i32 = 2;
const SYNCS: i32 = 4;
/// All further calls fail.
const ALL: i32 = -1;
const HEALS_WITHIN: Duration = Duration::from_secs(20);

/// The numbers that `faulty_disk.c` reads.
struct FaultyDisk {
    library: PathBuf,
    orders: PathBuf,
}

impl FaultyDisk {
    fn build(folder: &Path) -> Self {
        let disk = Self {
            library: folder.join("faulty_disk.so"),
            orders: folder.join("faulty_disk.orders"),
        };
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&disk.library)
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/e2e/faulty_disk.c"
            ))
            .arg("-ldl")
            .status();
        assert!(built.unwrap().success(), "cc cannot build faulty_disk.c");
        fs::write(&disk.orders, [0; 20]).unwrap();
        disk
    }

    fn settings(&self) -> [(&'static str, String); 2] {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        [
            ("LD_PRELOAD", text(&self.library)),
            ("FAULTY_DISK", text(&self.orders)),
        ]
    }

    /// From now on calls of these kinds fail: the first `spared` succeed, the next `fails` fail.
    fn fail(&self, kinds: i32, error: i32, spared: i32, fails: i32) {
        self.write(4, &[error, spared, fails, 0]);
        self.write(0, &[kinds]);
    }

    /// Lets all calls succeed again and returns how many have failed.
    fn heal(&self) -> i32 {
        self.write(0, &[0]);
        let mut failed = [0; 4];
        let file = File::open(&self.orders).unwrap();
        file.read_exact_at(&mut failed, 16).unwrap();
        i32::from_ne_bytes(failed)
    }

    fn write(&self, at: u64, numbers: &[i32]) {
        let bytes: Vec<u8> = numbers.iter().flat_map(|it| it.to_ne_bytes()).collect();
        let file = File::options().write(true).open(&self.orders).unwrap();
        file.write_all_at(&bytes, at).unwrap();
    }
}

/// A client that writes, and the writes that were acknowledged.
struct Writing<'a> {
    client: &'a Client,
    tasks: String,
    attempted: BTreeSet<Uuid>,
    acknowledged: BTreeSet<Uuid>,
    /// Reads fail too. Then SQLite may take the file for broken, and a 500 is allowed.
    reads_fail: bool,
}

impl<'a> Writing<'a> {
    fn new(circle: &'a Circle) -> Self {
        Self {
            client: &circle.founder,
            tasks: circle.tasks(),
            attempted: BTreeSet::new(),
            acknowledged: BTreeSet::new(),
            reads_fail: false,
        }
    }

    /// Creates a task and returns whether the server acknowledged it.
    fn create(&mut self) -> bool {
        let id = new_id();
        self.attempted.insert(id);
        let reply = self.client.post(&self.tasks, &some_task(id));
        match reply.status {
            201 => assert!(self.acknowledged.insert(id)),
            500 if self.reads_fail => {}
            status => assert_eq!(
                status, 503,
                "a fault of the disk must answer 503: {}",
                reply.body
            ),
        }
        reply.status == 201
    }

    /// Claims a task that does not exist: the transaction is dropped without a commit.
    fn be_refused(&self) {
        let claim = format!("{}/{}/claim", self.tasks, new_id());
        self.client.press(&claim).is(404);
    }

    /// Waits until writing works again without a restart, and checks the acknowledged writes.
    fn heal(&mut self, setup: &Setup) {
        until(HEALS_WITHIN, "writing works again", || self.create());
        until(HEALS_WITHIN, "the server is ready again", || {
            setup.is_ready()
        });
        self.be_refused();
        assert!(self.create());
        self.check(&list_tasks(self.client, &self.tasks));
    }

    fn check(&self, kept: &BTreeSet<Uuid>) {
        let lost: Vec<_> = self.acknowledged.difference(kept).collect();
        assert!(lost.is_empty(), "acknowledged writes are lost: {lost:?}");
        assert!(kept.is_subset(&self.attempted));
    }
}

/// Waits until the server says that it is not ready. It keeps the last result for a moment.
fn wait_until_not_ready(setup: &Setup) {
    until(HEALS_WITHIN, "the server is not ready", || {
        !setup.is_ready()
    });
}

/// A pseudo-random number, the same in every run (xorshift).
fn roll(state: &mut u64, sides: i32) -> i32 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    i32::try_from(*state % u64::try_from(sides).unwrap()).unwrap()
}

/// The number of steps. Set `FAULT_STEPS=5000` for a run over night.
fn steps() -> usize {
    std::env::var("FAULT_STEPS").map_or(60, |steps| steps.parse().unwrap())
}

/// A random index below a bound.
fn pick(dice: &mut u64, most: i32) -> usize {
    usize::try_from(roll(dice, most)).unwrap()
}

#[test]
fn acknowledged_writes_survive_any_disk_error_and_writing_recovers() {
    let setup = Setup::build();
    if setup.database.is_postgres() {
        return;
    }
    let disk = FaultyDisk::build(&setup.folder);
    let server = setup.open_with(&disk.settings());
    let circle = Circle::form(&setup, register(&setup, "Ana", "ana@example.org"));
    let mut writing = Writing::new(&circle);
    let mut dice = 0x9e37_79b9_7f4a_7c15;
    let mut failed = 0;
    for _ in 0..steps() {
        match roll(&mut dice, 4) {
            0 => assert!(writing.create()),
            1 => writing.be_refused(),
            _ => {
                let kinds = [READS, WRITES, SYNCS, WRITES | SYNCS][pick(&mut dice, 4)];
                let error = [EIO, ENOSPC][pick(&mut dice, 2)];
                let fails = [1, 2, ALL][pick(&mut dice, 3)];
                disk.fail(kinds, error, roll(&mut dice, 14), fails);
                for _ in 0..=roll(&mut dice, 3) {
                    writing.reads_fail = kinds == READS;
                    let claim = format!("{}/{}/claim", writing.tasks, new_id());
                    writing.create();
                    let refused = writing.client.press(&claim).status;
                    assert!([404, 503].contains(&refused) || writing.reads_fail && refused == 500);
                }
                failed += disk.heal();
                writing.reads_fail = false;
                writing.heal(&setup);
            }
        }
    }
    assert!(failed > 0, "no call of the disk failed");
    writing.check(&list_tasks(writing.client, &writing.tasks));
    server.kill();
    let _server = setup.open();
    writing.check(&list_tasks(writing.client, &writing.tasks));
    assert_eq!(setup.database.ask::<String>("PRAGMA integrity_check"), "ok");
}

#[test]
fn a_server_whose_disk_fails_is_not_ready_but_answers_reads() {
    let setup = Setup::build();
    if setup.database.is_postgres() {
        return;
    }
    let disk = FaultyDisk::build(&setup.folder);
    let _server = setup.open_with(&disk.settings());
    let circle = Circle::form(&setup, register(&setup, "Ana", "ana@example.org"));
    let mut writing = Writing::new(&circle);
    assert!(writing.create());
    disk.fail(WRITES | SYNCS, EIO, 0, ALL);
    assert!(!writing.create());
    wait_until_not_ready(&setup);
    writing.check(&list_tasks(writing.client, &writing.tasks));
    assert!(disk.heal() > 0);
    writing.heal(&setup);
}

/// A small disk in memory.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Returns nothing if the user may not mount a disk.
    fn mount(at: PathBuf) -> Option<Self> {
        fs::create_dir(&at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"])
            .arg(&at)
            .status();
        mounted.is_ok_and(|it| it.success()).then_some(Self(at))
    }

    fn fill(&self) -> PathBuf {
        let filler = self.0.join("filler");
        let file = File::create(&filler).unwrap();
        let mut at = 0;
        for size in [4096, 1] {
            while file.write_all_at(&vec![1; size], at).is_ok() {
                at += size as u64;
            }
        }
        filler
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn acknowledged_writes_survive_a_full_disk() {
    let setup = Setup::build();
    if setup.database.is_postgres() {
        return;
    }
    let Some(small) = SmallDisk::mount(setup.folder.join("small")) else {
        eprintln!("only root can mount a small disk: skipped");
        return;
    };
    let url = format!("sqlite:{}", small.0.join("kith.db").display());
    let settings = [("DATABASE_URL", url)];
    let server = setup.open_with(&settings);
    let circle = Circle::form(&setup, register(&setup, "Ana", "ana@example.org"));
    let mut writing = Writing::new(&circle);
    for after in 0..4 {
        let filler = small.fill();
        // The WAL has some room left.
        let mut refused = 0;
        while refused <= after % 2 {
            refused += usize::from(!writing.create());
        }
        wait_until_not_ready(&setup);
        fs::remove_file(filler).unwrap();
        match after {
            0 | 1 => writing.be_refused(),
            2 => assert!(writing.create()),
            _ => {}
        }
        writing.heal(&setup);
    }
    for _ in 0..20 {
        assert!(writing.create());
    }
    server.kill();
    let _server = setup.open_with(&settings);
    writing.check(&list_tasks(writing.client, &writing.tasks));
}
