//! Who may do what with a row, where the table of permissions is not enough: it depends on who created
//! the row, or on who has claimed it. The table is in [`permission`](super::permission).

use super::permission::Permission;
use super::refusal::Refusal;
use super::scope::CircleScope;
use crate::entity::message;
use crate::entity::personal_access_token::TokenScope;
use crate::entity::question;
use crate::entity::role_assignment;
use crate::entity::task;
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::task_series;
use crate::entity::task_series_member::{self, SeriesMemberState};
use crate::entity::thread::{self, ThreadKind};

/// Whether the caller may change a task: with the permission to change any task, or with the
/// permission to create tasks if they created it or nobody else has claimed it. A helper may change
/// their own suggestion until it is approved.
pub fn may_change_task(
    scope: &CircleScope,
    task: &task::Model,
    assignments: &[task_assignment::Model],
) -> Result<(), Refusal> {
    let is_mine = scope.is_author(task.created_by_member_id);
    let is_suggestion = task.state == task::TaskState::Proposed;
    if is_mine && is_suggestion {
        return scope.check(Permission::SuggestTasks);
    }
    let mut holders = assignments
        .iter()
        .filter(|assignment| assignment.state == TaskAssignmentState::Accepted);
    let is_held = holders.clone().next().is_some();
    let held_by_others = holders.any(|holder| !scope.is_member(holder.member_id));
    let creates = scope.can(Permission::CreateTasks);
    if scope.can(Permission::ChangeAnyTasks) || creates && (is_mine || !held_by_others) {
        return scope.check_writes(task.topic);
    }
    Err(if is_held {
        Refusal::without(Permission::ChangeAnyTasks)
            .or("a caregiver who created it or is the only one who has claimed it")
            .because("Somebody has claimed {}.")
    } else if is_suggestion {
        Refusal::without(Permission::CreateTasks).or("the member who suggested {}")
    } else {
        Refusal::without(Permission::CreateTasks)
    })
}

/// Whether the caller may change a series of tasks: with the permission to change any task, or with
/// the permission to create tasks if they created the series or nobody else does it.
pub fn may_change_series(
    scope: &CircleScope,
    series: &task_series::Model,
    members: &[task_series_member::Model],
) -> Result<(), Refusal> {
    let is_mine = scope.is_author(series.created_by_member_id);
    let mut held_by = members
        .iter()
        .filter(|part| part.state == SeriesMemberState::Accepted);
    let held_by_others = held_by.any(|part| !scope.is_member(part.member_id));
    let creates = scope.may(Permission::CreateTasks) && (is_mine || !held_by_others);
    if scope.may(Permission::ChangeAnyTasks) || creates {
        return scope.check_writes(series.topic);
    }
    Err(if held_by_others {
        Refusal::without(Permission::ChangeAnyTasks)
            .or("a caregiver who created it or is the only one who does it")
            .because("Somebody does {}.")
    } else {
        Refusal::without(Permission::CreateTasks)
    })
}

/// Whether the caller may complete a task, or their part of it: members who claimed it may, and
/// members who may change it.
pub fn may_complete_task(
    scope: &CircleScope,
    task: &task::Model,
    assignments: &[task_assignment::Model],
) -> Result<(), Refusal> {
    scope.check(Permission::ClaimTasks)?;
    let mut holders = assignments
        .iter()
        .filter(|assignment| assignment.state == TaskAssignmentState::Accepted);
    if holders
        .clone()
        .any(|holder| scope.is_member(holder.member_id))
    {
        return Ok(());
    }
    may_change_task(scope, task, assignments).map_err(|refusal| {
        let refusal = match refusal {
            Refusal::NotAmong(_) if holders.next().is_some() => {
                Refusal::without(Permission::ChangeAnyTasks).or("a caregiver who created {}")
            }
            refusal => refusal,
        };
        refusal.or("members who have claimed {}")
    })
}

