//! Who gets the emails of a member without an account: their contact. While the contact is away, has
//! no account in use, or gets no emails because too many came back, the coordinator who has been in the
//! circle the longest gets them, because coordinators can act for the member as well. If that is
//! nobody, it stays the contact.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder};

use crate::access::{Absences, CircleWrite};
use crate::auth::join_active_accounts;
use crate::entity::ids::{MemberId, UserId};
use crate::entity::membership::{self, AccessLevel, Column, MemberState};
use crate::entity::user::EmailState;
use crate::platform::db::{ReadRows, SelectByPosition, in_list};
use crate::problem::Problem;

/// A member, their account if it is active, and how many emails to it came back.
type Reader = (membership::Model, Option<UserId>, Option<i32>);

/// For each of these contacts the member who gets the emails: the contact, or the coordinator who
/// stands in. It takes two reads, however many contacts there are, and none without contacts.
pub async fn standing_in_for(
    write: &CircleWrite,
    contacts: &BTreeSet<MemberId>,
) -> Result<HashMap<MemberId, membership::Model>, Problem> {
    if contacts.is_empty() {
        return Ok(HashMap::new());
    }
    let absences = Absences::of_all(write).await?;
    let these = Condition::any()
        .add(Column::Id.is_in(in_list(contacts.iter().copied())))
        .add(Column::Access.eq(AccessLevel::Coordinator));
    let mut members = write
        .find_in_circle::<membership::Entity>()
        .filter(Column::State.eq(MemberState::Active))
        .filter(these)
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id);
    join_active_accounts(&mut members);
    let members = members.by_position::<Reader>().read(write.tx()).await?;
    let can_be_reached = |(member, account, bounces): &&Reader| {
        let is_stopped = bounces.map(EmailState::after) == Some(EmailState::Stopped);
        account.is_some() && !is_stopped && !absences.is_away(member.id)
    };
    let coordinator = members
        .iter()
        .filter(can_be_reached)
        .find(|(member, ..)| member.access == AccessLevel::Coordinator);
    let with_reader = |contact: &MemberId| {
        let own = members.iter().find(|(member, ..)| member.id == *contact);
        let reader = own.filter(can_be_reached).or(coordinator).or(own);
        reader.map(|(member, ..)| (*contact, member.clone()))
    };
    Ok(contacts.iter().filter_map(with_reader).collect())
}
