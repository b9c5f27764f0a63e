//! How members take part in things and claim them, the same for all kinds: they are
//! asked, claim, accept, decline, release, are released, and work is reassigned. A
//! feature says in [`Part`], [`HasParts`], [`TakesTime`] and [`Work`] what is different about its own
//! kind.

mod away;
mod by_link;
mod contacts;
mod held;
mod kept;
mod mine;
mod overlap;
mod part;
mod related;
mod release;
mod release_many;
mod take_over;
mod types;
mod uncertain;
mod work;

pub use away::{
    HeldWork, follow_absences, follow_time, held_work, note_away, note_parts, release_held,
};
pub use by_link::{
    AT_MOST, LinkAnswer, LinkItem, LinkReach, LinkStatus, WorkFacts, state_in, with_my_state,
};
pub use contacts::replace_contact;
pub use held::Held;
pub use kept::{Doubt, KeptParts};
pub use mine::{First, rows_with_my_part};
pub use overlap::{BusyColumns, BusyTime, check_overlap};
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
pub use release_many::{Releasing, release_many, release_members, set_parts, set_parts_and};
pub use take_over::{Kept, already_assigned, keep_work};
pub use types::{ClaimRequest, Coverage, OfferRequest, OnBehalfOfRequest};
pub use uncertain::{
    Uncertain, is_asked_to_take_over, keep_parts_later, uncertain_in, withdraw_handovers_later,
};
pub use work::{HasParts, TakesTime, Work, require_active, require_levels};
