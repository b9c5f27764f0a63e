//! Far more requests than the server can answer, one circle that hammers, and a storm of
//! sign-ins: whether the others still get their answers.

use std::cell::Cell;
use std::time::Duration;

use anyhow::ensure;
use serde::{Deserialize, Serialize};

use crate::data::email_of_coordinator;
use crate::database::Place;
use crate::measure::{peak_mib, prepare_cores, sign_in_again};
use crate::offer::{Answer, Offer, Summary, lasted, offer, offer_for, percentile};
use crate::people::password;
use crate::reminders::OTHERS;
use crate::requests::{Round, forwarded_for, post};
use crate::servers::{Kith, Server, pin_database};
use crate::sink::Sink;

/// As many connections as in all other measurements.
const NORMAL: Offer = Offer {
    connections: 32,
    per_second: None,
};
/// How many times the normal connections and the normal rate are offered.
const TIMES: u32 = 10;
/// How long the normal load is measured.
const QUIET: Duration = Duration::from_secs(10);
/// How long the server may take until it is back to normal.
const RECOVERY: Duration = Duration::from_secs(20);
/// A second is normal again if its p99 is at most this multiple of the normal p99.
const NORMAL_AGAIN: f64 = 1.5;

/// What was found.
#[derive(Debug, Serialize, Deserialize)]
pub struct Overload {
    /// What the server carries: 32 connections without a pause.
    pub normal: Summary,
    /// Ten times as many connections, and ten times the rate.
    pub flood: Summary,
    pub flood_seconds: f64,
    /// From the end of the flood to its last answer.
    pub drain_seconds: f64,
    /// From the end of the flood to the first second from which on all are normal. The time until
    /// its last answer counts. `None`: not in the time of the measurement.
    pub normal_after_seconds: Option<f64>,
    pub peak_mib_before: f64,
    pub peak_mib: f64,
    /// Lists of other circles at a hundred a second: alone, beside one circle that hammers, and
    /// beside sign-ins without a pause.
    pub others_quiet: Summary,
    pub others_beside_hammer: Summary,
    pub hammer: Summary,
    pub others_beside_sign_ins: Summary,
    pub sign_ins: Summary,
}

