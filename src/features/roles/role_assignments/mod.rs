//! One person's part in a role: offered, accepted or declined, carried, ended. Only the
//! person who was asked answers.

mod accept;
mod decline;
mod end;
mod read;
mod store;
mod types;
mod update;
mod withdraw;

pub use accept::*;
pub use decline::*;
pub use end::*;
pub use read::*;
pub(super) use store::{
    NewPart, PartFacts, check_end, check_free, describe_part, describe_parts, insert_part,
    make_offer, notification_of_release,
};
pub(super) use store::{end_or_withdraw, notifications_of_end, reassign};
pub use types::*;
pub use update::*;
pub use withdraw::*;
