//! The kinds of requests, the servers that get them, and the required ratios.

use crate::pocketbase;
use crate::requests::{NEW_TASK, Round, get, post, send};

/// The server that gets the requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    ByHand,
    Kith,
    PocketBase,
}

/// Where something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Both,
    Sqlite,
    Postgres,
}

impl On {
    pub fn includes(self, is_sqlite: bool) -> bool {
        match self {
            Self::Both => true,
            Self::Sqlite => is_sqlite,
            Self::Postgres => !is_sqlite,
        }
    }
}

/// A required share of the rate of another scenario.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    pub other: &'static str,
    pub least: f64,
    pub on: On,
}

/// One kind of request.
pub struct Scenario {
    pub name: &'static str,
    pub target: Target,
    /// The expected status of every answer.
    pub status: u16,
    pub on: On,
    pub bars: &'static [Bar],
    request: fn(&Round, usize, &mut Vec<u8>) -> bool,
}

impl Scenario {
    const fn new(
        target: Target,
        name: &'static str,
        status: u16,
        request: fn(&Round, usize, &mut Vec<u8>) -> bool,
    ) -> Self {
        Self {
            name,
            target,
            status,
            on: On::Both,
            bars: &[],
            request,
        }
    }

    const fn with_bars(mut self, bars: &'static [Bar]) -> Self {
        self.bars = bars;
        self
    }

    const fn only_on(mut self, on: On) -> Self {
        self.on = on;
        self
    }

    /// Writes the request with a number. Returns false if there are no more.
    pub fn write(&self, round: &Round, number: usize, to: &mut Vec<u8>) -> bool {
        (self.request)(round, number, to)
    }
}

const fn bar(other: &'static str, least: f64, on: On) -> Bar {
    Bar { other, least, on }
}

const TOKEN: &str = "token + JSON, no database";
const JOINED: &str = "list, one joined query";
const INLINE: &str = "list, SQLite called inline, with assignments and names";
const PEER_LIST: &str = "PocketBase: list 50 with assignments and names";
pub const LIST: &str = "list 50";
pub const UNCHANGED: &str = "unchanged list (304)";
const INSERT: &str = "insert + outbox row";
const PEER_CREATE: &str = "PocketBase: create a task";
const PEER_COMPLETE: &str = "PocketBase: complete a task";

const OF_LIST: &[Bar] = &[bar(LIST, 0.6, On::Both)];

use Target::{ByHand, Kith, PocketBase};

