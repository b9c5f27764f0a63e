//! Statements that read from many circles at once, for the views of a person: the agenda, and what
//! waits for an answer.
//!
//! # What it guarantees
//!
//! Such a statement begins with the caller's own memberships, a small table that the proof of the
//! request fills: one row for each circle. Everything else is joined to it by keys. So the database
//! reads what belongs to the caller, and not what belongs to the circles: the cost of a view depends
//! on what is open for a person, and not on how much was ever written.
//!
//! Every part of a statement is made by [`MyCircles::select`], which adds the condition of the rows
//! that the caller sees, the same as in all other statements.
//!
//! # How
//!
//! ```ignore
//! let circles = mine.all();
//! let tables = [table::<task_assignment::Entity>(), table::<task::Entity>()];
//! let mut offers = circles.select::<task::Entity>(tables, |_| is_open());
//! offers.and_where(of_offers); // joins the assignments with `Mine` and with the tasks
//! let rows = circles.read(mine.db(), offers).await?;
//! ```
//!
//! The tables are joined in the order in which they are named. PostgreSQL chooses an order by
//! itself, from what it knows of the tables. SQLite knows nothing of them, and would guess.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{
    Asterisk, CommonTableExpression, Expr, ExprTrait, IntoTableRef, Order, Query, SelectStatement,
    TableRef, ValueTuple,
};
use sea_orm::{Condition, DeriveIden};

use super::CallerCircles;
use super::caller_circles::{in_each, visible_in};
use super::change_log::Change;
use super::circle::CircleAccess;
use super::owned::CircleOwned;
use super::permission::{Permission, RequiredPermission};
use super::scope::CircleScope;
use super::visibility::{since_joining, visible_changes};
use crate::entity::ids::CircleId;
use crate::entity::{change, membership};
use crate::platform::db::Reads;
use crate::problem::Problem;
use crate::row::Row;

/// How many circles one statement covers, if it has a subquery for each.
const CIRCLES_AT_ONCE: usize = 100;

/// The caller's memberships, as a table in a statement.
#[derive(Clone, Copy, Debug, DeriveIden)]
pub enum Mine {
    Table,
    /// The circle.
    CircleId,
    /// The caller as a member of the circle.
    MemberId,
    /// When the caller joined it.
    JoinedAt,
    /// Whether the caller has the permission `ReadHistory` there.
    ReadsHistory,
}

impl Mine {
    /// The column in an expression.
    pub fn col(self) -> Expr {
        Expr::col((Self::Table, self))
    }
}

/// Some of the caller's circles, for one statement.
#[derive(Clone, Copy, Debug)]
pub struct MyCircles<'a> {
    scopes: &'a [CircleScope],
    time_zone: &'a str,
    now: DateTime<Utc>,
}

impl CallerCircles {
    /// All circles that are not archived, for one statement whose conditions are the same in most of
    /// them.
    pub fn all(&self) -> MyCircles<'_> {
        self.some(self.current_scopes())
    }

    /// All circles that are not archived, for a statement that has a subquery for each of them: a few
    /// circles at once.
    pub fn at_once(&self) -> impl Iterator<Item = MyCircles<'_>> {
        self.current_scopes()
            .chunks(CIRCLES_AT_ONCE)
            .map(|some| self.some(some))
    }

    /// One of them alone; none if the caller is not in this circle, or if it is archived.
    pub fn only(&self, circle: CircleId) -> MyCircles<'_> {
        let scopes = self.current_scopes();
        let place = scopes.iter().position(|scope| scope.circle_id() == circle);
        self.some(place.map_or(&scopes[..0], |at| &scopes[at..=at]))
    }

    fn some<'a>(&'a self, scopes: &'a [CircleScope]) -> MyCircles<'a> {
        MyCircles {
            scopes,
            time_zone: self.time_zone(),
            now: self.now(),
        }
    }
}

impl<P: RequiredPermission> CircleAccess<P> {
    /// The one circle of a request, for a statement that a view of all circles has too.
    pub fn as_my_circles(&self) -> MyCircles<'_> {
        MyCircles::alone(self.scope(), self.now())
    }
}

impl<'a> MyCircles<'a> {
    /// One circle alone, for a statement that serves one and all.
    pub(super) fn alone(scope: &'a CircleScope, now: DateTime<Utc>) -> Self {
        Self {
            scopes: std::slice::from_ref(scope),
            time_zone: scope.reader_zone(),
            now,
        }
    }
}

