//! The table of who may do what. What depends on the row as well, such as whether the caller
//! wrote it, is a function below for tasks, roles, threads and messages, and stands in `rules.rs`
//! of its feature for the others: who may cancel an appointment is in
//! `features/appointments/rules.rs`. Which rows a member sees at all stands in
//! [`visibility`](super::visibility).

use crate::access::CircleScope;
use crate::entity::membership::Access;
use crate::entity::message;
use crate::entity::personal_token::{TokenScope, TokenScopes};
use crate::entity::role_assignment;
use crate::entity::task;
use crate::entity::task_assignment::{self, AssignmentState};
use crate::entity::thread::{self, ThreadKind};
use crate::entity::topic_grant::TopicLevel;
use crate::problem::Problem;

/// A right that a handler can ask for in its signature.
pub trait RequiredPermission: Send + Sync + 'static {
    const PERMISSION: Permission;
}

macro_rules! permissions {
    ($($(#[doc = $doc:literal])+ $name:ident: $words:literal, [$($access:ident)*] $(+ $patient:ident)?;)+) => {
        /// A right, as a value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Permission {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Permission {
            /// Every right.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// What it lets a member do, in words that follow "the right to".
            pub fn describe(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)+
                }
            }

            /// Whether a member has it; being the patient adds to the access level.
            pub fn is_given_to(self, access: Access, is_patient: bool) -> bool {
                match self {
                    $(Self::$name => {
                        [$(Access::$access,)*].contains(&access)
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
    /// See the circle and, topic by topic, what is in it.
    ViewCircle: "see this circle", [Coordinator Caregiver Helper Viewer] + patient;
    /// Change the circle itself.
    ManageCircle: "change this circle", [Coordinator];
    /// Have the whole circle erased, or keep it after all.
    EndCircle: "end this circle", [Coordinator] + patient;
    /// Change members and their access, suspend and reinstate them.
    ManageMembers: "manage the members of this circle", [Coordinator];
    /// Invite people and take invitations back.
    InvitePeople: "invite people", [Coordinator];
    /// Remove others from the circle, or suspend them.
    RemoveMembers: "remove or suspend members", [Coordinator] + patient;
    /// Say who sees which topic.
    GrantTopics: "say who sees what", [Coordinator] + patient;
    /// Suggest a task.
    ProposeTasks: "suggest tasks", [Coordinator Caregiver Helper] + patient;
    /// Create tasks, and change the member's own and those nobody holds.
    CreateTasks: "create and change tasks", [Coordinator Caregiver] + patient;
    /// Change any task.
    ChangeAnyTasks: "change any task", [Coordinator] + patient;
    /// Take tasks on, and complete those that the member holds.
    ClaimTasks: "take on tasks", [Coordinator Caregiver Helper] + patient;
    /// Schedule and change appointments.
    ScheduleAppointments: "schedule appointments", [Coordinator Caregiver] + patient;
    /// Take what an appointment needs of others.
    TakeNeeds: "take on needs", [Coordinator Caregiver Helper] + patient;
    /// Say whether the member comes to an appointment.
    AnswerAppointments: "answer to appointments", [Coordinator Caregiver Helper Viewer] + patient;
    /// Create, change, offer and retire roles.
    ArrangeRoles: "arrange roles", [Coordinator Caregiver] + patient;
    /// Carry a role: accept or decline it, and end the member's own part.
    CarryRoles: "carry this role", [Coordinator Caregiver Helper] + patient;
    /// Change and end what others carry, and take back what others offered.
    ManageRoles: "change what others carry", [Coordinator];
    /// Write in the threads that the member sees, and begin some.
    WriteMessages: "write messages", [Coordinator Caregiver Helper] + patient;
    /// See what was written about a topic before the member joined.
    ReadHistory: "read what was written before", [Coordinator Caregiver] + patient;
    /// Rename, archive and reopen the threads that the member sees, and delete what others
    /// wrote about a topic.
    ModerateThreads: "moderate threads", [Coordinator];
}

impl Permission {
    /// The refusal for a member who has not this right.
    pub fn refused(self) -> Problem {
        Problem::Forbidden(self.describe())
    }

    /// Whether a personal access token with these scopes carries the right. The rights over
    /// people and over the circle itself go with no token.
    pub fn goes_with(self, scopes: TokenScopes) -> bool {
        match self {
            Self::ViewCircle => true,
            Self::ProposeTasks | Self::CreateTasks | Self::ChangeAnyTasks | Self::ClaimTasks => {
                scopes.has(TokenScope::TasksWrite)
            }
            Self::ScheduleAppointments | Self::TakeNeeds | Self::AnswerAppointments => {
                scopes.has(TokenScope::AppointmentsWrite)
            }
            Self::ArrangeRoles | Self::CarryRoles | Self::ManageRoles => {
                scopes.has(TokenScope::RolesWrite)
            }
            Self::WriteMessages | Self::ModerateThreads => scopes.has(TokenScope::MessagesWrite),
            Self::ReadHistory => scopes.has(TokenScope::MessagesRead),
            Self::ManageCircle
            | Self::EndCircle
            | Self::ManageMembers
            | Self::InvitePeople
            | Self::RemoveMembers
            | Self::GrantTopics => false,
        }
    }
}

/// Whether a task may be changed: by those who may change any, by its author
/// while they may create, and by a caregiver while nobody else holds it. A
/// helper may change what they proposed, until it is approved.
pub fn may_change_task(
    scope: &CircleScope,
    task: &task::Model,
    assignments: &[task_assignment::Model],
) -> bool {
    let is_mine = task.created_by.is_some() && task.created_by == scope.member_id();
    if is_mine && task.state == task::TaskState::Proposed {
        return scope.may(Permission::ProposeTasks);
    }
    if scope.topics().level(task.topic) < TopicLevel::Write {
        return false;
    }
    let held_by_others = assignments.iter().any(|assignment| {
        assignment.state == AssignmentState::Accepted
            && Some(assignment.member_id) != scope.member_id()
    });
    scope.may(Permission::ChangeAnyTasks)
        || scope.may(Permission::CreateTasks) && (is_mine || !held_by_others)
}

/// Whether a task may be offered to others and suggestions approved.
pub fn may_arrange_task(scope: &CircleScope, task: &task::Model) -> bool {
    scope.may(Permission::CreateTasks) && scope.topics().level(task.topic) == TopicLevel::Write
}

/// Whether an offer of a role may be taken back or changed: by the member who made it,
/// or by a coordinator.
pub fn may_withdraw_role_offer(scope: &CircleScope, part: &role_assignment::Model) -> bool {
    let made_by_me = part.offered_by.is_some() && part.offered_by == scope.member_id();
    scope.may(Permission::ManageRoles) || scope.may(Permission::ArrangeRoles) && made_by_me
}

/// Whether somebody's part in a role may be ended: by themselves or by a coordinator.
pub fn may_end_role_part(scope: &CircleScope, part: &role_assignment::Model) -> bool {
    let is_mine = scope.is_member(part.member_id);
    scope.may(Permission::ManageRoles) || scope.may(Permission::CarryRoles) && is_mine
}

/// Whether what the patient keeps of a role may be revised.
pub fn may_revise_patient_part(scope: &CircleScope) -> bool {
    scope.is_patient() && scope.may(Permission::CarryRoles) || scope.may(Permission::ManageRoles)
}

/// Whether a thread that the caller sees may be renamed, archived and reopened: by its
/// author while they may write, and by coordinators.
pub fn may_manage_thread(scope: &CircleScope, thread: &thread::Model) -> bool {
    let is_mine = thread.created_by.is_some() && thread.created_by == scope.member_id();
    scope.may(Permission::ModerateThreads) || is_mine && scope.may(Permission::WriteMessages)
}

/// Whether a message may be edited: by its author only, while they may write.
pub fn may_edit_message(scope: &CircleScope, message: &message::Model) -> bool {
    let is_mine = message.created_by.is_some() && message.created_by == scope.member_id();
    is_mine && scope.may(Permission::WriteMessages)
}

/// Whether a message may be deleted: by its author always, and by coordinators
/// where the audience is a topic.
pub fn may_delete_message(
    scope: &CircleScope,
    thread: &thread::Model,
    message: &message::Model,
) -> bool {
    let is_mine = message.created_by.is_some() && message.created_by == scope.member_id();
    is_mine && scope.may_write(TokenScope::MessagesWrite)
        || thread.kind == ThreadKind::Topic && scope.may(Permission::ModerateThreads)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_rights_is_as_the_domain_has_it() {
        let mut table = String::new();
        for permission in Permission::ALL {
            let mut row: String = Access::ALL
                .iter()
                .map(|access| {
                    if permission.is_given_to(*access, false) {
                        '+'
                    } else {
                        '-'
                    }
                })
                .collect();
            row.push(if permission.is_given_to(Access::Viewer, true) {
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
        +---p EndCircle
        +---- ManageMembers
        +---- InvitePeople
        +---p RemoveMembers
        +---p GrantTopics
        +++-p ProposeTasks
        ++--p CreateTasks
        +---p ChangeAnyTasks
        +++-p ClaimTasks
        ++--p ScheduleAppointments
        +++-p TakeNeeds
        ++++p AnswerAppointments
        ++--p ArrangeRoles
        +++-p CarryRoles
        +---- ManageRoles
        +++-p WriteMessages
        ++--p ReadHistory
        +---- ModerateThreads
        ");
    }
}
