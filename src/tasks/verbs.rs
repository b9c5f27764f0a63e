//! What happens to a task: approved, offered, claimed, done. Every verb that
//! is in effect for the caller already answers with the task as it is.

use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::rules::{self, Verb};
use super::store;
use super::types::{Completion, Offer, TakeOn, Task, TaskPath};
use crate::access::{
    CircleAccess, CirclePath, CircleWrite, ClaimTasks, CreateTasks, Needs, Permission,
    ProposeTasks, all_who_see, may_take_part,
};
use crate::answer::Found;
use crate::app::App;
use crate::changes::Change;
use crate::commitments::{self, Commitment};
use crate::entity::membership::{self, MemberState};
use crate::entity::notice::NoticeKind;
use crate::entity::notification_preference::NotificationCategory;
use crate::entity::task::{self, TaskState};
use crate::entity::task_assignment::{self, AssignmentState};
use crate::extract::{Json, Path};
use crate::notices::{self, About, News};
use crate::problem::{Conflict, Problem};
use crate::reminders::{self, Item};
use crate::wall_time::Moment;

/// Giving something back later than this is a gap that people are told of.
const SHORT_NOTICE: TimeDelta = TimeDelta::hours(24);

/// A task in hand, with its assignments, under the circle's lock.
struct Hand {
    write: CircleWrite,
    task: task::Model,
    assignments: Vec<task_assignment::Model>,
}

impl Hand {
    async fn open<P: Needs>(
        app: &App,
        circle: &CircleAccess<P>,
        path: TaskPath,
    ) -> Result<Self, Problem> {
        let write = app.begin_write(circle).await?;
        let task = write.require::<task::Entity>(path.task_id).await?;
        let assignments = store::assignments_of(write.tx(), write.scope(), &[task.id]).await?;
        Ok(Self {
            write,
            task,
            assignments,
        })
    }

    fn mine(&self) -> Option<AssignmentState> {
        rules::mine(self.write.scope(), &self.assignments).map(|mine| mine.state)
    }

    /// Refuses what the caller may not do, has not seen, or does not fit.
    fn check(&self, verb: Verb) -> Result<(), Problem> {
        if !verb.allowed(self.write.scope(), &self.task, &self.assignments) {
            return Err(Problem::Forbidden(Permission::ChangeAnyTasks));
        }
        self.write.check_version(self.task.version)?;
        if verb.fits(self.task.state, self.mine()) {
            Ok(())
        } else {
            Err(self.does_not_fit())
        }
    }

    fn does_not_fit(&self) -> Problem {
        let actions = rules::actions(self.write.scope(), &self.task, &self.assignments);
        Conflict::invalid_transition(self.task.state.as_str(), actions).into()
    }

    /// Puts the caller's own part into a state and counts who has accepted.
    async fn set_mine(
        &mut self,
        app: &App,
        state: AssignmentState,
        verb: &'static str,
    ) -> Result<(), Problem> {
        let Some(me) = self.write.scope().member_id() else {
            return Err(Problem::NotFound);
        };
        let held = &self.assignments;
        store::put_assignment(app, &self.write, &self.task, held, me, state).await?;
        let accepted = |state| i32::from(state == Some(AssignmentState::Accepted));
        let freed = accepted(self.mine()) - accepted(Some(state));
        self.task = store::touch(&self.write, self.task.clone(), freed).await?;
        self.log(verb, Vec::new()).await
    }

    /// Takes the task on: there must be room, and no clash with what else one took on.
    async fn take_on(
        &mut self,
        app: &App,
        take_on: TakeOn,
        verb: &'static str,
    ) -> Result<(), Problem> {
        if self.task.helpers_accepted >= self.task.helpers_needed {
            let detail = "Enough people have taken this on.";
            return Err(Conflict::of("slots_full", detail).into());
        }
        if !take_on.allow_overlap
            && let Some(wanted) = Commitment::of_task(&self.task)
        {
            commitments::check_overlap(&self.write, &wanted).await?;
        }
        self.set_mine(app, AssignmentState::Accepted, verb).await
    }

