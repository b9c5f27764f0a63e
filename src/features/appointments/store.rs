//! Reads appointments with their attendees and needs, and holds what several operations use.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::rules::{AppointmentFacts, AppointmentVerb};
use super::types::{Appointment, Attendee};
use crate::access::{
    CircleScope, CircleWrite, Verb, active_members, names_of, unknown_member, who_sees,
};
use crate::entity::attendance::{self, AttendeeResponse};
use crate::entity::ids::{AppointmentId, MemberId};
use crate::entity::notification::NotificationKind;
use crate::entity::topic_grant::Topic;
use crate::entity::{appointment, need, need_assignment};
use crate::features::needs;
use crate::features::participation::{part_of_caller, parts_of};
use crate::notify::notifications::Notification;
use crate::notify::reminders::offsets_of;
use crate::platform::text::excerpt::{Detail, Texts};
use crate::platform::time::civil::{Day, WallTime};
use crate::problem::{FieldError, FieldErrorCode, Problem};
use crate::schedule::when::moment_of_appointment;

/// One appointment as the reader sees it.
pub(in crate::features) async fn describe(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    row: appointment::Model,
) -> Result<Appointment, Problem> {
    let mut all = describe_all(connection, scope, vec![row], Detail::Whole).await?;
    all.pop().ok_or(Problem::NotFound)
}

/// Appointments as the reader sees them: four more queries, however many appointments there are.
pub(super) async fn describe_all(
    connection: &impl ConnectionTrait,
    scope: &CircleScope,
    rows: Vec<appointment::Model>,
    detail: Detail,
) -> Result<Vec<Appointment>, Problem> {
    let ids: Vec<AppointmentId> = rows.iter().map(|row| row.id).collect();
    let attendances = parts_of::<attendance::Entity>(connection, scope, &rows).await?;
    let needs = if ids.is_empty() {
        Vec::new()
    } else {
        scope
            .find::<need::Entity>()
            .filter(need::Column::AppointmentId.is_in(ids.iter().copied()))
            .order_by_asc(need::Column::SortAt)
            .order_by_asc(need::Column::Id)
            .all(connection)
            .await?
    };
    let assignments = parts_of::<need_assignment::Entity>(connection, scope, &needs).await?;
    let members = attendances.iter().map(|row| row.member_id);
    let members = members.chain(assignments.iter().map(|row| row.member_id));
    let names = names_of(connection, scope, members.collect()).await?;

    let mut of_appointment: HashMap<AppointmentId, Vec<attendance::Model>> = HashMap::new();
    for row in attendances {
        of_appointment
            .entry(row.appointment_id)
            .or_default()
            .push(row);
    }
    let visible: HashSet<AppointmentId> = ids.into_iter().collect();
    let mut needs_of_appointment: HashMap<AppointmentId, Vec<needs::Need>> = HashMap::new();
    for row in needs {
        let id = row.appointment_id;
        let need = needs::assemble(scope, row, &assignments, &names, &visible, detail);
        needs_of_appointment.entry(id).or_default().push(need);
    }
    let describe = |row: appointment::Model| {
        let attendances = of_appointment.remove(&row.id).unwrap_or_default();
        let needs = needs_of_appointment.remove(&row.id).unwrap_or_default();
        assemble(scope, row, attendances, needs, &names, detail)
    };
    Ok(rows.into_iter().map(describe).collect())
}

fn assemble(
    scope: &CircleScope,
    row: appointment::Model,
    attendances: Vec<attendance::Model>,
    needs: Vec<needs::Need>,
    names: &HashMap<MemberId, String>,
    detail: Detail,
) -> Appointment {
    let mut texts = Texts::new(detail);
    let my_attendance = part_of_caller::<attendance::Entity>(scope, &attendances);
    let my_response = my_attendance.map(|attendance| attendance.response);
    let facts = AppointmentFacts {
        scope,
        appointment: &row,
    };
    let reminder_minutes = offsets_of(&row.reminder_minutes);
    let actions = AppointmentVerb::actions(&facts);
    let attendee = |attendance: attendance::Model| Attendee {
        member_id: attendance.member_id,
        name: names
            .get(&attendance.member_id)
            .cloned()
            .unwrap_or_default(),
        response: attendance.response,
        updated_at: attendance.updated_at,
    };
    Appointment {
        actions,
        reminders_off: reminder_minutes.is_empty(),
        reminder_minutes,
        attendees: attendances.into_iter().map(attendee).collect(),
        my_response,
        needs,
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        kind: row.kind,
        title: row.title,
        topic: row.topic,
        starts_on: row.starts_on.map(Day),
        starts_local: row.starts_local.map(WallTime),
        ends_local: row.ends_local.map(WallTime),
        time_zone: row.time_zone,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        location: row.location,
        video_link: row.video_link,
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
pub(in crate::features) async fn check_attendees(
    write: &CircleWrite,
    pointer: &str,
    members: &[MemberId],
    topic: Topic,
) -> Result<(), Problem> {
    let rows = active_members(write, members).await?;
    let seeing = who_sees(write, &rows, topic).await?;
    let mut errors = Vec::new();
    for (index, member) in members.iter().enumerate() {
        let pointer = format!("{pointer}/{index}");
        if !rows.iter().any(|row| row.id == *member) {
            errors.push(unknown_member(pointer));
        } else if !seeing.contains(member) {
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

/// Counts an appointment's version up because a part of it changed.
pub(in crate::features) async fn touch(
    write: &CircleWrite,
    row: &appointment::Model,
) -> Result<appointment::Model, Problem> {
    let unchanged = row.clone().into_active_model();
    write.update::<appointment::Entity>(row, unchanged).await
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
pub(super) fn first_answer(write: &CircleWrite, member: MemberId) -> AttendeeResponse {
    if write.actor() == Some(member) {
        AttendeeResponse::Accepted
    } else {
        AttendeeResponse::NoResponse
    }
}

/// Each of these members once.
pub(super) fn unique(mut members: Vec<MemberId>) -> Vec<MemberId> {
    members.sort_unstable();
    members.dedup();
    members
}
