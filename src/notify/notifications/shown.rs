//! Which notifications and reminders the app shows to a person: their own, and those of the members
//! without an account whose contact they are.
//!
//! What became of the email does not matter, unless there was nothing to tell: see
//! [`DeliveryReason::OF_EMAIL`]. The statements begin with the person's memberships, see
//! [`MyCircles`], and join each subject as far as the reader sees it now. A notification about
//! something that they do not see is not shown, unless it says that they are no longer part of it.

use sea_orm::sea_query::{
    Alias, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, UnionType,
};
use sea_orm::{ColumnTrait, Condition, Iterable};
use uuid::Uuid;

use crate::access::{CallerCircles, CircleOwned, CircleScope, Mine, MyCircles, table};
use crate::entity::delivery::DeliveryReason;
use crate::entity::ids::{CircleId, MemberId, UserId};
use crate::entity::membership::{self, MemberState};
use crate::entity::notification::NotificationKind;
use crate::entity::{
    appointment, appointment_series, circle, delivery, need, notification, reminder, role,
    subjects, task, task_series,
};
use crate::http::pagination::{Listing, OrderBy};
use crate::platform::db::Reads;
use crate::problem::Problem;
use crate::row::Row;

/// How many unread rows of a member are counted at most.
const NEWEST: u64 = 100;

/// The member who acted, and the member that a notification is about, as tables in a statement.
const ACTOR: &str = "actor";
const SUBJECT_MEMBER: &str = "subject_member";

/// A notification as it is read.
#[derive(Row)]
pub(super) struct NotificationRow {
    pub notification: notification::Model,
    /// The name of the member who is told.
    pub person: String,
    /// The subject, if the reader sees it.
    pub subject: Option<Uuid>,
    pub title: Option<String>,
    pub subject_kind: Option<String>,
    /// The contact of the member that it is about.
    pub contact: Option<MemberId>,
    /// The name of the member who acted.
    pub actor: Option<String>,
    /// The language of the circle, if one was chosen.
    pub circle_locale: Option<String>,
}

/// A reminder to one member as it is read.
#[derive(Row)]
pub(super) struct ReminderRow {
    pub delivery: delivery::Model,
    pub reminder: reminder::Model,
    pub person: String,
    pub title: Option<String>,
    pub subject_kind: Option<String>,
    /// The language of the circle, if one was chosen.
    pub circle_locale: Option<String>,
}

/// The notifications of a page, the newest first.
pub(super) async fn read_notifications(
    mine: &CallerCircles,
    circles: &MyCircles<'_>,
    listing: &Listing,
    unread: bool,
) -> Result<Vec<NotificationRow>, Problem> {
    use notification::Column;
    let (mut rows, subject) = shown_notifications(circles);
    let actor = member_of(ACTOR, membership::Column::Name);
    let contact = member_of(SUBJECT_MEMBER, membership::Column::ContactMemberId);
    let title = Func::coalesce([
        Expr::col((task::Entity, task::Column::Title)),
        Expr::col((appointment::Entity, appointment::Column::Title)),
        Expr::col((role::Entity, role::Column::Title)),
        Expr::col((task_series::Entity, task_series::Column::Title)),
        Expr::col((
            appointment_series::Entity,
            appointment_series::Column::Title,
        )),
        member_of(SUBJECT_MEMBER, membership::Column::Name),
    ]);
    let kind = Func::coalesce([
        Expr::col((appointment::Entity, appointment::Column::Kind)),
        Expr::col((need::Entity, need::Column::Kind)),
        Expr::col((role::Entity, role::Column::Kind)),
        Expr::col((appointment_series::Entity, appointment_series::Column::Kind)),
    ]);
    let acted = Expr::col((notification::Entity, Column::CreatedByMemberId));
    join_member(&mut rows, ACTOR, acted);
    if unread {
        rows.and_where(Column::ReadAt.is_null());
    }
    rows.cond_where(listing.after(OrderBy::descending(Column::CreatedAt, Column::Id)))
        .exprs(Column::iter().map(|column| Expr::col((notification::Entity, column))))
        .expr(person(membership::Column::Name))
        .expr(subject)
        .expr(Expr::from(title))
        .expr(Expr::from(kind))
        .expr(contact)
        .expr(actor)
        .expr(locale_of_circle())
        .order_by((notification::Entity, Column::CreatedAt), Order::Desc)
        .order_by((notification::Entity, Column::Id), Order::Desc)
        .limit(listing.most());
    circles.read(mine.db(), rows).await
}