    /// Tells those whose part in it is in one of these states.
    async fn tell(
        &self,
        app: &App,
        kind: NoticeKind,
        was: Option<Moment>,
        states: &[AssignmentState],
    ) -> Result<(), Problem> {
        let about = About::Task(self.task.id);
        let concerned = self
            .assignments
            .iter()
            .filter(|held| states.contains(&held.state));
        let concerned = concerned.map(|held| held.member_id);
        let to = notices::under(NotificationCategory::Assigned, concerned);
        notices::tell(app, &self.write, &News { kind, about, was }, to).await
    }

    async fn log(&mut self, verb: &'static str, fields: Vec<&'static str>) -> Result<(), Problem> {
        let change = Change::to::<task::Entity>(verb, &self.task).about(self.task.topic);
        self.write.log(change.fields(fields)).await
    }

    /// Moves the task itself into a state.
    async fn set_state(
        &mut self,
        app: &App,
        row: task::ActiveModel,
        verb: &'static str,
    ) -> Result<(), Problem> {
        self.task = self.write.update::<task::Entity>(&self.task, row).await?;
        reminders::plan(app, &self.write, &Item::Task(self.task.clone())).await?;
        self.log(verb, vec!["state"]).await
    }

    async fn answer(self) -> Result<Found<Task>, Problem> {
        let task = store::describe(self.write.tx(), self.write.scope(), self.task).await?;
        self.write.commit(Found::new(task)).await
    }
}

/// Approve a suggested task.
///
/// It is open from then on, and can be taken on.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/approve", tag = "tasks",
    params(CirclePath, TaskPath),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn approve_task(
    app: App,
    circle: CircleAccess<CreateTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Found<Task>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.task.state != TaskState::Open {
        hand.check(Verb::Approve)?;
        let mut row = hand.task.clone().into_active_model();
        row.state = Set(TaskState::Open);
        hand.set_state(&app, row, "approved").await?;
    }
    hand.answer().await
}

/// Claim a task.
///
/// Claiming is accepting. Whoever comes too late gets 409 `slots_full`; what
/// one has taken on for the same time is 409 `overlap`, unless one says that
/// it is all right.
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
        hand.take_on(&app, body(take_on), "claimed").await?;
    }
    hand.answer().await
}

/// Offer a task to somebody.
///
/// They accept or decline; nobody is assigned over their head.
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
    let held = &hand.assignments;
    store::offer_to(&app, &hand.write, &hand.task, held, member.id).await?;
    hand.task = store::touch(&hand.write, hand.task.clone(), 0).await?;
    hand.log("offered", Vec::new()).await?;
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
        hand.take_on(&app, body(take_on), "accepted").await?;
    }
    hand.answer().await
}

/// Decline an offered task.
///
/// Nobody asks why, and nobody counts.
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
        hand.set_mine(&app, AssignmentState::Declined, "declined")
            .await?;
    }
    hand.answer().await
}

/// Give a task back.
///
/// It is open to others again. Less than a day before it is due, the
/// coordinators are told, and whoever else wants to know of gaps.
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
        hand.set_mine(&app, AssignmentState::Withdrawn, "withdrawn")
            .await?;
        let begins_at = store::begins_at(&hand.task, hand.write.scope().time_zone());
        if begins_at.is_some_and(|at| at < hand.write.now() + SHORT_NOTICE) {
            let news = News {
                kind: NoticeKind::GivenBack,
                about: About::Task(hand.task.id),
                was: None,
            };
            let to = all_who_see(&hand.write, hand.task.topic).await?;
            let to = notices::under(NotificationCategory::Gaps, to);
            notices::tell(&app, &hand.write, &news, to).await?;
        }
    }
    hand.answer().await
}

