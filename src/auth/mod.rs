//! Who is calling.
//!
//! - [`Caller`] is a signed-in person, proven anew at every request; [`RecentCaller`] has
//!   proved who they are in the last ten minutes; [`CallerOrToken`] may be a personal access
//!   token too. [`AccountWrite`] is the transaction on the caller's own account.
//! - `credential` reads the header Authorization: the access token of a session
//!   ([`AccessToken`], signed by [`signing`]) or a personal access token, of which
//!   [`ProvenToken`] says what it may do.
//! - [`judge_renewal`] tells a lost answer from a stolen refresh token, by what was used
//!   ([`PendingUses`]).
//! - [`AccountOwned`] is a table whose rows only their account reaches; [`lookup`] finds the
//!   rows whose owner is not known yet, and [`mail_tokens`] are the tokens in mailed links.
//! - [`throttle`] slows down attempts at passwords and codes, the second factor's too.
//! - [`note_event`] appends to the account's log.
//!
//! The operations themselves, such as signing in, are in `features/accounts`.

mod account_events;
mod account_owned;
mod caller;
mod credential;
mod credential_cache;
pub mod lookup;
pub mod mail_tokens;
mod personal_token;
mod rotation;
pub mod signing;
pub mod throttle;
mod token;
mod token_scope;
mod token_use;
mod users;

pub use account_events::{Event, MailAccountEvent, note_event, settle_event};
pub use account_owned::{Account, AccountOwned, OfAccount};
pub use caller::{
    AccountWrite, AnyCaller, AnyRecentCaller, Caller, CallerOrToken, RECENT, RecentCaller,
};
pub(crate) use caller::{account_deleting, check_recent};
pub(crate) use credential::*;
pub use credential_cache::CredentialCache;
pub use personal_token::make_personal_token;
pub use rotation::{Renewal, judge_renewal};
pub use token::{AccessToken, issue_token, key_of_token, self_test, verify_token};
pub use token_scope::ProvenToken;
pub use token_use::PendingUses;
pub use users::{
    NewUser, active_accounts, find_accounts, find_user_by_email, find_user_id, insert_user,
    is_without_users, one_account_an_address, require_user,
};
pub(crate) use users::{
    check_new_password, clear_password, find_and_lock_user, lock_user, lock_user_of, replace_hash,
    set_password, void_email_change,
};
