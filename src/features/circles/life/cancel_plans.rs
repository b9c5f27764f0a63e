//! Cancels everything that is to come in a circle. It takes two statements that read, and what they
//! find is changed with the commit, however much it is.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, ExprTrait, Keyword, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, IntoSimpleExpr, QueryFilter, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::super::invitations::withdraw_open;
use crate::access::change_log::Change;
use crate::access::{CircleOwned, CircleWrite};
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::appointment_series;
use crate::entity::delivery::{DeliveryReason, DeliveryState};
use crate::entity::handover::{self, HandoverState};
use crate::entity::ids::QuestionId;
use crate::entity::need::{self, NeedState};
use crate::entity::question::{self, QuestionState};
use crate::entity::role_assignment::{self, RoleAssignmentState};
use crate::entity::task::{self, TaskState};
use crate::entity::task_series::{self, SeriesState};
use crate::entity::topic_grant::Topic;
use crate::entity::{notification, role};
use crate::features::questions::return_to_drafts;
use crate::features::series::Repeats;
use crate::notify::reminders;
use crate::platform::db::{ByPosition, ReadRows, SelectByPosition};
use crate::problem::Problem;
use crate::row::Row;

/// Something that is to come. Its kind is its place in [`KINDS`].
#[derive(Debug, Row)]
struct Planned {
    kind: i32,
    id: Uuid,
    topic: Option<Topic>,
    /// What its change counts up: the appointment of a need, the role of an offer.
    parent: Option<Uuid>,
}

const NEED: i32 = 0;
const TASK: i32 = 1;
const APPOINTMENT: i32 = 2;
const ROLE_OFFER: i32 = 3;
const SERIES: i32 = 4;
const APPOINTMENT_SERIES: i32 = 5;
/// Questions are drafts again. Their lines are those of every canceled appointment.
const QUESTION: i32 = 6;

/// What each kind is called in the change log, and what happens to it.
const KINDS: [(&str, &str); 6] = [
    (need::Entity::SUBJECT, "canceled"),
    (task::Entity::SUBJECT, "canceled"),
    (appointment::Entity::SUBJECT, "canceled"),
    (role_assignment::Entity::SUBJECT, "withdrawn"),
    (task_series::Entity::SUBJECT, "ended"),
    (appointment_series::Entity::SUBJECT, "ended"),
];

/// Cancels tasks, appointments, needs, offers of roles, invitations, series, reminders and notifications.
/// The questions that were planned for the appointments are drafts again.
///
/// An appointment that has begun, such as a stay over several days, stays as it was, and so do its
/// needs that have begun: it is a part of what happened. Nobody is reminded of it.
///
/// A delivery or notification of which an email is being sent at this moment is left to the job
/// that sends it: only the job knows what became of it, and it asks for the state of the circle
/// before it hands over an email.
pub(super) async fn cancel_plans(write: &mut CircleWrite) -> Result<(), Problem> {
    let planned = planned(write).read(write.tx()).await?;
    let of = |kind| planned.iter().filter(move |one| one.kind == kind);
    let parents = |kind| -> BTreeSet<Uuid> { of(kind).filter_map(|one| one.parent).collect() };
    let ids = |kind| -> BTreeSet<Uuid> { of(kind).map(|one| one.id).collect() };

    let values = vec![
        (task::Column::EndedFrom, Expr::col(task::Column::State)),
        (task::Column::State, Expr::value(TaskState::Canceled)),
        (task::Column::EndedAt, Expr::value(write.now())),
        (task::Column::CanceledByMemberId, Expr::value(write.actor())),
        (task::Column::LapsesAt, Keyword::Null.into()),
    ];
    cancel_later::<task::Entity>(write, tasks(), values);
    // Before the appointments, which say which needs are canceled with them.
    let canceled = Expr::value(NeedState::Canceled);
    cancel_later::<need::Entity>(write, needs(write), vec![(need::Column::State, canceled)]);
    let canceled = Expr::value(AppointmentState::Canceled);
    let before = Expr::col(appointment::Column::State);
    let values = vec![
        (appointment::Column::CanceledFrom, before),
        (appointment::Column::State, canceled),
    ];
    cancel_later::<appointment::Entity>(write, appointments(write), values);
    end_series_later::<task_series::Entity>(write);
    end_series_later::<appointment_series::Entity>(write);
    withdraw_handovers_later(write);
    let withdrawn = Expr::value(RoleAssignmentState::Withdrawn);
    let values = vec![(role_assignment::Column::State, withdrawn)];
    cancel_later::<role_assignment::Entity>(write, role_offers(), values);

    // Each row is written once in a statement: the appointments above are counted up already.
    let (of_needs, canceled) = (parents(NEED), ids(APPOINTMENT));
    let others: Vec<Uuid> = of_needs.difference(&canceled).copied().collect();
    write.update_rows_later::<appointment::Entity>(&others, Vec::new());
    let roles: Vec<Uuid> = parents(ROLE_OFFER).into_iter().collect();
    write.update_rows_later::<role::Entity>(&roles, Vec::new());

    reminders::cancel_all_later(write);
    skip_notifications_later(write);
    let lines = planned.iter().filter_map(line).collect();
    write.log_all(lines).await?;
    let questions = of(QUESTION).filter_map(|one| Some((QuestionId(one.id), one.topic?)));
    let questions: Vec<_> = questions.collect();
    return_to_drafts(write, &questions).await?;
    withdraw_open(write, Condition::all()).await
}

