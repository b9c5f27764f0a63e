//! Limits how many requests an account or an address can make, so that no client can block the
//! server for the others, by accident or on purpose.
//!
//! A request is counted when its caller is known: by account if its access token is valid, by
//! client address if it has no token. Attempts at passwords and codes are counted separately, in
//! `auth/throttle`.
//!
//! Windows are fixed: a full minute or hour of the clock. Several nodes share the counts. No
//! library does that without a write for every request, so Kith has its own code (`node_window`,
//! `reservations`).

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

/// An address can make as many requests as so many accounts, because families, hospitals and whole
/// mobile networks share an address.
pub const ACCOUNTS_AT_AN_ADDRESS: u32 = 10;

/// The meters of a server.
#[derive(Debug)]
pub struct RateLimits {
    limits: RateLimitSettings,
    reads: Meter,
    writes: Meter,
    reads_of_address: Meter,
    writes_of_address: Meter,
    invitations: Meter,
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
            invitations: Meter::new("invitations", limits.invitations_per_hour, HOUR),
            probes: Meter::new("probes", of_probes(reads), MINUTE).of_one_node(),
        }
    }

    /// Meters with the limits that the operator has set.
    pub fn limits(&self) -> RateLimitSettings {
        self.limits
    }
}

/// Counts a request with a valid token, by account and by address, and refuses it with 429 if
/// there are too many. It is counted once, even if several extractors check the caller.
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

/// Refuses a request before the database is asked, if its account is known to have used up its
/// quota. The request is counted later, after the caller was checked.
pub fn refuse_if_used_up(app: &App, request: &RequestInfo, user_id: UserId) -> Result<(), Problem> {
    let limits = app.rate_limits();
    let meter = if request.reads() {
        &limits.reads
    } else {
        &limits.writes
    };
    meter.refuse_if_used_up(app, request, &format!("account {user_id}"))
}

/// Counts an anonymous request by address, and refuses it with 429 if there are too many. It is
/// counted once, even if several extractors ask.
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

/// Refuses a request whose token was never valid on this server, if its address has used up the
/// quota of anonymous requests. The database is not asked about the token.
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

/// Counts a request for `/readyz` by address, and refuses it with 429 if there are too many.
pub async fn check_probe(app: &App, request: &RequestInfo) -> Result<(), Problem> {
    let probes = &app.rate_limits().probes;
    match &request.client {
        Some(client) => probes.check_quietly(app, request, client).await,
        None => Ok(()),
    }
}

/// The quota of `/readyz`: ten a second, which is more than any monitor needs. There is no limit
/// if reads have no limit.
fn of_probes(reads: u32) -> u32 {
    if reads == 0 { 0 } else { 10 * MINUTE }
}

/// Counts an invitation that a member sends, by circle, and refuses it with 429 if there are too many.
pub async fn check_invitations(
    app: &App,
    request: &RequestInfo,
    circle_id: CircleId,
) -> Result<(), Problem> {
    let invitations = &app.rate_limits().invitations;
    invitations
        .check(app, request, &format!("circle {circle_id}"))
        .await
}

impl SharedState for RateLimits {
    fn begin(app: &App) -> Self {
        Self::new(app.limits())
    }
}

impl App {
    /// The meters of accounts, addresses and circles.
    pub fn rate_limits(&self) -> Arc<RateLimits> {
        self.shared()
    }
}
