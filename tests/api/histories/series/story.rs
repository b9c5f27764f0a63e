//! A history of a series: random steps on a server, each compared with the model.

mod steps;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use chrono::{Days, NaiveDate, TimeDelta};
use kith::features::series::extend_series;
use serde_json::{Value, json};

use super::*;
use crate::contract::differential::Dice;
use crate::harness::{Client, Person, TestApp};
use crate::histories::run;

/// What the server is asked, and whether it does it: 200, or the status of the refusal.
struct Asked {
    by: usize,
    path: String,
    body: Option<Value>,
    is_patch: bool,
    expected: u16,
}

struct World {
    app: Arc<TestApp>,
    people: [Person; PEOPLE],
}

impl World {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let people = app
            .circle(["coordinator", "helper", "helper", "helper"])
            .await;
        app.advance(TimeDelta::hours(4));
        Self { app, people }
    }

    async fn clients(&self) -> Vec<Client> {
        let mut clients = Vec::new();
        for person in &self.people {
            clients.push(person.later().await);
        }
        clients
    }
}

/// One history: the server's ids beside the model.
struct Story<'a> {
    world: &'a World,
    model: Model,
    id: String,
    /// The tasks of the parts of the series that were divided off: nothing changes them any more.
    before: Vec<(String, BTreeMap<NaiveDate, Task>)>,
    titles: usize,
}

fn some_step(dice: &mut Dice) -> Step {
    let who = 1 + dice.roll(PEOPLE - 1);
    let nth = dice.roll(30);
    let every = *dice.pick(&INTERVALS);
    match dice.roll(26) {
        0 | 1 => Step::Rename {
            replace_exceptions: dice.roll(4) == 0,
        },
        2 => Step::Repeat {
            every,
            count: (dice.roll(3) == 0).then(|| 1 + u64::try_from(dice.roll(12)).unwrap()),
        },
        3 | 4 => Step::Divide {
            in_days: u64::try_from(dice.roll(70)).unwrap(),
            every: (dice.roll(2) == 0).then_some(every),
        },
        5 => Step::NeedPeople(1 + dice.roll(3)),
        6 => Step::Pause,
        7 | 8 => Step::Resume,
        9 | 10 => Step::Claim(who),
        11 => Step::Offer(who),
        12 | 13 => Step::Accept(who),
        14 => Step::Decline(who),
        15 => Step::Release(who),
        16 | 17 => Step::SetTurns([who, 1 + who % (PEOPLE - 1)]),
        18 => Step::RenameOne(nth),
        19 => Step::CancelOne(nth),
        20 => Step::CompleteOne(nth),
        21 => Step::ClaimOne(nth, who),
        22 => Step::ReleaseOne(nth, who),
        _ => Step::Wait {
            days: 1 + u64::try_from(dice.roll(20)).unwrap(),
            with_job: dice.roll(4) > 0,
        },
    }
}

fn rule(every: u64, count: Option<u64>) -> String {
    let count = count.map_or(String::new(), |count| format!(";COUNT={count}"));
    match every {
        7 => format!("FREQ=WEEKLY{count}"),
        14 => format!("FREQ=WEEKLY;INTERVAL=2{count}"),
        _ => format!("FREQ=DAILY;INTERVAL={every}{count}"),
    }
}

impl Story<'_> {
    fn new_title(&mut self) -> String {
        self.titles += 1;
        format!("Title {}", self.titles)
    }

    /// The tasks of a series, in the words of the model.
    async fn read(
        &self,
        by: &Client,
        id: &str,
    ) -> (BTreeMap<NaiveDate, Task>, BTreeMap<NaiveDate, String>) {
        let states = "state=open&state=completed&state=canceled";
        let page = format!("/tasks?series_id={id}&{states}&limit=200");
        let page = by.get(&page).await.is(200);
        assert_eq!(page["next_cursor"], Value::Null);
        let (mut tasks, mut ids) = (BTreeMap::new(), BTreeMap::new());
        for row in page["data"].as_array().unwrap() {
            let on: NaiveDate = row["original_on"].as_str().unwrap().parse().unwrap();
            let part = |part: &Value| {
                let is_theirs = |person: &&Person| part["member_id"] == person.member_id;
                let people = self.world.people.iter();
                let who = people
                    .clone()
                    .position(|person| is_theirs(&person))
                    .unwrap();
                let all = [
                    Part::Offered,
                    Part::Accepted,
                    Part::Declined,
                    Part::Released,
                    Part::Completed,
                ];
                let state = all.into_iter().find(|state| part["state"] == state.word());
                (who, state.unwrap())
            };
            let parts = row["assignments"].as_array().unwrap().iter().map(part);
            let states = ["open", "completed", "canceled"];
            let task = Task {
                state: states
                    .into_iter()
                    .find(|state| row["state"] == **state)
                    .unwrap(),
                title: row["title"].as_str().unwrap().to_owned(),
                is_exception: row["is_exception"].as_bool().unwrap(),
                needed: usize::try_from(row["people_needed"].as_u64().unwrap()).unwrap(),
                parts: parts.collect(),
            };
            assert!(
                task.taken() <= task.needed,
                "more than there are places: {row}"
            );
            ids.insert(on, row["id"].as_str().unwrap().to_owned());
            assert!(tasks.insert(on, task).is_none(), "two tasks on {on}");
        }
        (tasks, ids)
    }

    /// Compares the series and its tasks with the model.
    async fn check(&mut self, by: &Client, told: &str) {
        let series = by.get(&format!("/task-series/{}", self.id)).await.is(200);
        let model = &self.model;
        let facts = (
            series["state"].as_str().unwrap(),
            series["tasks_until_on"].as_str().unwrap().to_owned(),
            series["last_on"].as_str().map(str::to_owned),
            series["takes_turns"].as_bool().unwrap(),
        );
        let expected = (
            model.state,
            model.made_until.to_string(),
            model.last.map(|last| last.to_string()),
            model.turns_from.is_some(),
        );
        assert_eq!(facts, expected, "{told}");
        let mut members: BTreeMap<&str, (&str, Option<u64>)> = BTreeMap::new();
        let mut order = Vec::new();
        for member in series["members"].as_array().unwrap() {
            let id = member["member_id"].as_str().unwrap();
            order.push(id.to_owned());
            let state = member["state"].as_str().unwrap();
            members.insert(id, (state, member["turn"].as_u64()));
        }
        let id_of = |who: usize| self.world.people[who].member_id.as_str();
        let expected = model.members.iter().map(|member| {
            let turn = member.turn.map(|turn| u64::try_from(turn).unwrap());
            (id_of(member.who), (member.part.word(), turn))
        });
        assert_eq!(members, expected.collect(), "{told}");
        // Members who were copied at once have no order of their own.
        let place = |member: &Member| order.iter().position(|id| id == id_of(member.who));
        let mut in_order = model.members.clone();
        in_order.sort_by_key(place);
        self.model.members = in_order;
        let (tasks, _) = self.read(by, &self.id).await;
        for (on, task) in &tasks {
            assert_eq!(
                Some(task),
                self.model.tasks.get(on),
                "{on}\n{told}{:#?}",
                self.model
            );
        }
        let dates = |tasks: &BTreeMap<NaiveDate, Task>| tasks.keys().copied().collect::<Vec<_>>();
        assert_eq!(
            dates(&tasks),
            dates(&self.model.tasks),
            "{told}{:#?}",
            self.model
        );
    }
}

