//! Reads appointments with their attendees and needs, and holds what several operations use.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Keyword, Order, UnionType};
use sea_orm::{
    ColumnTrait, IdenStatic, IntoSimpleExpr, Iterable, QueryFilter, QuerySelect, QueryTrait,
};

use super::rules::{AppointmentFacts, AppointmentVerb};
use super::types::{Appointment, Attendee};
use crate::access::{CircleScope, CircleWrite, Verb, seen_of, unknown_member};
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::ids::{AppointmentId, MemberId, ThreadId};
use crate::entity::need_assignment::{self, NeedAssignmentState};
use crate::entity::notification::NotificationKind;
use crate::entity::topic_grant::Topic;
use crate::entity::{appointment, membership, need, thread};
use crate::features::needs::{self, NeedAssignment};
use crate::features::threads::{Comments, comment_count};
use crate::notify::notifications::{Notification, People};
use crate::notify::reminders::offsets_of;
use crate::platform::db::{ByPosition, ReadRows, Reads, SelectByPosition, in_list};
use crate::platform::text::excerpt::{Detail, Texts};
use crate::platform::time::civil::{Day, WallTime};
use crate::problem::{FieldError, FieldErrorCode, Problem};
use crate::row::{Joined, Row};
use crate::schedule::when::moment_of_appointment;

/// One appointment as the reader sees it.
pub(in crate::features) async fn describe(
    connection: &impl Reads,
    scope: &CircleScope,
    row: appointment::Model,
) -> Result<Appointment, Problem> {
    let mut all = describe_all(connection, scope, vec![row], Detail::Whole).await?;
    all.pop().ok_or(Problem::NotFound)
}

/// A row of what is shown with appointments: the part of an attendee, a need with the part of a
/// member in it or without any, or the thread of the comments.
#[derive(Debug, Row)]
struct ShownRow {
    appointment_id: AppointmentId,
    response: Option<AttendeeResponse>,
    state: Option<NeedAssignmentState>,
    is_handing_over: Option<bool>,
    is_away: Option<bool>,
    member_id: Option<MemberId>,
    name: Option<String>,
    updated_at: Option<DateTime<Utc>>,
    thread_id: Option<ThreadId>,
    comments: Option<i64>,
    need: Joined<need::Model>,
}

/// What is shown with an appointment.
#[derive(Default)]
pub(super) struct Shown {
    pub attendees: Vec<Attendee>,
    pub needs: Vec<(need::Model, Vec<NeedAssignment>)>,
    pub comments: Comments,
}

impl Shown {
    /// Adds a row. The rows of a need follow each other.
    fn add(&mut self, row: ShownRow) {
        if row.thread_id.is_some() {
            self.comments = Comments {
                thread_id: row.thread_id,
                count: row.comments.unwrap_or_default(),
            };
            return;
        }
        let part = row.member_id.zip(row.name).zip(row.updated_at);
        let part = part.map(|((member_id, name), updated_at)| (member_id, name, updated_at));
        let is_handing_over = row.is_handing_over.unwrap_or_default();
        let is_away = row.is_away.unwrap_or_default();
        if let Joined(Some(need)) = row.need {
            if self.needs.last().is_none_or(|(last, _)| last.id != need.id) {
                self.needs.push((need, Vec::new()));
            }
            let assignment = part
                .zip(row.state)
                .map(|((member_id, name, updated_at), state)| NeedAssignment {
                    member_id,
                    name,
                    state,
                    is_handing_over,
                    is_away,
                    updated_at,
                });
            if let Some((_, assignments)) = self.needs.last_mut() {
                assignments.extend(assignment);
            }
            return;
        }
        let attendee = part
            .zip(row.response)
            .map(|((member_id, name, updated_at), response)| Attendee {
                member_id,
                name,
                response,
                updated_at,
            });
        self.attendees.extend(attendee);
    }
}

