//! Races about access levels: a circle never loses its last coordinator, and a member who has
//! lost a permission writes nothing afterwards.

use serde_json::json;

use crate::figures::{report, size};
use crate::nodes::Nodes;
use crate::support::clock::new_id;
use crate::support::people::{Circle, register, some_task};
use crate::wire::at_once;

#[test]
fn the_last_two_coordinators_cannot_both_leave_at_once() {
    let nodes = Nodes::open(&[]);
    let circle = Circle::form(
        &nodes.setup,
        register(&nodes.setup, "Ana", "ana@example.org"),
    );
    let ben = circle.welcome_as("coordinator", "Ben", "ben@example.org", "Europe/Berlin");
    let people = [&circle.founder, &ben.api];
    let path = format!("{}/leave", circle.path);
    let trials = size(1000, 25);
    let (mut left_alone, mut both_stayed) = (0, 0);
    for trial in 0..trials {
        let leave = |index: usize| {
            let somebody = people[index].at(nodes.address(trial + index));
            somebody.post(&path, &json!({})).status
        };
        let answers = at_once(2, leave);
        for status in &answers {
            assert!(matches!(status, 200 | 409 | 503), "{answers:?}");
        }
        let coordinators = "SELECT count(*) FROM memberships \
            WHERE state = 'active' AND access = 'coordinator'";
        let remaining: i64 = nodes.setup.database.ask(coordinators);
        left_alone += usize::from(remaining == 0);
        both_stayed += usize::from(remaining == 2);
        let back = "UPDATE memberships SET state = 'active' WHERE state = 'left'";
        nodes.setup.database.change(back);
    }
    report(
        "T8, V2",
        &format!(
            "circles without a coordinator after both left at once, {trials} trials ({})",
            nodes.label()
        ),
        format!("{left_alone} ({both_stayed} times neither left)"),
        "0",
        left_alone == 0 && both_stayed < trials,
    );
}

#[test]
fn a_member_whose_access_is_lowered_writes_nothing_afterwards() {
    const WRITERS: usize = 3;
    let nodes = Nodes::open(&[]);
    let circle = Circle::form(
        &nodes.setup,
        register(&nodes.setup, "Ana", "ana@example.org"),
    );
    let ben = circle.welcome("Ben", "ben@example.org", "Europe/Berlin");
    let member = format!("{}/members/{}", circle.path, ben.member_id);
    let trials = size(500, 25);
    let (mut written, mut refused) = (0, 0);
    for trial in 0..trials {
        let set_access = |access: &str| {
            let ana = circle.founder.at(nodes.address(trial));
            ana.patch(&member, &json!({ "access": access })).status
        };
        let answers = at_once(WRITERS + 1, |index| {
            if index == 0 {
                return set_access("viewer");
            }
            let there = ben.api.at(nodes.address(trial + index));
            there.post(&circle.tasks(), &some_task(new_id())).status
        });
        assert_eq!(answers[0], 200);
        for status in &answers[1..] {
            assert!(matches!(status, 201 | 403), "{answers:?}");
        }
        written += answers.iter().filter(|status| **status == 201).count();
        refused += answers.iter().filter(|status| **status == 403).count();
        assert_eq!(set_access("helper"), 200);
    }
    // The change log is numbered in the order of the commits. Ben's access is lowered and raised
    // in turn: an odd number of changes before a task means that it was lowered.
    let changes_of_access = "SELECT count(*) FROM changes \
        WHERE subject_type = 'member' AND verb = 'updated' AND changed_fields LIKE '%access%'";
    let changes: i64 = nodes.setup.database.ask(changes_of_access);
    assert_eq!(usize::try_from(changes).unwrap(), 2 * trials);
    let after_the_cut: i64 = nodes.setup.database.ask(
        "SELECT count(*) FROM changes t WHERE t.subject_type = 'task' AND t.verb = 'created' \
         AND (SELECT count(*) FROM changes m WHERE m.circle_id = t.circle_id AND m.seq < t.seq \
              AND m.subject_type = 'member' AND m.verb = 'updated' \
              AND m.changed_fields LIKE '%access%') % 2 = 1",
    );
    report(
        "T8",
        &format!(
            "writes committed after the access was lowered, {trials} trials ({})",
            nodes.label()
        ),
        format!("{after_the_cut} ({written} before, {refused} refused)"),
        "0",
        after_the_cut == 0 && written > 0 && refused > 0,
    );
}
