//! The metrics of this server.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// Starts measuring. It can be called only once in a process.
pub fn measure() -> anyhow::Result<PrometheusHandle> {
    let buckets = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];
    let handle = PrometheusBuilder::new()
        .set_buckets(&buckets)?
        .install_recorder()?;
    tokio::spawn(keep_up(handle.clone()));
    Ok(handle)
}

/// How often the samples of histograms are moved to their buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// Moves the samples to their buckets regularly. A scraper does that too, but without a scraper
/// every sample would stay in memory.
async fn keep_up(handle: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        handle.run_upkeep();
    }
}

/// The service on the address for metrics.
#[expect(
    clippy::disallowed_methods,
    reason = "the metrics have a router of their own"
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