/// Whether the caller may offer a task to others, and approve it if it is a suggestion.
pub fn may_arrange_task(scope: &CircleScope, task: &task::Model) -> Result<(), Refusal> {
    scope.check(Permission::CreateTasks)?;
    scope.check_writes(task.topic)
}

/// Whether the caller may change a question for the care team, or say what became of it: its author
/// may, and members who write its topic.
pub fn may_change_question(scope: &CircleScope, question: &question::Model) -> Result<(), Refusal> {
    scope.check(Permission::AddQuestions)?;
    if scope.is_author(question.created_by_member_id) {
        return Ok(());
    }
    let writers = scope.check_writes(question.topic);
    writers.map_err(|refusal| refusal.or("the member who added {}"))
}

/// Whether the caller may withdraw or change an offer of a role: the member who made it may, and
/// coordinators.
pub fn may_withdraw_role_offer(
    scope: &CircleScope,
    part: &role_assignment::Model,
) -> Result<(), Refusal> {
    let made_by_me = scope.is_author(part.offered_by_member_id);
    if scope.can(Permission::ArrangeRoles) && made_by_me {
        return Ok(());
    }
    let managers = scope.check(Permission::ManageRoles);
    managers.map_err(|refusal| refusal.or("the member who made this offer"))
}

/// Whether the caller may release a role assignment: the member who carries the role may, and
/// coordinators.
pub fn may_end_role_part(
    scope: &CircleScope,
    part: &role_assignment::Model,
) -> Result<(), Refusal> {
    if scope.can(Permission::CarryRoles) && scope.is_member(part.member_id) {
        return Ok(());
    }
    let managers = scope.check(Permission::ManageRoles);
    managers.map_err(|refusal| refusal.or("the member who carries the role"))
}

/// Whether the caller may change the part that the patient keeps of a role.
pub fn may_revise_patient_part(scope: &CircleScope) -> Result<(), Refusal> {
    if scope.is_patient() && scope.can(Permission::CarryRoles) {
        return Ok(());
    }
    let managers = scope.check(Permission::ManageRoles);
    managers.map_err(|refusal| refusal.or("the patient"))
}

/// Whether the caller may rename, archive and unarchive a thread that they see: its author may,
/// while they may write messages, and coordinators. The comments of an item are nobody's thread.
pub fn may_manage_thread(scope: &CircleScope, thread: &thread::Model) -> Result<(), Refusal> {
    if thread.kind == ThreadKind::Item {
        return scope.check(Permission::ModerateThreads);
    }
    if scope.is_author(thread.created_by_member_id) && scope.can(Permission::WriteMessages) {
        return Ok(());
    }
    let managers = scope.check(Permission::ModerateThreads);
    managers.map_err(|refusal| refusal.or("the member who started {}"))
}

/// Whether the caller may edit a message: only its author may, while they may write messages.
pub fn may_edit_message(scope: &CircleScope, message: &message::Model) -> Result<(), Refusal> {
    scope.check(Permission::WriteMessages)?;
    if scope.is_author(message.created_by_member_id) {
        return Ok(());
    }
    Err(Refusal::only(AUTHOR_OF_MESSAGE))
}

const AUTHOR_OF_MESSAGE: &str = "the member who wrote {}";

/// Whether the caller may delete a message: its author always may, and unless it is in a direct
/// thread, coordinators.
pub fn may_delete_message(
    scope: &CircleScope,
    thread: &thread::Model,
    message: &message::Model,
) -> Result<(), Refusal> {
    let is_mine = scope.is_author(message.created_by_member_id);
    if is_mine && scope.may_write(TokenScope::MessagesWrite) {
        return scope.check(Permission::ViewCircle);
    }
    if thread.kind == ThreadKind::Direct {
        return Err(Refusal::only(AUTHOR_OF_MESSAGE)
            .because("In a direct thread, coordinators cannot delete the messages of others."));
    }
    let moderators = scope.check(Permission::ModerateThreads);
    moderators.map_err(|refusal| refusal.or(AUTHOR_OF_MESSAGE))
}
