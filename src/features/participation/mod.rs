//! What people take part in and take on, whatever it is: asked, taken on, declined, given
//! back, released, handed over. A feature says in [`Part`], [`HasParts`] and [`Work`] what is
//! different about its own.

mod overlap;
mod part;
mod release;
mod types;
mod work;

pub use overlap::{BusyTime, check_overlap};
pub(crate) use part::part;
pub use part::{
    Part, find_part, held_by, members_in, part_of, part_of_caller, parts_of, put_part, released_by,
    set_part, unanswered, with_part_in,
};
pub use release::{
    ReleaseOutcome, ReleasePlan, Released, release_all, release_out_of_reach, release_work,
};
pub use types::{ClaimRequest, Coverage};
pub use work::{HasParts, Work, release_part, require_active};