/// Appointments as the reader sees them: one more query, however many appointments there are.
pub(super) async fn describe_all(
    connection: &impl Reads,
    scope: &CircleScope,
    rows: Vec<appointment::Model>,
    detail: Detail,
) -> Result<Vec<Appointment>, Problem> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut shown: HashMap<AppointmentId, Shown> = HashMap::new();
    let ids = in_list(rows.iter().map(|row| row.id));
    for row in shown_with(scope, ids).read(connection).await? {
        shown.entry(row.appointment_id).or_default().add(row);
    }
    let describe = |row: appointment::Model| {
        let shown = shown.remove(&row.id).unwrap_or_default();
        assemble(scope, row, shown, detail)
    };
    Ok(rows.into_iter().map(describe).collect())
}

/// One appointment as the reader sees it, of which everything is known.
pub(super) fn describe_with(
    scope: &CircleScope,
    row: appointment::Model,
    shown: Shown,
) -> Appointment {
    assemble(scope, row, shown, Detail::Whole)
}

/// The needs of appointments with the parts in them, by time, the parts of the attendees, and the
/// threads of the comments. The oldest part is first.
fn shown_with(scope: &CircleScope, appointments: Vec<AppointmentId>) -> ByPosition<ShownRow> {
    use attendance::Column as Attending;
    use need_assignment::Column as Helping;
    let name = || Expr::col((membership::Entity, membership::Column::Name));
    let nothing = || Expr::Keyword(Keyword::Null);

    let mut attendees = scope
        .find::<attendance::Entity>()
        .filter(Attending::AppointmentId.is_in(appointments.iter().copied()));
    let mut threads = scope
        .find::<thread::Entity>()
        .filter(thread::Column::AppointmentId.is_in(appointments.iter().copied()))
        .select_only()
        .column(thread::Column::AppointmentId)
        .exprs(std::iter::repeat_with(nothing).take(7))
        .column(thread::Column::Id)
        .expr(comment_count());
    for _ in need::Column::iter() {
        threads = threads.expr(nothing());
    }
    let threads = threads.exprs([nothing(), nothing()]);
    let member = seen_of::<attendance::Entity, membership::Entity>(
        scope,
        Attending::MemberId,
        membership::Column::Id,
    );
    QueryTrait::query(&mut attendees).inner_join(membership::Entity, member);
    let mut attendees = attendees
        .select_only()
        .columns([Attending::AppointmentId, Attending::Response])
        .expr(nothing())
        .expr(nothing())
        .expr(nothing())
        .column(Attending::MemberId)
        .expr(name())
        .column(Attending::UpdatedAt)
        .exprs([nothing(), nothing()]);
    for _ in need::Column::iter() {
        attendees = attendees.expr(nothing());
    }
    let attendees = attendees.columns([Attending::CreatedAt, Attending::Id]);

    let mut needs = scope
        .find::<need::Entity>()
        .filter(need::Column::AppointmentId.is_in(appointments));
    needs::with_assignments(scope, &mut needs);
    let mut needs = needs
        .select_only()
        .column(need::Column::AppointmentId)
        .expr(nothing())
        .columns([
            Helping::State,
            Helping::IsHandingOver,
            Helping::IsAway,
            Helping::MemberId,
        ])
        .expr(name())
        .column(Helping::UpdatedAt)
        // PostgreSQL takes the type of a column from the first two parts.
        .expr(nothing().cast_as("uuid"))
        .expr(nothing().cast_as("bigint"));
    for column in need::Column::iter() {
        needs = needs.expr_as(
            column.into_simple_expr(),
            format!("need_{}", column.as_str()),
        );
    }
    let mut all = needs
        .column_as(Helping::CreatedAt, "part_at")
        .column_as(Helping::Id, "part_id");
    let all_rows = QueryTrait::query(&mut all);
    all_rows
        .union(UnionType::All, QueryTrait::into_query(attendees))
        .union(UnionType::All, QueryTrait::into_query(threads));
    for column in ["need_sort_at", "need_id", "part_at", "part_id"] {
        all_rows.order_by(column, Order::Asc);
    }
    all.by_position()
}

