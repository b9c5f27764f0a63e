//! What a member sees, while coordinators and the patient give and take levels with and without an
//! end, and time passes.

use std::fmt::Write;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use kith::features::circles::end_grants;
use serde_json::{Value, json};

use super::run;
use crate::contract::differential::Dice;
use crate::harness::{Client, Person, TestApp};

const STEPS: usize = 12;
const TOPICS: [&str; 4] = ["daily", "family", "health", "decisions"];
const LEVELS: [&str; 3] = ["none", "read", "write"];
const READ: usize = 1;
const WRITE: usize = 2;

type Until = Option<DateTime<Utc>>;

/// The level of a topic. What the patient has set last is the limit for coordinators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Grant {
    level: usize,
    until: Until,
    limit: (usize, Until),
    /// Whether the member holds the task of this topic.
    holds: bool,
}

#[derive(Clone, Debug)]
enum Step {
    Set {
        by_patient: bool,
        topics: Vec<(usize, usize)>,
        hours: Option<i64>,
    },
    Claim(usize),
    Wait {
        minutes: i64,
        with_job: bool,
    },
}

#[derive(Clone, Debug)]
struct Model {
    now: DateTime<Utc>,
    grants: [Grant; 4],
}

impl Model {
    fn level(&self, topic: usize) -> usize {
        let grant = self.grants[topic];
        match grant.until {
            Some(until) if until <= self.now => 0,
            _ => grant.level,
        }
    }

    /// What the member does not see any more, they do not hold.
    fn release_what_is_hidden(&mut self) {
        for topic in 0..TOPICS.len() {
            if self.level(topic) < READ {
                self.grants[topic].holds = false;
            }
        }
    }

    fn set(&mut self, by_patient: bool, topics: &[(usize, usize)], until: Until) -> u16 {
        let mut after = self.grants;
        for (topic, level) in topics {
            let grant = &mut after[*topic];
            let (most, longest) = grant.limit;
            let outlives = |end: DateTime<Utc>| until.is_none_or(|until| until > end);
            let is_too_much = *level > most || *level > 0 && longest.is_some_and(outlives);
            if by_patient {
                grant.limit = (*level, until);
            } else if is_too_much {
                return 422;
            }
            grant.level = *level;
            grant.until = until;
        }
        if after != self.grants {
            self.grants = after;
            self.release_what_is_hidden();
        }
        200
    }

    fn end(&mut self) {
        let now = self.now;
        for grant in &mut self.grants {
            if grant.until.is_some_and(|until| until <= now) {
                grant.level = 0;
                grant.until = None;
            }
        }
        self.release_what_is_hidden();
    }
}

struct World {
    app: Arc<TestApp>,
    people: [Person; 3],
}

impl World {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let people = app.circle(["coordinator", "caregiver", "patient"]).await;
        Self { app, people }
    }
}

fn some_step(dice: &mut Dice) -> Step {
    match dice.roll(10) {
        0..=4 => {
            let mut topics = vec![(dice.roll(4), dice.roll(3))];
            if dice.roll(3) == 0 {
                topics.push(((topics[0].0 + 1) % 4, dice.roll(3)));
            }
            let hours = (dice.roll(2) == 0).then(|| i64::try_from(1 + dice.roll(48)).unwrap());
            Step::Set {
                by_patient: dice.roll(3) == 0,
                topics,
                hours,
            }
        }
        5 | 6 => Step::Claim(dice.roll(4)),
        _ => Step::Wait {
            minutes: i64::try_from(1 + dice.roll(24 * 60)).unwrap(),
            with_job: dice.roll(2) == 0,
        },
    }
}

/// For each topic, whether the reader sees its task, and may change it.
async fn sees(by: &Client, tasks: &[String; 4]) -> [(bool, bool); 4] {
    let page = by.get("/tasks?state=open&limit=200").await.is(200);
    let all = page["data"].as_array().unwrap();
    tasks.each_ref().map(|id| {
        let task = all.iter().find(|task| task["id"] == **id);
        let changes = |task: &Value| {
            task["actions"]
                .as_array()
                .unwrap()
                .contains(&json!("update"))
        };
        (task.is_some(), task.is_some_and(changes))
    })
}

