//! What a send means for whoever keeps book of it.

use super::smtp::SendError;
use crate::entity::delivery::DeliveryState;
use crate::jobs::{Failure, MAX_ATTEMPTS};

/// The state a send leaves behind, its reason, and whether the job goes on.
#[derive(Debug)]
pub struct Outcome {
    pub state: DeliveryState,
    pub reason: Option<&'static str>,
    pub failure: Option<Failure>,
}

impl Outcome {
    /// Of the `attempt`th send; `was_unknown` if the one before had no answer.
    pub fn of(sent: Result<(), SendError>, attempt: i32, was_unknown: bool) -> Self {
        use DeliveryState::{Bounced, Failed, Queued, Sent, Unknown};
        let last = attempt >= MAX_ATTEMPTS;
        let (state, reason, failure) = match sent {
            Ok(()) => (Sent, None, None),
            Err(SendError::Bounced(_)) => (Bounced, Some("address_refused"), None),
            Err(SendError::Refused(_)) => (Failed, Some("message_refused"), None),
            Err(SendError::Later(error)) if last => (
                Failed,
                Some("refused_too_often"),
                Some(Failure::GiveUp(error)),
            ),
            Err(SendError::Later(error)) => {
                (Queued, Some("asked_to_wait"), Some(Failure::Retry(error)))
            }
            Err(SendError::Transport(error)) => {
                (Queued, Some("server_away"), Some(Failure::Postpone(error)))
            }
            // One more try, with the same Message-ID; then it stays unknown no longer.
            Err(SendError::Unknown(error)) if !was_unknown => {
                (Unknown, Some("no_answer"), Some(Failure::Retry(error)))
            }
            Err(SendError::Unknown(_)) => (Failed, Some("no_answer"), None),
        };
        Self {
            state,
            reason,
            failure,
        }
    }
}
