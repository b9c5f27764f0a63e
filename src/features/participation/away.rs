//! What a member holds while they are away: it is released, handed over, or kept as uncertain.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::held::Held;
use super::part::{Part, Row, members_in, part_of, with_parts_of_all};
use super::release_many::{Releasing, release_many};
use super::uncertain::{Uncertain, uncertain_in};
use super::work::Work;
use crate::access::change_log::Change;
use crate::access::{Absences, CircleOwned, CircleWrite, in_circle_of};
use crate::entity::ids::MemberId;
use crate::notify::notifications::Notification;
use crate::platform::db::{ReadRows, SelectByPosition, in_list};
use crate::problem::Problem;

/// Something that a member has claimed, with the parts of all members.
pub struct HeldWork<E: Work> {
    pub row: E::Model,
    parts: Vec<Row<E::Parts>>,
    /// The part of the member.
    part: Row<E::Parts>,
}

impl<E: Work> HeldWork<E> {
    /// Whether the member has an open handover of it.
    pub fn is_handing_over(&self) -> bool {
        E::Parts::is_handing_over(&self.part)
    }

    /// Whether the member is away when it takes place.
    pub fn is_affected(&self, absences: &Absences) -> bool {
        absences.covers(E::Parts::member_of(&self.part), E::moment(&self.row))
    }
}

/// What a member has claimed of one kind and is still to come, the soonest first: one query, or none.
/// It does not matter whether the caller sees it.
pub async fn held_work<E: Work>(
    write: &CircleWrite,
    held: &Held,
    member: MemberId,
) -> Result<Vec<HeldWork<E>>, Problem> {
    let ahead = E::is_ahead(write.now());
    let soonest_first = |rows: Select<E>| rows.filter(ahead).order_by_asc(E::SORT_AT);
    let all = with_parts_of_all::<E::Parts>(write, held, soonest_first).await?;
    let taken = all.into_iter().filter_map(|(row, parts)| {
        let part = part_of::<E::Parts>(&parts, member)?.clone();
        let is_taken = E::Parts::state_of(&part) == E::Parts::TAKEN;
        is_taken.then_some(HeldWork { row, parts, part })
    });
    Ok(taken.collect())
}

/// Takes these off the member.
pub async fn release_held<E: Work>(
    write: &mut CircleWrite,
    member: MemberId,
    held: Vec<HeldWork<E>>,
) -> Result<Vec<Notification>, Problem> {
    let releasing = held.into_iter().map(|held| Releasing {
        row: held.row,
        parts: held.parts,
        reassign_to: None,
    });
    let released = release_many::<E>(write, member, releasing.collect()).await?;
    let notifications = released.into_iter().flat_map(|one| one.notifications);
    Ok(notifications.collect())
}

/// Notes in which of these the member is away now, and hands over those for which `hands_over` holds.
/// Returns the rows that changed. The number of statements does not grow with the rows. They are
/// written when the transaction commits.
pub async fn note_away<E: Work>(
    write: &mut CircleWrite,
    held: &[HeldWork<E>],
    absences: &Absences,
    hands_over: impl Fn(&HeldWork<E>) -> bool + Send + Sync,
) -> Result<Vec<E::Model>, Problem> {
    let mut parts: Vec<((bool, bool), Vec<Uuid>)> = Vec::new();
    let mut counts: Vec<(i32, Vec<Uuid>)> = Vec::new();
    let (mut rows, mut changes) = (Vec::new(), Vec::new());
    for one in held {
        let before = (E::Parts::is_away(&one.part), one.is_handing_over());
        let after = (one.is_affected(absences), before.1 || hands_over(one));
        if before == after {
            continue;
        }
        let uncertain = |(is_away, is_handing_over)| i32::from(is_away || is_handing_over);
        let more = uncertain(after) - uncertain(before);
        collect(&mut parts, after, E::Parts::id_of(&one.part).into());
        collect(&mut counts, more, E::id_of(&one.row).into());
        let mut row = one.row.clone().into_active_model();
        row.set(E::UNCERTAIN, (E::uncertain(&one.row) + more).into());
        let row = write.as_updated::<E>(&one.row, row)?;
        let change = Change::to::<E>("updated", &row).about(E::topic(&row));
        changes.push(change.fields(vec!["assignments"]));
        rows.push(row);
    }
    for ((is_away, is_handing_over), ids) in parts {
        let values = vec![
            (E::IS_AWAY, Expr::value(is_away)),
            (E::Parts::IS_HANDING_OVER, Expr::value(is_handing_over)),
        ];
        write.update_rows_later::<E::Parts>(&ids, values);
    }
    for (more, ids) in counts {
        let uncertain = Expr::col(E::UNCERTAIN).add(more);
        write.update_rows_later::<E>(&ids, vec![(E::UNCERTAIN, uncertain)]);
    }
    write.log_all(changes).await?;
    Ok(rows)
}

