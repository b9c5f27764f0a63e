//! What a mailed token is about.

use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::responses::ResponseOf;
use crate::entity::ids::{
    CircleId, EmailChangeId, InvitationId, JoinLinkId, MemberId, PasswordResetId, RegistrationId,
    UserId,
};
use crate::entity::mail_token::{Column, RespondSubject};

/// What a mailed token is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenSubject {
    pub(super) circle_id: Option<CircleId>,
    pub(super) id: Uuid,
    /// What the thing is that is answered about, and the member whose answer it is.
    pub(super) answered: Option<(RespondSubject, MemberId)>,
}

impl TokenSubject {
    pub fn registration(id: RegistrationId) -> Self {
        Self {
            circle_id: None,
            id: id.0,
            answered: None,
        }
    }

    pub fn password_reset(id: PasswordResetId) -> Self {
        Self {
            circle_id: None,
            id: id.0,
            answered: None,
        }
    }

    pub fn account(id: UserId) -> Self {
        Self {
            circle_id: None,
            id: id.0,
            answered: None,
        }
    }

    pub fn email_change(id: EmailChangeId) -> Self {
        Self {
            circle_id: None,
            id: id.0,
            answered: None,
        }
    }

    pub fn invitation(circle_id: CircleId, id: InvitationId) -> Self {
        Self {
            circle_id: Some(circle_id),
            id: id.0,
            answered: None,
        }
    }

    pub fn join_link(circle_id: CircleId, id: JoinLinkId) -> Self {
        Self {
            circle_id: Some(circle_id),
            id: id.0,
            answered: None,
        }
    }

    pub fn member(circle_id: CircleId, id: MemberId) -> Self {
        Self {
            circle_id: Some(circle_id),
            id: id.0,
            answered: None,
        }
    }

    /// The answer of a member about a thing.
    pub(super) fn response(circle_id: CircleId, of: ResponseOf) -> Self {
        Self {
            circle_id: Some(circle_id),
            id: of.id,
            answered: Some((of.subject, of.member)),
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
        let member = self.answered.map(|(_, member)| Column::MemberId.eq(member));
        Condition::all()
            .add(circle)
            .add(Column::SubjectId.eq(self.id))
            .add_option(member)
    }
}
