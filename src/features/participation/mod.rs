//! How members take part in things and claim them, the same for all kinds: they are
//! asked, claim, accept, decline, release, are released, and work is reassigned. A
//! feature says in [`Part`], [`HasParts`] and [`Work`] what is different about its own
//! kind.

mod held;
mod mine;
mod overlap;
mod part;
mod related;
mod release;
mod release_many;
mod types;
mod work;

pub use held::Held;
pub use mine::{First, rows_with_my_part};
pub use overlap::{BusyTime, check_overlap};
pub(crate) use part::part;
pub use part::{
    Part, find_part, members_in, new_part, part_of, part_of_caller, parts_and_people_of, parts_of,
    put_part, put_part_later, released_by, with_part_in, with_parts_of_all,
};
pub use related::{
    PartsAndAppointment, PartsAndPeople, RelatedParts, join_parts, replace, require_with_parts,
    require_with_parts_and_appointment, together, with_parts,
};
pub use release::{
    REASSIGN_TO, ReleaseOutcome, ReleasePlan, ReleasedItem, release_all, release_out_of_reach,
    release_work, require_other,
};
pub use release_many::{Releasing, release_many, release_members, set_parts};
pub use types::{ClaimRequest, Coverage, OfferRequest};
pub use work::{HasParts, Work, require_active};
