//! A history of one task: random steps on a server, each compared with the model.

use std::fmt::Write;
use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::contract::differential::Dice;
use crate::harness::{Person, TestApp};
use crate::histories::run;

struct World {
    _app: Arc<TestApp>,
    people: [Person; PEOPLE],
}

impl World {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let access = ["coordinator", "helper", "helper", "helper"];
        let people = app.circle(access).await;
        Self { _app: app, people }
    }
}

/// What the server knows by ids: the handovers and the absences in the order of the model.
struct Story<'w> {
    world: &'w World,
    task: String,
    handovers: Vec<String>,
    absences: [Vec<String>; PEOPLE],
}

impl Story<'_> {
    /// Does a step. Returns its status and the code of the problem.
    async fn perform(&mut self, by: usize, step: Step) -> (u16, String) {
        let me = &self.world.people[by];
        let path = format!("/tasks/{}", self.task);
        let of_handover = |nth: usize, verb: &str| {
            let id = &self.handovers[nth];
            format!("/handovers/{id}/{verb}")
        };
        let reply = match step {
            Step::Claim => me.act(&format!("{path}/claim")).await,
            Step::Release => me.act(&format!("{path}/release")).await,
            Step::HandOver(to) => {
                let to = to.map(|to| &self.world.people[to].member_id);
                let body = json!({ "task_id": self.task, "to_member_id": to });
                me.post("/handovers", body).await
            }
            Step::Accept(nth) => me.act(&of_handover(nth, "accept")).await,
            Step::Decline(nth) => me.act(&of_handover(nth, "decline")).await,
            Step::Withdraw(nth) => me.act(&of_handover(nth, "withdraw")).await,
            Step::GoAway {
                on_the_day,
                on_affected,
            } => {
                let (from, until) = if on_the_day {
                    ("2026-12-09", "2026-12-11")
                } else {
                    ("2026-12-20", "2026-12-22")
                };
                let body = json!({
                    "from_on": from, "until_on": until, "on_affected": on_affected,
                });
                let reply = me.post("/absences", body).await;
                let id = reply.json()["id"].as_str().unwrap().to_owned();
                self.absences[by].push(id);
                reply
            }
            Step::ComeBack => {
                let id = self.absences[by].remove(0);
                me.delete(&format!("/absences/{id}")).await
            }
        };
        let code = if reply.status.is_success() {
            String::new()
        } else {
            reply.json()["code"].as_str().unwrap().to_owned()
        };
        (reply.status.as_u16(), code)
    }

    /// Which one of these members no longer has a place.
    async fn who_gave(&self, could: &[usize], told: &str) -> usize {
        let people = &self.world.people;
        let task = people[ANA].get(&format!("/tasks/{}", self.task)).await;
        let task = task.is(200);
        let parts = task["assignments"].as_array().unwrap();
        let released = |who: &&usize| {
            let id = people[**who].member_id.as_str();
            let mut parts = parts.iter();
            parts.any(|part| part["member_id"] == id && part["state"] == "released")
        };
        let gave: Vec<&usize> = could.iter().filter(released).collect();
        let [gave] = gave.as_slice() else {
            panic!("{gave:?} of {could:?}: {told}{task:#}")
        };
        **gave
    }

    /// Compares the task and its handovers with the model.
    async fn check(&mut self, model: &Model, told: &str) {
        let people = &self.world.people;
        let task = people[ANA].get(&format!("/tasks/{}", self.task)).await;
        let task = task.is(200);
        let parts = task["assignments"].as_array().unwrap();
        let part_of = |person: &Person| {
            let mut parts = parts.iter();
            let part = parts.find(|part| part["member_id"] == person.member_id.as_str())?;
            let flag = |name: &str| part[name].as_bool().unwrap();
            let state = part["state"].as_str().unwrap();
            let holds = state == "accepted";
            let flags = [flag("is_handing_over"), flag("is_away")].map(|flag| holds && flag);
            Some((state, flags))
        };
        let found = [0, 1, 2, 3].map(|who| part_of(&people[who]));
        let expected = [0, 1, 2, 3].map(|who| match model.parts[who]? {
            Part::Accepted { hands_over } => Some(("accepted", [hands_over, model.is_away(who)])),
            Part::Released => Some(("released", [false, false])),
        });
        assert_eq!(found, expected, "{told}{task:#}");
        assert_eq!(task["coverage"], model.coverage(), "{told}{task:#}");

        let states = ["open", "accepted", "declined", "withdrawn"];
        let states = states.map(|state| format!("&state={state}")).concat();
        let path = format!("/handovers?task_id={}&limit=200{states}", self.task);
        let page = people[ANA].get(&path).await.is(200);
        let mut rows: Vec<&Value> = page["data"].as_array().unwrap().iter().collect();
        // The newest is the first of the list.
        rows.reverse();
        for row in &rows {
            let id = row["id"].as_str().unwrap();
            if !self.handovers.iter().any(|known| known == id) {
                self.handovers.push(id.to_owned());
            }
        }
        let id_of = |who: usize| json!(people[who].member_id);
        assert_eq!(
            self.handovers.len(),
            model.handovers.len(),
            "{told}{page:#}"
        );
        for (id, expected) in self.handovers.iter().zip(&model.handovers) {
            let row = rows.iter().find(|row| row["id"] == id.as_str()).unwrap();
            let found = [&row["state"], &row["from_member_id"], &row["to_member_id"]];
            let to = expected.to.map_or(Value::Null, id_of);
            let state = json!(expected.state);
            assert_eq!(found, [&state, &id_of(expected.from), &to], "{told}");
            let taken_by = expected.taken_by.map_or(Value::Null, id_of);
            assert_eq!(row["taken_by_member_id"], taken_by, "{told}");
        }
    }
}