/// For each topic, whether somebody holds its task.
async fn held(by: &Client, tasks: &[String; 4]) -> [bool; 4] {
    let page = by.get("/tasks?state=open&limit=200").await.is(200);
    let all = page["data"].as_array().unwrap();
    tasks.each_ref().map(|id| {
        let task = all.iter().find(|task| task["id"] == **id).unwrap();
        let mut parts = task["assignments"].as_array().unwrap().iter();
        parts.any(|part| part["state"] == "accepted")
    })
}

async fn history(world: &World, mut dice: Dice) -> usize {
    let [ana, ben, rosa] = &world.people;
    let app = &world.app;
    let mut clients = [ana.later().await, ben.later().await, rosa.later().await];
    let path = format!("/members/{}/topics", ben.member_id);
    let all =
        json!({ "daily": "write", "family": "write", "health": "write", "decisions": "write" });
    clients[2].patch(&path, all).await.is(200);
    let mut tasks: [String; 4] = Default::default();
    for (task, topic) in tasks.iter_mut().zip(TOPICS) {
        let new = json!({ "title": "Something", "topic": topic });
        let made = clients[2].post("/tasks", new).await.is(201);
        made["id"].as_str().unwrap().clone_into(task);
    }
    let grant = Grant {
        level: WRITE,
        until: None,
        limit: (WRITE, None),
        holds: false,
    };
    let mut model = Model {
        now: app.now(),
        grants: [grant; 4],
    };
    let mut told = String::new();
    for _ in 0..STEPS {
        let step = some_step(&mut dice);
        writeln!(told, "{} {step:?}", model.now).unwrap();
        match &step {
            Step::Set {
                by_patient,
                topics,
                hours,
            } => {
                let until = hours.map(|hours| model.now + TimeDelta::hours(hours));
                let mut body = json!({});
                for (topic, level) in topics {
                    body[TOPICS[*topic]] = json!(LEVELS[*level]);
                }
                if let Some(until) = until {
                    body["expires_at"] = json!(until.to_rfc3339());
                }
                let by = if *by_patient {
                    &clients[2]
                } else {
                    &clients[0]
                };
                let reply = by.patch(&path, body).await;
                let expected = model.set(*by_patient, topics, until);
                assert_eq!(reply.status.as_u16(), expected, "{told}{}", reply.text);
            }
            Step::Claim(topic) => {
                let claim = format!("/tasks/{}/claim", tasks[*topic]);
                let reply = clients[1].act(&claim).await;
                let expected = if model.level(*topic) < READ { 404 } else { 200 };
                assert_eq!(reply.status.as_u16(), expected, "{told}{}", reply.text);
                model.grants[*topic].holds |= expected == 200;
            }
            Step::Wait { minutes, with_job } => {
                app.advance(TimeDelta::minutes(*minutes));
                model.now = app.now();
                if *with_job {
                    end_grants(&app.app).await.unwrap();
                    model.end();
                }
                clients = [ana.later().await, ben.later().await, rosa.later().await];
            }
        }
        let expected = [0, 1, 2, 3].map(|topic| {
            let level = model.level(topic);
            (level >= READ, level == WRITE)
        });
        assert_eq!(
            sees(&clients[1], &tasks).await,
            expected,
            "{told}{model:#?}"
        );
        let holds = model.grants.map(|grant| grant.holds);
        assert_eq!(held(&clients[2], &tasks).await, holds, "{told}{model:#?}");
    }
    for task in &tasks {
        let cancel = format!("/tasks/{task}/cancel");
        clients[2].act(&cancel).await.is(200);
    }
    STEPS
}

#[tokio::test]
async fn histories_of_grants_follow_the_model() {
    run(
        "histories_of_grants",
        60,
        World::new,
        async |world, dice| Box::pin(history(world, dice)).await,
    )
    .await;
}
