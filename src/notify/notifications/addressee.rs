//! To whom the emails of a member go: the member, or the contact of a member without an account, who
//! is told nothing twice.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, QueryFilter};

use super::settings::delivery_of;
use super::stand_ins::standing_in_for;
use crate::access::{Absences, CircleWrite};
use crate::auth::require_user;
use crate::entity::delivery::{DeliveryReason, DeliveryState};
use crate::entity::membership;
use crate::entity::notification::{self, Column};
use crate::entity::user::{self, UserState};
use crate::notify::may_send::{EmailFacts, why_none};
use crate::notify::subject::SubjectId;
use crate::problem::Problem;

/// Why the contact of a member without an account is not told something once more.
pub(super) async fn told_anyway(
    write: &CircleWrite,
    contact: Option<&membership::Model>,
    notification: &notification::Model,
) -> Result<Option<DeliveryReason>, Problem> {
    let Some(contact) = contact else {
        return Ok(None);
    };
    if notification.created_by_member_id == Some(contact.id) {
        return Ok(Some(DeliveryReason::OwnAction));
    }
    if !notification.kind.is_about_the_thing() {
        return Ok(None);
    }
    let told = [
        DeliveryState::Queued,
        DeliveryState::Unknown,
        DeliveryState::Sent,
    ];
    let own = write
        .find::<notification::Entity>()
        .filter(Column::MemberId.eq(contact.id))
        .filter(Column::Kind.eq(notification.kind))
        .filter(Column::CreatedAt.eq(notification.created_at))
        .filter(Column::State.is_in(told))
        .all(write.tx())
        .await?;
    let about = SubjectId::of_notification(notification);
    // An announcement to all does not say that the member is asked, and has no file for the calendar.
    let same = |other: &&notification::Model| {
        other.category == notification.category && SubjectId::of_notification(other) == about
    };
    let Some(own) = own.iter().find(same) else {
        return Ok(None);
    };
    // What still waits may be skipped, and then nobody would be told.
    let is_told = own.state != DeliveryState::Queued || gets(write, contact, own).await?;
    Ok(is_told.then_some(DeliveryReason::SameEmail))
}

/// Whether a member gets emails of this category now, as far as that is known without their account.
async fn gets(
    write: &CircleWrite,
    member: &membership::Model,
    notification: &notification::Model,
) -> Result<bool, Problem> {
    let absences = Absences::of(write, &[member.id]).await?;
    let delivery = delivery_of(write.tx(), member, notification.category).await?;
    let facts_of_email = EmailFacts::without_account(absences.is_away(member.id), delivery);
    Ok(why_none(facts_of_email).is_none())
}

/// The account to which a member's emails go, if it is active.
pub async fn account_of(
    write: &CircleWrite,
    member: &membership::Model,
) -> Result<Option<user::Model>, Problem> {
    match member.user_id {
        Some(id) => {
            let user = require_user(write.tx(), id).await?;
            Ok(Some(user).filter(|user| user.state == UserState::Active))
        }
        None => Ok(None),
    }
}

/// Who gets the emails of a member.
pub struct Addressee {
    pub user: user::Model,
    /// The contact of a member without an account, or who stands in for the contact: it is their
    /// account.
    pub contact: Option<membership::Model>,
}

/// Who gets the emails of a member: the member, or the contact of a member without an account, or who
/// stands in for the contact. None if that account is not active.
pub async fn addressee_of(
    write: &CircleWrite,
    member: &membership::Model,
) -> Result<Option<Addressee>, Problem> {
    let contact = match member.contact_member_id {
        Some(contact) if member.is_managed() => {
            let mut readers = standing_in_for(write, &BTreeSet::from([contact])).await?;
            readers.remove(&contact)
        }
        _ => None,
    };
    let user = account_of(write, contact.as_ref().unwrap_or(member)).await?;
    Ok(user.map(|user| Addressee { user, contact }))
}
