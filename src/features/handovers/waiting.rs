//! The open handovers that wait for a person in all their circles.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};

use crate::access::{CircleOwned, CircleScope, Mine, MyCircles, Permission, table};
use crate::entity::handover::{self, Column, HandoverState};
use crate::entity::{need, role_assignment, task};
use crate::features::participation::{HasParts, Part, Uncertain};

/// The tasks that the caller is asked to take over.
pub fn tasks_to_take_over(circles: &MyCircles<'_>) -> SelectStatement {
    of_caller::<task::Entity>(circles, Column::TaskId)
}

/// The needs that the caller is asked to take over.
pub fn needs_to_take_over(circles: &MyCircles<'_>) -> SelectStatement {
    of_caller::<need::Entity>(circles, Column::NeedId)
}

/// The assignments of roles that the caller is asked to take over.
pub fn roles_to_take_over(circles: &MyCircles<'_>) -> SelectStatement {
    of_caller::<role_assignment::Entity>(circles, Column::RoleAssignmentId)
}

fn of_caller<E: CircleOwned>(circles: &MyCircles<'_>, names: Column) -> SelectStatement {
    let every = |_: &CircleScope| Condition::all();
    let mut rows = open_handovers::<E>(circles, names, every);
    rows.and_where(handover(Column::ToMemberId).eq(Mine::MemberId.col()));
    rows
}

/// The things of a kind that the caller can take over: those in which they are asked, and those that
/// are open to everybody, unless they have a part in them. It still has no columns.
pub fn handed_over_to_me<E>(circles: &MyCircles<'_>) -> SelectStatement
where
    E: HasParts<Parts: Uncertain>,
{
    let mut rows = open_handovers::<E>(circles, E::Parts::HANDED_OVER, may_take_over);
    let to_me = handover(Column::ToMemberId).eq(Mine::MemberId.col());
    let to_others = handover(Column::FromMemberId).ne(Mine::MemberId.col());
    let to_everybody = Condition::all()
        .add(Column::ToMemberId.is_null())
        .add(to_others)
        .add(Expr::exists(my_place::<E>()).not());
    rows.cond_where(Condition::any().add(to_me).add(to_everybody));
    rows
}

/// The id of the handover, as a column of [`handed_over_to_me`].
pub fn handover_id() -> Expr {
    handover(Column::Id)
}

/// They count for a personal access token that only reads, too: they wait for the person.
fn may_take_over(scope: &CircleScope) -> Condition {
    let access = scope.access();
    let may = access.is_some_and(|access| {
        Permission::HandOver.is_given_to(access, scope.is_patient()) && !scope.is_leaving()
    });
    Condition::all().add(Expr::value(may))
}

fn open_handovers<E: CircleOwned>(
    circles: &MyCircles<'_>,
    names: Column,
    what: impl Fn(&CircleScope) -> Condition,
) -> SelectStatement {
    let tables = [table::<handover::Entity>(), table::<E>()];
    let mut rows = circles.select::<E>(tables, what);
    rows.and_where(handover(Column::CircleId).eq(Mine::CircleId.col()))
        .and_where(handover(Column::State).eq(HandoverState::Open))
        .and_where(handover(names).equals((E::default(), E::id_column())));
    rows
}

/// The part of the caller who has the thing already.
fn my_place<E: HasParts>() -> SelectStatement {
    let part = |column: <E::Parts as sea_orm::EntityTrait>::Column| {
        Expr::col((E::Parts::default(), column))
    };
    Query::select()
        .expr(Expr::value(1))
        .from(E::Parts::default())
        .and_where(part(E::Parts::circle_column()).eq(Mine::CircleId.col()))
        .and_where(part(E::Parts::parent_column()).equals((E::default(), E::id_column())))
        .and_where(part(E::Parts::member_column()).eq(Mine::MemberId.col()))
        .and_where(E::Parts::state_column().eq(E::Parts::TAKEN))
        .take()
}

fn handover(column: Column) -> Expr {
    Expr::col((handover::Entity, column))
}
