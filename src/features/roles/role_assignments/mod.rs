//! One member's assignment of a role: offered, accepted or declined, carried, ended. Only
//! the member who was asked accepts or declines.

mod accept;
mod decline;
mod get;
mod list;
mod notifications;
mod release;
mod store;
mod types;
mod update;
mod withdraw;

pub use accept::*;
pub use decline::*;
pub use get::*;
pub use list::*;
pub(super) use notifications::{notification_of_release, notifications_of_end};
pub use release::*;
pub(super) use store::{
    NewPart, ShownWithPart, assemble_part, check_end, check_free, describe_part, end_or_withdraw,
    insert_part, make_offer, reassign, with_shown,
};
pub use types::*;
pub use update::*;
pub use withdraw::*;
