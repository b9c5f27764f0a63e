//! Proves who is calling.
//!
//! - [`Caller`] is a signed-in person; each request proves them again. [`RecentCaller`] has
//!   confirmed their identity in the last ten minutes. [`CallerOrToken`] can be a personal access
//!   token, too. [`AccountWrite`] is the transaction on the caller's own account.
//! - `credential` reads the header Authorization: the access token of a session
//!   ([`AccessToken`], signed by [`signing`], remembered by [`VerifiedTokens`]), or a personal
//!   access token. [`ProvenToken`] says what a personal access token may do.
//! - [`judge_renewal`] tells a lost answer from a stolen refresh token, by which tokens were used
//!   ([`PendingUses`]).
//! - [`AccountOwned`] is a table whose rows only their own account reaches. [`lookup`] finds rows
//!   whose owner is not known yet. [`mail_tokens`] are the tokens in mailed links.
//! - [`throttle`] slows down attempts at passwords, codes and second factors.
//! - [`note_bounce`] counts the emails that come back from an address.
//! - [`note_event`] notes a security event of an account. `PasswordOwner` judges a new password.
//!
//! The operations themselves, such as signing in, are in `features/accounts`.

mod account_owned;
mod account_write;
mod bounces;
mod caller;
mod credential;
mod credential_cache;
pub mod lookup;
pub mod mail_tokens;
mod new_password;
mod personal_access_token;
mod rotation;
mod security_events;
pub mod signing;
pub mod throttle;
mod token;
mod token_scope;
mod token_use;
mod users;
mod verified_tokens;

pub use account_owned::{AccountOwned, AccountScope, OfAccount};
pub use account_write::AccountWrite;
pub use bounces::{forget_bounces, note_bounce};
pub use caller::{AnyCaller, AnyRecentCaller, Caller, CallerOrToken, RECENT, RecentCaller};
pub(crate) use caller::{account_deleting, check_recent};
pub(crate) use credential::*;
pub use credential_cache::CredentialCache;
pub(crate) use new_password::PasswordOwner;
pub use personal_access_token::make_personal_access_token;
pub use rotation::{Renewal, judge_renewal};
pub use security_events::{Event, MailSecurityEvent, note_event, settle_event};
pub use token::{
    AccessToken, GenuineToken, TokenFault, issue_token, key_of_token, self_test, verify_token,
};
pub use token_scope::ProvenToken;
pub use token_use::PendingUses;
pub use users::{
    NewUser, find_accounts, find_user_by_email, insert_user, is_without_users,
    join_active_accounts, one_account_an_address, require_user,
};
pub(crate) use users::{
    clear_password, find_and_lock_user, lock_user, lock_user_of, replace_hash, set_password,
    void_email_change,
};
pub use verified_tokens::{TokenDigest, VerifiedTokens};
