//! The open handovers that wait for a person in all their circles.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};

use crate::access::{CircleOwned, CircleScope, Mine, MyCircles, Permission, table};
use crate::entity::handover::{self, Column, HandoverState};
use crate::entity::{need, role_assignment, task};
use crate::features::participation::{HasParts, Part, Uncertain};

/// The name of the table of handovers, and of the same table in a subquery.
const THIS: &str = "handovers";
const OTHER: &str = "other";

/// The tasks that the caller is asked to take over.
pub fn tasks_to_take_over(circles: &MyCircles<'_>) -> SelectStatement {
    work_to_take_over::<task::Entity>(circles)
}

/// The needs that the caller is asked to take over.
pub fn needs_to_take_over(circles: &MyCircles<'_>) -> SelectStatement {
    work_to_take_over::<need::Entity>(circles)
}

/// The assignments of roles that the caller is asked to take over.
pub fn roles_to_take_over(circles: &MyCircles<'_>) -> SelectStatement {
    let names = Column::RoleAssignmentId;
    let mut rows = open_handovers::<role_assignment::Entity>(circles, names, every);
    rows.and_where(is_to_me(THIS));
    rows
}

fn work_to_take_over<E>(circles: &MyCircles<'_>) -> SelectStatement
where
    E: HasParts<Parts: Uncertain>,
{
    let mut rows = open_handovers::<E>(circles, E::Parts::HANDED_OVER, every);
    rows.and_where(is_to_me(THIS));
    once::<E>(&mut rows);
    rows
}

fn every(_: &CircleScope) -> Condition {
    Condition::all()
}

/// The things of a kind that the caller can take over, each once: those in which they are asked by
/// name, and those that are open to everybody, unless they are asked to claim the thing anyway. It
/// still has no columns.
pub fn handed_over_to_me<E>(circles: &MyCircles<'_>) -> SelectStatement
where
    E: HasParts<Parts: Uncertain>,
{
    let mut rows = open_handovers::<E>(circles, E::Parts::HANDED_OVER, may_take_over);
    rows.cond_where(to_caller::<E>(THIS));
    once::<E>(&mut rows);
    rows
}

/// Whether the caller is asked by name to take over a thing: the handover then waits for them, and not
/// an offer of the same thing.
pub fn is_asked_by_name<E>() -> Expr
where
    E: HasParts<Parts: Uncertain>,
{
    Expr::exists(others_of::<E>().and_where(is_to_me(OTHER)).take())
}

/// The handovers in which the caller is asked, and those to everybody that they can accept.
fn to_caller<E: HasParts>(of: &'static str) -> Condition {
    let to_others = column_of(of, Column::FromMemberId).ne(Mine::MemberId.col());
    let to_everybody = Condition::all()
        .add(column_of(of, Column::ToMemberId).is_null())
        .add(to_others)
        .add(Expr::exists(my_part::<E>(E::Parts::ASKED)).not());
    Condition::any().add(is_to_me(of)).add(to_everybody)
}

fn is_to_me(of: &'static str) -> Expr {
    column_of(of, Column::ToMemberId).eq(Mine::MemberId.col())
}

/// Leaves out what the caller has already, and keeps one handover of each thing: the first in which
/// they are asked by name, or else the first of all.
fn once<E>(rows: &mut SelectStatement)
where
    E: HasParts<Parts: Uncertain>,
{
    let is_named = |of| column_of(of, Column::ToMemberId).is_not_null();
    let is_to_everybody = |of| column_of(of, Column::ToMemberId).is_null();
    let both_named = Condition::all().add(is_named(THIS)).add(is_named(OTHER));
    let neither_named = Condition::all()
        .add(is_to_everybody(THIS))
        .add(is_to_everybody(OTHER));
    let is_older = column_of(OTHER, Column::Id).lt(column_of(THIS, Column::Id));
    let is_older_alike = Condition::all()
        .add(Condition::any().add(both_named).add(neither_named))
        .add(is_older);
    let is_closer = Condition::all()
        .add(is_named(OTHER))
        .add(is_to_everybody(THIS));
    let comes_first = others_of::<E>()
        .cond_where(to_caller::<E>(OTHER))
        .cond_where(Condition::any().add(is_older_alike).add(is_closer))
        .take();
    rows.and_where(Expr::exists(my_part::<E>(E::Parts::TAKEN)).not())
        .and_where(Expr::exists(comes_first).not());
}

/// The open handovers of a thing, under the name [`OTHER`].
fn others_of<E>() -> SelectStatement
where
    E: HasParts<Parts: Uncertain>,
{
    let names = column_of(OTHER, E::Parts::HANDED_OVER);
    Query::select()
        .expr(Expr::value(1))
        .from_as(handover::Entity, OTHER)
        .and_where(column_of(OTHER, Column::CircleId).eq(Mine::CircleId.col()))
        .and_where(names.equals((E::default(), E::id_column())))
        .and_where(column_of(OTHER, Column::State).eq(HandoverState::Open))
        .take()
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

/// The part of the caller in a thing, if it is in this state.
fn my_part<E: HasParts>(state: <E::Parts as Part>::State) -> SelectStatement {
    let part = |column: <E::Parts as sea_orm::EntityTrait>::Column| {
        Expr::col((E::Parts::default(), column))
    };
    Query::select()
        .expr(Expr::value(1))
        .from(E::Parts::default())
        .and_where(part(E::Parts::circle_column()).eq(Mine::CircleId.col()))
        .and_where(part(E::Parts::parent_column()).equals((E::default(), E::id_column())))
        .and_where(part(E::Parts::member_column()).eq(Mine::MemberId.col()))
        .and_where(E::Parts::state_column().eq(state))
        .take()
}

/// A column of the handovers that go by this name in a statement.
fn column_of(name: &'static str, column: Column) -> Expr {
    Expr::col((name, column))
}

fn handover(column: Column) -> Expr {
    Expr::col((handover::Entity, column))
}