/// The reminders of a page, the newest first.
pub(super) async fn read_reminders(
    mine: &CallerCircles,
    circles: &MyCircles<'_>,
    listing: &Listing,
    unread: bool,
) -> Result<Vec<ReminderRow>, Problem> {
    use delivery::Column;
    let mut rows = shown_reminders(circles);
    let title = Func::coalesce([
        Expr::col((task::Entity, task::Column::Title)),
        Expr::col((appointment::Entity, appointment::Column::Title)),
    ]);
    let kind = Func::coalesce([
        Expr::col((appointment::Entity, appointment::Column::Kind)),
        Expr::col((need::Entity, need::Column::Kind)),
    ]);
    if unread {
        rows.and_where(Column::ReadAt.is_null());
    }
    rows.cond_where(listing.after(OrderBy::descending(Column::CreatedAt, Column::Id)))
        .exprs(Column::iter().map(|column| Expr::col((delivery::Entity, column))))
        .exprs(reminder::Column::iter().map(|column| Expr::col((reminder::Entity, column))))
        .expr(person(membership::Column::Name))
        .expr(Expr::from(title))
        .expr(Expr::from(kind))
        .expr(locale_of_circle())
        .order_by((delivery::Entity, Column::CreatedAt), Order::Desc)
        .order_by((delivery::Entity, Column::Id), Order::Desc)
        .limit(listing.most());
    circles.read(mine.db(), rows).await
}

/// In which circle a notification with this id is shown to the caller, and whether it is a reminder.
pub(super) async fn find_shown(
    mine: &CallerCircles,
    id: Uuid,
) -> Result<Option<(CircleId, bool)>, Problem> {
    let circles = mine.all();
    let (mut found, _) = shown_notifications(&circles);
    found
        .and_where(notification::Column::Id.eq(id))
        .expr(Mine::CircleId.col())
        .expr(Expr::value(false));
    let mut reminders = shown_reminders(&circles);
    reminders
        .and_where(delivery::Column::Id.eq(id))
        .expr(Mine::CircleId.col())
        .expr(Expr::value(true));
    found.union(UnionType::All, reminders);
    let found: Vec<(CircleId, bool)> = circles.read(mine.db(), found).await?;
    Ok(found.first().copied())
}

/// The newest notifications that the caller has not read. It has no columns yet.
pub fn unread_notifications(circles: &MyCircles<'_>) -> SelectStatement {
    use notification::Column;
    let (mut rows, _) = shown_notifications(circles);
    rows.and_where(Column::ReadAt.is_null())
        .and_where(is_among_newest::<notification::Entity>(
            Column::MemberId,
            Column::ReadAt,
        ));
    rows
}

/// The newest reminders that the caller has not read. It has no columns yet.
pub fn unread_reminders(circles: &MyCircles<'_>) -> SelectStatement {
    use delivery::Column;
    let mut rows = shown_reminders(circles);
    rows.and_where(Column::ReadAt.is_null())
        .and_where(is_among_newest::<delivery::Entity>(
            Column::MemberId,
            Column::ReadAt,
        ));
    rows
}

/// The members whose notifications a person sees, in all circles.
pub(super) async fn people_of_account(
    connection: &impl Reads,
    user: UserId,
) -> Result<Vec<(CircleId, MemberId)>, Problem> {
    use membership::Column as Member;
    const ME: &str = "me";
    let people = Query::select()
        .column((membership::Entity, Member::CircleId))
        .column((membership::Entity, Member::Id))
        .from_as(membership::Entity, Alias::new(ME))
        .cross_join(membership::Entity)
        .and_where(member_of(ME, Member::UserId).eq(user))
        .and_where(member_of(ME, Member::State).eq(MemberState::Active))
        .and_where(person(Member::CircleId).eq(member_of(ME, Member::CircleId)))
        .and_where(is_told_to(&member_of(ME, Member::Id)))
        .take();
    let people = connection.get_database_backend().build(&people);
    Ok(connection.rows(people).await?)
}

/// The notifications that the caller is shown, and the id of the subject of each, which is null if
/// they do not see it. The statement has no columns yet.
fn shown_notifications(circles: &MyCircles<'_>) -> (SelectStatement, Expr) {
    use notification::Column;
    let mut rows = of_my_people::<notification::Entity>(circles, Column::MemberId);
    let subject: Expr = Func::coalesce(join_subjects(circles, &mut rows)).into();
    let is_shown = Condition::any()
        .add(subject.clone().is_not_null())
        .add(Column::Kind.is_in(NotificationKind::OFF));
    let is_of_use = Condition::any()
        .add(Column::Reason.is_null())
        .add(Column::Reason.is_in(DeliveryReason::OF_EMAIL));
    // A contact is not told of what they did themselves for a member without an account.
    let by_others = Condition::any()
        .add(Column::CreatedByMemberId.is_null())
        .add(Expr::col((notification::Entity, Column::CreatedByMemberId)).ne(Mine::MemberId.col()));
    rows.cond_where(is_shown)
        .cond_where(is_of_use)
        .cond_where(by_others);
    (rows, subject)
}

/// The reminders that the caller is shown. The statement has no columns yet.
fn shown_reminders(circles: &MyCircles<'_>) -> SelectStatement {
    use delivery::Column;
    let of_reminder = |column: reminder::Column| Expr::col((reminder::Entity, column));
    let of_delivery = |column: Column| Expr::col((delivery::Entity, column));
    let mut rows = of_my_people::<delivery::Entity>(circles, Column::MemberId);
    rows.cross_join(reminder::Entity)
        .and_where(of_reminder(reminder::Column::CircleId).eq(Mine::CircleId.col()))
        .and_where(of_reminder(reminder::Column::Id).eq(of_delivery(Column::ReminderId)));
    let subject: Expr = Func::coalesce(join_reminded(circles, &mut rows)).into();
    let is_of_use = Condition::any()
        .add(Column::Reason.is_null())
        .add(Column::Reason.is_in(DeliveryReason::OF_EMAIL));
    rows.and_where(subject.is_not_null()).cond_where(is_of_use);
    rows
}

