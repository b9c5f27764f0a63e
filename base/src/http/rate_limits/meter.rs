//! A quota, and what each account, address or circle has used of it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::DbBackend;

use super::node_window::{NodeWindow, QuotaSplit, Spending};
use super::reservations::reserve;
use super::status::RateLimitStatus;
use crate::app::App;
use crate::http::request::RequestInfo;
use crate::platform::db::BeginWrite;
use crate::problem::Problem;

/// When there are so many subjects, those whose window has ended are removed from memory.
const TIDY_FROM: usize = 1024;

/// Counts one kind of request in fixed windows.
#[derive(Debug)]
pub struct Meter {
    pub(super) name: &'static str,
    /// 0 means no limit.
    quota: u32,
    /// In seconds.
    period: u32,
    /// Whether several nodes share the quota.
    is_shared: bool,
    windows: Mutex<Windows>,
}

#[derive(Debug)]
struct Windows {
    of: HashMap<String, NodeWindow>,
    tidy_at: usize,
}

impl Meter {
    pub fn new(name: &'static str, quota: u32, period: u32) -> Self {
        Self {
            name,
            quota,
            period,
            is_shared: true,
            windows: Mutex::new(Windows {
                of: HashMap::new(),
                tidy_at: TIDY_FROM,
            }),
        }
    }

    /// Makes each node count this quota alone, without the database.
    #[must_use]
    pub fn of_one_node(self) -> Self {
        Self {
            is_shared: false,
            ..self
        }
    }

    /// Counts one more request of a subject, and refuses it if none is left. The headers of the
    /// answer say how many are left.
    pub async fn check(
        &self,
        app: &App,
        request: &RequestInfo,
        subject: &str,
    ) -> Result<(), Problem> {
        let status = self.spend(app, subject).await;
        status.map_or(Ok(()), |status| {
            request.rate_limit_statuses.record_or_refuse(status)
        })
    }

    /// Like [`Self::check`], but the headers show this quota only when it is used up.
    pub async fn check_quietly(
        &self,
        app: &App,
        request: &RequestInfo,
        subject: &str,
    ) -> Result<(), Problem> {
        match self.spend(app, subject).await {
            Some(status) if status.left.is_none() => {
                request.rate_limit_statuses.record_or_refuse(status)
            }
            _ => Ok(()),
        }
    }

    /// Refuses a request without counting it, if the quota is known to be used up.
    pub fn refuse_if_used_up(
        &self,
        app: &App,
        request: &RequestInfo,
        subject: &str,
    ) -> Result<(), Problem> {
        let now = app.clock().now();
        let ends_at = end_of_window(now, self.period);
        let used_up = {
            let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
            let window = windows.of.get(subject);
            window.is_some_and(|window| window.ends_at == ends_at && window.is_used_up())
        };
        if used_up && self.quota > 0 {
            return request
                .rate_limit_statuses
                .record_or_refuse(self.status(None, ends_at, now));
        }
        Ok(())
    }

    fn status(
        &self,
        left: Option<u32>,
        ends_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> RateLimitStatus {
        RateLimitStatus {
            name: self.name,
            quota: self.quota,
            period: self.period,
            left,
            resets_in: seconds_until(ends_at, now),
        }
    }

    /// What the subject has left after one more request. `None` without a limit.
    async fn spend(&self, app: &App, subject: &str) -> Option<RateLimitStatus> {
        if self.quota == 0 {
            return None;
        }
        let split = match app.db().backend() {
            DbBackend::Postgres if self.is_shared => QuotaSplit::of_many(self.quota),
            _ => QuotaSplit::of_one(self.quota),
        };
        let now = app.clock().now();
        let ends_at = end_of_window(now, self.period);
        let left = loop {
            let asking = match self.with(subject, ends_at, now, split, |w| w.spend(split)) {
                Spending::Admitted { left } => break Some(left),
                Spending::Refused => break None,
                Spending::MustAsk(asking) => asking,
            };
            let _turn = asking.lock().await;
            let wanted = self.with(subject, ends_at, now, split, |window| {
                match window.spend(split) {
                    // Another request has just reserved enough for this one as well.
                    Spending::Admitted { left } => Err(Some(left)),
                    Spending::Refused => Err(None),
                    Spending::MustAsk(_) => Ok(window.wanted(split)),
                }
            });
            let wanted = match wanted {
                Ok(wanted) => wanted,
                Err(left) => break left,
            };
            let total = reserve(app, &format!("{} {subject}", self.name), ends_at, wanted).await;
            if total.is_err() {
                metrics::counter!("rate_limits_alone_total").increment(1);
                tracing::warn!(
                    quota = self.name,
                    "the database does not answer, so this node counts requests alone for now"
                );
            }
            self.with(subject, ends_at, now, split, |window| match total {
                Ok(total) => window.grant(wanted, total, split),
                Err(_) => window.count_alone(split),
            });
        };
        Some(self.status(left, ends_at, now))
    }

    /// Runs `work` on a subject's window. A new window starts if the last one has ended.
    fn with<T>(
        &self,
        subject: &str,
        ends_at: DateTime<Utc>,
        now: DateTime<Utc>,
        split: QuotaSplit,
        work: impl FnOnce(&mut NodeWindow) -> T,
    ) -> T {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(window) = windows.of.get_mut(subject) {
            if window.ends_at < ends_at {
                *window = NodeWindow::begin(ends_at, split);
            }
            return work(window);
        }
        if windows.of.len() >= windows.tidy_at {
            windows.of.retain(|_, window| window.ends_at > now);
            windows.tidy_at = TIDY_FROM.max(windows.of.len() * 2);
        }
        let begin = || NodeWindow::begin(ends_at, split);
        work(windows.of.entry(subject.to_owned()).or_insert_with(begin))
    }
}

/// Windows start on the full minute or hour, so that all nodes have the same windows.
fn end_of_window(now: DateTime<Utc>, period: u32) -> DateTime<Utc> {
    let period = i64::from(period);
    let begin = now.timestamp().div_euclid(period) * period;
    DateTime::from_timestamp(begin + period, 0).unwrap_or(now)
}

fn seconds_until(end: DateTime<Utc>, now: DateTime<Utc>) -> u32 {
    let rest = (end - now + TimeDelta::milliseconds(999)).num_seconds();
    u32::try_from(rest).unwrap_or_default().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn windows_begin_on_the_clock() {
        let now = at("2026-12-01T08:00:59.5Z");
        let end = end_of_window(now, 60);
        assert_eq!(end, at("2026-12-01T08:01:00Z"));
        assert_eq!(seconds_until(end, now), 1);
        assert_eq!(end_of_window(end, 60), at("2026-12-01T08:02:00Z"));
        assert_eq!(end_of_window(now, 3600), at("2026-12-01T09:00:00Z"));
    }

    #[test]
    fn subjects_whose_window_has_ended_are_removed() {
        let meter = Meter::new("reads", 5, 60);
        let split = QuotaSplit::of_one(5);
        let ask = |subject: usize, now| {
            let subject = format!("address {subject}");
            meter.with(&subject, end_of_window(now, 60), now, split, |w| {
                w.spend(split)
            })
        };
        let (first, later) = (at("2026-12-01T08:00:00Z"), at("2026-12-01T08:01:00Z"));
        for subject in 0..TIDY_FROM {
            ask(subject, first);
        }
        let known = || meter.windows.lock().unwrap().of.len();
        assert_eq!(known(), TIDY_FROM);
        ask(TIDY_FROM, later);
        assert_eq!(known(), 1);
    }
}
