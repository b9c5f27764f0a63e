//! The breaker of the mail server. If the server cannot be reached, or refuses every email because of
//! a setting, then one email a minute tries it, and all others wait without being tried. So a dead
//! server does not hold up the queue, and a wrong password is not sent so often that the account is
//! locked.

use std::sync::PoisonError;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Mutex, MutexGuard};

/// How long no email is tried.
const REST: TimeDelta = TimeDelta::minutes(1);
/// How many failures in a row open the breaker, if each alone may be a hiccup.
const HICCUPS: u32 = 3;

/// The breaker.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    state: std::sync::Mutex<State>,
    /// Held by the email that tries the server.
    probe: Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    rest: Option<Rest>,
}

#[derive(Debug)]
struct Rest {
    since: DateTime<Utc>,
    why: String,
}

/// What a connection said about the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It takes commands.
    Works,
    /// It could not be reached, or ended the connection before it took a command.
    Hiccup,
    /// It refuses all emails.
    Refuses,
}

/// Whether an email may be tried.
enum Look {
    Closed,
    /// The rest is over: one email may try.
    MayProbe,
    Rests(String),
}

impl Breaker {
    /// Lets an email through, or says why not. After a rest a single email tries the server. The
    /// others wait here for what comes of it. Keep the guard until [`Self::note`] has been called.
    pub async fn enter(&self, now: DateTime<Utc>) -> Result<Option<MutexGuard<'_, ()>>, String> {
        match self.look(now) {
            Look::Closed => return Ok(None),
            Look::Rests(why) => return Err(why),
            Look::MayProbe => {}
        }
        let probe = self.probe.lock().await;
        match self.look(now) {
            Look::Closed => Ok(None),
            Look::Rests(why) => Err(why),
            Look::MayProbe => Ok(Some(probe)),
        }
    }

    /// Notes what a connection that began at `now` said about the server, and why.
    pub fn note(&self, verdict: Verdict, now: DateTime<Utc>, why: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if verdict == Verdict::Works {
            state.failures = 0;
            if state.rest.take().is_some() {
                metrics::gauge!("mail_server_rests").set(0.0);
                tracing::info!("the mail server takes emails again");
            }
            return;
        }
        state.failures += 1;
        if verdict == Verdict::Hiccup && state.failures < HICCUPS && state.rest.is_none() {
            return;
        }
        let why = why.to_owned();
        let is_new = state.rest.replace(Rest { since: now, why }).is_none();
        if is_new {
            metrics::gauge!("mail_server_rests").set(1.0);
            tracing::error!("no emails are sent; one email a minute tries the mail server");
        }
    }

    fn look(&self, now: DateTime<Utc>) -> Look {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(rest) = &state.rest else {
            return Look::Closed;
        };
        // A clock that was set back must not make the rest longer.
        let rested = now - rest.since;
        if rested >= TimeDelta::zero() && rested < REST {
            Look::Rests(rest.why.clone())
        } else {
            Look::MayProbe
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[tokio::test]
    async fn three_hiccups_in_a_row_or_one_refusal_stop_the_emails_for_a_minute() {
        let breaker = Breaker::default();
        for verdict in [Verdict::Hiccup, Verdict::Hiccup, Verdict::Works] {
            breaker.note(verdict, at(0), "away");
            assert!(breaker.enter(at(0)).await.unwrap().is_none());
        }
        for _ in 0..3 {
            assert!(breaker.enter(at(1)).await.unwrap().is_none());
            breaker.note(Verdict::Hiccup, at(1), "away");
        }
        assert_eq!(breaker.enter(at(60)).await.unwrap_err(), "away");
        assert!(breaker.enter(at(61)).await.unwrap().is_some());
        breaker.note(Verdict::Works, at(61), "");
        breaker.note(Verdict::Refuses, at(62), "no");
        assert_eq!(breaker.enter(at(62)).await.unwrap_err(), "no");
        // The clock was set back.
        assert!(breaker.enter(at(0)).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn one_email_tries_the_server_and_the_others_wait_for_it() {
        let breaker = Breaker::default();
        breaker.note(Verdict::Refuses, at(0), "no");
        let probe = breaker.enter(at(60)).await.unwrap();
        let mut other = Box::pin(breaker.enter(at(60)));
        let waits = poll_fn(|context| Poll::Ready(other.as_mut().poll(context).is_pending())).await;
        assert!(waits);
        breaker.note(Verdict::Works, at(60), "");
        drop(probe);
        assert!(other.await.unwrap().is_none());
    }
}
