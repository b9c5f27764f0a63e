//! The rate limits that an operator can set.

/// How many requests or mails of each kind are allowed; 0 for no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimitSettings {
    /// By one account, or by one address without an account.
    pub reads_per_minute: u32,
    /// By one account, or by one address without an account.
    pub writes_per_minute: u32,
    /// That members of one circle cause to people outside of it.
    pub mails_per_hour: u32,
}

impl RateLimitSettings {
    /// No limit at all.
    pub const NONE: Self = Self {
        reads_per_minute: 0,
        writes_per_minute: 0,
        mails_per_hour: 0,
    };
}
