//! A mailed token, stored as its hash. The email is written with a token that is derived from the
//! id and the server's key, so the queue never holds the token.

use sea_orm::entity::prelude::*;

use super::ids::{CircleId, MailTokenId, MemberId};
use crate::row::Row;

wire_enum! {
    /// What a mailed token can be used for.
    MailTokenKind {
        /// Confirming the address of a registration. Single use.
        VerifyEmail = "verify_email",
        /// Setting a new password. Single use.
        ResetPassword = "reset_password",
        /// Changing an account to the address it was mailed to. Single use.
        ChangeEmail = "change_email",
        /// Changing an account back to the address it was mailed to. Single use, and never
        /// replaced by a newer one.
        UndoEmailChange = "undo_email_change",
        /// Accepting an invitation. Single use.
        Invitation = "invitation",
        /// Unsubscribing a member from emails. It can be used again.
        Unsubscribe = "unsubscribe",
        /// Showing a member without an account what they have to do. It can be used again.
        PersonalLink = "personal_link",
        /// Asking to join a circle. Several people can use it.
        JoinLink = "join_link",
        /// Answering for a member about one thing. It can be used again, and a newer one never
        /// voids it.
        Respond = "respond",
    }
}

wire_enum! {
    /// What a member answers about.
    RespondSubject {
        /// A task.
        Task = "task",
        /// An appointment.
        Appointment = "appointment",
        /// A need.
        Need = "need",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Row)]
#[sea_orm(table_name = "mail_tokens")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MailTokenId,
    pub kind: MailTokenKind,
    pub token_hash: Vec<u8>,
    pub circle_id: Option<CircleId>,
    /// The id of the registration, reset, email change, invitation, membership or join link, or of
    /// the thing that is answered about.
    pub subject_id: Uuid,
    /// What the thing is that is answered about.
    pub subject_type: Option<RespondSubject>,
    /// The member whose answer it is.
    pub member_id: Option<MemberId>,
    pub created_at: DateTimeUtc,
    pub expires_at: Option<DateTimeUtc>,
    pub used_at: Option<DateTimeUtc>,
    pub voided_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
