//! What people take part in and take on, whatever it is: asked, taken on, declined, given
//! back, released, handed over. A feature says in [`Part`], [`Shared`] and [`Work`] what is
//! different about its own.

mod overlap;
mod part;
mod release;
mod work;

pub use overlap::{Commitment, check_overlap};
pub(crate) use part::part;
pub use part::{
    Part, find_part, held_by, let_go_by, members_in, part_of, part_of_caller, parts_of, put_part,
    set_part, unanswered, with_part_in,
};
pub use release::{Leaving, Released, Releasing, release, release_out_of_reach, release_work};
pub use work::{Shared, Work, release_part, require_active};
