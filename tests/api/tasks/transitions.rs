//! Which state a task gets into, by which verb and by whom: one table.

use std::fmt::Write;
use std::sync::Arc;

use serde_json::json;

use super::let_lapse;
use crate::harness::{Person, TestApp};

/// What members do that can put a task into another state.
const VERBS: [&str; 5] = ["approve", "cancel", "complete", "reopen", "reinstate"];

/// How a task that Ben has suggested gets into each state.
const STATES: [(&str, &[(&str, &str)]); 7] = [
    ("proposed", &[]),
    ("open", &[("ana", "approve"), ("ben", "claim")]),
    (
        "completed",
        &[("ana", "approve"), ("ben", "claim"), ("ben", "complete")],
    ),
    ("canceled, was proposed", &[("ben", "cancel")]),
    (
        "canceled, was open",
        &[("ana", "approve"), ("ben", "claim"), ("ana", "cancel")],
    ),
    ("lapsed, was proposed", &[("time", "lapse")]),
    (
        "lapsed, was open",
        &[("ana", "approve"), ("ben", "claim"), ("time", "lapse")],
    ),
];

struct Family {
    app: Arc<TestApp>,
    people: [(&'static str, Person); 6],
}

impl Family {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let access = [
            "coordinator",
            "patient",
            "caregiver",
            "helper",
            "helper",
            "viewer",
        ];
        let [ana, rosa, cem, ben, dora, eli] = app.circle(access).await;
        Self {
            people: [
                ("ana", ana),
                ("rosa", rosa),
                ("cem", cem),
                ("ben", ben),
                ("dora", dora),
                ("eli", eli),
            ],
            app,
        }
    }

    fn person(&self, name: &str) -> &Person {
        let mut people = self.people.iter();
        &people.find(|(is, _)| *is == name).unwrap().1
    }

    /// The path of a new task in a state.
    async fn task(&self, steps: &[(&str, &str)]) -> String {
        let task = json!({ "title": "Walk", "topic": "daily" });
        let task = self.person("ben").task(task).await;
        let path = format!("/tasks/{}", task["id"].as_str().unwrap());
        for (who, verb) in steps {
            if *who == "time" {
                let_lapse(&self.app, &path).await;
            } else {
                let act = format!("{path}/{verb}");
                self.person(who).act(&act).await.is(200);
            }
        }
        path
    }

    /// The state after a verb: `.` if the task is as it was before, `403` or `409` if it was refused.
    async fn cell(&self, who: &Person, path: &str, verb: &str) -> String {
        let before = self.person("ana").get(path).await.is(200);
        let reply = who.act(&format!("{path}/{verb}")).await;
        let after = self.person("ana").get(path).await.is(200);
        if before == after {
            return match reply.status.as_u16() {
                200 => ".".to_owned(),
                refused => refused.to_string(),
            };
        }
        reply.is(200);
        after["state"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn every_verb_of_every_member_in_every_state_ends_as_one_table_says() {
    let family = Box::pin(Family::start()).await;
    let mut table = String::new();
    for (state, steps) in STATES {
        writeln!(table, "{state}").unwrap();
        for verb in VERBS {
            write!(table, "  {verb:9}").unwrap();
            let mut path: Option<String> = None;
            for (_, who) in &family.people {
                let task = match path.take() {
                    Some(task) => task,
                    None => family.task(steps).await,
                };
                let cell = family.cell(who, &task, verb).await;
                write!(table, " {cell:9}").unwrap();
                // A task that nobody has changed serves again.
                if matches!(cell.as_str(), "." | "403" | "409") {
                    path = Some(task);
                }
            }
            let line = table.trim_end().len();
            table.truncate(line);
            table.push('\n');
        }
    }
    // A coordinator, the patient, a caregiver, the helper who suggested the task and has claimed it
    // if it was open, another helper, and a viewer.
    insta::assert_snapshot!(table, @r"
    proposed
      approve   open      open      open      403       403       403
      cancel    canceled  canceled  canceled  canceled  403       403
      complete  409       409       409       409       403       403
      reopen    409       409       403       403       403       403
      reinstate .         .         .         .         .         403
    open
      approve   .         .         .         403       403       403
      cancel    canceled  canceled  403       403       403       403
      complete  completed completed 403       completed 403       403
      reopen    .         .         .         .         .         403
      reinstate .         .         .         .         .         403
    completed
      approve   409       409       409       403       403       403
      cancel    409       409       409       403       403       403
      complete  .         .         .         .         .         403
      reopen    open      open      403       open      403       403
      reinstate 409       409       403       403       403       403
    canceled, was proposed
      approve   409       409       409       403       403       403
      cancel    .         .         .         .         .         403
      complete  409       409       409       403       403       403
      reopen    409       409       403       403       403       403
      reinstate proposed  proposed  403       proposed  403       403
    canceled, was open
      approve   409       409       409       403       403       403
      cancel    .         .         .         .         .         403
      complete  409       409       403       409       403       403
      reopen    409       409       403       403       403       403
      reinstate open      open      403       403       403       403
    lapsed, was proposed
      approve   409       409       409       403       403       403
      cancel    409       409       409       403       403       403
      complete  409       409       409       403       403       403
      reopen    proposed  proposed  proposed  403       403       403
      reinstate 409       409       403       403       403       403
    lapsed, was open
      approve   409       409       409       403       403       403
      cancel    409       409       403       403       403       403
      complete  409       409       403       409       403       403
      reopen    open      open      403       open      403       403
      reinstate 409       409       403       403       403       403
    ");
}