/// Compared scenarios are side by side, and scenarios that write come last.
pub const SCENARIOS: [Scenario; 24] = [
    Scenario::new(ByHand, "no work", 204, |_, _, to| get(to, "/nothing", "")),
    Scenario::new(
        Kith,
        "no work, through all layers (`/livez`)",
        204,
        |_, _, to| get(to, "/livez", ""),
    ),
    Scenario::new(ByHand, TOKEN, 200, |round, number, to| {
        get(to, "/page-from-memory", &round.token(number))
    }),
    Scenario::new(Kith, UNCHANGED, 304, Round::unchanged_list).with_bars(&[bar(
        TOKEN,
        0.75,
        On::Both,
    )]),
    Scenario::new(ByHand, JOINED, 200, |round, number, to| {
        by_hand(round, number, to, "tasks")
    }),
    Scenario::new(
        ByHand,
        "the same, with assignments and names",
        200,
        |round, number, to| by_hand(round, number, to, "tasks-with-people"),
    ),
    Scenario::new(ByHand, INLINE, 200, |round, number, to| {
        by_hand(round, number, to, "tasks-inline")
    })
    .only_on(On::Sqlite),
    Scenario::new(
        PocketBase,
        "PocketBase: list 50",
        200,
        |round, number, to| peer_list(round, number, to, ""),
    ),
    Scenario::new(PocketBase, PEER_LIST, 200, |round, number, to| {
        peer_list(round, number, to, "&expand=assignments_via_task.member")
    }),
    Scenario::new(Kith, LIST, 200, Round::list).with_bars(&[
        bar(PEER_LIST, 3.0, On::Sqlite),
        bar(INLINE, 0.75, On::Sqlite),
        bar(JOINED, 1.0, On::Postgres),
    ]),
    Scenario::new(
        Kith,
        "agenda (`/v1/me/agenda`)",
        200,
        |round, number, to| get(to, "/v1/me/agenda", &round.token(number)),
    )
    .with_bars(OF_LIST),
    Scenario::new(
        Kith,
        "my calendar (`/v1/me/calendar`)",
        200,
        |round, number, to| get(to, "/v1/me/calendar", &round.token(number)),
    )
    .with_bars(OF_LIST),
    Scenario::new(Kith, "calendar", 200, |round, number, to| {
        let path = format!("/v1/circles/{}/calendar", round.circle(number));
        get(to, &path, &round.token(number))
    })
    .with_bars(OF_LIST),
    Scenario::new(
        Kith,
        "my calendar, four weeks of which nothing is made",
        200,
        Round::projected_calendar,
    ),
    Scenario::new(Kith, "gaps", 200, |round, number, to| {
        let path = format!("/v1/circles/{}/gaps?limit=50", round.circle(number));
        get(to, &path, &round.token(number))
    })
    .with_bars(OF_LIST),
    Scenario::new(
        Kith,
        "my circles (`/v1/me/circles`)",
        200,
        |round, number, to| get(to, "/v1/me/circles", &round.token(number)),
    )
    .with_bars(OF_LIST),
    Scenario::new(
        Kith,
        "summary (`/v1/me/summary`)",
        200,
        |round, number, to| get(to, "/v1/me/summary", &round.token(number)),
    )
    .with_bars(OF_LIST),
    Scenario::new(Kith, "threads", 200, |round, number, to| {
        let path = format!("/v1/circles/{}/threads", round.circle(number));
        get(to, &path, &round.token(number))
    })
    .with_bars(OF_LIST),
    Scenario::new(ByHand, INSERT, 201, |round, number, to| {
        let path = format!("/tasks/{}", round.circle(number));
        post(to, &path, &round.token(number), NEW_TASK)
    }),
    Scenario::new(PocketBase, PEER_CREATE, 200, peer_create),
    Scenario::new(Kith, "create a task", 201, Round::create)
        .with_bars(&[bar(INSERT, 0.8, On::Both), bar(PEER_CREATE, 1.0, On::Both)]),
    Scenario::new(PocketBase, PEER_COMPLETE, 200, |round, _, to| {
        peer_complete(round, to)
    }),
    Scenario::new(Kith, "complete a task", 200, |round, _, to| {
        round.complete(to)
    })
    .with_bars(&[
        bar(INSERT, 0.8, On::Both),
        bar(PEER_COMPLETE, 1.0, On::Both),
    ]),
    Scenario::new(
        Kith,
        "create a weekly series of tasks",
        201,
        Round::create_series,
    ),
];

fn by_hand(round: &Round, number: usize, to: &mut Vec<u8>, route: &str) -> bool {
    let path = format!("/{route}/{}", round.circle(number));
    get(to, &path, &round.token(number))
}

/// The first fifty open tasks of a circle, soonest first, without the count of all.
fn peer_list(round: &Round, number: usize, to: &mut Vec<u8>, expand: &str) -> bool {
    let circle = pocketbase::circle(round.nth_circle(number));
    let path = format!(
        "/api/collections/tasks/records?perPage=50&skipTotal=1&sort=sort_at,id\
         &filter=circle='{circle}'%26%26state='open'{expand}"
    );
    get(to, &path, &round.pocketbase_token(number))
}

/// The columns that Kith's task gets.
fn peer_create(round: &Round, number: usize, to: &mut Vec<u8>) -> bool {
    let nth = round.nth_circle(number);
    let (circle, member) = (pocketbase::circle(nth), pocketbase::member(nth, 0));
    let body = format!(
        r#"{{"circle":"{circle}","version":1,"title":"Pick up the prescription","category":"household","topic":"daily","due_local":"2031-01-02T17:30:00","time_zone":"Europe/Berlin","due_at":"2031-01-02 16:30:00.000Z","sort_at":"2031-01-02 16:30:00.000Z","people_needed":1,"reminder_minutes":"[1440]","state":"open","schedule_version":1,"created_by":"{member}"}}"#
    );
    let path = "/api/collections/tasks/records";
    post(to, path, &round.pocketbase_token(number), &body)
}

fn peer_complete(round: &Round, to: &mut Vec<u8>) -> bool {
    let Some((circle, task)) = round.next_to_complete(&round.pocketbase_completed) else {
        return false;
    };
    let member = pocketbase::member(circle, 0);
    let body = format!(
        r#"{{"version":2,"state":"completed","completed_at":"2026-01-02 17:30:00.000Z","completed_by":"{member}"}}"#
    );
    let path = format!(
        "/api/collections/tasks/records/{}",
        pocketbase::task(circle, task)
    );
    let number = usize::try_from(circle).unwrap_or_default();
    send(to, "PATCH", &path, &round.pocketbase_token(number), &body)
}
