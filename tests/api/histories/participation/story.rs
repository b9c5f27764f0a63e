//! A history of a task or a need: random steps on a server, each compared with the model.

use std::fmt::Write;
use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::contract::differential::Dice;
use crate::harness::{Person, Reply, TestApp};
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

    /// Does a step on the thing at `path`; `visit` is the appointment of a need.
    async fn perform(&self, by: usize, step: Step, path: &str, visit: &str) -> Reply {
        let me = &self.people[by];
        let anyway = json!({ "allow_overlap": true });
        match step {
            Step::Claim => me.post(&format!("{path}/claim"), anyway).await,
            Step::Accept => me.post(&format!("{path}/accept"), anyway).await,
            Step::Decline => me.act(&format!("{path}/decline")).await,
            Step::Release => me.act(&format!("{path}/release")).await,
            Step::OfferTo(to) => {
                let to = json!({ "member_id": self.people[to].member_id });
                me.post(&format!("{path}/offer"), to).await
            }
            Step::Complete { for_everyone } => {
                let body = json!({ "for_everyone": for_everyone });
                me.post(&format!("{path}/complete"), body).await
            }
            Step::Reopen => me.act(&format!("{path}/reopen")).await,
            Step::Need(people) => me.patch(path, json!({ "people_needed": people })).await,
            Step::Cancel => me.act(&format!("{path}/cancel")).await,
            Step::GoAndComeBack(who) => {
                let member = format!("/members/{}", self.people[who].member_id);
                let ana = &self.people[ANA];
                let suspend = format!("{member}/suspend");
                ana.post(&suspend, json!({})).await.is(200);
                ana.act(&format!("{member}/reinstate")).await
            }
            Step::HoldUp => self.people[ANA].act(&format!("{visit}/cancel")).await,
            Step::GoOn => self.people[ANA].act(&format!("{visit}/reinstate")).await,
        }
    }

    /// What the thing is, in the words of the model.
    fn check(&self, model: &Model, thing: &Value, told: &str) {
        let parts = thing["assignments"].as_array().unwrap();
        let part_of = |person: &Person| {
            let mut parts = parts
                .iter()
                .filter(|part| part["member_id"] == person.member_id);
            let part = parts.next().map(|part| part["state"].as_str().unwrap());
            assert!(
                parts.next().is_none(),
                "two parts of one member: {told}\n{thing}"
            );
            part
        };
        let found = [0, 1, 2, 3].map(|who| part_of(&self.people[who]));
        let expected = model.parts.map(|part| part.map(Part::word));
        let facts = (
            thing["state"].as_str().unwrap(),
            thing["coverage"].as_str().unwrap(),
            thing["people_needed"].as_u64().unwrap(),
            found,
        );
        let model_says = (
            model.state,
            model.coverage(),
            u64::try_from(model.needed).unwrap(),
            expected,
        );
        assert_eq!(facts, model_says, "{told}");
        let taken = found.iter().flatten();
        let taken = taken.filter(|state| ["accepted", "completed"].contains(*state));
        assert!(
            taken.count() <= model.needed,
            "more than there are places: {told}"
        );
    }
}

fn some_step(dice: &mut Dice, is_task: bool) -> (usize, Step) {
    let by = dice.roll(PEOPLE);
    let step = match dice.roll(if is_task { 22 } else { 16 }) {
        13 if dice.roll(3) == 0 => Step::Cancel,
        14 if !is_task => Step::HoldUp,
        15 if !is_task => Step::GoOn,
        3 | 4 => Step::Accept,
        5 => Step::Decline,
        6 | 7 => Step::Release,
        8 => return (ANA, Step::OfferTo(dice.roll(PEOPLE))),
        9 => Step::OfferTo(dice.roll(PEOPLE)),
        10 => return (ANA, Step::Need(1 + dice.roll(3))),
        11 => Step::Need(1 + dice.roll(3)),
        12 => return (ANA, Step::GoAndComeBack(1 + dice.roll(PEOPLE - 1))),
        14..=16 => Step::Complete {
            for_everyone: false,
        },
        17 => Step::Complete { for_everyone: true },
        18 => return (ANA, Step::Complete { for_everyone: true }),
        19..=21 => Step::Reopen,
        _ => Step::Claim,
    };
    (by, step)
}

async fn history(world: &World, mut dice: Dice) -> usize {
    let ana = &world.people[ANA];
    let is_task = dice.roll(2) == 0;
    let needed = 1 + dice.roll(3);
    let people = json!(needed);
    let mut visit_path = String::new();
    let path = if is_task {
        let task = json!({ "title": "Cook", "people_needed": people });
        format!("/tasks/{}", ana.task(task).await["id"].as_str().unwrap())
    } else {
        let visit = json!({ "title": "Visit", "topic": "daily", "starts_on": "2027-01-02" });
        let visit = ana.post("/appointments", visit).await.is(201);
        visit_path = format!("/appointments/{}", visit["id"].as_str().unwrap());
        let need = json!({ "kind": "driver", "people_needed": people });
        let need = ana.post(&format!("{visit_path}/needs"), need).await.is(201);
        format!("/needs/{}", need["id"].as_str().unwrap())
    };
    let mut model = Model {
        is_task,
        state: "open",
        needed,
        parts: [None; PEOPLE],
        completed_by: None,
    };
    let mut told = String::new();
    for _ in 0..STEPS {
        let (by, step) = some_step(&mut dice, is_task);
        let before = model.clone();
        let expected = model.follow(by, step);
        writeln!(told, "{by} {step:?}: {expected:?}").unwrap();
        let reply = world.perform(by, step, &path, &visit_path).await;
        let body = reply.json();
        let code = if reply.status.is_success() {
            ""
        } else {
            body["code"].as_str().unwrap()
        };
        assert_eq!(
            (reply.status.as_u16(), code),
            expected,
            "{told}{before:?}\n{body}"
        );
        if expected != DONE {
            assert_eq!(
                format!("{before:?}"),
                format!("{model:?}"),
                "a refusal changes nothing"
            );
        }
        let thing = ana.get(&path).await.is(200);
        world.check(&model, &thing, &told);
    }
    // The next history is not about what this one leaves.
    ana.act(&format!("{path}/cancel")).await;
    STEPS
}

#[tokio::test]
async fn histories_of_participation_follow_the_model() {
    run(
        "histories_of_participation",
        100,
        World::new,
        async |world, dice| Box::pin(history(world, dice)).await,
    )
    .await;
}