/// One history, step by step, with the model beside it.
#[expect(clippy::too_many_lines, reason = "one kind of step after the other")]
async fn history(world: &World, mut dice: Dice) -> usize {
    let app = &world.app;
    let mut clients = world.clients().await;
    let today = app.now().date_naive();
    let first = today + Days::new(u64::try_from(dice.roll(10)).unwrap());
    let every = *dice.pick(&INTERVALS);
    let count = (dice.roll(4) == 0).then(|| 1 + u64::try_from(dice.roll(12)).unwrap());
    let needed = 1 + dice.roll(2);
    let new = json!({
        "title": "Title 0", "due_local": format!("{first}T18:00"), "time_zone": "Europe/Berlin",
        "recurrence": rule(every, count), "people_needed": needed,
    });
    let series = clients[ANA].post("/task-series", new).await.is(201);
    let horizon = today + Days::new(AHEAD);
    let mut story = Story {
        world,
        id: series["id"].as_str().unwrap().to_owned(),
        before: Vec::new(),
        titles: 0,
        model: Model {
            today,
            first,
            every,
            last: count.map(|count| first + Days::new((count - 1) * every)),
            title: "Title 0".to_owned(),
            needed,
            state: "active",
            made_until: horizon,
            turns_from: None,
            members: Vec::new(),
            tasks: BTreeMap::new(),
        },
    };
    story.model.make_what_is_to_come();
    let mut told = format!("{first} {}, {needed} needed\n", rule(every, count));
    let mut steps = 0;
    while steps < STEPS && story.model.state != "ended" {
        steps += 1;
        // Each step has a moment of its own: what is older comes first.
        app.advance(TimeDelta::seconds(1));
        let step = some_step(&mut dice);
        writeln!(told, "{} {step:?}", story.model.today).unwrap();
        if let Step::Wait { days, with_job } = step {
            app.advance(TimeDelta::days(i64::try_from(days).unwrap()));
            clients = world.clients().await;
            story.model.today = app.now().date_naive();
            if with_job {
                extend_series(&app.app).await.unwrap();
                story.model.extend();
            }
        } else {
            let (_, ids) = story.read(&clients[ANA], &story.id).await;
            let asked = if let Some((on, asked)) = story.follow_one(&step) {
                let path = format!("/tasks/{}/{}", ids[&on], asked.path);
                Asked {
                    path: path.trim_end_matches('/').to_owned(),
                    ..asked
                }
            } else if matches!(
                step,
                Step::RenameOne(_)
                    | Step::CancelOne(_)
                    | Step::CompleteOne(_)
                    | Step::ClaimOne(..)
                    | Step::ReleaseOne(..)
            ) {
                continue;
            } else {
                story.follow(&step)
            };
            let client = &clients[asked.by];
            let reply = match asked.body {
                Some(body) if asked.is_patch => client.patch(&asked.path, body).await,
                Some(body) => client.post(&asked.path, body).await,
                None => client.act(&asked.path).await,
            };
            assert_eq!(
                reply.status.as_u16(),
                asked.expected,
                "{told}{}",
                reply.text
            );
            if story.id.is_empty() {
                reply.json()["id"]
                    .as_str()
                    .unwrap()
                    .clone_into(&mut story.id);
            }
        }
        story.check(&clients[ANA], &told).await;
    }
    // What was divided off is as it was, and ends so that the job leaves it alone.
    for (id, expected) in &story.before {
        let (tasks, _) = story.read(&clients[ANA], id).await;
        assert_eq!(&tasks, expected, "{told}");
        clients[ANA]
            .act(&format!("/task-series/{id}/end"))
            .await
            .is(200);
    }
    let end = format!("/task-series/{}/end", story.id);
    clients[ANA].act(&end).await.is(200);
    steps
}

#[tokio::test]
async fn histories_of_series_follow_the_model() {
    run(
        "histories_of_series",
        40,
        World::new,
        async |world, dice| Box::pin(history(world, dice)).await,
    )
    .await;
}
