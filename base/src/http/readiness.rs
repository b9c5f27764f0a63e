//! `/readyz`. Anybody may ask, and all get the same answer: the database is asked at most once
//! a second.

use std::sync::Arc;

use axum::Extension;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use crate::app::{App, SharedState};
use crate::http::rate_limits;
use crate::http::request::RequestInfo;
use crate::platform::db::{BeginWrite, is_current};
use crate::problem::Problem;

const GOOD_FOR: TimeDelta = TimeDelta::seconds(1);

/// The last result and its moment.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(DateTime<Utc>, bool)>>);

/// Ready: the database answers and keeps what is written, its schema is this program's,
/// and the server is not stopping. Counted by address, apart from what else is read: a
/// proxy that everybody comes through has to hear that the server is ready.
pub async fn readyz(app: App, info: Extension<Arc<RequestInfo>>) -> Result<StatusCode, Problem> {
    rate_limits::check_probe(&app, &info).await?;
    if app.stopping().is_cancelled() {
        return Err(Problem::Unavailable);
    }
    let readiness = app.readiness();
    let mut last = readiness.0.lock().await;
    let now = app.clock().now();
    let known = last.filter(|(at, _)| *at <= now && now < *at + GOOD_FOR);
    if let Some((_, is_ready)) = known {
        let answer = is_ready.then_some(StatusCode::NO_CONTENT);
        return answer.ok_or(Problem::Unavailable);
    }
    let answer = ask_database(&app).await;
    // It is as old as its answer: asking may have taken longer than it is good for.
    *last = Some((app.clock().now(), answer.is_ok()));
    answer.map(|()| StatusCode::NO_CONTENT)
}

async fn ask_database(app: &App) -> Result<(), Problem> {
    if !is_current(app.db()).await? {
        return Err(Problem::Unavailable);
    }
    app.db().check_writer().await?;
    Ok(())
}

impl SharedState for Readiness {
    fn begin(_: &App) -> Self {
        Self::default()
    }
}

impl App {
    /// The last answer of `/readyz`.
    pub(crate) fn readiness(&self) -> Arc<Readiness> {
        self.shared()
    }
}
