//! Emails about a circle itself, such as that it is paused. They are in no category, and wait for the
//! end of quiet hours like the others.

use crate::access::CircleWrite;
use crate::entity::user;
use crate::notify::may_send::quiet_until;
use crate::platform::queue::{Job, Leased};
use crate::problem::Problem;

/// Puts the job of an email back if the account that gets it has quiet hours now. Returns whether it
/// did: then commit, and send nothing. An email that was tried before does not wait, because a copy
/// of it may have arrived.
pub async fn wait_for_quiet_hours<J: Job>(
    write: &CircleWrite,
    lease: &Leased,
    account: &user::Model,
    job: &J,
) -> Result<bool, Problem> {
    let until = quiet_until(account, write.now());
    let Some(at) = until.filter(|_| lease.attempts == 0) else {
        return Ok(false);
    };
    write.enqueue_at(job, at).await?;
    Ok(true)
}
