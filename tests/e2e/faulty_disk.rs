//! Disks that fail: a small one that is full, and one that answers EIO or ENOSPC at any
//! read, write or sync of the database's files. What was acknowledged is kept, also after
//! the power went, and writing heals without a restart.

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
use crate::support::server::House;

const EIO: i32 = 5;
const ENOSPC: i32 = 28;
const READS: i32 = 1;
const WRITES: i32 = 2;
const SYNCS: i32 = 4;
/// All that follow fail.
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
        assert!(built.unwrap().success(), "cc builds the disk that fails");
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

    /// From now on some calls fail: after so many that go well, so many.
    fn fail(&self, kinds: i32, error: i32, spared: i32, fails: i32) {
        self.write(4, &[error, spared, fails, 0]);
        self.write(0, &[kinds]);
    }

    /// Everything goes well again; answers how many calls have failed.
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

/// Who writes, and what was acknowledged.
struct Writing<'a> {
    client: &'a Client,
    tasks: String,
    attempted: BTreeSet<Uuid>,
    acknowledged: BTreeSet<Uuid>,
    /// What SQLite cannot read it may take for a file that is broken.
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

    /// Creates a task; whether that was acknowledged.
    fn create(&mut self) -> bool {
        let id = new_id();
        self.attempted.insert(id);
        let reply = self.client.post(&self.tasks, &some_task(id));
        match reply.status {
            201 => assert!(self.acknowledged.insert(id)),
            500 if self.reads_fail => {}
            status => assert_eq!(status, 503, "a fault is no bug: {}", reply.body),
        }
        reply.status == 201
    }

    /// A unit that is dropped without a commit.
    fn be_refused(&self) {
        let claim = format!("{}/{}/claim", self.tasks, new_id());
        self.client.press(&claim).is(404);
    }

    /// After what failed, without a restart: a write is kept, and is there.
    fn heal(&mut self, house: &House) {
        until(HEALS_WITHIN, "writing heals", || self.create());
        until(HEALS_WITHIN, "the server is ready again", || {
            house.is_ready()
        });
        self.be_refused();
        assert!(self.create());
        self.check(&list_tasks(self.client, &self.tasks));
    }

    fn check(&self, kept: &BTreeSet<Uuid>) {
        let lost: Vec<_> = self.acknowledged.difference(kept).collect();
        assert!(lost.is_empty(), "acknowledged, and lost: {lost:?}");
        assert!(kept.is_subset(&self.attempted));
    }
}

/// What was found out is good for a moment.
fn is_said_to_be_broken(house: &House) {
    until(HEALS_WITHIN, "nothing can be written", || !house.is_ready());
}

/// A number that looks random and is the same in every run (xorshift).
fn roll(state: &mut u64, sides: i32) -> i32 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    i32::try_from(*state % u64::try_from(sides).unwrap()).unwrap()
}

/// `FAULT_STEPS=5000` for a night of it.
fn steps() -> usize {
    std::env::var("FAULT_STEPS").map_or(60, |steps| steps.parse().unwrap())
}

/// A place in a list of so many.
fn pick(dice: &mut u64, most: i32) -> usize {
    usize::try_from(roll(dice, most)).unwrap()
}

#[test]
fn after_any_failed_call_of_the_disk_acknowledged_writes_are_kept_and_writing_recovers() {
    let house = House::build();
    if house.database.is_postgres() {
        return;
    }
    let disk = FaultyDisk::build(&house.folder);
    let server = house.open_with(&disk.settings());
    let circle = Circle::form(&house, register(&house, "Ana", "ana@example.org"));
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
                writing.heal(&house);
            }
        }
    }
    assert!(failed > 0, "the disk was asked to fail, and did");
    writing.check(&list_tasks(writing.client, &writing.tasks));
    server.kill();
    let _server = house.open();
    writing.check(&list_tasks(writing.client, &writing.tasks));
    assert_eq!(house.database.ask::<String>("PRAGMA integrity_check"), "ok");
}

#[test]
fn a_writer_whose_disk_fails_is_not_ready_and_reads_go_on() {
    let house = House::build();
    if house.database.is_postgres() {
        return;
    }
    let disk = FaultyDisk::build(&house.folder);
    let _server = house.open_with(&disk.settings());
    let circle = Circle::form(&house, register(&house, "Ana", "ana@example.org"));
    let mut writing = Writing::new(&circle);
    assert!(writing.create());
    disk.fail(WRITES | SYNCS, EIO, 0, ALL);
    assert!(!writing.create());
    is_said_to_be_broken(&house);
    writing.check(&list_tasks(writing.client, &writing.tasks));
    assert!(disk.heal() > 0);
    writing.heal(&house);
}

/// A small disk of its own, in memory.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Nothing, for who may not mount one.
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
fn after_a_full_disk_every_acknowledged_write_is_kept() {
    let house = House::build();
    if house.database.is_postgres() {
        return;
    }
    let Some(small) = SmallDisk::mount(house.folder.join("small")) else {
        eprintln!("NOT TRIED: only root can mount a small disk");
        return;
    };
    let url = format!("sqlite:{}", small.0.join("kith.db").display());
    let settings = [("DATABASE_URL", url)];
    let server = house.open_with(&settings);
    let circle = Circle::form(&house, register(&house, "Ana", "ana@example.org"));
    let mut writing = Writing::new(&circle);
    for after in 0..4 {
        let filler = small.fill();
        // The log has some room left.
        let mut refused = 0;
        while refused <= after % 2 {
            refused += usize::from(!writing.create());
        }
        is_said_to_be_broken(&house);
        fs::remove_file(filler).unwrap();
        match after {
            0 | 1 => writing.be_refused(),
            2 => assert!(writing.create()),
            _ => {}
        }
        writing.heal(&house);
    }
    for _ in 0..20 {
        assert!(writing.create());
    }
    server.kill();
    let _server = house.open_with(&settings);
    writing.check(&list_tasks(writing.client, &writing.tasks));
}
