//! What a mailed token is about.

use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use crate::entity::ids::{
    CircleId, EmailChangeId, InvitationId, JoinLinkId, MemberId, PasswordResetId, RegistrationId,
    UserId,
};
use crate::entity::mail_token::Column;

/// What a mailed token is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenSubject {
    pub(super) circle_id: Option<CircleId>,
    pub(super) id: Uuid,
}

impl TokenSubject {
    pub fn registration(id: RegistrationId) -> Self {
        Self {
            circle_id: None,
            id: id.0,
        }
    }

    pub fn password_reset(id: PasswordResetId) -> Self {
        Self {
            circle_id: None,
            id: id.0,
        }
    }

    pub fn account(id: UserId) -> Self {
        Self {
            circle_id: None,
            id: id.0,
        }
    }

    pub fn email_change(id: EmailChangeId) -> Self {
        Self {
            circle_id: None,
            id: id.0,
        }
    }

    pub fn invitation(circle_id: CircleId, id: InvitationId) -> Self {
        Self {
            circle_id: Some(circle_id),
            id: id.0,
        }
    }

    pub fn join_link(circle_id: CircleId, id: JoinLinkId) -> Self {
        Self {
            circle_id: Some(circle_id),
            id: id.0,
        }
    }

    pub fn member(circle_id: CircleId, id: MemberId) -> Self {
        Self {
            circle_id: Some(circle_id),
            id: id.0,
        }
    }
}

impl TokenSubject {
    /// The condition for tokens about this subject. An id is looked up only in its own circle.
    pub(super) fn condition(self) -> Condition {
        let circle = match self.circle_id {
            Some(circle_id) => Column::CircleId.eq(circle_id),
            None => Column::CircleId.is_null(),
        };
        Condition::all()
            .add(circle)
            .add(Column::SubjectId.eq(self.id))
    }
}
