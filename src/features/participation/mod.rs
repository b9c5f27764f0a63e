//! How members take part in things and claim them, the same for all kinds: they are
//! asked, claim, accept, decline, release, are released, and work is reassigned. A
//! feature says in [`Part`], [`HasParts`] and [`Work`] what is different about its own
//! kind.

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
    REASSIGN_TO, ReleaseOutcome, ReleasePlan, ReleasedItem, release_all, release_out_of_reach,
    release_work, require_other,
};
pub use types::{ClaimRequest, Coverage, OfferRequest};
pub use work::{HasParts, Work, release_part, require_active};