fn assemble(
    scope: &CircleScope,
    row: appointment::Model,
    Shown {
        attendees,
        needs,
        comments,
    }: Shown,
    detail: Detail,
) -> Appointment {
    let mut texts = Texts::new(detail);
    let mut of_caller = attendees
        .iter()
        .filter(|part| scope.is_member(part.member_id));
    let my_response = of_caller.next().map(|part| part.response);
    let need =
        |(need, assignments)| needs::assemble(scope, need, Some(row.id), assignments, detail);
    let needs = needs.into_iter().map(need).collect();
    let facts = AppointmentFacts {
        scope,
        appointment: &row,
    };
    let reminder_minutes = offsets_of(&row.reminder_minutes);
    let actions = AppointmentVerb::actions(&facts);
    Appointment {
        actions,
        reminders_off: reminder_minutes.is_empty(),
        reminder_minutes,
        attendees,
        my_response,
        needs,
        thread_id: comments.thread_id,
        comment_count: comments.count,
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        series_id: row.series_id,
        original_on: row.original_on.map(Day),
        is_exception: row.is_exception,
        kind: row.kind,
        title: row.title,
        topic: row.topic,
        starts_on: row.starts_on.map(Day),
        ends_on: row.ends_on.map(Day),
        starts_local: row.starts_local.map(WallTime),
        ends_local: row.ends_local.map(WallTime),
        time_zone: row.time_zone,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        location: row.location,
        video_link: row.video_link,
        care_contact_name: row.care_contact_name,
        care_contact_phone: row.care_contact_phone,
        preparation: texts.show("preparation", row.preparation),
        outcome: texts.show("outcome", row.outcome),
        truncated_fields: texts.truncated(),
        state: row.state,
        schedule_version: row.schedule_version,
        created_at: row.created_at,
        created_by_member_id: row.created_by_member_id,
        updated_at: row.updated_at,
    }
}

/// Refuses ids that belong to no active member, and members who do not see the topic.
pub(in crate::features) fn check_attendees(
    people: &People,
    pointer: &str,
    members: &[MemberId],
    topic: Topic,
) -> Result<(), Problem> {
    let mut errors = Vec::new();
    for (index, member) in members.iter().enumerate() {
        let pointer = format!("{pointer}/{index}");
        let Some(member) = people.member(*member) else {
            errors.push(unknown_member(pointer));
            continue;
        };
        if !member.sees(Some(topic)) {
            let detail = "This member does not see the topic of the appointment.";
            errors.push(FieldError::new(
                pointer,
                FieldErrorCode::MemberCannotTakePart,
                detail,
            ));
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::Invalid(errors))
    }
}

/// The attendees of an appointment who have not declined, whether the caller sees the appointment
/// or not.
pub(in crate::features) async fn coming_to(
    write: &CircleWrite,
    appointment: AppointmentId,
) -> Result<Vec<MemberId>, Problem> {
    let coming = write
        .find_in_circle::<attendance::Entity>()
        .filter(attendance::Column::AppointmentId.eq(appointment))
        .filter(attendance::Column::Response.ne(AttendeeResponse::Declined))
        .all(write.tx())
        .await?;
    Ok(coming
        .into_iter()
        .map(|attendance| attendance.member_id)
        .collect())
}

/// The notification for a member who is no attendee any more; none for a member who had declined.
pub(in crate::features) fn notification_of_removal(
    write: &CircleWrite,
    row: &appointment::Model,
    attendance: &attendance::Model,
) -> Option<Notification> {
    let kind = match attendance.response {
        AttendeeResponse::Accepted | AttendeeResponse::Tentative => NotificationKind::Removed,
        AttendeeResponse::NoResponse => NotificationKind::OfferWithdrawn,
        AttendeeResponse::Declined => return None,
    };
    let notification = Notification::of(kind, row, write.scope().time_zone());
    Some(
        notification
            .to([attendance.member_id])
            .was(moment_of_appointment(row)),
    )
}

/// The response of a new attendee. A caller who adds themselves has accepted.
pub(in crate::features) fn first_answer(write: &CircleWrite, member: MemberId) -> AttendeeResponse {
    if write.actor() == Some(member) {
        AttendeeResponse::Accepted
    } else {
        AttendeeResponse::NoResponse
    }
}

/// Each of these members once.
pub(in crate::features) fn unique(mut members: Vec<MemberId>) -> Vec<MemberId> {
    members.sort_unstable();
    members.dedup();
    members
}