/// The line of the change log.
fn line(planned: &Planned) -> Option<Change> {
    let (subject, word) = KINDS.get(usize::try_from(planned.kind).ok()?)?;
    // A need is always an everyday thing.
    let daily = (planned.kind == NEED).then_some(Topic::Daily);
    let line = Change::of(word, subject, planned.id).about(planned.topic.or(daily));
    Some(line.fields(vec!["state"]))
}

/// Writes columns of these rows, and counts their versions up, when the transaction commits.
fn cancel_later<E: CircleOwned>(
    write: &CircleWrite,
    which: Condition,
    mut values: Vec<(E::Column, Expr)>,
) {
    let version = E::version_column();
    values.push((version, Expr::col(version).add(1)));
    values.push((E::updated_at_column(), Expr::value(write.now())));
    write.update_all_later::<E>(which, values);
}

/// Withdraws what members hand over. They keep the roles that they carry.
fn withdraw_handovers_later(write: &CircleWrite) {
    let open = handover::Column::State.eq(HandoverState::Open);
    let values = vec![
        (
            handover::Column::State,
            Expr::value(HandoverState::Withdrawn),
        ),
        (handover::Column::EndedAt, Expr::value(write.now())),
    ];
    cancel_later::<handover::Entity>(write, Condition::all().add(open), values);
    let carried = Condition::all()
        .add(role_assignment::Column::State.eq(RoleAssignmentState::Active))
        .add(role_assignment::Column::IsHandingOver.eq(true));
    let values = vec![(role_assignment::Column::IsHandingOver, Expr::value(false))];
    cancel_later::<role_assignment::Entity>(write, carried, values);
}

/// Skips the notifications that wait and are in no email yet.
fn skip_notifications_later(write: &CircleWrite) {
    use notification::Column;
    let waiting = Condition::all()
        .add(Column::State.eq(DeliveryState::Queued))
        .add(Column::JobId.is_null());
    let values = vec![
        (Column::State, Expr::value(DeliveryState::Skipped)),
        (Column::Reason, Expr::value(DeliveryReason::CircleInMemory)),
    ];
    cancel_later::<notification::Entity>(write, waiting, values);
}

fn tasks() -> Condition {
    let open = [TaskState::Proposed, TaskState::Open];
    Condition::all().add(task::Column::State.is_in(open))
}

fn appointments(write: &CircleWrite) -> Condition {
    let to_come = [AppointmentState::Proposed, AppointmentState::Scheduled];
    Condition::all()
        .add(appointment::Column::State.is_in(to_come))
        .add(appointment::Column::SortAt.gt(write.now()))
}

