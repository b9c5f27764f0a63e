//! A backup that is taken while people write is complete, and a second server can serve it.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Output;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use crate::support::clock::{new_id, until};
use crate::support::people::{Circle, PASSWORD, list_tasks, register, some_task};
use crate::support::server::Setup;

const WRITERS: usize = 6;
/// The number of acknowledged writes before the backup begins, and after it ends.
const BURST: usize = 60;

#[test]
fn a_backup_taken_during_writes_is_complete_and_can_be_served() {
    let setup = Setup::build();
    if setup.database.is_postgres() {
        let refused = back_up(&setup, &setup);
        assert!(!refused.status.success());
        assert!(String::from_utf8_lossy(&refused.stderr).contains("pg_dump"));
        return;
    }
    let _server = setup.open();
    let circle = Circle::form(&setup, register(&setup, "Ana", "ana@example.org"));
    let (ana, tasks) = (&circle.founder, circle.tasks());
    let second = Setup::build();
    // A killed backup left this file behind.
    fs::write(second.folder.join("kith.db.part"), "half a copy").unwrap();

    let acknowledged = Mutex::new(BTreeSet::new());
    let over = AtomicBool::new(false);
    let write = || {
        while !over.load(Ordering::Relaxed) {
            let id = new_id();
            ana.post(&tasks, &some_task(id)).is(201);
            acknowledged.lock().unwrap().insert(id);
        }
    };
    let written = || acknowledged.lock().unwrap().clone();
    let (before, copied) = thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(write);
        }
        let grown_to = |size| until(Duration::from_mins(1), "more", || written().len() >= size);
        grown_to(BURST);
        let before = written();
        let copied = back_up(&setup, &second);
        grown_to(written().len() + BURST);
        over.store(true, Ordering::Relaxed);
        (before, copied)
    });
    assert!(copied.status.success(), "{copied:?}");

    let copy = second.folder.join("kith.db");
    let file = fs::metadata(&copy).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    let said = String::from_utf8(copied.stdout).unwrap();
    assert!(said.contains(&format!("{} bytes", file.len())), "{said}");
    let files = fs::read_dir(&second.folder).unwrap();
    let names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(
        names.len(),
        1,
        "there are other files beside the copy: {names:?}"
    );
    let verdict: String = second.database.ask("PRAGMA integrity_check");
    assert_eq!(verdict, "ok");
    let again = back_up(&setup, &second);
    assert!(!again.status.success(), "the backup overwrote a file");

    share_secret_key(&setup, &second);
    let _second_server = second.open();
    let credentials = json!({ "email": "ana@example.org", "password": PASSWORD });
    let outcome = second.client().post("/v1/sessions", &credentials).is(200);
    let there = second.client().signed_in(&outcome.json()["session"]);
    let kept: BTreeSet<Uuid> = list_tasks(&there, &tasks);
    assert!(before.is_subset(&kept));
    assert!(kept.is_subset(&written()));
    there.post(&tasks, &some_task(new_id())).is(201);
}

#[test]
fn only_one_of_two_backups_writes_to_the_same_file() {
    let setup = Setup::build();
    if setup.database.is_postgres() {
        return;
    }
    drop(setup.open());
    let second = Setup::build();
    let part = fs::File::create(second.folder.join("kith.db.part")).unwrap();
    part.lock().unwrap();
    let refused = back_up(&setup, &second);
    assert!(!refused.status.success());
    let complaint = String::from_utf8(refused.stderr).unwrap();
    assert!(
        complaint.contains("another backup is writing"),
        "{complaint}"
    );
}

#[test]
fn a_database_that_is_restored_without_its_key_is_refused_and_nothing_is_written() {
    let setup = Setup::build();
    if setup.database.is_postgres() {
        return;
    }
    drop(setup.open());
    let second = Setup::build();
    assert!(back_up(&setup, &second).status.success());
    let copy = second.folder.join("kith.db");
    let before = fs::read(&copy).unwrap();
    for (key, sentence) in [
        (None, "Nothing was changed"),
        (
            Some("another key of at least 32 characters"),
            "encrypted with another secret key",
        ),
    ] {
        let mut command = second.command("serve");
        command.envs(key.map(|key| ("SECRET_KEY", key)));
        let refused = command.output().unwrap();
        assert!(!refused.status.success());
        let complaint = String::from_utf8(refused.stderr).unwrap();
        assert!(complaint.contains(sentence), "{complaint}");
        assert!(!second.folder.join("data/secret.key").exists());
        assert!(
            fs::read(&copy).unwrap() == before,
            "{sentence}: the file was changed"
        );
    }
    share_secret_key(&setup, &second);
    second.open();
}

/// Backs up the database of one server to the place where another server has its database.
fn back_up(of: &Setup, to: &Setup) -> Output {
    let mut command = of.command("backup");
    command.arg(to.folder.join("kith.db"));
    command.output().unwrap()
}

/// Copies the secret key: only the key of the original can decrypt the copy.
fn share_secret_key(of: &Setup, to: &Setup) {
    let key = |setup: &Setup| setup.folder.join("data/secret.key");
    fs::create_dir(to.folder.join("data")).unwrap();
    fs::copy(key(of), key(to)).unwrap();
}
