//! Acknowledged writes survive a power failure: the server is killed again and again in the
//! middle of many writes.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use uuid::Uuid;

use crate::support::client::Client;
use crate::support::clock::{new_id, until};
use crate::support::people::{Circle, list_tasks, register, some_task};
use crate::support::server::{Server, Setup};

const ROUNDS: usize = 3;
const WRITERS: usize = 6;
/// The number of acknowledged writes before the server is killed.
const BURST: usize = 120;

/// Ids that clients chose.
#[derive(Default)]
struct Written {
    attempted: BTreeSet<Uuid>,
    acknowledged: BTreeSet<Uuid>,
}

#[test]
fn acknowledged_writes_survive_a_kill() {
    let setup = Setup::build();
    let mut server = setup.open();
    let circle = Circle::form(&setup, register(&setup, "Ana", "ana@example.org"));
    let (ana, tasks) = (&circle.founder, circle.tasks());
    let mut all = Written::default();

    for _ in 0..ROUNDS {
        let mut burst = write_until_killed(server, ana, &tasks);
        all.attempted.append(&mut burst.attempted);
        all.acknowledged.append(&mut burst.acknowledged);

        server = setup.open();
        let kept = list_tasks(ana, &tasks);
        assert!(all.acknowledged.is_subset(&kept));
        assert!(kept.is_subset(&all.attempted));
    }

    // An app without an answer repeats its request, and every task exists once.
    for id in &all.attempted {
        let again = ana.post(&tasks, &some_task(*id));
        let known = all.acknowledged.contains(id);
        assert!(again.status == 200 || !known && again.status == 201);
    }
    assert_eq!(list_tasks(ana, &tasks), all.attempted);
    drop(server);
    if !setup.database.is_postgres() {
        let verdict: String = setup.database.ask("PRAGMA integrity_check");
        assert_eq!(verdict, "ok");
    }
}

fn write_until_killed(server: Server, client: &Client, tasks: &str) -> Written {
    let acknowledged = AtomicUsize::new(0);
    let write = || {
        let mut written = Written::default();
        loop {
            let id = new_id();
            written.attempted.insert(id);
            let Ok(reply) = client.try_post(tasks, &some_task(id)) else {
                return written;
            };
            reply.is(201);
            written.acknowledged.insert(id);
            acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    };
    let written = thread::scope(|scope| {
        let server = server;
        let writers: Vec<_> = (0..WRITERS).map(|_| scope.spawn(write)).collect();
        until(Duration::from_mins(1), "enough is written", || {
            acknowledged.load(Ordering::Relaxed) >= BURST
        });
        server.kill();
        writers
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .collect::<Vec<_>>()
    });
    let mut all = Written::default();
    for mut some in written {
        all.attempted.append(&mut some.attempted);
        all.acknowledged.append(&mut some.acknowledged);
    }
    all
}
