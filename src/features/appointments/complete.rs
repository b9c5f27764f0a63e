//! `complete_appointment`: an appointment took place. Its needs end, except those that still
//! go on, and what came out of it becomes tasks.

use garde::Validate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedAppointment;
use super::rules::AppointmentVerb;
use super::types::{Appointment, AppointmentPath};
use super::whole::WholeAppointment;
use crate::access::{CircleAccess, CirclePath, ScheduleAppointments};
use crate::app::App;
use crate::entity::appointment::{self, AppointmentState};
use crate::entity::need::{self, NeedState};
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task::TaskCategory;
use crate::entity::topic_grant::Topic;
use crate::features::tasks::{NewTask, check_may_create, check_room};
use crate::http::extract::{Json, Path, compared};
use crate::http::response::Resource;
use crate::platform::text::{Notes, Title};
use crate::platform::time::civil::{Day, WallTime, ZoneName, named_or_unknown};
use crate::problem::{FieldError, Problem};
use crate::schedule::Due;
use crate::schedule::when::When;

/// The outcome of an appointment.
#[derive(Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "outcome": "Values are fine. Next check in four weeks.",
    "follow_up_tasks": [{ "title": "Pick up the new prescription", "category": "medication" }]
})))]
pub struct CompleteAppointmentRequest {
    /// What came out of the appointment.
    #[serde(default)]
    #[garde(dive)]
    pub outcome: Option<Notes>,
    /// Tasks that follow from it. They are created with it, and linked to it.
    #[serde(default)]
    #[garde(length(max = 10), dive)]
    #[schema(max_items = 10)]
    pub follow_up_tasks: Option<Vec<FollowUpTask>>,
}

/// A task that follows from an appointment. It is an open task for one member, who is reminded one
/// day before it is due.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "title": "Pick up the new prescription",
    "category": "medication",
    "due_on": "2027-01-04"
})))]
pub struct FollowUpTask {
    /// What is to be done.
    #[garde(dive)]
    pub title: Title,
    /// The kind of task. It decides the topic, if you send none. Default: `other`.
    #[serde(default)]
    #[garde(skip)]
    pub category: Option<TaskCategory>,
    /// What the task is about: it decides who can see it. Default: by category, and without a
    /// category the topic of the appointment.
    #[serde(default)]
    #[garde(skip)]
    pub topic: Option<Topic>,
    /// The date when it is due, if the time of day does not matter.
    #[serde(default)]
    #[garde(dive, custom(compared("due_on", "due_local", self.due_faults())))]
    pub due_on: Option<Day>,
    /// The local time when it is due, in `time_zone`, without an offset. Do not send it
    /// together with `due_on`.
    #[serde(default)]
    #[garde(dive)]
    pub due_local: Option<WallTime>,
    /// The time zone of `due_local`, by its IANA name. Default: the circle's.
    #[serde(default, deserialize_with = "named_or_unknown")]
    #[garde(dive)]
    pub time_zone: Option<ZoneName>,
}

impl FollowUpTask {
    fn due_faults(&self) -> Vec<FieldError> {
        Due::faults(self.due_on, self.due_local, None)
    }
}

/// Complete an appointment and record its outcome.
///
/// Says that the appointment took place. Its needs end with it. A need with a time of its own
/// that is not over yet stays open, because somebody may still have to drive home. You can cancel
/// that need by itself. The questions that are planned for it, and were not asked, are drafts again.
/// The `follow_up_tasks` are created as open tasks. Nobody is told.
///
/// If the appointment is completed already, nothing changes: update it to change its `outcome`,
/// and create further tasks with its `appointment_id`.
///
/// - 403 `forbidden`: only coordinators, caregivers and the patient can complete appointments,
///   and only with the level `write` for the topic.
/// - 403 `insufficient_scope`: with `follow_up_tasks`, a personal access token needs the scope
///   `tasks:write` too.
/// - 409 `too_early`: the appointment has not started yet.
/// - 409 `invalid_transition`: the appointment is proposed, missed or canceled. Confirm a proposed
///   appointment first.
/// - 409 `limit_reached`: the circle has too many open tasks.
/// - 422 `topic_not_visible`: your level for the topic of a task is not `write`.
/// - 422 `date_and_time`: a task has `due_on` and `due_local`.
#[utoipa::path(
    post, path = "/circles/{circle_id}/appointments/{appointment_id}/complete",
    tag = "appointments", params(CirclePath, AppointmentPath),
    security(("personal_access_token" = [TokenScope::AppointmentsWrite])),
    responses((status = OK, description = "The appointment", body = Appointment), Problem),
)]
pub async fn complete_appointment(
    app: App,
    circle: CircleAccess<ScheduleAppointments>,
    Path(path): Path<AppointmentPath>,
    outcome: Option<Json<CompleteAppointmentRequest>>,
) -> Result<Resource<Appointment>, Problem> {
    let CompleteAppointmentRequest {
        outcome,
        follow_up_tasks,
    } = outcome.map(|Json(body)| body).unwrap_or_default();
    let mut appointment = WholeAppointment::open(&app, &circle, path.appointment_id).await?;
    let locked = &mut appointment.locked;
    if !locked.check_unless_in_effect(AppointmentVerb::Complete)? {
        return appointment.respond().await;
    }
    locked.check_begun("The appointment has not started yet. Complete it when it has.")?;
    let mut row = locked.row.clone().into_active_model();
    row.state = Set(AppointmentState::Completed);
    let mut fields = vec!["state"];
    if let Some(outcome) = outcome {
        row.outcome = Set(Some(outcome.into()));
        fields.push("outcome");
    }
    locked
        .save_later(AppointmentVerb::Complete, row, fields)
        .await?;
    let same_time = When::of::<appointment::Entity>(&locked.row);
    let now = locked.write.now();
    let ends = move |need: &need::Model| {
        need.state == NeedState::Open
            && (need.over_at <= now || When::of::<need::Entity>(need) == same_time)
    };
    appointment.move_needs_to(NeedState::Past, ends).await?;
    appointment.return_questions().await?;
    appointment.plan().await?;
    // After its own reminders were read: those of the tasks wait for the commit.
    create_tasks(&mut appointment.locked, follow_up_tasks.unwrap_or_default()).await?;
    appointment.respond().await
}

/// Creates the follow-up tasks when the transaction commits: no statement of its own for each.
async fn create_tasks(
    appointment: &mut LockedAppointment,
    tasks: Vec<FollowUpTask>,
) -> Result<(), Problem> {
    if tasks.is_empty() {
        return Ok(());
    }
    let LockedAppointment { write, row, .. } = appointment;
    check_may_create(write, "create follow-up tasks")?;
    let mut rows = Vec::new();
    let mut checks = Vec::new();
    for (index, task) in tasks.into_iter().enumerate() {
        // What came out of an appointment is not shown to more people than the appointment, unless
        // somebody says so.
        let as_the_appointment = task.category.is_none().then_some(row.topic);
        let task = NewTask {
            title: task.title,
            notes: None,
            category: task.category.unwrap_or(TaskCategory::Other),
            topic: task.topic.or(as_the_appointment),
            appointment_id: Some(row.id),
            due_on: task.due_on,
            due_local: task.due_local,
            starts_local: None,
            time_zone: task.time_zone,
            lapse_after_days: None,
        };
        let new = task.into_row(write, &format!("/follow_up_tasks/{index}"));
        checks.push(new.map(|new| rows.push(new)));
    }
    Problem::together(checks)?;
    check_room(write, rows.len() as u64).await?;
    for new in rows {
        NewTask::create_later(write, new).await?;
    }
    Ok(())
}
