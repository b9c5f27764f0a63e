//! Whether this server should get requests, and what it measured.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::app::App;
use crate::db::{BeginWrite, is_current};
use crate::problem::Problem;

/// Ready: the database answers and keeps what is written, its schema is this program's,
/// and the server is not stopping.
pub async fn readyz(app: App) -> Result<StatusCode, Problem> {
    if app.stopping().is_cancelled() || !is_current(app.db()).await? {
        return Err(Problem::Unavailable);
    }
    app.db().check_writer().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Starts measuring; once a process.
pub fn measure() -> anyhow::Result<PrometheusHandle> {
    let buckets = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];
    Ok(PrometheusBuilder::new()
        .set_buckets(&buckets)?
        .install_recorder()?)
}

/// The service on the metrics address.
#[expect(
    clippy::disallowed_methods,
    reason = "the metrics have a table of contents of their own"
)]
pub fn metrics_router(handle: PrometheusHandle) -> Router {
    Router::new()
        .route("/metrics", get(render_metrics))
        .with_state(handle)
}

async fn render_metrics(State(handle): State<PrometheusHandle>) -> impl IntoResponse {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    handle.run_upkeep();
    ([(header::CONTENT_TYPE, kind)], handle.render())
}