fn some_step(dice: &mut Dice, model: &Model) -> (usize, Step) {
    let by = dice.roll(PEOPLE);
    let all = model.handovers.len();
    let step = match dice.roll(16) {
        4 => Step::Release,
        5..=7 => {
            let to = dice.roll(PEOPLE + 2);
            Step::HandOver(Some(to).filter(|to| *to < PEOPLE))
        }
        8..=10 if all > 0 => Step::Accept(all - 1 - dice.roll(all.min(2))),
        11 if all > 0 => Step::Decline(all - 1 - dice.roll(all.min(2))),
        12 if all > 0 => Step::Withdraw(all - 1 - dice.roll(all.min(2))),
        13 | 14 => Step::GoAway {
            on_the_day: dice.roll(3) > 0,
            on_affected: ["release", "offer", "keep"][dice.roll(3)],
        },
        15 if !model.absences[by].is_empty() => Step::ComeBack,
        _ => Step::Claim,
    };
    (by, step)
}

async fn history(world: &World, mut dice: Dice) -> usize {
    let ana = &world.people[ANA];
    let needed = 1 + dice.roll(2);
    let task = json!({ "title": "Cook", "due_on": "2026-12-10", "people_needed": needed });
    let task = ana.task(task).await["id"].as_str().unwrap().to_owned();
    let mut story = Story {
        world,
        task,
        handovers: Vec::new(),
        absences: Default::default(),
    };
    let mut model = Model {
        needed,
        parts: [None; PEOPLE],
        handovers: Vec::new(),
        absences: Default::default(),
    };
    let mut told = String::new();
    for _ in 0..STEPS {
        let (by, step) = some_step(&mut dice, &model);
        let could_give = match step {
            Step::Claim => model.could_give(by),
            _ => Vec::new(),
        };
        let expected = model.follow(by, step);
        writeln!(told, "{by} {step:?}: {expected:?}").unwrap();
        let (status, code) = story.perform(by, step).await;
        assert_eq!((status, code.as_str()), expected, "{told}{model:#?}");
        if !could_give.is_empty() {
            model.take_over(story.who_gave(&could_give, &told).await, by);
        }
        story.check(&model, &told).await;
    }
    // The next history is not about what this one leaves.
    ana.act(&format!("/tasks/{}/cancel", story.task))
        .await
        .is(200);
    for (person, absences) in world.people.iter().zip(story.absences) {
        for id in absences {
            person.delete(&format!("/absences/{id}")).await.is(204);
        }
    }
    STEPS
}

#[tokio::test]
async fn histories_of_handovers_and_absences_follow_the_model() {
    run(
        "histories_of_handovers",
        60,
        World::new,
        async |world, dice| Box::pin(history(world, dice)).await,
    )
    .await;
}
