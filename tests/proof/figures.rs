//! Figures, one line each with its bound, and the statistics of samples.

use std::time::Duration;

pub use crate::support::figure::report;

/// The size of a trial: `full` for a proof, or `small` to check that the proof works.
pub fn size(full: usize, small: usize) -> usize {
    let all = std::env::var("PROOF").is_ok_and(|size| size == "full");
    if all { full } else { small }
}

/// A duration in milliseconds.
pub fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The quantile of a sample.
pub fn quantile(sample: &[f64], share: f64) -> f64 {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a sample is small, a share between 0 and 1"
    )]
    let index = (share * (sorted.len() - 1) as f64).round() as usize;
    sorted[index]
}

/// A comparison of two samples of durations.
#[derive(Debug)]
pub struct Comparison {
    /// How often a value of the second sample is larger than a value of the first. 0.5 means
    /// that they do not differ.
    pub auc: f64,
    /// How much larger the median of the second sample is.
    pub median_gap: f64,
    /// The standard error of [`Self::auc`] in samples of this size.
    pub auc_noise: f64,
    /// The standard error of [`Self::median_gap`].
    pub gap_noise: f64,
}

impl Comparison {
    /// Compares by rank (Mann and Whitney).
    #[expect(clippy::cast_precision_loss, reason = "samples are small")]
    pub fn of(first: &[f64], second: &[f64]) -> Self {
        let larger = |value: f64| {
            let wins = first.iter().map(|other| match value.total_cmp(other) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            });
            wins.sum::<f64>()
        };
        let (n, m) = (first.len() as f64, second.len() as f64);
        let wins: f64 = second.iter().map(|value| larger(*value)).sum();
        // The quartiles of a normal sample are 1.35 standard deviations apart, and the standard
        // error of its median is 1.25 times that of its mean.
        let stray = |sample: &[f64]| {
            let deviation = (quantile(sample, 0.75) - quantile(sample, 0.25)) / 1.35;
            1.25 * deviation / (sample.len() as f64).sqrt()
        };
        Self {
            auc: wins / (n * m),
            median_gap: quantile(second, 0.5) - quantile(first, 0.5),
            auc_noise: ((n + m + 1.0) / (12.0 * n * m)).sqrt(),
            gap_noise: stray(first).hypot(stray(second)),
        }
    }
}

#[test]
fn a_comparison_recognizes_only_samples_that_differ() {
    let even: Vec<_> = (0..1000).map(|n| f64::from(n % 100)).collect();
    let same = Comparison::of(&even, &even);
    assert!((same.auc - 0.5).abs() < 1e-9 && same.median_gap.abs() < 1e-9);
    assert!((0.012..0.014).contains(&same.auc_noise));
    let later: Vec<_> = even.iter().map(|value| value + 20.0).collect();
    let apart = Comparison::of(&even, &later);
    assert!(apart.auc > 0.65 && (apart.median_gap - 20.0).abs() < 1e-9);
}
