//! Whom an item concerns. This is asked when a reminder fires, and again when its email is
//! written: a member who released the item meanwhile is not reminded.

use sea_orm::{ColumnTrait, QueryFilter};

use super::item::Item;
use super::parts::members_with_parts;
use crate::access::{CircleWrite, who_sees};
use crate::entity::ids::MemberId;
use crate::entity::membership;
use crate::platform::time::civil::Moment;
use crate::problem::Problem;

/// A member whom an item concerns.
#[derive(Debug)]
pub struct Concerned {
    pub member: membership::Model,
    /// The time that they are reminded of. A driver is told when to leave.
    pub moment: Option<Moment>,
    /// Whether they still see what concerns them.
    pub sees: bool,
}

/// The members whom an item concerns now. With `only`, just that member if it concerns them.
pub async fn audience(
    write: &CircleWrite,
    item: &Item,
    only: Option<MemberId>,
) -> Result<Vec<Concerned>, Problem> {
    let parts = members_with_parts(write, &[item.id]).await?;
    let takers = parts.into_iter().map(|(_, member)| member);
    let takers = takers.filter(|member| only.is_none_or(|only| only == *member));
    let members = write
        .find::<membership::Entity>()
        .filter(membership::Column::Id.is_in(takers))
        .all(write.tx())
        .await?;
    let see_it = who_sees(write, &members, item.topic).await?;
    let concerned = |member: membership::Model| Concerned {
        moment: item.moment,
        sees: see_it.contains(&member.id),
        member,
    };
    Ok(members.into_iter().map(concerned).collect())
}
