//! `offer_task_series`: asks a member whether they do every task of a series.

use super::locked::LockedTaskSeries;
use super::rules::TaskSeriesVerb;
use super::types::{TaskSeries, TaskSeriesPath};
use crate::access::{
    CircleAccess, CirclePath, CircleWrite, CreateTasks, levels_of, unknown_member,
};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::membership::{self, MemberState};
use crate::entity::notification::NotificationKind;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::task_series_member::{self, SeriesMemberState};
use crate::entity::topic_grant::Topic;
use crate::features::participation::{OfferRequest, Part, RelatedParts, part_of};
use crate::http::extract::{Json, Path};
use crate::http::response::Resource;
use crate::notify::notifications;
use crate::problem::{Conflict, FieldErrorCode, Problem, ProblemCode};

/// Offer a series of tasks to a member.
///
/// The member is told, and accepts or declines once for the whole series. If you offer it to
/// yourself, you claim it. If the member does it or was asked already, nothing changes.
///
/// - 403 `forbidden`: coordinators and the patient can do it, caregivers if they created the series
///   or nobody else does it
/// - 409 `invalid_transition`: the series has ended
/// - 409 `takes_turns`: the members take turns
/// - 422 `unknown_member`, `member_cannot_take_part`: the member is not active, is a viewer, or
///   does not see the topic
#[utoipa::path(
    post, path = "/circles/{circle_id}/task-series/{task_series_id}/offer", tag = "task series",
    params(CirclePath, TaskSeriesPath),
    security(("personal_access_token" = [TokenScope::TasksWrite])),
    responses((status = OK, description = "The series", body = TaskSeries), Problem),
)]
pub async fn offer_task_series(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskSeriesPath>,
    Json(offer): Json<OfferRequest>,
) -> Result<Resource<TaskSeries>, Problem> {
    let mut series = LockedTaskSeries::open(&app, &circle, path.task_series_id).await?;
    series.check(TaskSeriesVerb::Offer)?;
    if series.row.turns_from.is_some() {
        let detail = "Members take turns in this series. Change the turns instead.";
        return Err(Conflict::of(ProblemCode::TakesTurns, detail).into());
    }
    let pointers = [("/member_id".to_owned(), offer.member_id)];
    let members = able_members(&series.write, &pointers, series.row.topic).await?;
    for member in members {
        let part = part_of::<task_series_member::Entity>(series.members(), member.id);
        if part.is_some_and(task_series_member::Entity::is_open) {
            continue;
        }
        if series.write.scope().is_member(member.id) {
            series.take_on(TaskSeriesVerb::Claim).await?;
            continue;
        }
        series.related.know(&member);
        series.put_part(member.id, SeriesMemberState::Offered)?;
        series.touch_later()?;
        series.log(TaskSeriesVerb::Offer, Vec::new()).await?;
        let notification = series.notification(NotificationKind::Offered);
        notifications::notify(&series.write, vec![notification.to([member.id])]).await?;
    }
    series.respond().await
}

/// These members, if each of them is active and can do tasks of the topic. A fault names the field.
pub(super) async fn able_members(
    write: &CircleWrite,
    wanted: &[(String, MemberId)],
    topic: Topic,
) -> Result<Vec<membership::Model>, Problem> {
    let ids: Vec<MemberId> = wanted.iter().map(|(_, id)| *id).collect();
    let levels = levels_of(write, &ids).await?;
    let mut members = Vec::new();
    let mut faults = Vec::new();
    for (pointer, id) in wanted {
        let member = levels.iter().find(|member| member.row.id == *id);
        match member.filter(|member| member.row.state == MemberState::Active) {
            None => faults.push(unknown_member(pointer)),
            Some(member) if !member.may_take_part(Some(topic)) => {
                faults.push(crate::problem::FieldError::new(
                    pointer,
                    FieldErrorCode::MemberCannotTakePart,
                    "This member is a viewer or does not see the topic. Name another member.",
                ));
            }
            Some(member) => members.push(member.row.clone()),
        }
    }
    if faults.is_empty() {
        Ok(members)
    } else {
        Err(Problem::Invalid(faults))
    }
}
