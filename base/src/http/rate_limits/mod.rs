//! How much one account or one address may ask, so that nobody, by accident or
//! on purpose, takes the server away from the others.
//!
//! A request is counted once it is known who asks: by account where an access
//! token is good, by client address where there is none. Attempts at passwords
//! and codes are counted elsewhere, one by one, in `auth/throttle`.
//!
//! Windows are fixed: a minute or an hour that begins on the clock. The counting
//! is our own because several nodes share it, which no library does without a
//! write for each request; see `shared`.

use std::sync::Arc;

mod layer;
mod meter;
mod shared;
mod status;
mod window;

pub use self::layer::{Counting, count};
pub use self::meter::Meter;
pub use self::status::{RATE_LIMIT, RATE_LIMIT_POLICY, RateLimitStatus, RateLimitStatuses, WAIT};
use crate::app::{App, Shared};
pub use crate::config::Limits;
use crate::entity::ids::{CircleId, UserId};
use crate::http::request::RequestInfo;
use crate::problem::Problem;

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;

/// Families, hospitals and whole mobile networks share an address: it may ask for
/// as much as so many accounts.
pub const ACCOUNTS_AT_AN_ADDRESS: u32 = 10;

/// The meters of a server.
#[derive(Debug)]
pub struct RateLimits {
    limits: Limits,
    reads: Meter,
    writes: Meter,
    reads_of_address: Meter,
    writes_of_address: Meter,
    mails: Meter,
    probes: Meter,
}

impl RateLimits {
    pub fn new(limits: Limits) -> Self {
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

    /// As they were set.
    pub fn limits(&self) -> Limits {
        self.limits
    }
}

/// Counts a request that a good token proves, by account and by address; once,
/// however many extractors ask who it is.
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

/// Refuses a request whose account is known to have asked too often, before the
/// database is asked who it is; it is counted once it is proven.
pub fn refuse_if_used_up(app: &App, request: &RequestInfo, user_id: UserId) -> Result<(), Problem> {
    let limits = app.rate_limits();
    let meter = if request.reads() {
        &limits.reads
    } else {
        &limits.writes
    };
    meter.refuse_if_used_up(app, request, &format!("account {user_id}"))
}

/// Counts an anonymous request, by address; once, however many extractors ask who it
/// is.
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

/// Refuses a request whose credential was never good here, while its address has used up
/// what anonymous requests may ask: before the database is asked what it is.
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

/// Counts a question whether this server is ready, by address.
pub async fn check_probe(app: &App, request: &RequestInfo) -> Result<(), Problem> {
    let probes = &app.rate_limits().probes;
    match &request.client {
        Some(client) => probes.check_quietly(app, request, client).await,
        None => Ok(()),
    }
}

/// Ten a second are more than any monitor asks; none where nothing is limited.
fn of_probes(reads: u32) -> u32 {
    if reads == 0 { 0 } else { 10 * MINUTE }
}

/// Counts a mail that a member has sent, by circle.
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

impl Shared for RateLimits {
    fn begin(app: &App) -> Self {
        Self::new(app.limits())
    }
}

impl App {
    /// How much one account, address or circle has asked.
    pub fn rate_limits(&self) -> Arc<RateLimits> {
        self.shared()
    }
}
