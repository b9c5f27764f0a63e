//! `/readyz`. Anybody can call it. The answer is shared, so that the database is asked at most once
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

/// The last result and when it was read.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(DateTime<Utc>, bool)>>);

/// The server is ready if the database answers and stores what is written, its schema is this
/// program's, and the server is not stopping. These requests are counted by address, apart from
/// other reads: a proxy in front of all clients must still learn that the server is ready.
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
    // Read the clock again: asking may have taken longer than a result stays valid.
    *last = Some((app.clock().now(), answer.is_ok()));
    answer.map(|()| StatusCode::NO_CONTENT)
}

async fn ask_database(app: &App) -> Result<(), Problem> {
    if !is_current(app.db()).await? {
        return Err(Problem::Unavailable);
    }
    app.db().check_reader().await?;
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
