//! A load that does not depend on how fast the server is: so many requests a second, whatever
//! the answers are.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use crate::generator::Connection;

/// How many requests are sent.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    pub connections: u32,
    /// Of all connections together. `None`: each sends its next request at once. A connection
    /// that still waits for an answer sends later, so that a slow server gets fewer requests.
    pub per_second: Option<f64>,
}

/// One answer, or the end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// When the request was sent, since the beginning.
    pub at: Duration,
    pub took: Duration,
    /// 0: the connection was refused or broke.
    pub status: u16,
    pub has_retry_after: bool,
}

/// From the first request to the last answer. That is longer than requests were sent, because each
/// connection waits for its last answer.
pub fn lasted(answers: &[Answer]) -> Duration {
    let ends = answers.iter().map(|answer| answer.at + answer.took);
    ends.max().unwrap_or_default()
}

/// Sends requests until `stop` is set, and waits for the answers.
pub async fn offer(
    address: SocketAddr,
    offer: Offer,
    requests: impl Fn(usize, &mut Vec<u8>) -> bool,
    stop: &Cell<bool>,
) -> Vec<Answer> {
    const PAUSE: Duration = Duration::from_millis(10);
    let begun = Instant::now();
    let next = Cell::new(0);
    let answers = RefCell::new(Vec::new());
    let every = offer
        .per_second
        .map(|rate| Duration::from_secs_f64(f64::from(offer.connections) / rate));
    let work = async |nth: u32| {
        let mut open: Option<Connection> = None;
        let mut request = Vec::with_capacity(2048);
        let mut due = begun + every.unwrap_or_default() * nth / offer.connections;
        while !stop.get() {
            if let Some(every) = every {
                tokio::time::sleep_until(due.into()).await;
                due = Instant::now().max(due + every);
            }
            request.clear();
            if stop.get() || !requests(next.replace(next.get() + 1), &mut request) {
                break;
            }
            let sent = Instant::now();
            let answer = exchange(address, &mut open, &request).await;
            let (status, has_retry_after) = answer.unwrap_or((0, false));
            answers.borrow_mut().push(Answer {
                at: sent - begun,
                took: sent.elapsed(),
                status,
                has_retry_after,
            });
            if status == 0 {
                tokio::time::sleep(PAUSE).await;
            }
        }
    };
    join_all((0..offer.connections).map(work)).await;
    answers.into_inner()
}

/// Sends requests for a while, and waits for the answers.
pub async fn offer_for(
    duration: Duration,
    address: SocketAddr,
    how: Offer,
    requests: impl Fn(usize, &mut Vec<u8>) -> bool,
) -> Vec<Answer> {
    let stop = Cell::new(false);
    let keep_time = async {
        tokio::time::sleep(duration).await;
        stop.set(true);
    };
    let (answers, ()) = tokio::join!(offer(address, how, requests, &stop), keep_time);
    answers
}

/// The status, and whether there is a `Retry-After`.
async fn exchange(
    address: SocketAddr,
    open: &mut Option<Connection>,
    request: &[u8],
) -> anyhow::Result<(u16, bool)> {
    let mut connection = match open.take() {
        Some(connection) => connection,
        None => Connection::open(address).await?,
    };
    let status = connection.exchange(request).await?;
    let mut has_retry_after = false;
    if status >= 400 {
        let reply = connection.reply()?;
        has_retry_after = reply.header("retry-after").is_some();
        if reply.header("connection") == Some("close") {
            return Ok((status, has_retry_after));
        }
    }
    *open = Some(connection);
    Ok((status, has_retry_after))
}

/// What became of many requests.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Summary {
    pub per_second: f64,
    /// The share of answers with the expected status.
    pub accepted: f64,
    pub accepted_per_second: f64,
    pub accepted_p50_millis: f64,
    pub accepted_p99_millis: f64,
    /// The share of answers with 503.
    pub refused: f64,
    /// The share of these that have `Retry-After`.
    pub with_retry_after: f64,
    pub refused_p99_millis: f64,
    /// The share of all other answers, and of connections that were refused or broke.
    pub broken: f64,
    /// How many of these there were, by status. 0: the connection was refused or broke.
    pub broken_by_status: BTreeMap<u16, usize>,
}

impl Summary {
    /// `status` is the expected one. The rates are of the time until the last answer.
    #[expect(clippy::cast_precision_loss, reason = "some million answers at most")]
    pub fn of(answers: &[Answer], status: u16) -> Self {
        if answers.is_empty() {
            return Self::default();
        }
        let took = |wanted: u16| {
            let of_status = answers.iter().filter(|answer| answer.status == wanted);
            let mut took: Vec<f64> = of_status
                .map(|answer| answer.took.as_secs_f64() * 1000.0)
                .collect();
            took.sort_by(f64::total_cmp);
            took
        };
        let (accepted, refused) = (took(status), took(503));
        let polite = answers
            .iter()
            .filter(|answer| answer.status == 503 && answer.has_retry_after);
        let mut broken_by_status = BTreeMap::new();
        for answer in answers {
            if answer.status != status && answer.status != 503 {
                *broken_by_status.entry(answer.status).or_default() += 1;
            }
        }
        let all = answers.len() as f64;
        let seconds = lasted(answers).as_secs_f64();
        Self {
            per_second: answers.len() as f64 / seconds,
            accepted: accepted.len() as f64 / all,
            accepted_per_second: accepted.len() as f64 / seconds,
            accepted_p50_millis: percentile(&accepted, 0.5),
            accepted_p99_millis: percentile(&accepted, 0.99),
            refused: refused.len() as f64 / all,
            with_retry_after: polite.count() as f64 / refused.len().max(1) as f64,
            refused_p99_millis: percentile(&refused, 0.99),
            broken: (answers.len() - accepted.len() - refused.len()) as f64 / all,
            broken_by_status,
        }
    }
}

/// Of sorted values.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "an index into a list of some million"
)]
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let index = (last as f64 * share).round() as usize;
    sorted.get(index).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_counts_accepted_refused_and_broken_apart() {
        let answer = |status, millis, has_retry_after| Answer {
            at: Duration::from_millis(1500),
            took: Duration::from_millis(millis),
            status,
            has_retry_after,
        };
        let answers = [
            answer(200, 10, false),
            answer(200, 30, false),
            answer(503, 1, true),
            answer(503, 2, false),
            answer(0, 500, false),
        ];
        assert_eq!(lasted(&answers), Duration::from_secs(2));
        let summary = Summary::of(&answers, 200);
        let of = |value: f64| format!("{value:.1}");
        assert_eq!(of(summary.accepted_per_second), "1.0");
        assert_eq!(of(summary.accepted_p99_millis), "30.0");
        assert_eq!(of(summary.refused), "0.4");
        assert_eq!(of(summary.with_retry_after), "0.5");
        assert_eq!(of(summary.broken), "0.2");
        assert_eq!(summary.broken_by_status, BTreeMap::from([(0, 1)]));
        assert_eq!(of(Summary::of(&[], 200).per_second), "0.0");
    }
}
