//! What follows when a way to sign in is added or removed: other devices are signed
//! out, the owner is told.

use super::mail::mail_event;
use super::sessions::end_other_sessions;
use crate::auth::AccountWrite;
use crate::entity::account_event::EventKind;
use crate::http::response::Answer;
use crate::problem::Problem;

/// What has changed, and whether other devices stay signed in.
pub(super) struct FactorChange {
    pub(super) kind: EventKind,
    pub(super) keep_other_sessions: bool,
}

/// Ends other sessions, writes down and mails what has changed.
pub(super) async fn note_factor_change(
    write: &AccountWrite,
    change: &FactorChange,
) -> Result<(), Problem> {
    if !change.keep_other_sessions {
        end_other_sessions(write).await?;
    }
    let event = write.note(change.kind).await?;
    mail_event(write.transaction(), event).await
}

/// The same, and commits.
pub(super) async fn finish_factor_change<A: Answer>(
    write: AccountWrite,
    change: FactorChange,
    answer: A,
) -> Result<A, Problem> {
    note_factor_change(&write, &change).await?;
    write.commit(answer).await
}
