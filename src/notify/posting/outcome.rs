//! What the result of a send means for a delivery and for its job.

use crate::entity::delivery::{DeliveryReason, DeliveryState};
use crate::platform::mail::{Cause, SendError, SmtpRefusal};
use crate::platform::queue::Failure;

/// The state of a delivery after a send, its reason, and whether the job is tried again.
#[derive(Debug)]
pub struct Outcome {
    pub state: DeliveryState,
    pub reason: Option<DeliveryReason>,
    pub failure: Option<Failure>,
}

impl Outcome {
    /// `was_unknown`: a send before this one had no answer.
    pub fn of(sent: Result<(), SendError>, was_unknown: bool) -> Self {
        use DeliveryState::{Bounced, Failed, Queued, Sent, Unknown};
        let (state, reason, failure) = match sent {
            Ok(()) => (Sent, None, None),
            Err(SendError::Bounced(_)) => (Bounced, Some(DeliveryReason::AddressRefused), None),
            Err(SendError::Unwritten(_)) => (Failed, Some(DeliveryReason::MessageRefused), None),
            Err(SendError::Refused(refusal)) if refusal.is_of_message() => (
                Failed,
                Some(DeliveryReason::MessageRefused),
                Some(failure_of(&refusal)),
            ),
            // It stays queued until the thing it is about is over.
            Err(SendError::Refused(refusal)) => (
                Queued,
                Some(reason_of(&refusal)),
                Some(failure_of(&refusal)),
            ),
            Err(SendError::Away(error) | SendError::Held(error)) => (
                Queued,
                Some(DeliveryReason::ServerUnreachable),
                Some(Failure::Postpone(error)),
            ),
            // One more try, with the same Message-ID. After that it has failed.
            Err(SendError::Unknown(error)) if !was_unknown => (
                Unknown,
                Some(DeliveryReason::ServerSilent),
                Some(Failure::Retry(error)),
            ),
            Err(SendError::Unknown(_)) => (Failed, Some(DeliveryReason::ServerSilent), None),
        };
        // It may have been sent, whatever came of the next try: another one without an answer is the
        // last.
        let state = if was_unknown && state == Queued {
            Unknown
        } else {
            state
        };
        Self {
            state,
            reason,
            failure,
        }
    }

    /// The state when the job is given up, by the reason of its last try. An address that was in
    /// doubt until then counts as refused.
    pub fn when_given_up(last_reason: Option<DeliveryReason>) -> Self {
        let (state, reason) = match last_reason {
            Some(DeliveryReason::AddressRefused) => {
                (DeliveryState::Bounced, DeliveryReason::AddressRefused)
            }
            _ => (DeliveryState::Failed, DeliveryReason::GaveUp),
        };
        Self {
            state,
            reason: Some(reason),
            failure: None,
        }
    }
}

/// How long a refused email is tried again: some hours if the address is in doubt, not at all if the
/// server refused its content, otherwise as long as the email is of use. A refusal of all emails
/// does not make its pauses longer.
pub(super) fn failure_of(refusal: &SmtpRefusal) -> Failure {
    let error = anyhow::anyhow!("{refusal}");
    match refusal.cause() {
        _ if refusal.is_of_all() => Failure::Postpone(error),
        _ if refusal.is_of_message() => Failure::GiveUp(error),
        Cause::DoubtfulRecipient => Failure::Retry(error),
        _ => Failure::Wait(error),
    }
}

fn reason_of(refusal: &SmtpRefusal) -> DeliveryReason {
    match refusal.cause() {
        _ if refusal.is_of_all() => DeliveryReason::ServerRefuses,
        Cause::MailboxFull => DeliveryReason::MailboxFull,
        Cause::DoubtfulRecipient => DeliveryReason::AddressRefused,
        _ if refusal.is_passing() => DeliveryReason::AskedToWait,
        _ => DeliveryReason::ServerRefuses,
    }
}
