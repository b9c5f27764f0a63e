//! The circle and its patient, its members and what each of them sees, and how people
//! join.
//!
//! Each operation on the circle has a file here, such as `update.rs` for `update_circle`;
//! `members`, `invitations` and `join_links` have folders of their own. `rules.rs` says who may do
//! what to a circle in which state, and `life` holds the operations that change its state. `proxy`
//! and `succession` are about who decides and who coordinates. The deletion of a circle is
//! in `privacy`, above the features, and uses the same rules.

mod create;
mod get;
mod invitations;
mod join_links;
mod leadership_mail;
mod life;
mod locked;
mod members;
mod proxy;
mod rules;
mod set_email_details;
mod store;
mod succession;
mod types;
mod update;
mod with_link;

pub use create::*;
pub(crate) use create::{default_alias, neutral_alias};
pub use get::*;
pub use invitations::*;
pub use join_links::*;
pub use leadership_mail::{LeadershipNews, MailLeadership};
pub use life::*;
pub(crate) use locked::LockedCircle;
pub use members::*;
pub(crate) use members::{
    account_is_in_use, end_deputy, has_another_coordinator, has_others, promote_deputy,
    release_everything,
};
pub use proxy::*;
pub(crate) use rules::CircleVerb;
pub use set_email_details::*;
pub use store::describe_circles;
pub use succession::*;
pub use types::*;
pub use update::*;
pub use with_link::WithLink;
