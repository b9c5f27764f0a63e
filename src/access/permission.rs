//! The table of who may do what. What depends on the row as well, such as whether the caller
//! wrote it, is a function below for tasks, roles, threads and messages. For the others it is in
//! `rules.rs` of the feature: who may cancel an appointment is in
//! `features/appointments/rules.rs`. Which rows a member sees at all is in
//! [`visibility`](super::visibility).

use crate::access::{CircleScope, Refusal};
use crate::entity::membership::AccessLevel;
use crate::entity::message;
use crate::entity::personal_access_token::{TokenScope, TokenScopes};
use crate::entity::role_assignment;
use crate::entity::task;
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::thread::{self, ThreadKind};

/// A permission that a handler can ask for in its signature.
pub trait RequiredPermission: Send + Sync + 'static {
    const PERMISSION: Permission;
}

macro_rules! permissions {
    ($($(#[doc = $doc:literal])+ $name:ident: [$($access:ident)*] $(+ $patient:ident)?;)+) => {
        /// A permission, as a value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Permission {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Whether a member has it. Some permissions come with being the patient.
            pub fn is_given_to(self, access: AccessLevel, is_patient: bool) -> bool {
                match self {
                    $(Self::$name => {
                        [$(AccessLevel::$access,)*].contains(&access)
                            $(|| { let $patient = is_patient; $patient })?
                    })+
                }
            }
        }

        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl RequiredPermission for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )+
    };
}

permissions! {
    /// See the circle, and what is in it as far as the topics of the member reach.
    ViewCircle: [Coordinator Caregiver Helper Viewer] + patient;
    /// Change the circle itself.
    ManageCircle: [Coordinator];
    /// Schedule the deletion of the circle, or cancel it.
    DeleteCircle: [Coordinator] + patient;
    /// Change members and their access, suspend and reinstate them.
    ManageMembers: [Coordinator];
    /// Invite people and withdraw invitations.
    InvitePeople: [Coordinator];
    /// Remove others from the circle, or suspend them.
    RemoveMembers: [Coordinator] + patient;
    /// Set what each member can see.
    SetTopics: [Coordinator] + patient;
    /// Suggest a task.
    SuggestTasks: [Coordinator Caregiver Helper] + patient;
    /// Create tasks. Change tasks that the member created or that nobody else has claimed.
    CreateTasks: [Coordinator Caregiver] + patient;
    /// Change any task.
    ChangeAnyTasks: [Coordinator] + patient;
    /// Claim tasks, and complete the tasks that the member claimed.
    ClaimTasks: [Coordinator Caregiver Helper] + patient;
    /// Create and change appointments.
    ScheduleAppointments: [Coordinator Caregiver] + patient;
    /// Claim the needs of appointments.
    ClaimNeeds: [Coordinator Caregiver Helper] + patient;
    /// Say whether the member comes to an appointment.
    RespondToAppointments: [Coordinator Caregiver Helper Viewer] + patient;
    /// Create, change, offer and archive roles.
    ArrangeRoles: [Coordinator Caregiver] + patient;
    /// Carry a role: accept, decline and release it.
    CarryRoles: [Coordinator Caregiver Helper] + patient;
    /// Change and release the role assignments of others, and withdraw the offers of others.
    ManageRoles: [Coordinator];
    /// Start threads, and send messages to the threads that the member sees.
    WriteMessages: [Coordinator Caregiver Helper] + patient;
    /// Read messages about a topic that were sent before the member joined.
    ReadHistory: [Coordinator Caregiver] + patient;
    /// Rename, archive and unarchive the threads that the member sees, and delete messages of
    /// others about a topic.
    ModerateThreads: [Coordinator];
}

