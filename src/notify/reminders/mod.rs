//! Reminders: planned in the transaction of the change, fired by a job, sent
//! by mail. At each step everything is read again: what was moved, done or
//! given back meanwhile reminds nobody.

mod audience;
mod fire;
mod first;
mod item;
mod later;
mod mail;
mod offsets;
mod overview;
mod owned;
mod parts;
mod plan;

pub use fire::{Fired, fire_due_reminders, keep_firing};
pub use item::{Item, fires_at};
pub use mail::{give_up_delivery, mail_reminder};
pub use offsets::{chosen_offsets, offsets_json, offsets_of};
pub use overview::*;
pub use parts::{Part, Standing};
pub(super) use plan::move_days;
pub use plan::{
    cancel_all, follow_zone, forget_member, forget_parts, plan, plan_all_ahead, plan_for_asked,
    plan_for_takers, replan_all_ahead,
};
