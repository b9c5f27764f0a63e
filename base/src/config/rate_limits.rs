//! The rate limits that an operator can set.

/// How many requests and invitations are allowed. 0 means no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimitSettings {
    /// For one account, or for one client address without an account.
    pub reads_per_minute: u32,
    /// For one account, or for one client address without an account.
    pub writes_per_minute: u32,
    /// Invitations that the members of one circle send.
    pub invitations_per_hour: u32,
}

impl RateLimitSettings {
    /// No limit at all.
    pub const NONE: Self = Self {
        reads_per_minute: 0,
        writes_per_minute: 0,
        invitations_per_hour: 0,
    };
}
