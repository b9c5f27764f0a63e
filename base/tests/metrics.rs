//! What the metrics keep in memory. The test reads the memory of its process, so it has the process
//! to itself.

use kith_base::http::metrics::measure;

/// In KiB; nothing where the system does not tell.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[tokio::test]
async fn samples_that_nobody_asks_for_are_not_kept() {
    let handle = measure().unwrap();
    let before = resident_kib();
    // What is taken out is freed when some dozens have gathered.
    for _ in 0..600 {
        for _ in 0..5_000 {
            metrics::histogram!("seconds").record(0.02);
        }
        handle.run_upkeep();
    }
    assert!(handle.render().contains("seconds_count 3000000"));
    if let Some((before, after)) = before.zip(resident_kib()) {
        let grown = after.saturating_sub(before);
        assert!(grown < 32 * 1024, "{grown} KiB for 3,000,000 samples");
    }
}
