//! What a send means for a delivery, and for the job that made it.

use crate::entity::delivery::DeliveryState;
use crate::platform::mail::{Cause, Refusal, SendError};
use crate::platform::queue::Failure;

/// The mail server does not know the address; while a delivery is queued, perhaps not.
const ADDRESS_REFUSED: &str = "address_refused";

/// The state a send leaves behind, its reason, and whether the job goes on.
#[derive(Debug)]
pub struct Outcome {
    pub state: DeliveryState,
    pub reason: Option<&'static str>,
    pub failure: Option<Failure>,
}

impl Outcome {
    /// `was_unknown` if the send before had no answer.
    pub fn of(sent: Result<(), SendError>, was_unknown: bool) -> Self {
        use DeliveryState::{Bounced, Failed, Queued, Sent, Unknown};
        let (state, reason, failure) = match sent {
            Ok(()) => (Sent, None, None),
            Err(SendError::Bounced(_)) => (Bounced, Some(ADDRESS_REFUSED), None),
            Err(SendError::Unwritten(_)) => (Failed, Some("message_refused"), None),
            // Kept: what it is about has its own end.
            Err(SendError::Refused(refusal)) => (
                Queued,
                Some(reason_of(&refusal)),
                Some(failure_of(&refusal)),
            ),
            Err(SendError::Away(error)) => {
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

    /// What is left when the job is dead, by the reason of its last try: an address that
    /// was in doubt all the time is refused.
    pub fn when_given_up(last_reason: Option<&str>) -> Self {
        let (state, reason) = match last_reason {
            Some(ADDRESS_REFUSED) => (DeliveryState::Bounced, ADDRESS_REFUSED),
            _ => (DeliveryState::Failed, "gave_up"),
        };
        Self {
            state,
            reason: Some(reason),
            failure: None,
        }
    }
}

/// How long a refused mail is tried: for some hours where the address is in doubt, else for
/// as long as it is of use.
pub(super) fn failure_of(refusal: &Refusal) -> Failure {
    let error = anyhow::anyhow!("{refusal}");
    match refusal.cause() {
        Cause::DoubtfulRecipient => Failure::Retry(error),
        _ => Failure::Wait(error),
    }
}

fn reason_of(refusal: &Refusal) -> &'static str {
    match refusal.cause() {
        Cause::MailboxFull => "mailbox_full",
        Cause::DoubtfulRecipient => ADDRESS_REFUSED,
        _ if refusal.is_passing() => "asked_to_wait",
        _ => "server_refuses",
    }
}
