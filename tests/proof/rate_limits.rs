//! An account that sends requests to two nodes gets its quota once, not twice.

use std::time::Duration;

use chrono::Timelike;

use crate::figures::report;
use crate::nodes::Nodes;
use crate::support::clock::{now, until};
use crate::support::people::register;
use crate::wire::at_once;

const QUOTA: usize = 200;
const SENT: usize = 1000;
const AT_ONCE: usize = 20;
/// Windows are minutes of the clock. The test starts with at least this much of one left.
const ROOM: u32 = 35;
const A_MINUTE: Duration = Duration::from_mins(1);

#[test]
fn two_nodes_share_the_rate_limit_of_an_account() {
    let quota = QUOTA.to_string();
    let nodes = Nodes::open(&[("READS_PER_MINUTE", &quota)]);
    let ana = register(&nodes.setup, "Ana", "ana@example.org");
    until(A_MINUTE, "a minute has begun", || {
        now().second() < 60 - ROOM
    });
    let minute = now().minute();
    let mut let_through = 0;
    for first in (0..SENT).step_by(AT_ONCE) {
        let answers = at_once(AT_ONCE, |index| {
            ana.at(nodes.address(first + index)).get("/v1/me").status
        });
        for status in &answers {
            assert!(matches!(status, 200 | 429), "{answers:?}");
        }
        let_through += answers.iter().filter(|status| **status == 200).count();
    }
    assert_eq!(now().minute(), minute, "more than one window has passed");
    report(
        "G1",
        &format!(
            "reads sent / let through, of {QUOTA} a minute ({})",
            nodes.label()
        ),
        format!("{SENT} / {let_through}"),
        "at most 10 % more",
        (QUOTA / 2..=QUOTA + QUOTA / 10).contains(&let_through),
    );
}
