//! One member's part in something: asked, claimed, declined or released. The parts in
//! tasks, needs, appointments and roles go through the same states, so the code that
//! reads and writes them is here once.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, Iterable, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select, Value,
};
use uuid::Uuid;

use super::held::Held;
use crate::access::{CircleOwned, CircleScope, CircleWrite, Person, in_circle_of, with_person};
use crate::entity::ids::MemberId;
use crate::notify::notifications::Notification;
use crate::platform::db::{ReadRows, Reads, SelectByPosition, in_list};
use crate::problem::Problem;

/// A table of the parts that members have in something.
pub trait Part: CircleOwned {
    /// The thing that these are parts of.
    type Parent: CircleOwned;
    type State: Copy + Eq + Into<Value> + Send + Sync + 'static;

    /// The member was asked and has not answered.
    const ASKED: Self::State;
    /// The member claimed or accepted it.
    const TAKEN: Self::State;
    /// The member has it, or was asked and has not answered.
    const OPEN: [Self::State; 2] = [Self::ASKED, Self::TAKEN];

    fn parent_column() -> Self::Column;
    fn member_column() -> Self::Column;
    fn state_column() -> Self::Column;

    fn parent_of(part: &Self::Model) -> Uuid;
    fn member_of(part: &Self::Model) -> MemberId;
    fn state_of(part: &Self::Model) -> Self::State;
    /// The member who asked last, or the member themselves if they claimed it.
    fn asked_by(part: &Self::Model) -> Option<MemberId>;

    /// Writes who asked when the part gets another state: the member who asked last, or the
    /// member themselves if they claim it.
    fn write_asker(
        row: &mut Self::ActiveModel,
        before: &Self::Model,
        state: Self::State,
        actor: Option<MemberId>,
    ) {
        if state == Self::ASKED {
            row.set(Self::created_by_member_column(), actor.into());
        } else if state == Self::TAKEN && Self::state_of(before) != Self::ASKED {
            let member = Some(Self::member_of(before));
            row.set(Self::created_by_member_column(), member.into());
        }
    }

    /// Writes when the member claimed or accepted it, in a table that says so; `None` in a new part
    /// that they have not.
    fn write_taken(_row: &mut Self::ActiveModel, _at: Option<DateTime<Utc>>) {}

    /// Writes what begins again when the part gets another state.
    fn reset(_row: &mut Self::ActiveModel) {}

    /// The parts that a member does not keep when they go.
    fn ends_with_member() -> Condition {
        Condition::all().add(Self::state_column().is_in(Self::OPEN))
    }

    /// Whether the member has it, or was asked and has not answered.
    fn is_open(part: &Self::Model) -> bool {
        Self::OPEN.contains(&Self::state_of(part))
    }
}

/// A row of a table of parts, or of what they are parts of.
pub(super) type Row<E> = <E as EntityTrait>::Model;

/// Declares a table of parts: what it is a part of, and what its columns are called.
macro_rules! part {
    (
        $entity:ident of $parent:ident by $parent_id:ident($parent_column:ident),
        $state_type:ident in $state:ident($state_column:ident): $asked:ident => $taken:ident,
        asked by $asker:ident
        $(, $($rest:item)+)?
    ) => {
        impl $crate::features::participation::Part for $crate::entity::$entity::Entity {
            type Parent = $crate::entity::$parent::Entity;
            type State = $crate::entity::$entity::$state_type;

            const ASKED: Self::State = $crate::entity::$entity::$state_type::$asked;
            const TAKEN: Self::State = $crate::entity::$entity::$state_type::$taken;

            fn parent_column() -> Self::Column {
                $crate::entity::$entity::Column::$parent_column
            }

            fn member_column() -> Self::Column {
                $crate::entity::$entity::Column::MemberId
            }

            fn state_column() -> Self::Column {
                $crate::entity::$entity::Column::$state_column
            }

            fn parent_of(part: &Self::Model) -> uuid::Uuid {
                part.$parent_id.0
            }

            fn member_of(part: &Self::Model) -> $crate::entity::ids::MemberId {
                part.member_id
            }

            fn state_of(part: &Self::Model) -> Self::State {
                part.$state
            }

            fn asked_by(part: &Self::Model) -> Option<$crate::entity::ids::MemberId> {
                part.$asker
            }

            $($($rest)+)?
        }
    };
}

