//! The kinds of job. A payload holds ids only: what to write in a mail is read
//! when it is written, and nothing private waits in the queue.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::leases::Leased;
use crate::app::App;
use crate::entity::ids::{
    AccountEventId, CircleId, DeliveryId, EmailChangeId, InvitationId, MemberId, PasswordResetId,
    PersonalTokenId, RegistrationId, SignInCodeId, UserId,
};
use crate::features::{accounts, circles};
use crate::notify::{notifications, reminders};
use crate::privacy;
use crate::problem::Problem;

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Mail the link and the code of a registration.
    MailVerification { registration_id: RegistrationId },
    /// Mail the link to a new password, if the address has an account.
    MailPasswordReset { password_reset_id: PasswordResetId },
    /// Tell somebody what happened to their account.
    MailAccountEvent { account_event_id: AccountEventId },
    /// Mail the link that moves an account to another address.
    MailEmailChange { email_change_id: EmailChangeId },
    /// Tell the old address that an account has moved.
    MailEmailChanged { email_change_id: EmailChangeId },
    /// Mail a code to sign in with, if the address has an account.
    MailSignInCode { sign_in_code_id: SignInCodeId },
    /// Tell somebody when their account is going to be erased.
    MailDeletion { user_id: UserId },
    /// Tell somebody that their personal access token ends soon.
    MailTokenExpiry { personal_token_id: PersonalTokenId },
    /// Mail an invitation.
    MailInvitation {
        circle_id: CircleId,
        invitation_id: InvitationId,
    },
    /// Tell a member that the circle is going to be erased, or is not any more.
    MailCircleEnding {
        circle_id: CircleId,
        member_id: MemberId,
    },
    /// Mail one reminder to one person.
    MailReminder {
        circle_id: CircleId,
        delivery_id: DeliveryId,
    },
    /// Mail one person what changed in a circle.
    MailNotices {
        circle_id: CircleId,
        member_id: MemberId,
    },
}

/// Why a job did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// Try again; counts as an attempt.
    Retry(anyhow::Error),
    /// Try again later and later, for as long as it is of use: the mail server refuses, and that
    /// says nothing about this job.
    Wait(anyhow::Error),
    /// Try again after a while; says nothing about this job (the mail server is away).
    Postpone(anyhow::Error),
    /// Never going to work.
    GiveUp(anyhow::Error),
}

impl Failure {
    /// What went wrong.
    pub fn error(&self) -> &anyhow::Error {
        match self {
            Self::Retry(error)
            | Self::Wait(error)
            | Self::Postpone(error)
            | Self::GiveUp(error) => error,
        }
    }
}

/// How often a job is tried before it is dead.
pub const MAX_ATTEMPTS: i32 = 10;

/// So many attempts at most are counted of refusals: what breaks afterwards is tried again, too.
pub const MOST_REFUSALS: i32 = 5;

impl Job {
    /// Does it. The lease names the job; what it writes to the outside carries
    /// that, so that a second run can be told from a second message.
    pub async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        match *self {
            Self::MailVerification { registration_id } => {
                accounts::mail_verification(app, lease, registration_id).await
            }
            Self::MailPasswordReset { password_reset_id } => {
                accounts::mail_password_reset(app, lease, password_reset_id).await
            }
            Self::MailAccountEvent { account_event_id } => {
                accounts::mail_account_event(app, lease, account_event_id).await
            }
            Self::MailEmailChange { email_change_id } => {
                accounts::mail_email_change(app, lease, email_change_id).await
            }
            Self::MailEmailChanged { email_change_id } => {
                accounts::mail_email_changed(app, lease, email_change_id).await
            }
            Self::MailSignInCode { sign_in_code_id } => {
                accounts::mail_sign_in_code(app, lease, sign_in_code_id).await
            }
            Self::MailDeletion { user_id } => privacy::mail_deletion(app, lease, user_id).await,
            Self::MailTokenExpiry { personal_token_id } => {
                accounts::mail_token_expiry(app, lease, personal_token_id).await
            }
            Self::MailInvitation {
                circle_id,
                invitation_id,
            } => circles::mail_invitation(app, lease, circle_id, invitation_id).await,
            Self::MailCircleEnding {
                circle_id,
                member_id,
            } => circles::mail_circle_ending(app, lease, circle_id, member_id).await,
            Self::MailReminder {
                circle_id,
                delivery_id,
            } => reminders::mail_reminder(app, lease, circle_id, delivery_id).await,
            Self::MailNotices {
                circle_id,
                member_id,
            } => notifications::mail_notifications(app, lease, circle_id, member_id).await,
        }
    }

    /// Writes down that it will never be done, for those who can see it.
    pub async fn give_up(&self, app: &App, lease: &Leased) -> Result<(), Problem> {
        match *self {
            Self::MailReminder {
                circle_id,
                delivery_id,
            } => reminders::give_up_delivery(app, circle_id, delivery_id).await,
            Self::MailNotices {
                circle_id,
                member_id,
            } => notifications::give_up_notifications(app, lease, circle_id, member_id).await,
            Self::MailVerification { .. }
            | Self::MailPasswordReset { .. }
            | Self::MailAccountEvent { .. }
            | Self::MailEmailChange { .. }
            | Self::MailEmailChanged { .. }
            | Self::MailSignInCode { .. }
            | Self::MailDeletion { .. }
            | Self::MailCircleEnding { .. }
            | Self::MailTokenExpiry { .. }
            | Self::MailInvitation { .. } => Ok(()),
        }
    }
}

/// How long to wait after the given number of attempts: 1, 5, 15, 30, then 60 minutes.
pub fn backoff(attempts: i32) -> TimeDelta {
    TimeDelta::minutes(match attempts {
        ..=1 => 1,
        2 => 5,
        3 => 15,
        4 => 30,
        _ => 60,
    })
}

/// How long to wait for what is away: a twentieth of the time a job has waited already, from
/// one minute to half an hour.
pub fn patience(waited: TimeDelta) -> TimeDelta {
    (waited / 20).clamp(TimeDelta::minutes(1), TimeDelta::minutes(30))
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Unavailable => Self::Postpone(anyhow::anyhow!("the database is busy")),
            Problem::NotFound => Self::GiveUp(anyhow::anyhow!("its subject is gone")),
            Problem::Internal(error) => Self::Retry(error),
            other => Self::Retry(anyhow::anyhow!("{other:?}")),
        }
    }
}

impl From<sea_orm::DbErr> for Failure {
    fn from(error: sea_orm::DbErr) -> Self {
        Problem::from(error).into()
    }
}
