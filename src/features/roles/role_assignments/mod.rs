//! One member's assignment of a role: offered, accepted or declined, carried, ended. Only
//! the member who was asked accepts or declines.

mod accept;
mod decline;
mod get;
mod list;
mod notifications;
mod offers;
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
pub(super) use offers::{
    NewPart, accepted_row, check_free, end_or_withdraw_later, insert_part, make_offer, new_row,
    notification_of_offer,
};
pub use release::*;
pub(super) use store::{
    RoleOfPart, ShownWithPart, assemble_part, check_end, describe_locked, read_with_role,
    with_shown,
};
pub use types::*;
pub use update::*;
pub use withdraw::*;
