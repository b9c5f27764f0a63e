//! Clients that hang up in the middle of a write. On PostgreSQL this once left transactions
//! open, and the next caller's writes were lost in them.

use std::io::Write;
use std::thread;
use std::time::Duration;

use crate::support::client::Client;
use crate::support::clock::{new_id, until};
use crate::support::people::{Circle, register, some_task};
use crate::support::server::Setup;

const CLIENTS: u64 = 200;
const LATER_WRITES: usize = 50;
/// Less than 10 seconds, after which PostgreSQL itself ends an idle transaction.
const SETTLED: Duration = Duration::from_secs(8);

const LEFT_OPEN: &str = "SELECT count(*) FROM pg_stat_activity \
    WHERE application_name = 'kith' AND datname = current_database() \
    AND state LIKE 'idle in transaction%'";

#[test]
fn clients_that_hang_up_leave_no_transaction_behind() {
    let setup = Setup::build();
    if !setup.database.is_postgres() {
        eprintln!("only PostgreSQL keeps a transaction open after a client has gone: skipped");
        return;
    }
    let _server = setup.open();
    let circle = Circle::form(&setup, register(&setup, "Ana", "ana@example.org"));
    let (ana, tasks) = (&circle.founder, circle.tasks());

    thread::scope(|scope| {
        for number in 0..CLIENTS {
            let tasks = &tasks;
            scope.spawn(move || hang_up(ana, tasks, number));
        }
    });
    until(SETTLED, "no transaction is left open", || {
        setup.database.ask::<i64>(LEFT_OPEN) == 0
    });

    let later: Vec<_> = (0..LATER_WRITES).map(|_| new_id()).collect();
    for id in &later {
        ana.post(&tasks, &some_task(*id)).is(201);
    }
    for id in later {
        ana.get(&format!("{tasks}/{id}")).is(200);
    }
}

/// Every fourth client stops inside its request. The others hang up while the server works on
/// the request, each a little later than the client before.
fn hang_up(client: &Client, tasks: &str, number: u64) {
    let body = some_task(new_id()).to_string();
    let request = client.write_request("POST", tasks, "application/json", &body);
    let length = if number.is_multiple_of(4) {
        usize::try_from(number).unwrap() * request.len() / 200
    } else {
        request.len()
    };
    let mut stream = client.connect().unwrap();
    stream.write_all(&request.as_bytes()[..length]).unwrap();
    thread::sleep(Duration::from_micros(number * 150));
}
