//! The life of a circle: it is paused while the patient is in a hospital, kept in memory when the
//! patient has died, and archived when nobody needs it any more.
//!
//! Which state allows what is in two tables: `works_in` of
//! [`Permission`](crate::access::Permission) for what is written in the circle, and
//! `features/circles/rules.rs` for the circle itself. What a state does to emails is asked where
//! they are planned, fired and written, each time under the circle's lock
//! ([`silence`](crate::access::CircleScope::silence)). So an email that waits or is about to be
//! written at that moment is not sent.

mod archive;
mod cancel_plans;
mod mail;
mod mark_in_memory;
mod pause;
mod resume;
mod unarchive;

pub use archive::*;
pub use mail::MailCircleState;
pub use mark_in_memory::*;
pub use pause::*;
pub use resume::*;
pub use unarchive::*;

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::locked::LockedCircle;
use super::rules::CircleVerb;
use crate::entity::circle::CircleState;
use crate::entity::ids::MemberId;
use crate::problem::Problem;

impl LockedCircle {
    /// Writes another state, and a line in the change log. From now on in this transaction it
    /// decides what is silent.
    async fn change_state(&mut self, verb: CircleVerb, state: CircleState) -> Result<(), Problem> {
        let before = self.row.state;
        let mut row = self.row.clone().into_active_model();
        row.state = Set(state);
        row.archived_from = Set((state == CircleState::Archived).then_some(before));
        self.write_row(row)?;
        self.log(verb, vec!["state"]).await
    }

    /// Tells the other members once, by email. Nobody is told of what they did themselves.
    async fn tell_state(&self) -> Result<(), Problem> {
        let actor = self.write.actor();
        let state = self.row.state;
        // Nobody opens the mailbox of the patient who has died.
        let patient = self.patient().filter(|_| state == CircleState::InMemory);
        let told = |member: &&MemberId| Some(**member) != actor && Some(**member) != patient;
        let mail = |member_id: &MemberId| MailCircleState {
            circle_id: self.row.id,
            member_id: *member_id,
            state,
        };
        let members = self.active_members().iter().filter(told);
        let mails: Vec<MailCircleState> = members.map(mail).collect();
        self.write.enqueue_all_at(&mails, self.write.now()).await
    }
}