impl Permission {
    /// Who has it, as the sentence of a refusal names them.
    pub fn holders(self) -> Vec<&'static str> {
        let has = |access: &AccessLevel| self.is_given_to(*access, false);
        if AccessLevel::ALL.iter().all(has) {
            return vec!["members of this circle"];
        }
        let levels = AccessLevel::ALL.iter().filter(|access| has(access));
        let mut holders: Vec<_> = levels.map(|access| access.plural()).collect();
        if self.is_given_to(AccessLevel::Viewer, true) {
            holders.push("the patient");
        }
        holders
    }

    /// Whether a personal access token with these scopes has the permission. No token has the
    /// permissions that concern members or the circle itself.
    pub fn goes_with(self, scopes: TokenScopes) -> bool {
        match self {
            Self::ViewCircle => true,
            Self::SuggestTasks | Self::CreateTasks | Self::ChangeAnyTasks | Self::ClaimTasks => {
                scopes.has(TokenScope::TasksWrite)
            }
            Self::ScheduleAppointments | Self::ClaimNeeds | Self::RespondToAppointments => {
                scopes.has(TokenScope::AppointmentsWrite)
            }
            Self::ArrangeRoles | Self::CarryRoles | Self::ManageRoles => {
                scopes.has(TokenScope::RolesWrite)
            }
            Self::WriteMessages | Self::ModerateThreads => scopes.has(TokenScope::MessagesWrite),
            Self::ReadHistory => scopes.has(TokenScope::MessagesRead),
            Self::ManageCircle
            | Self::DeleteCircle
            | Self::ManageMembers
            | Self::InvitePeople
            | Self::RemoveMembers
            | Self::SetTopics => false,
        }
    }
}

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
    let creates = scope.may(Permission::CreateTasks);
    if scope.may(Permission::ChangeAnyTasks) || creates && (is_mine || !held_by_others) {
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

/// Whether the caller may withdraw or change an offer of a role: the member who made it may, and
/// coordinators.
pub fn may_withdraw_role_offer(
    scope: &CircleScope,
    part: &role_assignment::Model,
) -> Result<(), Refusal> {
    let made_by_me = scope.is_author(part.offered_by_member_id);
    if scope.may(Permission::ArrangeRoles) && made_by_me {
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
    if scope.may(Permission::CarryRoles) && scope.is_member(part.member_id) {
        return Ok(());
    }
    let managers = scope.check(Permission::ManageRoles);
    managers.map_err(|refusal| refusal.or("the member who carries the role"))
}

/// Whether the caller may change the part that the patient keeps of a role.
pub fn may_revise_patient_part(scope: &CircleScope) -> Result<(), Refusal> {
    if scope.is_patient() && scope.may(Permission::CarryRoles) {
        return Ok(());
    }
    let managers = scope.check(Permission::ManageRoles);
    managers.map_err(|refusal| refusal.or("the patient"))
}

/// Whether the caller may rename, archive and unarchive a thread that they see: its author may,
/// while they may write messages, and coordinators.
pub fn may_manage_thread(scope: &CircleScope, thread: &thread::Model) -> Result<(), Refusal> {
    if scope.is_author(thread.created_by_member_id) && scope.may(Permission::WriteMessages) {
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

/// Whether the caller may delete a message: its author always may, and in a thread about a topic
/// coordinators.
pub fn may_delete_message(
    scope: &CircleScope,
    thread: &thread::Model,
    message: &message::Model,
) -> Result<(), Refusal> {
    let is_mine = scope.is_author(message.created_by_member_id);
    if is_mine && scope.may_write(TokenScope::MessagesWrite) {
        return Ok(());
    }
    if thread.kind != ThreadKind::Topic {
        return Err(Refusal::only(AUTHOR_OF_MESSAGE)
            .because("In a direct thread, coordinators cannot delete the messages of others."));
    }
    let moderators = scope.check(Permission::ModerateThreads);
    moderators.map_err(|refusal| refusal.or(AUTHOR_OF_MESSAGE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_rights_is_as_the_domain_has_it() {
        let mut table = String::new();
        for permission in Permission::ALL {
            let mut row: String = AccessLevel::ALL
                .iter()
                .map(|access| {
                    if permission.is_given_to(*access, false) {
                        '+'
                    } else {
                        '-'
                    }
                })
                .collect();
            row.push(if permission.is_given_to(AccessLevel::Viewer, true) {
                'p'
            } else {
                '-'
            });
            let name = format!("{permission:?}");
            table.extend([row.as_str(), " ", &name, "\n"]);
        }
        insta::assert_snapshot!(table, @r"
        ++++p ViewCircle
        +---- ManageCircle
        +---p DeleteCircle
        +---- ManageMembers
        +---- InvitePeople
        +---p RemoveMembers
        +---p SetTopics
        +++-p SuggestTasks
        ++--p CreateTasks
        +---p ChangeAnyTasks
        +++-p ClaimTasks
        ++--p ScheduleAppointments
        +++-p ClaimNeeds
        ++++p RespondToAppointments
        ++--p ArrangeRoles
        +++-p CarryRoles
        +---- ManageRoles
        +++-p WriteMessages
        ++--p ReadHistory
        +---- ModerateThreads
        ");
    }
}
