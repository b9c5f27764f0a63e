//! Races about handovers: somebody always has what is handed over, and nobody has it who has gone.

use serde_json::{Value, json};

use crate::figures::{report, size};
use crate::nodes::Nodes;
use crate::support::clock::new_id;
use crate::support::people::{Circle, Person, register, some_task, text};
use crate::wire::at_once;

/// A circle with a member who hands over, and one who is asked.
struct Family<'a> {
    nodes: &'a Nodes,
    circle: Circle<'a>,
    giver: Person,
    asked: Person,
}

impl<'a> Family<'a> {
    fn form(nodes: &'a Nodes) -> Self {
        let founder = register(&nodes.setup, "Ana", "ana@example.org");
        let circle = Circle::form(&nodes.setup, founder);
        let giver = circle.welcome("Ben", "ben@example.org", "Europe/Berlin");
        let asked = circle.welcome("Cem", "cem@example.org", "Europe/Berlin");
        Self {
            nodes,
            circle,
            giver,
            asked,
        }
    }

    /// A task that the giver hands over, as its path and that of the handover.
    fn hand_over(&self) -> (String, String) {
        let task = self
            .circle
            .founder
            .post(&self.circle.tasks(), &some_task(new_id()));
        let task = text(&task.is(201).json()["id"]);
        let path = format!("{}/{task}", self.circle.tasks());
        self.giver.api.press(&format!("{path}/claim")).is(200);
        let handovers = format!("{}/handovers", self.circle.path);
        let asked = json!({ "task_id": task, "to_member_id": self.asked.member_id });
        let handover = self.giver.api.post(&handovers, &asked).is(201).json();
        (path, format!("{handovers}/{}", text(&handover["id"])))
    }

    /// The state of the handover, the coverage of the task, and the members who have it.
    fn after(&self, task: &str, handover: &str) -> (String, String, Vec<String>) {
        let founder = &self.circle.founder;
        let handover = founder.get(handover).is(200).json();
        let task = founder.get(task).is(200).json();
        let parts = task["assignments"].as_array().unwrap().iter();
        let has_it = parts.filter(|part| part["state"] == "accepted");
        let members = has_it.map(|part: &Value| text(&part["member_id"]));
        (
            text(&handover["state"]),
            text(&task["coverage"]),
            members.collect(),
        )
    }
}

#[test]
fn a_handover_that_is_accepted_and_withdrawn_at_once_leaves_one_member_with_it() {
    let nodes = Nodes::open(&[]);
    let family = Family::form(&nodes);
    let trials = size(1000, 25);
    let (mut wrong, mut accepted) = (0, 0);
    for trial in 0..trials {
        let (task, handover) = family.hand_over();
        let answers = at_once(2, |index| {
            let (person, verb) = [(&family.asked, "accept"), (&family.giver, "withdraw")][index];
            let there = person.api.at(family.nodes.address(trial + index));
            there.press(&format!("{handover}/{verb}")).status
        });
        let (state, coverage, holders) = family.after(&task, &handover);
        let expected = match answers[..] {
            [200, 409 | 503] => ("accepted", &family.asked),
            [409 | 503, 200] => ("withdrawn", &family.giver),
            _ => panic!("{answers:?}"),
        };
        let is_right = (state.as_str(), coverage.as_str()) == (expected.0, "full")
            && holders == [expected.1.member_id.clone()];
        wrong += usize::from(!is_right);
        accepted += usize::from(state == "accepted");
        family
            .circle
            .founder
            .press(&format!("{task}/complete"))
            .is(200);
    }
    report(
        "T8",
        &format!(
            "handovers accepted and withdrawn at once that not exactly one member has, {trials} \
             trials ({})",
            nodes.label()
        ),
        format!("{wrong} ({accepted} accepted)"),
        "0",
        wrong == 0,
    );
}

#[test]
fn a_member_who_is_removed_while_accepting_has_nothing_afterwards() {
    let nodes = Nodes::open(&[]);
    let family = Family::form(&nodes);
    let remove = format!(
        "{}/members/{}/remove",
        family.circle.path, family.asked.member_id
    );
    let trials = size(1000, 25);
    let (mut wrong, mut accepted) = (0, 0);
    for trial in 0..trials {
        let (task, handover) = family.hand_over();
        let answers = at_once(2, |index| {
            let address = family.nodes.address(trial + index);
            if index == 0 {
                let there = family.asked.api.at(address);
                return there.press(&format!("{handover}/accept")).status;
            }
            family
                .circle
                .founder
                .at(address)
                .post(&remove, &json!({}))
                .status
        });
        if answers[1] == 503 {
            family.circle.founder.post(&remove, &json!({})).is(200);
        } else {
            assert_eq!(answers[1], 200, "{answers:?}");
        }
        let (state, coverage, holders) = family.after(&task, &handover);
        let giver = family.giver.member_id.clone();
        let is_right = match answers[0] {
            // They had it for a moment. It was released with all that they had.
            200 => {
                (state.as_str(), coverage.as_str()) == ("accepted", "none") && holders.is_empty()
            }
            404 | 503 => {
                (state.as_str(), coverage.as_str()) == ("withdrawn", "full") && holders == [giver]
            }
            _ => panic!("{answers:?}"),
        };
        wrong += usize::from(!is_right);
        accepted += usize::from(answers[0] == 200);
        family
            .circle
            .founder
            .press(&format!("{task}/complete"))
            .is(200);
        let back = "UPDATE memberships SET state = 'active' WHERE state = 'removed'";
        nodes.setup.database.change(back);
    }
    report(
        "T8",
        &format!(
            "handovers that a member has who was removed while accepting, {trials} trials ({})",
            nodes.label()
        ),
        format!("{wrong} ({accepted} accepted just before)"),
        "0",
        wrong == 0,
    );
}
