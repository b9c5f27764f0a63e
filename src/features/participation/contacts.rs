//! A member without an account always has a contact. When the contact goes, or an operator disables
//! their account, a coordinator takes their place, or another member if nobody coordinates. The new
//! contact and all coordinators are told.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder};

use super::held::Held;
use super::release::{ReleaseOutcome, ReleasePlan};
use crate::access::CircleWrite;
use crate::access::change_log::Change;
use crate::auth::mail_tokens::void_responses_of_members_later;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, AccessLevel, Column, MemberState};
use crate::entity::notification::NotificationKind;
use crate::features::circles::account_is_in_use;
use crate::notify::notifications::{self, Notification, void_unsubscribe_tokens};
use crate::platform::db::in_list;
use crate::problem::Problem;

/// Gives the members without an account whose contact this member is another contact, because the
/// account of this member is no longer in use.
pub async fn replace_contact(write: &mut CircleWrite, member: MemberId) -> Result<(), Problem> {
    let held = Held::read(write, member).await?;
    let plan = ReleasePlan {
        member,
        held: &held,
        topics_to_take_part_in: &[],
        sees: &[],
        reassign_to: None,
    };
    let mut outcome = ReleaseOutcome::default();
    hand_over_contacts(write, &plan, &mut outcome).await?;
    notifications::notify(write, outcome.notifications).await
}

/// Gives the members without an account whose contact goes another contact: the coordinator who
/// acts, or else the one who has been in the circle the longest. Without a coordinator it is the
/// member with the most access; the patient only if there is nobody else. Nothing is read if there
/// are none.
pub(super) async fn hand_over_contacts(
    write: &mut CircleWrite,
    plan: &ReleasePlan<'_>,
    outcome: &mut ReleaseOutcome,
) -> Result<(), Problem> {
    let managed = plan.held.of::<membership::Entity>();
    if managed.is_empty() {
        return Ok(());
    }
    let stays = Condition::all()
        .add(Column::State.eq(MemberState::Active))
        .add(account_is_in_use())
        .add(Column::Id.ne(plan.member));
    let concerned = Condition::any()
        .add(stays)
        .add(Column::Id.is_in(in_list(managed.iter().copied())));
    let members = write
        .find_in_circle::<membership::Entity>()
        .filter(concerned)
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(write.tx())
        .await?;
    let (managed, mut others): (Vec<_>, Vec<_>) = members
        .into_iter()
        .partition(|member| member.contact_member_id == Some(plan.member));
    let coordinates = |member: &membership::Model| member.access == AccessLevel::Coordinator;
    let is_actor = |member: &membership::Model| write.actor() == Some(member.id);
    // Those of equal rank stay in the order in which they joined.
    others.sort_by_key(|member| {
        let rank = AccessLevel::ALL
            .iter()
            .position(|level| *level == member.access);
        (rank, !is_actor(member), member.is_patient)
    });
    others.sort_by_key(|member| member.is_patient && !coordinates(member));
    // Without anybody, the circle ends together with the member who goes.
    let Some(next) = others.first().map(|member| member.id) else {
        return Ok(());
    };
    let told: Vec<MemberId> = others
        .iter()
        .filter(|member| coordinates(member) || member.id == next)
        .map(|member| member.id)
        .collect();
    let ids: Vec<_> = managed.iter().map(|member| member.id.0).collect();
    let values = vec![(Column::ContactMemberId, Expr::value(next))];
    write.update_rows_later::<membership::Entity>(&ids, values);
    // The emails that the former contact got must not answer for them any more, or turn anything off.
    let theirs: Vec<MemberId> = managed.iter().map(|member| member.id).collect();
    void_unsubscribe_tokens(write, &theirs);
    void_responses_of_members_later(write.transaction(), write.circle_id(), &theirs);
    let mut changes = Vec::new();
    for member in managed {
        let change = Change::to::<membership::Entity>("updated", &member);
        changes.push(change.fields(vec!["contact_member_id"]));
        let after = membership::Model {
            contact_member_id: Some(next),
            ..member
        };
        let kind = NotificationKind::ContactChanged;
        let news = Notification::of(kind, &after, write.scope().time_zone());
        outcome.notifications.push(news.to(told.iter().copied()));
    }
    write.log_all(changes).await
}
