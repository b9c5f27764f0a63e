//! The metrics of this server.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// Starts measuring; once a process.
pub fn measure() -> anyhow::Result<PrometheusHandle> {
    let handle = measuring()?.install_recorder()?;
    tokio::spawn(keep_up(handle.clone()));
    Ok(handle)
}

fn measuring() -> anyhow::Result<PrometheusBuilder> {
    let buckets = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];
    Ok(PrometheusBuilder::new().set_buckets(&buckets)?)
}

/// How often the samples of histograms are put into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// Every sample is kept until it is put into its bucket, which a scraper does; there
/// may be none.
async fn keep_up(handle: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP).await;
        handle.run_upkeep();
    }
}

/// The service on the metrics address.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// In KiB; nothing where the system does not tell.
    fn resident_kib() -> Option<u64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }

    #[test]
    fn samples_that_nobody_asks_for_are_not_kept() {
        let recorder = measuring().unwrap().build_recorder();
        let handle = recorder.handle();
        let before = resident_kib();
        metrics::with_local_recorder(&recorder, || {
            // What is taken out is freed when some dozens have gathered.
            for _ in 0..600 {
                for _ in 0..5_000 {
                    metrics::histogram!("seconds").record(0.02);
                }
                handle.run_upkeep();
            }
        });
        assert!(handle.render().contains("seconds_count 3000000"));
        if let Some((before, after)) = before.zip(resident_kib()) {
            let grown = after.saturating_sub(before);
            assert!(grown < 32 * 1024, "{grown} KiB for 3,000,000 samples");
        }
    }
}
