//! `set_task_series_turns`: members do the tasks of a series one after the other.

use garde::Validate;
use sea_orm::{ActiveValue::Set, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;

use super::locked::LockedTaskSeries;
use super::offer::able_members;
use super::rules::TaskSeriesVerb;
use super::subject::repetition_of;
use super::types::{TaskSeries, TaskSeriesPath};
use crate::access::{CircleAccess, CirclePath, CreateTasks};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_series_member::{self, SeriesMemberState};
use crate::features::participation::{Part, RelatedParts, part_of};
use crate::features::series::reach::Reach;
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::problem::{FieldError, FieldErrorCode, Problem};

/// The members who take turns.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "member_ids": [
    "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3e",
    "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3b"
] })))]
pub struct SetTurnsRequest {
    /// The ids of the members, in the order of their turns. The first task from today on is the
    /// first member's.
    #[garde(length(min = 2, max = 20))]
    #[schema(min_items = 2, max_items = 20)]
    pub member_ids: Vec<MemberId>,
}

/// Set the turns of a series of tasks.
///
/// Members take turns: each task is done by the next member, in the order that you send. A member who
/// has no part in the series yet is told, and accepts or declines once; until then, and after they
/// decline, the tasks of their turn are open. Members who did the series and are not named are
/// released from it, and are told. Members who have other tasks than before are told once, not for
/// each task. If you send the same members again, the order begins anew with the first.
///
/// - 403 `forbidden`: coordinators and the patient can do it, caregivers if they created the series
///   or nobody else does it
/// - 409 `invalid_transition`: the series has ended
/// - 422 `unknown_member`, `member_cannot_take_part`: a member is not active, is a viewer, or
///   does not see the topic
/// - 422 `named_twice`: a member is named twice
#[utoipa::path(
    post, path = "/circles/{circle_id}/task-series/{task_series_id}/set-turns",
    tag = "task series", params(CirclePath, TaskSeriesPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The series", body = TaskSeries), Problem),
)]
pub async fn set_task_series_turns(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskSeriesPath>,
    Json(turns): Json<SetTurnsRequest>,
) -> Result<Resource<TaskSeries>, Problem> {
    let mut series = LockedTaskSeries::open(&app, &circle, path.task_series_id).await?;
    series.check(TaskSeriesVerb::SetTurns)?;
    let wanted = named_once(&turns.member_ids)?;
    let members = able_members(&series.write, &wanted, series.row.topic).await?;
    let mut asked = Vec::new();
    let mut taken_on_by = None;
    for (turn, member) in (0..).zip(&members) {
        let part = part_of::<task_series_member::Entity>(series.members(), member.id);
        let state = match part.map(|part| part.state) {
            state if series.write.scope().is_member(member.id) => {
                let is_new = state != Some(SeriesMemberState::Accepted);
                taken_on_by = is_new.then_some(member.id);
                SeriesMemberState::Accepted
            }
            Some(state @ (SeriesMemberState::Accepted | SeriesMemberState::Offered)) => state,
            _ => {
                asked.push(member.id);
                SeriesMemberState::Offered
            }
        };
        series.related.know(member);
        series.put_turn(member.id, Some(turn), state)?;
    }
    let left = series.take_off_others(&turns.member_ids)?;

    let repetition = repetition_of(&series.row);
    let mut row = series.row.clone().into_active_model();
    row.turns_from = Set(Some(repetition.today(&series.write)));
    series
        .save_later(TaskSeriesVerb::SetTurns, row, vec!["members"])
        .await?;
    let reach = Reach {
        reassigns: true,
        taken_on_by,
        ..Reach::to_come(&series.write, &repetition)
    };
    let outcome = series.make_occurrences_in(reach).await?;
    let told = |member: &MemberId| asked.contains(member) || left.contains(member);
    let others = outcome.reassigned.into_iter();
    let others: Vec<MemberId> = others.filter(|member| !told(member)).collect();
    let news = vec![
        series.notification(NotificationKind::Offered).to(asked),
        series.notification(NotificationKind::Removed).to(left),
        series.notification(NotificationKind::Updated).to(others),
    ];
    notifications::notify(&series.write, news).await?;
    series.respond().await
}

/// The members with the field that names each of them.
fn named_once(members: &[MemberId]) -> Result<Vec<(String, MemberId)>, Problem> {
    let mut wanted: Vec<(String, MemberId)> = Vec::new();
    for (place, member) in members.iter().enumerate() {
        let pointer = format!("/member_ids/{place}");
        if wanted.iter().any(|(_, other)| other == member) {
            let detail = "This member is named before. Name each member once.";
            let fault = FieldError::new(&pointer, FieldErrorCode::NamedTwice, detail);
            return Err(Problem::Invalid(vec![fault]));
        }
        wanted.push((pointer, *member));
    }
    Ok(wanted)
}

impl LockedTaskSeries {
    /// Releases members who are not named from the series. Returns those who had it.
    fn take_off_others(&mut self, named: &[MemberId]) -> Result<Vec<MemberId>, Problem> {
        let others = self.members().iter();
        let others: Vec<_> = others
            .filter(|part| !named.contains(&part.member_id))
            .filter(|part| task_series_member::Entity::is_open(part) || part.turn.is_some())
            .cloned()
            .collect();
        let mut left = Vec::new();
        for part in others {
            let mut state = part.state;
            if task_series_member::Entity::is_open(&part) {
                left.push(part.member_id);
                state = SeriesMemberState::Released;
            }
            self.put_turn(part.member_id, None, state)?;
        }
        Ok(left)
    }
}