/// Measures all three. `seconds` is the length of the flood; the two others take half of it.
pub async fn measure(
    place: &Place,
    kith: Kith<'_>,
    flood_for: Duration,
) -> anyhow::Result<Overload> {
    prepare_cores()?;
    let sink = Sink::start()?;
    let (password, hash) = password().await?;
    let with_password = format!("UPDATE users SET password_hash = '{hash}'");
    place.run(&with_password).await?;
    pin_database(place).await?;
    let mut settings = sink.settings();
    settings.push(("TRUSTED_PROXIES", "127.0.0.1".into()));
    let server = kith.start(place, &settings).await?;
    let mut round = Round {
        behind_proxy: true,
        ..Round::default()
    };
    sign_in_again(&server, place, &mut round).await?;
    let lists = |number, to: &mut Vec<u8>| round.list(number, to);
    let address = server.address;

    let normal = offer_for(QUIET, address, NORMAL, lists).await;
    let normal = Summary::of(&normal, 200);
    ensure!(
        normal.accepted_per_second > 0.0,
        "the normal load is not answered"
    );
    let peak_mib_before = peak_mib(&server)?;
    let too_much = Offer {
        connections: NORMAL.connections * TIMES,
        per_second: Some(normal.accepted_per_second * f64::from(TIMES)),
    };
    let flood = offer_for(flood_for, address, too_much, lists).await;
    let after = offer_for(RECOVERY, address, NORMAL, lists).await;
    let drain = lasted(&flood).saturating_sub(flood_for);
    let normal_after = normal_after(&after, normal.accepted_p99_millis);
    let peak_mib = peak_mib(&server)?;

    sign_in_again(&server, place, &mut round).await?;
    let lists = |number, to: &mut Vec<u8>| round.list(number, to);
    // The first circle is the one that hammers.
    let of_others = |number: usize, to: &mut Vec<u8>| {
        let others = round.tokens.len() - 1;
        lists(1 + number % others, to)
    };
    let quiet = offer_for(QUIET, address, OTHERS, of_others).await;
    let hammered = |_, to: &mut Vec<u8>| lists(0, to);
    let hammer = Offer {
        connections: 2 * NORMAL.connections,
        per_second: None,
    };
    let half = flood_for / 2;
    let (others_beside_hammer, hammer) = beside(&server, half, of_others, (hammer, hammered)).await;
    let sign_in = |number: usize, to: &mut Vec<u8>| {
        let client = round.nth_circle(number);
        let email = email_of_coordinator(client);
        let body = format!(r#"{{"email":"{email}","password":"{password}"}}"#);
        post(to, "/v1/sessions", &forwarded_for(client), &body)
    };
    let (others_beside_sign_ins, sign_ins) =
        beside(&server, half, of_others, (NORMAL, sign_in)).await;
    Ok(Overload {
        normal,
        flood: Summary::of(&flood, 200),
        flood_seconds: flood_for.as_secs_f64(),
        drain_seconds: drain.as_secs_f64(),
        normal_after_seconds: normal_after.map(|after| (drain + after).as_secs_f64()),
        peak_mib_before,
        peak_mib,
        others_quiet: Summary::of(&quiet, 200),
        others_beside_hammer,
        hammer,
        others_beside_sign_ins,
        sign_ins,
    })
}

/// Sends the lists of the others beside another load.
async fn beside(
    server: &Server,
    lasts: Duration,
    others: impl Fn(usize, &mut Vec<u8>) -> bool,
    (how, what): (Offer, impl Fn(usize, &mut Vec<u8>) -> bool),
) -> (Summary, Summary) {
    let stop = Cell::new(false);
    let keep_time = async {
        tokio::time::sleep(lasts).await;
        stop.set(true);
    };
    let (others, load, ()) = tokio::join!(
        offer(server.address, OTHERS, others, &stop),
        offer(server.address, how, what, &stop),
        keep_time
    );
    (Summary::of(&others, 200), Summary::of(&load, 200))
}

/// The second from which on every second is normal.
fn normal_after(answers: &[Answer], normal_p99: f64) -> Option<Duration> {
    let is_normal = |second: u64| {
        let of_second = answers
            .iter()
            .filter(|answer| answer.at.as_secs() == second);
        let mut took = Vec::new();
        for answer in of_second {
            if answer.status != 200 {
                return false;
            }
            took.push(answer.took.as_secs_f64() * 1000.0);
        }
        took.sort_by(f64::total_cmp);
        !took.is_empty() && percentile(&took, 0.99) <= normal_p99 * NORMAL_AGAIN
    };
    let seconds = 0..RECOVERY.as_secs();
    let last_bad = seconds.rev().find(|second| !is_normal(*second));
    match last_bad {
        None => Some(Duration::ZERO),
        Some(last) if last + 1 == RECOVERY.as_secs() => None,
        Some(last) => Some(Duration::from_secs(last + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_normal_after_the_last_second_that_was_not() {
        let answer = |second, millis| Answer {
            at: Duration::from_secs(second),
            took: Duration::from_millis(millis),
            status: 200,
            has_retry_after: false,
        };
        let mut answers: Vec<_> = (0..20).map(|second| answer(second, 10)).collect();
        assert_eq!(normal_after(&answers, 10.0), Some(Duration::ZERO));
        answers[3] = answer(3, 40);
        let fourth = Some(Duration::from_secs(4));
        assert_eq!(normal_after(&answers, 10.0), fourth);
        answers[19] = answer(19, 40);
        assert_eq!(normal_after(&answers, 10.0), None);
    }
}
