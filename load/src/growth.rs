//! Whether lists and views get slower when there are more circles: the same requests to a small
//! and to a large database, in turn.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::data::thread_id;
use crate::database::Place;
use crate::measure::{TOKEN_LIFE, prepare_cores, sign_in_again};
use crate::requests::{Round, get};
use crate::sample::{self, Method, Sample};
use crate::servers::{Kith, Server, pin_database};

/// What was found.
#[derive(Debug, Serialize, Deserialize)]
pub struct Growth {
    /// The numbers of circles.
    pub small: u64,
    pub large: u64,
    pub pairs: Vec<Pair>,
}

/// One request, measured on both sizes one after the other.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pair {
    pub request: String,
    pub small: Sample,
    pub large: Sample,
}

/// The path of a request of the coordinator of a circle.
type PathOf = fn(&Round, usize) -> String;

/// Every list and view that reads what grows.
pub const REQUESTS: [(&str, PathOf); 17] = [
    ("open tasks", |round, number| {
        in_circle(round, number, "tasks?state=open&limit=50")
    }),
    ("completed tasks, latest first", |round, number| {
        in_circle(round, number, "tasks?state=completed&limit=50&sort=-due_at")
    }),
    ("tasks of a member", |round, number| {
        let member = crate::data::member_id(round.nth_circle(number), 0);
        let filter = format!("tasks?assigned_member_id={member}&limit=50");
        in_circle(round, number, &filter)
    }),
    ("appointments", |round, number| {
        in_circle(round, number, "appointments?limit=50")
    }),
    ("needs", |round, number| {
        in_circle(round, number, "needs?limit=50")
    }),
    ("threads", |round, number| {
        in_circle(round, number, "threads")
    }),
    ("messages of a thread", |round, number| {
        let thread = thread_id(round.nth_circle(number));
        in_circle(round, number, &format!("threads/{thread}/messages"))
    }),
    ("members", |round, number| {
        in_circle(round, number, "members")
    }),
    ("activity", |round, number| {
        in_circle(round, number, "activity")
    }),
    ("roles", |round, number| in_circle(round, number, "roles")),
    ("a circle", |round, number| {
        format!("/v1/circles/{}", round.circle(number))
    }),
    ("my circles", |_, _| "/v1/me/circles".into()),
    ("agenda", |_, _| "/v1/me/agenda".into()),
    ("my calendar", |_, _| "/v1/me/calendar".into()),
    ("calendar", |round, number| {
        in_circle(round, number, "calendar")
    }),
    ("gaps", |round, number| {
        in_circle(round, number, "gaps?limit=50")
    }),
    ("summary", |_, _| "/v1/me/summary".into()),
];

fn in_circle(round: &Round, number: usize, rest: &str) -> String {
    format!("/v1/circles/{}/{rest}", round.circle(number))
}

/// A size of the database, and the server that runs on it.
struct Side<'a> {
    place: &'a Place,
    server: Server,
    round: Round,
    signed_in: Instant,
    method: Method,
}

impl<'a> Side<'a> {
    async fn start(place: &'a Place, kith: Kith<'_>) -> anyhow::Result<Self> {
        let server = kith.start(place, &[]).await?;
        let mut round = Round::default();
        sign_in_again(&server, place, &mut round).await?;
        Ok(Self {
            place,
            server,
            round,
            signed_in: Instant::now(),
            method: kith.method,
        })
    }

    async fn measure(&mut self, database: Option<u32>, path: PathOf) -> anyhow::Result<Sample> {
        if self.signed_in.elapsed() > TOKEN_LIFE {
            sign_in_again(&self.server, self.place, &mut self.round).await?;
            self.signed_in = Instant::now();
        }
        let round = &self.round;
        let write = |number, to: &mut Vec<u8>| get(to, &path(round, number), &round.token(number));
        sample::take(&self.server, database, 200, self.method, write).await
    }
}

/// Measures both sizes. Both databases must be filled.
pub async fn measure(
    small: &Place,
    large: &Place,
    kith: Kith<'_>,
    only: &str,
) -> anyhow::Result<Growth> {
    prepare_cores()?;
    pin_database(small).await?;
    let database = pin_database(large).await?;
    let mut pairs = Vec::new();
    for number in 1..=kith.method.rounds {
        let mut few = Side::start(small, kith).await?;
        let mut many = Side::start(large, kith).await?;
        for (request, path) in REQUESTS.iter().filter(|(name, _)| name.contains(only)) {
            let one = few.measure(database, *path).await?;
            let two = many.measure(database, *path).await?;
            one.print(number, &format!("{request}, {} circles", small.circles()));
            two.print(number, &format!("{request}, {} circles", large.circles()));
            pairs.push(Pair {
                request: (*request).into(),
                small: one,
                large: two,
            });
        }
    }
    Ok(Growth {
        small: small.circles(),
        large: large.circles(),
        pairs,
    })
}
