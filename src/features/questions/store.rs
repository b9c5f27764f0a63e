//! Reading questions for the care team, and what happens to them when their appointment is over.

use sea_orm::sea_query::{Expr, ExprTrait, Order};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use super::rules::{QuestionFacts, QuestionVerb};
use super::types::Question;
use crate::access::change_log::Change;
use crate::access::{
    CircleAccess, CircleOwned, CircleScope, CircleWrite, Verb, ViewCircle, with_appointment,
};
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::ids::{AppointmentId, QuestionId};
use crate::entity::question::{self, Column, QuestionState};
use crate::entity::topic_grant::{Topic, TopicLevel};
use crate::platform::db::ReadRows;
use crate::platform::text::excerpt::{Detail, Texts};
use crate::platform::time::civil::Day;
use crate::problem::{FieldErrorCode, Problem};

/// How many questions a brief shows.
const MOST_IN_BRIEF: u64 = 100;

/// A question, and its appointment if the reader sees that.
pub(super) type QuestionRow = (question::Model, Option<AppointmentId>);

/// Questions with the appointment of each, if the reader sees the appointment.
pub(super) fn with_appointments(
    scope: &CircleScope,
    questions: Select<question::Entity>,
) -> Select<question::Entity> {
    with_appointment(scope, questions, Column::AppointmentId)
}

/// A question as the reader sees it.
pub(super) fn describe(
    scope: &CircleScope,
    (row, appointment_id): QuestionRow,
    detail: Detail,
) -> Question {
    let mut texts = Texts::new(detail);
    let facts = QuestionFacts {
        scope,
        question: &row,
    };
    Question {
        actions: QuestionVerb::actions(&facts),
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        text: texts.show("text", Some(row.text)).unwrap_or_default(),
        topic: row.topic,
        state: row.state,
        appointment_id,
        carried_over: row.carried_over,
        answer: texts.show("answer", row.answer),
        heard_by_member_id: row.heard_by_member_id,
        answered_on: row.answered_on.map(Day),
        truncated_fields: texts.truncated(),
        created_at: row.created_at,
        created_by_member_id: row.created_by_member_id,
        updated_at: row.updated_at,
    }
}

/// Refuses a topic that the caller does not read.
pub(super) fn check_topic(write: &CircleWrite, topic: Topic) -> Result<(), Problem> {
    if write.scope().topics().level(topic) >= TopicLevel::Read {
        return Ok(());
    }
    let detail = "You do not see this topic. Choose another topic.";
    Err(Problem::field(
        "/topic",
        FieldErrorCode::TopicNotVisible,
        detail,
    ))
}

/// Refuses an appointment that the caller does not see, and one that is over or canceled.
pub(super) async fn check_appointment(
    write: &CircleWrite,
    appointment: Option<AppointmentId>,
) -> Result<(), Problem> {
    let Some(id) = appointment else {
        return Ok(());
    };
    let to_come = [AppointmentState::Proposed, AppointmentState::Scheduled];
    let (code, detail) = match write.find_one::<appointment::Entity>(id).await? {
        Some(appointment) if to_come.contains(&appointment.state) => return Ok(()),
        Some(_) => (
            FieldErrorCode::AppointmentOver,
            "The appointment is completed, missed or canceled. Choose another one.",
        ),
        None => (
            FieldErrorCode::UnknownAppointment,
            "You see no appointment with this id. Send the id of another one.",
        ),
    };
    Err(Problem::field("/appointment_id", code, detail))
}

/// What the brief of an appointment shows: the questions that are planned for it or were asked at
/// it, and the drafts about its topic. The oldest are first.
pub(in crate::features) async fn for_brief(
    circle: &CircleAccess<ViewCircle>,
    appointment: &appointment::Model,
) -> Result<(Vec<Question>, Vec<Question>), Problem> {
    let of_it = || Column::AppointmentId.eq(appointment.id);
    let drafts = Condition::all()
        .add(Column::State.eq(QuestionState::Draft))
        .add(Column::Topic.eq(appointment.topic));
    let mut rows = circle
        .find::<question::Entity>()
        .filter(Condition::any().add(of_it()).add(drafts))
        .limit(MOST_IN_BRIEF);
    // Those of the appointment come first, whatever the limit cuts.
    let is_draft = Expr::col((question::Entity, Column::AppointmentId)).is_null();
    QueryTrait::query(&mut rows).order_by_expr(is_draft, Order::Asc);
    let rows = rows
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .read(circle.db())
        .await?;
    let (drafts, planned): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| row.appointment_id.is_none());
    // The reader sees the appointment.
    let describe = |row: question::Model| {
        let appointment = row.appointment_id;
        describe(circle.scope(), (row, appointment), Detail::Whole)
    };
    let planned = planned.into_iter().map(describe).collect();
    Ok((planned, drafts.into_iter().map(describe).collect()))
}

/// Makes questions drafts again that were planned for an appointment that is over now, also those
/// that the caller does not see, when the transaction commits.
pub(in crate::features) async fn return_to_drafts(
    write: &mut CircleWrite,
    questions: &[(QuestionId, Topic)],
) -> Result<(), Problem> {
    let ids: Vec<Uuid> = questions.iter().map(|(id, _)| (*id).into()).collect();
    let values = vec![
        (Column::State, Expr::value(QuestionState::Draft)),
        (Column::AppointmentId, Expr::cust("NULL")),
        (Column::CarriedOver, Expr::value(true)),
    ];
    write.update_rows_later::<question::Entity>(&ids, values);
    let change = |(id, topic): &(QuestionId, Topic)| {
        Change::of("carried_over", question::Entity::SUBJECT, (*id).into())
            .about(*topic)
            .fields(vec!["state", "appointment_id"])
    };
    write.log_all(questions.iter().map(change).collect()).await
}