pub(crate) use part;

/// The part of one member.
pub fn part_of<'a, P: Part>(
    parts: impl IntoIterator<Item = &'a Row<P>>,
    member: MemberId,
) -> Option<&'a Row<P>> {
    let mut parts = parts.into_iter();
    parts.find(|part| P::member_of(part) == member)
}

/// The part of the caller.
pub fn part_of_caller<'a, P: Part>(
    scope: &CircleScope,
    parts: impl IntoIterator<Item = &'a Row<P>>,
) -> Option<&'a Row<P>> {
    let mut parts = parts.into_iter();
    parts.find(|part| scope.is_member(P::member_of(part)))
}

/// The parts of all members in these rows, as far as the caller sees them, the oldest
/// first: always one query.
pub async fn parts_of<P: Part>(
    connection: &impl Reads,
    scope: &CircleScope,
    parents: &[Row<P::Parent>],
) -> Result<Vec<Row<P>>, Problem> {
    if parents.is_empty() {
        return Ok(Vec::new());
    }
    let parents: Vec<_> = parents.iter().map(P::Parent::id_of).collect();
    Ok(find_parts::<P>(scope, &parents).read(connection).await?)
}

/// Like [`parts_of`], of the rows with these ids, and the members whose parts they are: always one
/// query.
pub async fn parts_and_people_of<P: Part>(
    connection: &impl Reads,
    scope: &CircleScope,
    parents: &[<P::Parent as CircleOwned>::Id],
) -> Result<(Vec<Row<P>>, HashMap<MemberId, Person>), Problem> {
    let mut people = HashMap::new();
    if parents.is_empty() {
        return Ok((Vec::new(), people));
    }
    let parts = find_parts::<P>(scope, parents);
    let parts = with_person(parts, P::member_column())
        .read(connection)
        .await?;
    let parts = parts.into_iter().map(|(part, person)| {
        people.entry(P::member_of(&part)).or_insert(person);
        part
    });
    Ok((parts.collect(), people))
}

fn find_parts<P: Part>(
    scope: &CircleScope,
    parents: &[<P::Parent as CircleOwned>::Id],
) -> Select<P> {
    let parents = parents.iter().map(|id| (*id).into());
    scope
        .find::<P>()
        .filter(P::parent_column().is_in(in_list::<Uuid>(parents)))
        .order_by_asc(P::created_at_column())
        .order_by_asc(P::id_column())
}

/// A member's part in a row, if the caller sees it.
pub async fn find_part<P: Part>(
    write: &CircleWrite,
    parent: &Row<P::Parent>,
    member: MemberId,
) -> Result<Option<Row<P>>, Problem> {
    let parent: Uuid = P::Parent::id_of(parent).into();
    Ok(write
        .find::<P>()
        .filter(P::parent_column().eq(parent))
        .filter(P::member_column().eq(member))
        .one(write.tx())
        .await?)
}

/// The rows in which the member's part is in one of these states.
pub fn with_part_in<P: Part>(
    scope: &CircleScope,
    member: MemberId,
    states: &[P::State],
) -> Condition {
    let parts = scope
        .find::<P>()
        .filter(P::member_column().eq(member))
        .filter(P::state_column().is_in(states.iter().copied()))
        .select_only()
        .column(P::parent_column())
        .into_query();
    Condition::all().add(P::Parent::id_column().in_subquery(parts))
}

/// The members whose parts are in one of these states.
pub fn members_in<P: Part>(parts: &[Row<P>], states: &[P::State]) -> Vec<MemberId> {
    let these = parts
        .iter()
        .filter(|part| states.contains(&P::state_of(part)));
    these.map(P::member_of).collect()
}

/// The notification that a member declines a part, releases it or is taken off it: it
/// goes to those who relied on them, and to the member who asked them.
#[must_use]
pub fn released_by<P: Part>(notification: Notification, part: &Row<P>) -> Notification {
    let member = P::member_of(part);
    let asked_by = P::asked_by(part).filter(|asker| *asker != member);
    notification.released_by(member, asked_by)
}

