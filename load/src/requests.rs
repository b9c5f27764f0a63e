//! The requests, as bytes.

use std::cell::Cell;
use std::io::Write;

use chrono::Days;
use kith::entity::ids::CircleId;
use kith::platform::time::clock::Clock;

use crate::data::{circle_id, task_id, task_to_complete};

/// New tasks are due long after all others, so that the first page does not change.
pub const NEW_TASK: &str = r#"{"title":"Pick up the prescription","category":"household","due_local":"2031-01-02T17:30:00"}"#;

/// The values that change from one round to the next.
#[derive(Default)]
pub struct Round {
    /// The access tokens of the coordinators of all circles.
    pub tokens: Vec<String>,
    /// The tokens of the same people at PocketBase.
    pub pocketbase_tokens: Vec<String>,
    /// The ETags of the lists of all circles.
    pub tags: Vec<String>,
    pub keys_used: Cell<u64>,
    pub tasks_completed: Cell<u64>,
    pub pocketbase_completed: Cell<u64>,
    /// Whether each request says which client it comes from, as behind a proxy.
    pub behind_proxy: bool,
}

impl Round {
    fn circles(&self) -> u64 {
        self.tokens.len() as u64
    }

    /// The number of the circle that a request is about.
    pub fn nth_circle(&self, number: usize) -> u64 {
        number as u64 % self.circles()
    }

    pub fn circle(&self, number: usize) -> CircleId {
        circle_id(self.nth_circle(number))
    }

    /// The header with the token of the coordinator of that circle.
    pub fn token(&self, number: usize) -> String {
        let token = bearer(&self.tokens[number % self.tokens.len()]);
        if self.behind_proxy {
            return format!("{token}{}", forwarded_for(self.nth_circle(number)));
        }
        token
    }

    pub fn pocketbase_token(&self, number: usize) -> String {
        bearer(&self.pocketbase_tokens[number % self.pocketbase_tokens.len()])
    }

    pub fn tag(&self, number: usize) -> &str {
        &self.tags[number % self.tags.len()]
    }

    pub fn token_and_key(&self, number: usize) -> String {
        let key = self.keys_used.replace(self.keys_used.get() + 1);
        format!("{}idempotency-key: load-{key}\r\n", self.token(number))
    }

    /// The number of a circle, and of a task in it that is still open.
    pub fn next_to_complete(&self, counter: &Cell<u64>) -> Option<(u64, u64)> {
        let number = counter.replace(counter.get() + 1);
        task_to_complete(self.circles(), number)
    }

    /// The list of fifty open tasks of Kith.
    pub fn list(&self, number: usize, to: &mut Vec<u8>) -> bool {
        let path = format!(
            "/v1/circles/{}/tasks?state=open&limit=50",
            self.circle(number)
        );
        get(to, &path, &self.token(number))
    }

    /// The same, if it has changed.
    pub fn unchanged_list(&self, number: usize, to: &mut Vec<u8>) -> bool {
        let path = format!(
            "/v1/circles/{}/tasks?state=open&limit=50",
            self.circle(number)
        );
        let seen = format!("if-none-match: {}\r\n", self.tag(number));
        get(to, &path, &format!("{}{seen}", self.token(number)))
    }

    pub fn create(&self, number: usize, to: &mut Vec<u8>) -> bool {
        let path = format!("/v1/circles/{}/tasks", self.circle(number));
        post(to, &path, &self.token_and_key(number), NEW_TASK)
    }

    /// The calendar of four weeks so far ahead that it is computed from the series.
    pub fn projected_calendar(&self, number: usize, to: &mut Vec<u8>) -> bool {
        let today = Clock::real().now().date_naive();
        let (from, until) = (today + Days::new(63), today + Days::new(91));
        let path = format!("/v1/me/calendar?from={from}T00:00:00Z&to={until}T00:00:00Z");
        get(to, &path, &self.token(number))
    }

    /// A series with nine tasks in the next sixty days.
    pub fn create_series(&self, number: usize, to: &mut Vec<u8>) -> bool {
        let path = format!("/v1/circles/{}/task-series", self.circle(number));
        let first = Clock::real().now().date_naive() + Days::new(2);
        let body = format!(
            r#"{{"title":"Water the plants","due_on":"{first}","recurrence":"FREQ=WEEKLY"}}"#
        );
        post(to, &path, &self.token_and_key(number), &body)
    }

    pub fn complete(&self, to: &mut Vec<u8>) -> bool {
        let Some((circle, task)) = self.next_to_complete(&self.tasks_completed) else {
            return false;
        };
        let path = format!(
            "/v1/circles/{}/tasks/{}/complete",
            circle_id(circle),
            task_id(circle, task)
        );
        let number = usize::try_from(circle).unwrap_or_default();
        post(to, &path, &self.token_and_key(number), "{}")
    }

    /// The lists of all circles, as their coordinators. They use every token for the first time,
    /// and their answers have the current ETags.
    pub fn every_list(&self) -> Vec<Vec<u8>> {
        let list = |number| {
            let mut request = Vec::new();
            self.list(number, &mut request);
            request
        };
        (0..self.tokens.len()).map(list).collect()
    }
}

/// The header that a proxy adds: each client has an address of its own.
pub fn forwarded_for(client: u64) -> String {
    let [.., high, middle, low] = client.to_be_bytes();
    format!("x-forwarded-for: 10.{high}.{middle}.{low}\r\n")
}

/// A header with a token.
pub fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}\r\n")
}

pub fn get(to: &mut Vec<u8>, path: &str, headers: &str) -> bool {
    write!(
        to,
        "GET {path} HTTP/1.1\r\nhost: kith.test\r\n{headers}\r\n"
    )
    .is_ok()
}

pub fn post(to: &mut Vec<u8>, path: &str, headers: &str, body: &str) -> bool {
    send(to, "POST", path, headers, body)
}

pub fn send(to: &mut Vec<u8>, method: &str, path: &str, headers: &str, body: &str) -> bool {
    write!(
        to,
        "{method} {path} HTTP/1.1\r\nhost: kith.test\r\n{headers}content-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .is_ok()
}

/// A request with a body in JSON.
pub fn request(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let mut request = Vec::new();
    send(&mut request, method, path, headers, body);
    request
}
