//! Five hundred people who sign in at one moment must not delay others or fill the memory.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::figures::{millis, quantile, report};
use crate::nodes::Nodes;
use crate::wire::{at_once, connect_from, exchange, write_post};

const PEOPLE: usize = 500;
/// Each address stands for a household or an office, because the server limits the connections
/// of one address.
const ADDRESSES: usize = 50;
/// The memory that the verification of one password takes.
const A_HASH_KIB: u64 = 19 * 1024;
const ROOM_KIB: u64 = 64 * 1024;
const GLANCE: Duration = Duration::from_millis(2);

#[test]
fn five_hundred_concurrent_sign_ins_delay_nobody_and_use_bounded_memory() {
    let nodes = Nodes::open_one();
    let before = nodes.resident_kib();
    let ended = AtomicBool::new(false);
    let (answers, delays, peak) = thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let (mut delays, mut peak) = (Vec::new(), before.clone());
            while !ended.load(Ordering::Relaxed) {
                let begun = Instant::now();
                nodes.client(delays.len()).get("/livez").is(204);
                delays.push(millis(begun.elapsed()));
                if let (Some(peak), Some(now)) = (&mut peak, nodes.resident_kib()) {
                    for (peak, now) in peak.iter_mut().zip(now) {
                        *peak = now.max(*peak);
                    }
                }
                thread::sleep(GLANCE);
            }
            (delays, peak)
        });
        let watched = Watched(&ended);
        let answers = at_once(PEOPLE, |index| sign_in(&nodes, index));
        drop(watched);
        let (delays, peak) = watch.join().unwrap();
        (answers, delays, peak)
    });

    let of = |status| answers.iter().filter(|answer| **answer == status).count();
    let (refused, busy) = (of(401), of(503));
    assert_eq!(refused + busy, PEOPLE, "{answers:?}");
    let slow = quantile(&delays, 0.99);
    report(
        "A2",
        &format!(
            "p99 of GET /livez during {PEOPLE} parallel logins ({})",
            nodes.label()
        ),
        format!(
            "{slow:.0} ms of {} ({refused} verified, {busy} answered 503)",
            delays.len()
        ),
        "below 100 ms",
        slow < 100.0,
    );
    let (Some(before), Some(peak)) = (before, peak) else {
        println!("this system does not tell how much memory a process uses");
        return;
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let permits = u64::try_from(cores.saturating_sub(1).max(1)).unwrap();
    let rise = peak
        .iter()
        .zip(&before)
        .map(|(peak, before)| peak - before)
        .max();
    let (rise, bound) = (rise.unwrap(), permits * A_HASH_KIB + ROOM_KIB);
    report(
        "A2",
        &format!(
            "memory taken by {PEOPLE} parallel logins ({})",
            nodes.label()
        ),
        format!("{} MiB", rise / 1024),
        &format!("at most {} MiB", bound / 1024),
        rise <= bound,
    );
}

fn sign_in(nodes: &Nodes, number: usize) -> u16 {
    let nobody = json!({ "email": format!("nobody{number}@example.org"), "password": "a guess" });
    let last = u8::try_from(number % ADDRESSES + 1).unwrap();
    let stream = connect_from(Ipv4Addr::new(127, 0, 3, last), nodes.address(number));
    let request = write_post(&nodes.client(number), "/v1/sessions", &nobody);
    exchange(stream, &request).status
}

/// Ends the watching thread when it is dropped, even by a panic. Otherwise the test would hang.
struct Watched<'a>(&'a AtomicBool);

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