/// The rows of a table about the caller and the members without an account whose contact they are.
/// `member` is the column that names the member.
fn of_my_people<E: CircleOwned>(circles: &MyCircles<'_>, member: E::Column) -> SelectStatement {
    let tables = [table::<membership::Entity>(), table::<E>()];
    let every = |_: &CircleScope| Condition::all();
    let mut rows = circles.select::<membership::Entity>(tables, every);
    rows.and_where(is_told_to(&Mine::MemberId.col()))
        .and_where(Expr::col((E::default(), E::circle_column())).eq(Mine::CircleId.col()))
        .and_where(Expr::col((E::default(), member)).eq(person(membership::Column::Id)));
    rows
}

/// Whether what is told to a person in the statement is told to the member `me`.
fn is_told_to(me: &Expr) -> Expr {
    use membership::Column as Member;
    let is_contact = person(Member::ContactMemberId)
        .eq(me.clone())
        .and(person(Member::UserId).is_null())
        .and(person(Member::State).eq(MemberState::Active));
    person(Member::Id).eq(me.clone()).or(is_contact)
}

/// Whether a row is among the newest that its member has not read. The databases find the oldest of
/// these once for each member.
fn is_among_newest<E: CircleOwned>(member: E::Column, read_at: E::Column) -> Expr {
    let of = |column: E::Column| Expr::col((E::default(), column));
    let newest = Query::select()
        .column((E::default(), E::created_at_column()))
        .from(table::<E>())
        .and_where(of(E::circle_column()).eq(Mine::CircleId.col()))
        .and_where(of(member).eq(person(membership::Column::Id)))
        .and_where(of(read_at).is_null())
        .order_by((E::default(), E::created_at_column()), Order::Desc)
        .limit(NEWEST)
        .take();
    let oldest = Query::select()
        .expr(Expr::col(E::created_at_column()).min())
        .from_subquery(newest, "newest")
        .take();
    let oldest = Expr::SubQuery(None, Box::new(oldest.into()));
    of(E::created_at_column()).gte(oldest)
}

/// The language of the circle of a row.
fn locale_of_circle() -> Expr {
    let locale = Query::select()
        .column((circle::Entity, circle::Column::Locale))
        .from(circle::Entity)
        .and_where(Expr::col((circle::Entity, circle::Column::Id)).eq(Mine::CircleId.col()))
        .take();
    Expr::SubQuery(None, Box::new(locale.into()))
}

/// A column of the member who is told.
fn person(column: membership::Column) -> Expr {
    Expr::col((membership::Entity, column))
}

/// A column of another member in the statement.
fn member_of(name: &'static str, column: membership::Column) -> Expr {
    Expr::col((Alias::new(name), column))
}

/// Joins another member of the circle, whom every member sees. Returns the id.
fn join_member(rows: &mut SelectStatement, name: &'static str, id: Expr) -> Expr {
    use membership::Column as Member;
    let its_id = member_of(name, Member::Id);
    let this_one = Condition::all()
        .add(member_of(name, Member::CircleId).eq(Mine::CircleId.col()))
        .add(its_id.clone().eq(id));
    rows.join_as(
        JoinType::LeftJoin,
        membership::Entity,
        Alias::new(name),
        this_one,
    );
    its_id
}

/// Joins the subject of one kind. The table of the members is in the statement already.
macro_rules! join_subject {
    ($circles:ident, $rows:ident, membership, $id:expr) => {
        join_member($rows, SUBJECT_MEMBER, $id)
    };
    ($circles:ident, $rows:ident, $entity:ident, $id:expr) => {
        $circles.join_seen::<crate::entity::$entity::Entity>($rows, $id)
    };
}

macro_rules! joins {
    (
        reminded {$($kind:ident($id:ident): $entity:ident by $field:ident($column:ident);)+}
        notified {$($other:ident($other_id:ident): $other_entity:ident by $other_field:ident;)*}
    ) => {
        /// Joins the subjects of notifications, as far as the reader sees them. Returns their ids, of
        /// which at most one is not null.
        fn join_subjects(circles: &MyCircles<'_>, rows: &mut SelectStatement) -> Vec<Expr> {
            let by = |name: &str| Expr::col((notification::Entity, Alias::new(name)));
            vec![
                $(join_subject!(circles, rows, $entity, by(stringify!($field))),)+
                $(join_subject!(circles, rows, $other_entity, by(stringify!($other_field))),)*
            ]
        }

        /// The same for reminders.
        fn join_reminded(circles: &MyCircles<'_>, rows: &mut SelectStatement) -> Vec<Expr> {
            let by = |column| Expr::col((reminder::Entity, column));
            vec![$(join_subject!(circles, rows, $entity, by(reminder::Column::$column)),)+]
        }
    };
}

subjects!(joins);
