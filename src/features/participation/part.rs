//! One person's part in something: asked, taken on, declined, given back or released.
//! The parts in tasks, needs, appointments and roles follow the same life, so what reads
//! and writes them stands here once.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Value,
};
use uuid::Uuid;

use crate::access::{CircleOwned, CircleScope, CircleWrite};
use crate::entity::ids::MemberId;
use crate::notify::notifications::Notification;
use crate::problem::Problem;

/// A table of parts that people have in something.
pub trait Part: CircleOwned {
    /// What it is a part of.
    type Parent: CircleOwned;
    type State: Copy + Eq + Into<Value> + Send + Sync + 'static;

    /// Asked, and no answer yet.
    const ASKED: Self::State;
    /// Taken on.
    const TAKEN: Self::State;
    /// Asked or taken on: what somebody has, or is still asked to take.
    const OPEN: [Self::State; 2] = [Self::ASKED, Self::TAKEN];

    fn parent_column() -> Self::Column;
    fn member_column() -> Self::Column;
    fn state_column() -> Self::Column;

    fn parent_of(part: &Self::Model) -> Uuid;
    fn member_of(part: &Self::Model) -> MemberId;
    fn state_of(part: &Self::Model) -> Self::State;
    /// Who asked them last, or the member themselves.
    fn asked_by(part: &Self::Model) -> Option<MemberId>;

    /// Writes who asked for the part that gets another state. It was asked for by the
    /// member who asked last, or taken by the member themselves.
    fn write_asker(
        row: &mut Self::ActiveModel,
        before: &Self::Model,
        state: Self::State,
        actor: Option<MemberId>,
    ) {
        if state == Self::ASKED {
            row.set(Self::created_by_column(), actor.into());
        } else if state == Self::TAKEN && Self::state_of(before) != Self::ASKED {
            let member = Some(Self::member_of(before));
            row.set(Self::created_by_column(), member.into());
        }
    }

    /// Writes what else starts anew with another state.
    fn reset(_row: &mut Self::ActiveModel) {}

    /// Whether somebody has it, or is still asked to.
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

/// A member's part among others.
pub fn part_of<'a, P: Part>(
    parts: impl IntoIterator<Item = &'a Row<P>>,
    member: MemberId,
) -> Option<&'a Row<P>> {
    let mut parts = parts.into_iter();
    parts.find(|part| P::member_of(part) == member)
}

/// The caller's own part among others.
pub fn part_of_caller<'a, P: Part>(
    scope: &CircleScope,
    parts: impl IntoIterator<Item = &'a Row<P>>,
) -> Option<&'a Row<P>> {
    let mut parts = parts.into_iter();
    parts.find(|part| scope.is_member(P::member_of(part)))
}

/// Everybody's parts in these rows, as far as the caller sees them, oldest first: one query,
/// however many.
pub async fn parts_of<P: Part>(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    parents: &[Row<P::Parent>],
) -> Result<Vec<Row<P>>, Problem> {
    if parents.is_empty() {
        return Ok(Vec::new());
    }
    let parents = parents.iter().map(|row| P::Parent::id_of(row).into());
    Ok(scope
        .find::<P>()
        .filter(P::parent_column().is_in(parents.collect::<Vec<Uuid>>()))
        .order_by_asc(P::created_at_column())
        .order_by_asc(P::id_column())
        .all(connection)
        .await?)
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

/// The rows in which a member's part is in one of these states.
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

/// The parts that the caller was asked to take and has not answered, in the rows that fit a
/// condition.
pub fn unanswered<P: Part>(scope: &CircleScope, which: Condition) -> Condition {
    let parents = scope
        .find::<P::Parent>()
        .filter(which)
        .select_only()
        .column(P::Parent::id_column())
        .into_query();
    Condition::all()
        .add(P::member_column().eq(scope.member_id()))
        .add(P::state_column().eq(P::ASKED))
        .add(P::parent_column().in_subquery(parents))
}

/// The members whose parts are in one of these states.
pub fn members_in<P: Part>(parts: &[Row<P>], states: &[P::State]) -> Vec<MemberId> {
    let these = parts
        .iter()
        .filter(|part| states.contains(&P::state_of(part)));
    these.map(P::member_of).collect()
}

/// The notification that a member declines or releases their part, or is taken off it: those
/// who relied on them are told, and the person who asked them among these.
#[must_use]
pub fn released_by<P: Part>(notification: Notification, part: &Row<P>) -> Notification {
    let member = P::member_of(part);
    let asked_by = P::asked_by(part).filter(|asker| *asker != member);
    notification.released_by(member, asked_by)
}

/// Puts a member's part into a state. A member has one row, which is made with the first
/// state.
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
    let parent: Uuid = P::Parent::id_of(parent).into();
    let mut row = P::ActiveModel::default();
    row.set(P::id_column(), write.new_id::<Uuid>().into());
    row.set(P::parent_column(), parent.into());
    row.set(P::member_column(), member.into());
    row.set(P::state_column(), state.into());
    P::reset(&mut row);
    write.insert::<P>(row).await?;
    Ok(())
}

/// Puts a part that is there already into a state.
pub async fn set_part<P: Part>(
    write: &CircleWrite,
    before: &Row<P>,
    state: P::State,
) -> Result<(), Problem> {
    let mut row = before.clone().into_active_model();
    row.set(P::state_column(), state.into());
    P::reset(&mut row);
    P::write_asker(&mut row, before, state, write.actor());
    write.update::<P>(before, row).await?;
    Ok(())
}

/// The parts that a member has or has been asked to take, seen by the caller or not.
async fn open_parts_of<P: Part>(
    write: &CircleWrite,
    member: MemberId,
) -> Result<Vec<Row<P>>, Problem> {
    Ok(write
        .find_in_circle::<P>()
        .filter(P::member_column().eq(member))
        .filter(P::state_column().is_in(P::OPEN))
        .all(write.tx())
        .await?)
}

/// What a member has taken on or has been asked to take on, with everybody's parts in
/// it, seen by the caller or not: three queries, however much. `which` says what of it,
/// and in which order.
pub async fn held_by<P: Part>(
    write: &CircleWrite,
    member: MemberId,
    which: impl FnOnce(Select<P::Parent>) -> Select<P::Parent> + Send,
) -> Result<Vec<(Row<P::Parent>, Vec<Row<P>>)>, Problem> {
    let open = open_parts_of::<P>(write, member).await?;
    let ids: Vec<Uuid> = open.iter().map(P::parent_of).collect();
    let parents = write
        .find_in_circle::<P::Parent>()
        .filter(P::Parent::id_column().is_in(ids.iter().copied()));
    let parents = which(parents).all(write.tx()).await?;
    let parts = write
        .find_in_circle::<P>()
        .filter(P::parent_column().is_in(ids))
        .all(write.tx())
        .await?;
    let with_parts = |parent: Row<P::Parent>| {
        let id: Uuid = P::Parent::id_of(&parent).into();
        let in_it = parts.iter().filter(|part| P::parent_of(part) == id);
        let in_it = in_it.cloned().collect();
        (parent, in_it)
    };
    Ok(parents.into_iter().map(with_parts).collect())
}