fn questions(write: &CircleWrite) -> Condition {
    Condition::all()
        .add(question::Column::State.eq(QuestionState::Planned))
        .add(question::Column::AppointmentId.in_subquery(canceled_appointments(write)))
}

/// The ids of the appointments that are canceled.
fn canceled_appointments(write: &CircleWrite) -> SelectStatement {
    let these = write
        .find_in_circle::<appointment::Entity>()
        .filter(appointments(write))
        .select_only()
        .column(appointment::Column::Id);
    QueryTrait::into_query(these)
}

fn needs(write: &CircleWrite) -> Condition {
    Condition::all()
        .add(need::Column::State.is_in([NeedState::Open, NeedState::OnHold]))
        .add(need::Column::OverAt.gt(write.now()))
        .add(
            Condition::any()
                .add(need::Column::SortAt.gt(write.now()))
                .add(need::Column::AppointmentId.in_subquery(canceled_appointments(write))),
        )
}

fn role_offers() -> Condition {
    // It names the states that do not count. With the one that counts, SQLite takes the index on the
    // state, and reads the assignments of all circles.
    let states = RoleAssignmentState::ALL.iter().copied();
    let others = states.filter(|state| *state != RoleAssignmentState::Offered);
    Condition::all().add(role_assignment::Column::State.is_not_in(others))
}

fn series<S: Repeats>() -> Condition {
    let goes_on = [SeriesState::Active, SeriesState::Paused];
    Condition::all().add(S::COLUMNS.state.is_in(goes_on))
}

fn end_series_later<S: Repeats>(write: &CircleWrite) {
    let ended = Expr::value(SeriesState::Ended);
    cancel_later::<S>(write, series::<S>(), vec![(S::COLUMNS.state, ended)]);
}

/// Everything that is to come: one statement. The first part gives the columns their types.
fn planned(write: &CircleWrite) -> ByPosition<Planned> {
    let nothing = || Expr::Keyword(Keyword::Null);
    let appointment = need::Column::AppointmentId.into_simple_expr();
    let mut all = part::<need::Entity>(write, NEED, needs(write), nothing(), appointment);
    let topic = task::Column::Topic.into_simple_expr();
    let tasks = part::<task::Entity>(write, TASK, tasks(), topic, nothing());
    let topic = appointment::Column::Topic.into_simple_expr();
    let which = appointments(write);
    let appointments = part::<appointment::Entity>(write, APPOINTMENT, which, topic, nothing());
    let role = role_assignment::Column::RoleId.into_simple_expr();
    let which = role_offers();
    let offers = part::<role_assignment::Entity>(write, ROLE_OFFER, which, nothing(), role);
    let topic = task_series::Column::Topic.into_simple_expr();
    let which = series::<task_series::Entity>();
    let task_series = part::<task_series::Entity>(write, SERIES, which, topic, nothing());
    let topic = appointment_series::Column::Topic.into_simple_expr();
    let (kind, which) = (APPOINTMENT_SERIES, series::<appointment_series::Entity>());
    let appointment_series =
        part::<appointment_series::Entity>(write, kind, which, topic, nothing());
    let topic = question::Column::Topic.into_simple_expr();
    let questions = part::<question::Entity>(write, QUESTION, questions(write), topic, nothing());
    QueryTrait::query(&mut all)
        .union(UnionType::All, QueryTrait::into_query(questions))
        .union(UnionType::All, QueryTrait::into_query(task_series))
        .union(UnionType::All, QueryTrait::into_query(appointment_series))
        .union(UnionType::All, QueryTrait::into_query(tasks))
        .union(UnionType::All, QueryTrait::into_query(appointments))
        .union(UnionType::All, QueryTrait::into_query(offers));
    all.by_position()
}

fn part<E: CircleOwned>(
    write: &CircleWrite,
    kind: i32,
    which: Condition,
    topic: Expr,
    parent: Expr,
) -> Select<E> {
    write
        .find_in_circle::<E>()
        .filter(which)
        .select_only()
        .expr_as(Expr::value(kind), "kind")
        .column(E::id_column())
        .expr_as(topic, "topic")
        .expr_as(parent, "parent")
}
