//! The requests, the servers that get them, and the required ratios.

use std::cell::Cell;
use std::io::Write;

use crate::fill::{CIRCLES, circle_id, task_to_complete};

/// The server that gets the requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    ByHand,
    Kith,
}

/// One kind of request.
pub struct Scenario {
    pub name: &'static str,
    pub server: Server,
    /// The expected status of every answer.
    pub status: u16,
    /// The scenario that it is compared with, and the required share of that scenario's rate.
    pub bar: Option<(&'static str, f64)>,
    request: fn(&Round, usize, &mut Vec<u8>) -> bool,
}

const NO_WORK: &str = "no work";
const TOKEN: &str = "token + JSON, no database";
const LIST: &str = "list, one joined query";
const LIST_WITH_PEOPLE: &str = "the same, with assignments and names";
const INSERT: &str = "insert + outbox row";

/// Compared scenarios are side by side, and scenarios that write come last.
pub const SCENARIOS: [Scenario; 11] = [
    Scenario {
        name: NO_WORK,
        server: Server::ByHand,
        status: 204,
        bar: None,
        request: |_, _, to| get(to, "/nothing", ""),
    },
    Scenario {
        name: "no work, through all layers (`/livez`)",
        server: Server::Kith,
        status: 204,
        bar: None,
        request: |_, _, to| get(to, "/livez", ""),
    },
    Scenario {
        name: TOKEN,
        server: Server::ByHand,
        status: 200,
        bar: None,
        request: |round, number, to| get(to, "/page-from-memory", &round.token(number)),
    },
    Scenario {
        name: "unchanged list (304)",
        server: Server::Kith,
        status: 304,
        bar: Some((TOKEN, 0.5)),
        request: |round, number, to| {
            let seen = format!(
                "{}if-none-match: {}\r\n",
                round.token(number),
                round.tag(number)
            );
            get(to, &kith_list(number), &seen)
        },
    },
    Scenario {
        name: LIST,
        server: Server::ByHand,
        status: 200,
        bar: None,
        request: |round, number, to| {
            get(
                to,
                &format!("/tasks/{}", circle(number)),
                &round.token(number),
            )
        },
    },
    Scenario {
        name: LIST_WITH_PEOPLE,
        server: Server::ByHand,
        status: 200,
        bar: None,
        request: |round, number, to| {
            let path = format!("/tasks-with-people/{}", circle(number));
            get(to, &path, &round.token(number))
        },
    },
    Scenario {
        name: "list 50",
        server: Server::Kith,
        status: 200,
        bar: Some((LIST, 0.75)),
        request: |round, number, to| get(to, &kith_list(number), &round.token(number)),
    },
    Scenario {
        name: "agenda (`/v1/me/agenda`)",
        server: Server::Kith,
        status: 200,
        bar: None,
        request: |round, number, to| get(to, "/v1/me/agenda", &round.token(number)),
    },
    Scenario {
        name: INSERT,
        server: Server::ByHand,
        status: 201,
        bar: None,
        request: |round, number, to| {
            post(
                to,
                &format!("/tasks/{}", circle(number)),
                &round.token(number),
                NEW_TASK,
            )
        },
    },
    Scenario {
        name: "create a task",
        server: Server::Kith,
        status: 201,
        bar: Some((INSERT, 0.6)),
        request: |round, number, to| {
            let path = format!("/v1/circles/{}/tasks", circle(number));
            post(to, &path, &round.token_and_key(number), NEW_TASK)
        },
    },
    Scenario {
        name: "complete a task",
        server: Server::Kith,
        status: 200,
        bar: Some((INSERT, 0.6)),
        request: |round, _, to| {
            let Some((circle, task)) = round.next_to_complete() else {
                return false;
            };
            let path = format!("/v1/circles/{}/tasks/{task}/complete", circle_id(circle));
            let number = usize::try_from(circle).unwrap_or_default();
            post(to, &path, &round.token_and_key(number), "{}")
        },
    },
];

/// New tasks are due long after all others, so that the first page does not change.
const NEW_TASK: &str = r#"{"title":"Pick up the prescription","category":"household","due_local":"2031-01-02T17:30:00"}"#;

impl Scenario {
    /// Writes the request with a number. Returns false if there are no more.
    pub fn write(&self, round: &Round, number: usize, to: &mut Vec<u8>) -> bool {
        (self.request)(round, number, to)
    }
}

/// The requests of the lists of all circles, as their coordinators. They use every token for
/// the first time, and their answers have the current ETags.
pub fn every_list(tokens: &[String]) -> Vec<Vec<u8>> {
    let list = |(number, token): (usize, &String)| {
        let mut request = Vec::new();
        get(&mut request, &kith_list(number), &bearer(token));
        request
    };
    tokens.iter().enumerate().map(list).collect()
}

/// The values that change from one round to the next.
#[derive(Default)]
pub struct Round {
    /// The access tokens of the coordinators of all circles.
    pub tokens: Vec<String>,
    /// The ETags of the lists of all circles.
    pub tags: Vec<String>,
    pub keys_used: Cell<u64>,
    pub tasks_completed: Cell<u64>,
}

impl Round {
    fn token(&self, number: usize) -> String {
        bearer(&self.tokens[number % self.tokens.len()])
    }

    fn tag(&self, number: usize) -> &str {
        &self.tags[number % self.tags.len()]
    }

    fn token_and_key(&self, number: usize) -> String {
        let key = self.keys_used.replace(self.keys_used.get() + 1);
        format!("{}idempotency-key: load-{key}\r\n", self.token(number))
    }

    fn next_to_complete(&self) -> Option<(u64, kith::entity::ids::TaskId)> {
        let number = self.tasks_completed.get();
        self.tasks_completed.set(number + 1);
        task_to_complete(number)
    }
}

fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}\r\n")
}

fn circle(number: usize) -> kith::entity::ids::CircleId {
    circle_id(number as u64 % CIRCLES)
}

fn kith_list(number: usize) -> String {
    format!("/v1/circles/{}/tasks?state=open&limit=50", circle(number))
}

fn get(to: &mut Vec<u8>, path: &str, headers: &str) -> bool {
    write!(
        to,
        "GET {path} HTTP/1.1\r\nhost: kith.test\r\n{headers}\r\n"
    )
    .is_ok()
}

fn post(to: &mut Vec<u8>, path: &str, headers: &str, body: &str) -> bool {
    write!(
        to,
        "POST {path} HTTP/1.1\r\nhost: kith.test\r\n{headers}content-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .is_ok()
}
