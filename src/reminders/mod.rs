//! Reminders: planned in the transaction of the change, fired by a job, sent
//! by mail. At each step everything is read again: what was moved, done or
//! given back meanwhile reminds nobody.

mod fire;
mod mail;
mod overview;
mod owned;
mod plan;
mod preferences;

pub use fire::{fire_due_reminders, keep_firing};
pub use mail::{Unsubscription, describe_unsubscription, mail_reminder, unsubscribe};
pub use overview::*;
pub use plan::{follow_zone, plan};
pub use preferences::*;
