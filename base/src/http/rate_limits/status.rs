//! The headers that tell a caller what is left of their quotas, by the Internet-Draft "RateLimit
//! header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers).

use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::meter::Meter;
use crate::problem::Problem;

/// What is left of each quota that the request was counted against.
pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// The quotas themselves, which are the same in every answer.
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// A quota, and what the caller has left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimitStatus {
    pub name: &'static str,
    pub quota: u32,
    /// In seconds.
    pub period: u32,
    /// `None` if this request was refused.
    pub left: Option<u32>,
    /// In seconds.
    pub resets_in: u32,
}

/// The last sentence of every such refusal.
pub const WAIT: &str = "Wait as many seconds as the header Retry-After says.";

impl RateLimitStatus {
    /// Says which requests there were too many of, and how many are allowed.
    fn describe(&self) -> String {
        let what = match self.name {
            "tries" => {
                "Attempts to sign in, register, or use a code or link, from one network address"
            }
            "exports" => "Exports of your data",
            "invitations" => "Invitations sent from one circle",
            "address-reads" | "probes" => "Requests that read, from one network address",
            "address-writes" => "Requests that change something, from one network address",
            "reads" => "Requests that read",
            _ => "Requests that change something",
        };
        let period = match self.period {
            60 => "one minute".to_owned(),
            3600 => "one hour".to_owned(),
            seconds => format!("{seconds} seconds"),
        };
        format!("{what}: at most {} in {period}. {WAIT}", self.quota)
    }
}

/// The quotas that a request was counted against.
#[derive(Debug, Default)]
pub struct RateLimitStatuses(Mutex<Vec<RateLimitStatus>>);

impl RateLimitStatuses {
    /// Records a quota's status for the headers of the answer. Refuses the request with 429 if
    /// nothing was left.
    pub fn record_or_refuse(&self, status: RateLimitStatus) -> Result<(), Problem> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(status);
        match status.left {
            Some(_) => Ok(()),
            None => Err(Problem::TooManyRequests {
                retry_after: status.resets_in.into(),
                detail: status.describe(),
            }),
        }
    }

    /// Whether the request was counted by this meter.
    pub(super) fn includes(&self, meter: &Meter) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().any(|status| status.name == meter.name)
    }

    /// Adds the headers. An answer to a request that was not counted gets none.
    pub fn write_to(&self, headers: &mut HeaderMap) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut policy, mut limit) = (String::new(), String::new());
        for status in all.iter() {
            let comma = if policy.is_empty() { "" } else { ", " };
            let (name, left) = (status.name, status.left.unwrap_or_default());
            let _ = write!(
                policy,
                "{comma}\"{name}\";q={};w={}",
                status.quota, status.period
            );
            let _ = write!(limit, "{comma}\"{name}\";r={left};t={}", status.resets_in);
        }
        for (name, text) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, limit)] {
            if let Some(value) = HeaderValue::try_from(text).ok().filter(|v| !v.is_empty()) {
                headers.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_name_each_quota_and_what_is_left_of_it() {
        let (statuses, mut headers) = (RateLimitStatuses::default(), HeaderMap::new());
        statuses.write_to(&mut headers);
        assert!(headers.is_empty());

        let writes = RateLimitStatus {
            name: "writes",
            quota: 120,
            period: 60,
            left: Some(119),
            resets_in: 42,
        };
        statuses.record_or_refuse(writes).unwrap();
        let tries = RateLimitStatus {
            name: "tries",
            quota: 10,
            left: None,
            ..writes
        };
        assert!(matches!(
            statuses.record_or_refuse(tries),
            Err(Problem::TooManyRequests { retry_after: 42, detail })
                if detail.starts_with("Attempts to sign in")
                    && detail.contains(": at most 10 in one minute.")
        ));
        statuses.write_to(&mut headers);
        assert_eq!(
            headers[RATE_LIMIT_POLICY],
            r#""writes";q=120;w=60, "tries";q=10;w=60"#
        );
        assert_eq!(
            headers[RATE_LIMIT],
            r#""writes";r=119;t=42, "tries";r=0;t=42"#
        );
    }
}
