//! Limits how many requests one account or one address may make, so that no client, by accident
//! or on purpose, takes the server away from the others.
//!
//! A request is counted when its caller is known: by account if its access token is good, by
//! client address if it has none. Attempts at passwords and codes are counted one by one in
//! `auth/throttle`.
//!
//! Windows are fixed: a minute or an hour that begins on the clock. Several nodes share the
//! counts, and no library does that without a write for each request; so the code is our own
//! (`node_window`, `reservations`).

use std::sync::Arc;

mod layer;
mod meter;
mod node_window;
mod reservations;
mod status;

pub use self::layer::{RateLimitState, count};
pub use self::meter::Meter;
pub use self::status::{RATE_LIMIT, RATE_LIMIT_POLICY, RateLimitStatus, RateLimitStatuses, WAIT};
use crate::app::{App, SharedState};
pub use crate::config::RateLimitSettings;
use crate::entity::ids::{CircleId, UserId};
use crate::http::request::RequestInfo;
use crate::problem::Problem;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;

/// An address may make as many requests as so many accounts: families, hospitals and whole
/// mobile networks share one.
pub const ACCOUNTS_AT_AN_ADDRESS: u32 = 10;

/// The meters of a server.
#[derive(Debug)]
pub struct RateLimits {
    limits: RateLimitSettings,
    reads: Meter,
    writes: Meter,
    reads_of_address: Meter,
    writes_of_address: Meter,
    mails: Meter,
    probes: Meter,
}

impl RateLimits {
    pub fn new(limits: RateLimitSettings) -> Self {
        let of_address = |limit: u32| limit.saturating_mul(ACCOUNTS_AT_AN_ADDRESS);
        let (reads, writes) = (limits.reads_per_minute, limits.writes_per_minute);
        Self {
            limits,
            reads: Meter::new("reads", reads, MINUTE),
            writes: Meter::new("writes", writes, MINUTE),
            reads_of_address: Meter::new("address-reads", of_address(reads), MINUTE),
            writes_of_address: Meter::new("address-writes", of_address(writes), MINUTE),
            mails: Meter::new("mails", limits.mails_per_hour, HOUR),
            probes: Meter::new("probes", of_probes(reads), MINUTE).of_one_node(),
        }
    }

    /// The limits that the operator has set.
    pub fn limits(&self) -> RateLimitSettings {
        self.limits
    }
}

/// Counts a request with a good token, by account and by address, and refuses it with 429 if
/// it is one too many. It is counted once, even if several extractors prove the caller.
pub async fn check_account(
    app: &App,
    request: &RequestInfo,
    user_id: UserId,
) -> Result<(), Problem> {
    let limits = app.rate_limits();
    let (own, of_address) = if request.reads() {
        (&limits.reads, &limits.reads_of_address)
    } else {
        (&limits.writes, &limits.writes_of_address)
    };
    if request.rate_limit_statuses.includes(own) {
        return Ok(());
    }
    if let Some(client) = &request.client {
        of_address.check_quietly(app, request, client).await?;
    }
    own.check(app, request, &format!("account {user_id}")).await
}

/// Refuses a request whose account is known to have used up its quota, before the database is
/// asked. The request is counted later, when the caller is proven.
pub fn refuse_if_used_up(app: &App, request: &RequestInfo, user_id: UserId) -> Result<(), Problem> {
    let limits = app.rate_limits();
    let meter = if request.reads() {
        &limits.reads
    } else {
        &limits.writes
    };
    meter.refuse_if_used_up(app, request, &format!("account {user_id}"))
}

/// Counts an anonymous request by address, and refuses it with 429 if it is one too many. It
/// is counted once, even if several extractors ask.
pub async fn check_anonymous(app: &App, request: &RequestInfo) -> Result<(), Problem> {
    let limits = app.rate_limits();
    let meter = if request.reads() {
        &limits.reads
    } else {
        &limits.writes
    };
    match &request.client {
        Some(client) if !request.rate_limit_statuses.includes(meter) => {
            let subject = format!("address {client}");
            meter.check(app, request, &subject).await
        }
        _ => Ok(()),
    }
}

/// Refuses a request whose credential was never good here, if its address has used up the
/// quota of anonymous requests. The database is not asked about the credential.
pub fn refuse_unknown(app: &App, request: &RequestInfo) -> Result<(), Problem> {
    let limits = app.rate_limits();
    let meter = if request.reads() {
        &limits.reads
    } else {
        &limits.writes
    };
    match &request.client {
        Some(client) => meter.refuse_if_used_up(app, request, &format!("address {client}")),
        None => Ok(()),
    }
}

/// Counts a request for `/readyz` by address, and refuses it with 429 if it is one too many.
pub async fn check_probe(app: &App, request: &RequestInfo) -> Result<(), Problem> {
    let probes = &app.rate_limits().probes;
    match &request.client {
        Some(client) => probes.check_quietly(app, request, client).await,
        None => Ok(()),
    }
}

/// The quota of `/readyz`: ten a second are more than any monitor asks. No limit if reads have
/// none.
fn of_probes(reads: u32) -> u32 {
    if reads == 0 { 0 } else { 10 * MINUTE }
}

/// Counts a mail that a member sends, by circle, and refuses it with 429 if it is one too many.
pub async fn check_mail(
    app: &App,
    request: &RequestInfo,
    circle_id: CircleId,
) -> Result<(), Problem> {
    let mails = &app.rate_limits().mails;
    mails
        .check(app, request, &format!("circle {circle_id}"))
        .await
}

impl SharedState for RateLimits {
    fn begin(app: &App) -> Self {
        Self::new(app.limits())
    }
}

impl App {
    /// What was counted for accounts, addresses and circles.
    pub fn rate_limits(&self) -> Arc<RateLimits> {
        self.shared()
    }
}