/// Puts a member's part into a state. A member has one row for each thing, which is
/// created with the first state.
pub async fn put_part<P: Part>(
    write: &CircleWrite,
    parent: &Row<P::Parent>,
    parts: &[Row<P>],
    member: MemberId,
    state: P::State,
) -> Result<(), Problem> {
    if let Some(before) = part_of::<P>(parts, member) {
        return set_part::<P>(write, before, state).await;
    }
    let row = new_part::<P>(write, parent, member, state);
    write.insert::<P>(row).await?;
    Ok(())
}

/// Like [`put_part`], for a part that nothing in this transaction reads again: it is sent with the
/// commit. Returns the part as it will be.
pub fn put_part_later<P: Part>(
    write: &CircleWrite,
    parent: &Row<P::Parent>,
    parts: &[Row<P>],
    member: MemberId,
    state: P::State,
) -> Result<Row<P>, Problem> {
    match part_of::<P>(parts, member) {
        Some(before) => write.update_later::<P>(before, changed_part::<P>(write, before, state)),
        None => write.insert_later::<P>(new_part::<P>(write, parent, member, state)),
    }
}

/// The row of a part that a member did not have before.
pub fn new_part<P: Part>(
    write: &CircleWrite,
    parent: &Row<P::Parent>,
    member: MemberId,
    state: P::State,
) -> P::ActiveModel {
    let parent: Uuid = P::Parent::id_of(parent).into();
    let mut row = P::ActiveModel::default();
    row.set(P::id_column(), write.new_id::<Uuid>().into());
    row.set(P::parent_column(), parent.into());
    row.set(P::member_column(), member.into());
    row.set(P::state_column(), state.into());
    P::reset(&mut row);
    P::write_taken(&mut row, (state == P::TAKEN).then(|| write.now()));
    row
}

/// The row of an existing part in another state.
pub(super) fn changed_part<P: Part>(
    write: &CircleWrite,
    before: &Row<P>,
    state: P::State,
) -> P::ActiveModel {
    let mut row = before.clone().into_active_model();
    row.set(P::state_column(), state.into());
    P::reset(&mut row);
    if state == P::TAKEN {
        P::write_taken(&mut row, Some(write.now()));
    }
    P::write_asker(&mut row, before, state, write.actor());
    row
}

/// Puts an existing part into a state.
async fn set_part<P: Part>(
    write: &CircleWrite,
    before: &Row<P>,
    state: P::State,
) -> Result<(), Problem> {
    let row = changed_part::<P>(write, before, state);
    write.update::<P>(before, row).await?;
    Ok(())
}

/// The things of one kind that a member holds, with the parts of all members in each, also what the
/// caller does not see: one query, or none if the member holds nothing of this kind. `which`
/// filters and orders the things.
pub async fn with_parts_of_all<P: Part>(
    write: &CircleWrite,
    held: &Held,
    which: impl FnOnce(Select<P::Parent>) -> Select<P::Parent> + Send,
) -> Result<Vec<(Row<P::Parent>, Vec<Row<P>>)>, Problem> {
    let ids = held.of::<P::Parent>();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let in_it = in_circle_of::<P::Parent, P>(P::Parent::id_column(), P::parent_column());
    let parents = write
        .find_in_circle::<P::Parent>()
        .filter(P::Parent::id_column().is_in(in_list(ids.iter().copied())));
    let mut rows = which(parents).columns(P::Column::iter());
    QueryTrait::query(&mut rows).inner_join(P::default(), in_it);
    let rows = rows
        .by_position::<(Row<P::Parent>, Row<P>)>()
        .read(write.tx())
        .await?;
    let mut things = Vec::<(Row<P::Parent>, Vec<_>)>::new();
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    for (parent, part) in rows {
        let place = *places
            .entry(P::parent_of(&part))
            .or_insert_with(|| things.len());
        match things.get_mut(place) {
            Some((_, parts)) => parts.push(part),
            None => things.push((parent, vec![part])),
        }
    }
    Ok(things)
}