/// Complete a task.
///
/// By whoever holds it, or whoever may change it. Its reminders are cancelled.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/complete", tag = "tasks",
    params(CirclePath, TaskPath),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn complete_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
    completion: Option<Json<Completion>>,
) -> Result<Found<Task>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.task.state == TaskState::Done {
        return hand.answer().await;
    }
    hand.check(Verb::Complete)?;
    let now = hand.write.now();
    let done_at = body(completion).occurred_at.unwrap_or(now);
    if done_at > now {
        let detail = "Must not be in the future.";
        return Err(Problem::field("/occurred_at", "in_the_future", detail));
    }
    for held in hand.assignments.clone() {
        if held.state == AssignmentState::Accepted {
            hand.put_state(&held, AssignmentState::Done).await?;
        }
    }
    let mut row = hand.task.clone().into_active_model();
    row.state = Set(TaskState::Done);
    row.done_at = Set(Some(done_at));
    row.done_by = Set(hand.write.scope().member_id());
    hand.set_state(&app, row, "completed").await?;
    hand.answer().await
}

/// Reopen a completed task.
///
/// For a day by whoever completed it; by a coordinator at any time. Whoever
/// held it holds it again, if they are still there to do it.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/reopen", tag = "tasks",
    params(CirclePath, TaskPath),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn reopen_task(
    app: App,
    circle: CircleAccess<ClaimTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Found<Task>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.task.state == TaskState::Open {
        return hand.answer().await;
    }
    hand.check(Verb::Reopen)?;
    if !rules::may_still_reopen(hand.write.scope(), &hand.task, hand.write.now()) {
        let detail = "It was completed more than a day ago; ask a coordinator.";
        return Err(Conflict::of("too_late", detail).into());
    }
    let accepted = hand.give_back_to_holders().await?;
    let mut row = hand.task.clone().into_active_model();
    row.state = Set(TaskState::Open);
    row.helpers_accepted = Set(accepted);
    row.done_at = Set(None);
    row.done_by = Set(None);
    hand.set_state(&app, row, "reopened").await?;
    hand.answer().await
}

/// Cancel a task.
///
/// For good; its reminders are cancelled too, and whoever holds it is told.
#[utoipa::path(
    post, path = "/circles/{circle_id}/tasks/{task_id}/cancel", tag = "tasks",
    params(CirclePath, TaskPath),
    responses((status = OK, description = "The task", body = Task), Problem),
)]
pub async fn cancel_task(
    app: App,
    circle: CircleAccess<ProposeTasks>,
    Path(path): Path<TaskPath>,
) -> Result<Found<Task>, Problem> {
    let mut hand = Hand::open(&app, &circle, path).await?;
    if hand.task.state != TaskState::Cancelled {
        hand.check(Verb::Cancel)?;
        let mut row = hand.task.clone().into_active_model();
        row.state = Set(TaskState::Cancelled);
        hand.set_state(&app, row, "cancelled").await?;
        let was = Moment::of(hand.task.due_at, hand.task.due_on);
        let concerned = [AssignmentState::Offered, AssignmentState::Accepted];
        hand.tell(&app, NoticeKind::Cancelled, was, &concerned)
            .await?;
    }
    hand.answer().await
}

impl Hand {
    async fn put_state(
        &mut self,
        held: &task_assignment::Model,
        state: AssignmentState,
    ) -> Result<(), Problem> {
        let mut row = held.clone().into_active_model();
        row.state = Set(state);
        let after = self.write.update::<task_assignment::Entity>(held, row);
        let after = after.await?;
        self.assignments.retain(|other| other.id != held.id);
        self.assignments.push(after);
        Ok(())
    }

    /// Whoever had done it has it again; who could not take it on any more is
    /// released. Answers how many hold it.
    async fn give_back_to_holders(&mut self) -> Result<i32, Problem> {
        let mut accepted = 0;
        for held in self.assignments.clone() {
            if held.state != AssignmentState::Done {
                continue;
            }
            let member = self.write.find_one::<membership::Entity>(held.member_id);
            let state = match member.await? {
                Some(member) if may_take_part(&self.write, &member, self.task.topic).await? => {
                    accepted += 1;
                    AssignmentState::Accepted
                }
                _ => AssignmentState::Released,
            };
            self.put_state(&held, state).await?;
        }
        Ok(accepted)
    }
}

fn body<T: Default>(json: Option<Json<T>>) -> T {
    json.map(|Json(body)| body).unwrap_or_default()
}
