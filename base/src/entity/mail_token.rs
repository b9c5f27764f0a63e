//! A token that was mailed, stored as its hash. The mail derives it again from
//! its id and the server's key, so no queue ever holds it.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MailTokenId};

wire_enum! {
    /// What a mailed token is good for.
    MailTokenKind {
        /// Prove the address of a registration; single use.
        VerifyEmail = "verify_email",
        /// Choose a new password; single use.
        ResetPassword = "reset_password",
        /// Move an account to the address it was mailed to; single use.
        ChangeEmail = "change_email",
        /// Move an account back to the address it was mailed to; single use,
        /// never replaced by a newer one.
        UndoEmailChange = "undo_email_change",
        /// Accept an invitation; single use.
        Invitation = "invitation",
        /// Switch a member's reminder mails off; reusable.
        Unsubscribe = "unsubscribe",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MailTokenId,
    pub kind: MailTokenKind,
    pub token_hash: Vec<u8>,
    pub circle_id: Option<CircleId>,
    /// The registration, reset, invitation or membership it is about.
    pub subject_id: Uuid,
    pub created_at: DateTimeUtc,
    pub expires_at: Option<DateTimeUtc>,
    pub used_at: Option<DateTimeUtc>,
    pub voided_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
