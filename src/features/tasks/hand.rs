//! A task in hand: read once under the circle's lock, judged, changed, answered.

use sea_orm::{ActiveValue::Set, IntoActiveModel};

use super::rules::{self, Verb};
use super::store;
use super::types::{TakeOn, Task, TaskPath};
use crate::access::change_log::Change;
use crate::access::{CircleAccess, CircleWrite, Needs, Permission, who_may_take_part};
use crate::app::App;
use crate::entity::ids::MemberId;
use crate::entity::notice::NoticeKind;
use crate::entity::task;
use crate::entity::task_assignment::{self, AssignmentState};
use crate::features::participation::{self, Commitment};
use crate::http::response::Found;
use crate::notify::notifications::{self, News};
use crate::notify::reminders::{self, Item, ItemId};
use crate::platform::time::civil::Moment;
use crate::problem::{Conflict, Problem};

/// A task in hand, with its assignments, under the circle's lock.
pub(super) struct Hand {
    pub write: CircleWrite,
    pub task: task::Model,
    pub assignments: Vec<task_assignment::Model>,
}

impl Hand {
    pub async fn open<P: Needs>(
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

    pub fn mine(&self) -> Option<AssignmentState> {
        rules::mine(self.write.scope(), &self.assignments).map(|mine| mine.state)
    }

    /// Refuses what the caller may not do, has not seen, or does not fit.
    pub fn check(&self, verb: Verb) -> Result<(), Problem> {
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

    pub fn does_not_fit(&self) -> Problem {
        let actions = rules::actions(self.write.scope(), &self.task, &self.assignments);
        Conflict::invalid_transition(self.task.state.as_str(), actions).into()
    }

    /// Puts the caller's own part into a state and counts who has accepted.
    pub async fn set_mine(
        &mut self,
        state: AssignmentState,
        verb: &'static str,
    ) -> Result<(), Problem> {
        let Some(me) = self.write.scope().member_id() else {
            return Err(Problem::NotFound);
        };
        let held = &self.assignments;
        store::put_assignment(&self.write, &self.task, held, me, state).await?;
        let accepted = |state| i32::from(state == Some(AssignmentState::Accepted));
        let freed = accepted(self.mine()) - accepted(Some(state));
        self.task = store::touch(&self.write, self.task.clone(), freed).await?;
        if state == AssignmentState::Accepted {
            let item = Item::Task(self.task.clone());
            reminders::plan_for_takers(&self.write, &item, &[me]).await?;
        } else {
            let item = ItemId::Task(self.task.id);
            reminders::forget_parts(&self.write, item, &[me]).await?;
        }
        self.log(verb, Vec::new()).await
    }

    /// Takes the task on: there must be room, and no clash with what else one took on.
    pub async fn take_on(&mut self, take_on: TakeOn, verb: &'static str) -> Result<(), Problem> {
        if self.task.helpers_accepted >= self.task.helpers_needed {
            let detail = "Enough people have taken this on.";
            return Err(Conflict::of("slots_full", detail).into());
        }
        if !take_on.allow_overlap
            && let Some(wanted) = Commitment::of_task(&self.task)
        {
            participation::check_overlap(&self.write, &wanted).await?;
        }
        self.set_mine(AssignmentState::Accepted, verb).await
    }

    /// Tells those whose part in it is in one of these states.
    pub async fn tell(
        &self,
        kind: NoticeKind,
        was: Option<Moment>,
        states: &[AssignmentState],
    ) -> Result<(), Problem> {
        let mut concerned = self.assignments.clone();
        concerned.retain(|held| states.contains(&held.state));
        let concerned = concerned.into_iter().map(|held| held.member_id);
        let news = self.news(kind).was(was).to(concerned);
        notifications::tell(&self.write, vec![news]).await
    }

    /// Tells those who relied on the caller, who declined it or gave it back.
    pub async fn tell_who_relied(&self, kind: NoticeKind) -> Result<(), Problem> {
        let Some(mine) = rules::mine(self.write.scope(), &self.assignments) else {
            return Ok(());
        };
        let asked_by = mine.created_by.filter(|asker| *asker != mine.member_id);
        let news = self.news(kind).let_go_by(mine.member_id, asked_by);
        notifications::tell(&self.write, vec![news]).await
    }

    /// Tells the person who suggested it what became of that.
    pub async fn tell_who_suggested(&self, kind: NoticeKind) -> Result<(), Problem> {
        let news = self.news(kind).to(self.task.created_by);
        notifications::tell(&self.write, vec![news]).await
    }

    pub fn news(&self, kind: NoticeKind) -> News {
        News::of_task(kind, &self.task, self.write.scope().time_zone())
    }

    pub async fn log(
        &mut self,
        verb: &'static str,
        fields: Vec<&'static str>,
    ) -> Result<(), Problem> {
        let change = Change::to::<task::Entity>(verb, &self.task).about(self.task.topic);
        self.write.log(change.fields(fields)).await
    }

    /// Moves the task itself into a state.
    pub async fn set_state(
        &mut self,
        row: task::ActiveModel,
        verb: &'static str,
    ) -> Result<(), Problem> {
        self.task = self.write.update::<task::Entity>(&self.task, row).await?;
        let item = Item::Task(self.task.clone());
        reminders::plan(&self.write, &[item]).await?;
        self.log(verb, vec!["state"]).await
    }

    pub async fn answer(self) -> Result<Found<Task>, Problem> {
        let task = store::describe(self.write.tx(), self.write.scope(), self.task).await?;
        self.write.commit(Found::new(task)).await
    }

    pub async fn put_state(
        &mut self,
        held: &task_assignment::Model,
        state: AssignmentState,
        own_part_done: bool,
    ) -> Result<(), Problem> {
        let mut row = held.clone().into_active_model();
        row.state = Set(state);
        row.own_part_done = Set(own_part_done);
        let after = self.write.update::<task_assignment::Entity>(held, row);
        let after = after.await?;
        self.assignments.retain(|other| other.id != held.id);
        self.assignments.push(after);
        Ok(())
    }

    /// Those for whom the task was completed have it again; who could not take it
    /// on any more is released. Who had done their own part before stays done.
    /// Answers how many places are taken.
    pub async fn give_back_to_holders(&mut self) -> Result<i32, Problem> {
        let mut done = self.assignments.clone();
        done.retain(|held| held.state == AssignmentState::Done);
        let holders: Vec<MemberId> = done.iter().map(|held| held.member_id).collect();
        let able = who_may_take_part(&self.write, &holders, self.task.topic).await?;
        let mut taken = 0;
        for held in done {
            if held.own_part_done {
                taken += 1;
            } else if able.contains(&held.member_id) {
                taken += 1;
                self.put_state(&held, AssignmentState::Accepted, false)
                    .await?;
            } else {
                self.put_state(&held, AssignmentState::Released, false)
                    .await?;
            }
        }
        Ok(taken)
    }
}
