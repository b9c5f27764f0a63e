//! Races for the last say in a circle: it never ends without a coordinator, and
//! a member who lost a right writes nothing after that moment.

use serde_json::json;

use crate::figures::{report, size};
use crate::nodes::Nodes;
use crate::support::clock::new_id;
use crate::support::people::{Circle, register, some_task};
use crate::wire::at_once;

#[test]
fn two_last_coordinators_who_leave_at_once_leave_one_behind() {
    let nodes = Nodes::open(&[]);
    let circle = Circle::form(
        &nodes.house,
        register(&nodes.house, "Ana", "ana@example.org"),
    );
    let ben = circle.welcome_as("coordinator", "Ben", "ben@example.org", "Europe/Berlin");
    let people = [&circle.founder, &ben.api];
    let path = format!("{}/leave", circle.path);
    let trials = size(500, 25);
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
        let remaining: i64 = nodes.house.database.ask(coordinators);
        left_alone += usize::from(remaining == 0);
        both_stayed += usize::from(remaining == 2);
        let back = "UPDATE memberships SET state = 'active' WHERE state = 'left'";
        nodes.house.database.change(back);
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
fn whose_access_is_lowered_while_they_write_writes_nothing_afterwards() {
    const WRITERS: usize = 3;
    let nodes = Nodes::open(&[]);
    let circle = Circle::form(
        &nodes.house,
        register(&nodes.house, "Ana", "ana@example.org"),
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
    // The change log is numbered in the order of the commits. Ben's access is taken
    // and given back in turn: an odd number of changes before a task means taken.
    let changes_of_access = "SELECT count(*) FROM changes \
        WHERE subject_type = 'membership' AND verb = 'changed' AND fields LIKE '%access%'";
    let changes: i64 = nodes.house.database.ask(changes_of_access);
    assert_eq!(usize::try_from(changes).unwrap(), 2 * trials);
    let after_the_cut: i64 = nodes.house.database.ask(
        "SELECT count(*) FROM changes t WHERE t.subject_type = 'task' AND t.verb = 'created' \
         AND (SELECT count(*) FROM changes m WHERE m.circle_id = t.circle_id AND m.seq < t.seq \
              AND m.subject_type = 'membership' AND m.verb = 'changed' \
              AND m.fields LIKE '%access%') % 2 = 1",
    );
    report(
        "T8",
        &format!(
            "writes committed after the right to them was taken, {trials} trials ({})",
            nodes.label()
        ),
        format!("{after_the_cut} ({written} before, {refused} refused)"),
        "0",
        after_the_cut == 0 && written > 0 && refused > 0,
    );
}