impl MyCircles<'_> {
    /// The moment of the request.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The time zone of one of the circles.
    pub fn zone_of(&self, circle: CircleId) -> &str {
        let mut scopes = self.scopes.iter();
        let scope = scopes.find(|scope| scope.circle_id() == circle);
        scope.map_or(self.time_zone, CircleScope::time_zone)
    }

    /// The caller's own time zone.
    pub fn time_zone(&self) -> &str {
        self.time_zone
    }

    /// Begins a statement: [`Mine`] and then these tables, with the rows of `E` that the caller
    /// sees and that fit `what`, the condition for each circle. `E` is one of the tables. The
    /// conditions that join the other tables are still missing, and the columns.
    pub fn select<E: CircleOwned>(
        &self,
        tables: impl IntoIterator<Item = TableRef>,
        what: impl Fn(&CircleScope) -> Condition,
    ) -> SelectStatement {
        let mut rows = Query::select();
        rows.from(Mine::Table);
        for table in tables {
            rows.cross_join(table);
        }
        // The conditions name the circle of the membership: PostgreSQL would count a second
        // condition of the same column as one that leaves fewer rows, and choose a bad index.
        rows.and_where(Expr::col((E::default(), E::circle_column())).eq(Mine::CircleId.col()))
            .cond_where(visible_in::<E>(self.scopes, &Mine::CircleId.col(), what));
        rows
    }

    /// Joins the row of `E` with this id to the rows of a statement that begins with [`Mine`], if the
    /// caller sees it. Returns its id, which is null if they do not.
    pub fn join_seen<E: CircleOwned>(&self, rows: &mut SelectStatement, id: Expr) -> Expr {
        let its_id = Expr::col((E::default(), E::id_column()));
        let its_circle = Expr::col((E::default(), E::circle_column()));
        let every = |_: &CircleScope| Condition::all();
        let seen = Condition::all()
            .add(its_circle.eq(Mine::CircleId.col()))
            .add(its_id.clone().eq(id))
            .add(visible_in::<E>(self.scopes, &Mine::CircleId.col(), every));
        rows.left_join(table::<E>(), seen);
        its_id
    }

    /// Begins a statement for the newest lines of the change log that others have caused, that the
    /// caller sees, and that the caller has not marked as seen. It still has no columns. In each
    /// circle it looks at the newest `most` lines of the activity.
    pub fn select_unseen_changes(&self, most: u64) -> SelectStatement {
        use membership::Column as Member;
        let change = |column: change::Column| Expr::col((change::Entity, column));
        let member = |column: Member| Expr::col((membership::Entity, column));
        // The databases find it once in each circle, before they read the lines.
        let newest = Query::select()
            .column((change::Entity, change::Column::Seq))
            .from(change::Entity)
            .and_where(change(change::Column::CircleId).eq(Mine::CircleId.col()))
            .and_where(change(change::Column::Seq).gt(member(Member::SeenSeq)))
            .and_where(change(change::Column::Verb).ne(Change::REPEATED))
            .order_by((change::Entity, change::Column::Seq), Order::Desc)
            .limit(most)
            .take();
        let oldest = Query::select()
            .expr(Expr::col(change::Column::Seq).min())
            .from_subquery(newest, "newest")
            .take();
        let oldest = Expr::SubQuery(None, Box::new(oldest.into()));
        let by_others = Condition::any()
            .add(change(change::Column::ActorMemberId).is_null())
            .add(change(change::Column::ActorMemberId).ne(Mine::MemberId.col()));
        let mut rows = Query::select();
        rows.from(Mine::Table)
            .cross_join(membership::Entity)
            .cross_join(change::Entity)
            .and_where(member(Member::CircleId).eq(Mine::CircleId.col()))
            .and_where(member(Member::Id).eq(Mine::MemberId.col()))
            .and_where(change(change::Column::CircleId).eq(Mine::CircleId.col()))
            .and_where(change(change::Column::Seq).gte(oldest))
            .and_where(change(change::Column::Verb).ne(Change::REPEATED))
            .cond_where(in_each(self.scopes, &Mine::CircleId.col(), visible_changes))
            .cond_where(by_others);
        rows
    }

    /// Like [`written_for`](super::visibility::written_for), in each circle.
    pub fn written_for_me() -> Condition {
        since_joining(Mine::JoinedAt.col(), Mine::ReadsHistory.col())
    }

    /// Reads what the statement selects; nothing if the caller is in no circle.
    pub async fn read<R: Row>(
        &self,
        from: &impl Reads,
        select: SelectStatement,
    ) -> Result<Vec<R>, Problem> {
        if self.scopes.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.scopes.iter().map(|scope| {
            ValueTuple::Many(vec![
                scope.circle_id().into(),
                scope.member_id().into(),
                scope.joined_at().into(),
                scope.may(Permission::ReadHistory).into(),
            ])
        });
        let rows = Query::select()
            .column(Asterisk)
            .from_values(rows, "memberships_of_caller")
            .take();
        let mine = CommonTableExpression::new()
            .query(rows)
            .table_name(Mine::Table)
            .columns([
                Mine::CircleId,
                Mine::MemberId,
                Mine::JoinedAt,
                Mine::ReadsHistory,
            ])
            .to_owned();
        let select = select.with(Query::with().cte(mine).to_owned());
        let statement = from.get_database_backend().build(&select);
        Ok(from.rows(statement).await?)
    }
}

/// A table in the order of a join.
pub fn table<E: CircleOwned>() -> TableRef {
    E::default().into_table_ref()
}
