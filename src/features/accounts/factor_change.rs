//! What follows when a sign-in method is added or removed: the other sessions end, and the
//! owner gets an email.

use super::mail::mail_event;
use super::sessions::close_other_sessions;
use crate::auth::AccountWrite;
use crate::entity::security_event::SecurityEventKind;
use crate::http::response::Answer;
use crate::problem::Problem;

/// What has changed, and whether the other sessions go on.
pub(super) struct FactorChange {
    pub(super) kind: SecurityEventKind,
    pub(super) keep_other_sessions: bool,
}

/// Ends the other sessions, notes the security event and mails it to the owner.
pub(super) async fn note_factor_change(
    write: &AccountWrite,
    change: &FactorChange,
) -> Result<(), Problem> {
    if !change.keep_other_sessions {
        close_other_sessions(write);
    }
    let event = write.note(change.kind);
    mail_event(write.transaction(), event).await
}

/// Like [`note_factor_change`], and commits.
pub(super) async fn finish_factor_change<A: Answer>(
    write: AccountWrite,
    change: FactorChange,
    answer: A,
) -> Result<A, Problem> {
    note_factor_change(&write, &change).await?;
    write.commit(answer).await
}
