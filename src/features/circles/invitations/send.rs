//! Creates and emails the link of an invitation, for `create_invitation` and `resend_invitation`.

use chrono::TimeDelta;

use super::mail::MailInvitation;
use crate::access::CircleWrite;
use crate::auth::mail_tokens::{self, TokenSubject};
use crate::auth::throttle;
use crate::entity::invitation;
use crate::entity::mail_token::MailTokenKind;
use crate::problem::Problem;

/// How long an invitation works.
pub(super) const LIFE: TimeDelta = TimeDelta::days(7);

/// Creates a new link and emails it. The old link stops working.
pub(super) async fn send(
    write: &mut CircleWrite,
    invitation: &invitation::Model,
) -> Result<(), Problem> {
    throttle::check_invitation(write.transaction(), &invitation.email).await?;
    let subject = TokenSubject::invitation(invitation.circle_id, invitation.id);
    let until = Some(invitation.expires_at);
    let kind = MailTokenKind::Invitation;
    mail_tokens::issue_later(write.transaction(), kind, subject, until);
    let job = MailInvitation {
        circle_id: invitation.circle_id,
        invitation_id: invitation.id,
    };
    write.enqueue(&job).await
}
