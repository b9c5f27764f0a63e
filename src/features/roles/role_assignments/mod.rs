//! One member's assignment of a role: offered, accepted or declined, carried, ended. Only
//! the member who was asked accepts or declines.

mod accept;
mod decline;
mod get;
mod list;
mod release;
mod store;
mod types;
mod update;
mod withdraw;

pub use accept::*;
pub use decline::*;
pub use get::*;
pub use list::*;
pub use release::*;
pub(super) use store::{
    NewPart, PartFacts, check_end, check_free, describe_part, insert_part, make_offer,
    notification_of_release,
};
pub(super) use store::{end_or_withdraw, notifications_of_end, reassign};
pub use types::*;
pub use update::*;
pub use withdraw::*;
