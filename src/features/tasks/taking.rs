//! Who does a task: claimed, offered, accepted, declined, given back. A verb that
//! is in effect for the caller already answers with the task as it is.

use super::hand::Hand;
use super::rules::Verb;
use super::store;
use super::types::{Offer, TakeOn, Task, TaskPath};
use crate::access::{CircleAccess, CirclePath, ClaimTasks, CreateTasks, may_take_part};
use crate::app::App;
use crate::entity::membership::{self, MemberState};
use crate::entity::notice::NoticeKind;
use crate::entity::task_assignment::AssignmentState;
use crate::http::extract::{Json, Path};
use crate::http::response::Found;
use crate::notify::notifications;
use crate::problem::Problem;

/// Claim a task.
///
/// Claiming is accepting. Who comes too late gets 409 `slots_full`; something you
/// have taken on or accepted for the same time, in any of your circles, is 409
/// `overlap`, unless you send `allow_overlap`. What lies in another circle, or in a
/// topic you do not see, is named as a time only.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/claim", tag = "tasks",
    params(CirclePath, TaskPath),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn claim_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
    take_on: Option<Json<TakeOn>>,
) -> Result<Found<Task>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.mine() != Some(AssignmentState::Accepted) {
        hand.check(Verb::Claim)?;
        hand.take_on(said(take_on), "claimed").await?;
    }
    hand.answer().await
}

/// Offer a task to somebody.
///
/// They accept or decline; nobody is assigned over their head. Offered to
/// yourself, it is claimed.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/offer", tag = "tasks",
    params(CirclePath, TaskPath),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn offer_task(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskPath>,
    Json(offer): Json<Offer>,
) -> Result<Found<Task>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    hand.check(Verb::Offer)?;
    let member = hand
        .write
        .find_one::<membership::Entity>(offer.member_id)
        .await?
        .filter(|member| member.state == MemberState::Active)
        .ok_or_else(|| Problem::field("/member_id", "unknown_member", "No such active member."))?;
    if !may_take_part(&hand.write, &member, hand.task.topic).await? {
        let detail = "This person does not see the task, or takes nothing on.";
        return Err(Problem::field("/member_id", "cannot_take_part", detail));
    }
    if hand.write.scope().is_member(member.id) {
        let mine = hand.mine();
        if !mine.is_some_and(store::has_a_place) {
            hand.take_on(TakeOn::default(), "claimed").await?;
        }
        return hand.answer().await;
    }
    let held = &hand.assignments;
    let offered = store::offer_to(&hand.write, &hand.task, held, member.id).await?;
    if let Some(news) = offered {
        notifications::tell(&hand.write, vec![news]).await?;
        hand.task = store::touch(&hand.write, hand.task.clone(), 0).await?;
        hand.log("offered", Vec::new()).await?;
    }
    hand.answer().await
}

/// Accept an offered task.
///
/// By whoever it was offered to; refused like a claim when there is no room or
/// something else at that time.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/accept", tag = "tasks",
    params(CirclePath, TaskPath),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn accept_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
    take_on: Option<Json<TakeOn>>,
) -> Result<Found<Task>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.mine() != Some(AssignmentState::Accepted) {
        hand.check(Verb::Accept)?;
        hand.take_on(said(take_on), "accepted").await?;
    }
    hand.answer().await
}

/// Decline an offered task.
///
/// Nobody asks why, and nobody counts. The person who asked is told; less than a
/// day before it is due the coordinators too, and if nobody else would be told,
/// those who could take it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/decline", tag = "tasks",
    params(CirclePath, TaskPath),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn decline_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Found<Task>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.mine() != Some(AssignmentState::Declined) {
        hand.check(Verb::Decline)?;
        hand.set_mine(AssignmentState::Declined, "declined").await?;
        hand.tell_who_relied(NoticeKind::Declined).await?;
    }
    hand.answer().await
}

/// Give a task back.
///
/// It is open to others again. The person who asked is told, the coordinators, and
/// those who want to know of gaps; less than a day before it is due, if nobody else
/// would be told, those who could take it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/withdraw", tag = "tasks",
    params(CirclePath, TaskPath),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn withdraw_from_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Found<Task>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.mine() != Some(AssignmentState::Withdrawn) {
        hand.check(Verb::Withdraw)?;
        hand.set_mine(AssignmentState::Withdrawn, "withdrawn")
            .await?;
        hand.tell_who_relied(NoticeKind::GivenBack).await?;
    }
    hand.answer().await
}

fn said(take_on: Option<Json<TakeOn>>) -> TakeOn {
    take_on.map(|Json(body)| body).unwrap_or_default()
}
