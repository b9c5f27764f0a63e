//! Who is reminded of an item. Asked when it fires, and again when the mail is
//! written: what was given back meanwhile concerns nobody.
//!
//! Who comes to an appointment and drives there, or takes two of its needs, is
//! reminded of what comes first on that day, and not of each.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ColumnTrait, QueryFilter};

use super::item::{Item, ItemId};
use super::parts::{Part, parts_of};
use crate::access::{CircleWrite, who_sees};
use crate::appointments::needs_of;
use crate::entity::ids::MemberId;
use crate::entity::membership;
use crate::entity::topic_grant::Topic;
use crate::problem::Problem;
use crate::wall_time::{Moment, day_of};

/// Somebody an item concerns.
#[derive(Debug)]
pub struct Concerned {
    pub member: membership::Model,
    /// What they are reminded of: who drives is told when to set off.
    pub moment: Option<Moment>,
    /// Whether they still see what concerns them.
    pub sees: bool,
}

/// Everybody an item concerns now, or whether it concerns `only` one.
pub async fn audience(
    write: &CircleWrite,
    item: &Item,
    only: Option<MemberId>,
) -> Result<Vec<Concerned>, Problem> {
    let around = around(write, item).await?;
    let ids: Vec<ItemId> = around.iter().map(Item::id).collect();
    let parts = parts_of(write, &ids).await?;
    let its = parts.iter().filter(|(of, _)| *of == item.id());
    let its = its.map(|(_, member)| *member);
    let its = its.filter(|member| only.is_none_or(|only| only == *member));
    let members = write
        .find::<membership::Entity>()
        .filter(membership::Column::Id.is_in(its))
        .all(write.tx())
        .await?;
    let whole = match item {
        Item::Need(_, appointment) => appointment.topic,
        Item::Task(_) | Item::Appointment(_) => item.topic(),
    };
    let see_it = who_sees(write, &members, whole).await?;
    let see_needs = who_sees(write, &members, Topic::Daily).await?;
    let sees = |member: MemberId, what: &Item| match what {
        Item::Need(..) => see_needs.contains(&member),
        Item::Task(_) | Item::Appointment(_) => see_it.contains(&member),
    };
    let mut concerned = Vec::new();
    for member in members {
        let is_visible = sees(member.id, item);
        let mut others = around
            .iter()
            .filter(|other| other.id() != item.id() && sees(member.id, other));
        let zone = write.scope().time_zone();
        let comes_first = |other: &Item| precedes(other, item, &parts, member.id, zone);
        if is_visible && others.any(comes_first) {
            continue;
        }
        concerned.push(Concerned {
            moment: item.moment(),
            sees: is_visible,
            member,
        });
    }
    Ok(concerned)
}

/// What belongs to one appointment, the item itself among it.
async fn around(write: &CircleWrite, item: &Item) -> Result<Vec<Item>, Problem> {
    let row = match item {
        Item::Task(_) => return Ok(vec![item.clone()]),
        Item::Appointment(row) | Item::Need(_, row) => row,
    };
    let mut around = vec![Item::Appointment(row.clone())];
    let needs = needs_of(write, row.id).await?.into_iter();
    around.extend(needs.map(|need| Item::Need(need, row.clone())));
    around.retain(Item::is_on);
    Ok(around)
}

/// Whether a member has a part in the other item too, on the same day and before.
fn precedes(
    other: &Item,
    item: &Item,
    parts: &HashSet<Part>,
    member: MemberId,
    zone: &str,
) -> bool {
    let (Some(first), Some(second)) = (place(other, zone), place(item, zone)) else {
        return false;
    };
    parts.contains(&(other.id(), member)) && first.0 == second.0 && first < second
}

/// Its day, and where it stands there: what has an hour before what has none.
fn place(item: &Item, zone: &str) -> Option<(NaiveDate, bool, DateTime<Utc>, ItemId)> {
    let (at, _) = item.due(zone)?;
    Some(match item.moment()? {
        Moment::At(_) => (day_of(at, zone), false, at, item.id()),
        Moment::On(day) => (day, true, at, item.id()),
    })
}