/// Notes again what these members hold while they are away, after absences have changed. It takes one
/// read, or none without members. Nothing is released.
pub async fn follow_absences<E: Work>(
    write: &mut CircleWrite,
    members: &BTreeSet<MemberId>,
    absences: &Absences,
) -> Result<(), Problem> {
    if members.is_empty() {
        return Ok(());
    }
    let in_it = in_circle_of::<E, E::Parts>(E::id_column(), E::Parts::parent_column());
    let mut rows = write
        .find_in_circle::<E>()
        .filter(E::is_ahead(write.now()))
        .filter(E::Parts::member_column().is_in(in_list(members.iter().copied())))
        .filter(E::Parts::state_column().eq(E::Parts::TAKEN))
        .columns(<E::Parts as EntityTrait>::Column::iter());
    QueryTrait::query(&mut rows).inner_join(E::Parts::default(), in_it);
    let rows = rows
        .by_position::<(E::Model, Row<E::Parts>)>()
        .read(write.tx())
        .await?;
    let mut things: Vec<HeldByAbsent<E>> = Vec::new();
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    for (row, part) in rows {
        let id: Uuid = E::id_of(&row).into();
        let place = *places.entry(id).or_insert(things.len());
        match things.get_mut(place) {
            Some(thing) => thing.parts.push(part),
            None => things.push(HeldByAbsent {
                row,
                parts: vec![part],
            }),
        }
    }
    let mut noted: Vec<(bool, Vec<Uuid>)> = Vec::new();
    let mut counts: Vec<(i32, Vec<Uuid>)> = Vec::new();
    let mut changes = Vec::new();
    for HeldByAbsent { row, parts } in things {
        let mut more = 0;
        let mut is_other = false;
        for part in parts {
            let is_away = absences.covers(E::Parts::member_of(&part), E::moment(&row));
            if is_away == E::Parts::is_away(&part) {
                continue;
            }
            is_other = true;
            if !E::Parts::is_handing_over(&part) {
                more += if is_away { 1 } else { -1 };
            }
            collect(&mut noted, is_away, E::Parts::id_of(&part).into());
        }
        if is_other {
            collect(&mut counts, more, E::id_of(&row).into());
            let change = Change::to::<E>("updated", &row).about(E::topic(&row));
            changes.push(change.fields(vec!["assignments"]));
        }
    }
    for (is_away, ids) in noted {
        write.update_rows_later::<E::Parts>(&ids, vec![(E::IS_AWAY, Expr::value(is_away))]);
    }
    for (more, ids) in counts {
        let uncertain = Expr::col(E::UNCERTAIN).add(more);
        write.update_rows_later::<E>(&ids, vec![(E::UNCERTAIN, uncertain)]);
    }
    write.log_all(changes).await
}

/// Something that members with an absence have claimed, with their parts.
struct HeldByAbsent<E: Work> {
    row: E::Model,
    parts: Vec<Row<E::Parts>>,
}

fn collect<K: PartialEq>(groups: &mut Vec<(K, Vec<Uuid>)>, key: K, id: Uuid) {
    match groups.iter_mut().find(|(other, _)| *other == key) {
        Some((_, ids)) => ids.push(id),
        None => groups.push((key, vec![id])),
    }
}

/// Notes again which of the members who have something are away then, because it has another time.
/// Returns how many parts are uncertain now; the caller writes that into the row. Parts that change are
/// written when the transaction commits.
pub async fn follow_time<E: Work>(
    write: &CircleWrite,
    row: &E::Model,
    parts: &mut [Row<E::Parts>],
) -> Result<i32, Problem> {
    let holders = members_in::<E::Parts>(parts, &[E::Parts::TAKEN]);
    let absences = Absences::of(write, &holders).await?;
    note_parts::<E>(write, row, parts.iter_mut(), &absences)?;
    Ok(uncertain_in::<E::Parts>(&*parts))
}

/// Notes which of the members who have something are away then.
pub fn note_parts<'a, E: Work>(
    write: &CircleWrite,
    row: &E::Model,
    parts: impl IntoIterator<Item = &'a mut Row<E::Parts>>,
    absences: &Absences,
) -> Result<(), Problem> {
    for part in parts {
        let member = E::Parts::member_of(part);
        let is_taken = E::Parts::state_of(part) == E::Parts::TAKEN;
        let is_away = is_taken && absences.covers(member, E::moment(row));
        if E::Parts::is_away(part) != is_away {
            let mut changed = part.clone().into_active_model();
            changed.set(E::IS_AWAY, is_away.into());
            *part = write.update_later::<E::Parts>(part, changed)?;
        }
    }
    Ok(())
}
