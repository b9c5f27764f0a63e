//! The table of who may do what. What depends on the row as well, such as whether the caller
//! wrote it, is a function below for tasks, roles, threads and messages. For the others it is in
//! `rules.rs` of the feature: who may cancel an appointment is in
//! `features/appointments/rules.rs`. Which rows a member sees at all is in
//! [`visibility`](super::visibility).

use crate::access::CircleScope;
use crate::entity::membership::AccessLevel;
use crate::entity::message;
use crate::entity::personal_access_token::{TokenScope, TokenScopes};
use crate::entity::role_assignment;
use crate::entity::task;
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::thread::{self, ThreadKind};
use crate::entity::topic_grant::TopicLevel;
use crate::problem::Problem;

/// A permission that a handler can ask for in its signature.
pub trait RequiredPermission: Send + Sync + 'static {
    const PERMISSION: Permission;
}

macro_rules! permissions {
    ($($(#[doc = $doc:literal])+ $name:ident: $words:literal, [$($access:ident)*] $(+ $patient:ident)?;)+) => {
        /// A permission, as a value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Permission {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Who has it: the sentence that a member without it is told.
            pub fn describe(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)+
                }
            }

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
    ViewCircle: "Sign in as a member of this circle to do this.",
        [Coordinator Caregiver Helper Viewer] + patient;
    /// Change the circle itself.
    ManageCircle: "Only coordinators can change this circle.",
        [Coordinator];
    /// Schedule the deletion of the circle, or cancel it.
    DeleteCircle: "Only coordinators and the patient can delete this circle. Only the patient can cancel a deletion that the patient asked for.",
        [Coordinator] + patient;
    /// Change members and their access, suspend and reinstate them.
    ManageMembers: "Only coordinators can change other members, and only the members themselves can change their name and phone number.",
        [Coordinator];
    /// Invite people and withdraw invitations.
    InvitePeople: "Only coordinators can invite people and see invitations.",
        [Coordinator];
    /// Remove others from the circle, or suspend them.
    RemoveMembers: "Only coordinators and the patient can suspend and remove members.",
        [Coordinator] + patient;
    /// Set what each member can see.
    SetTopics: "Only coordinators and the patient can set what a member can see.",
        [Coordinator] + patient;
    /// Suggest a task.
    SuggestTasks: "Only coordinators, caregivers, helpers and the patient can suggest tasks.",
        [Coordinator Caregiver Helper] + patient;
    /// Create tasks. Change tasks that the member created or that nobody else has claimed.
    CreateTasks: "Only coordinators, caregivers and the patient can create and change tasks.",
        [Coordinator Caregiver] + patient;
    /// Change any task.
    ChangeAnyTasks: "Only coordinators and the patient can do this with every task whose topic they can write. Caregivers can do less, and only with tasks that they created or that nobody else has claimed.",
        [Coordinator] + patient;
    /// Claim tasks, and complete the tasks that the member claimed.
    ClaimTasks: "Only coordinators, caregivers, helpers and the patient can claim tasks.",
        [Coordinator Caregiver Helper] + patient;
    /// Create and change appointments.
    ScheduleAppointments: "Only coordinators, caregivers and the patient can change appointments and their needs, and only if they can write the topic.",
        [Coordinator Caregiver] + patient;
    /// Claim the needs of appointments.
    ClaimNeeds: "Only coordinators, caregivers, helpers and the patient can claim needs.",
        [Coordinator Caregiver Helper] + patient;
    /// Say whether the member comes to an appointment.
    RespondToAppointments: "Only members of this circle can respond to appointments.",
        [Coordinator Caregiver Helper Viewer] + patient;
    /// Create, change, offer and archive roles.
    ArrangeRoles: "Only coordinators, caregivers and the patient can create, change, offer, claim and archive roles.",
        [Coordinator Caregiver] + patient;
    /// Carry a role: accept, decline and release it.
    CarryRoles: "Only coordinators, caregivers, helpers and the patient can carry roles. Only the member to whom a role was offered can accept or decline it.",
        [Coordinator Caregiver Helper] + patient;
    /// Change and release the role assignments of others, and withdraw the offers of others.
    ManageRoles: "Only coordinators can change every role assignment. Others can change the offers that they made, and a part of their own assignments.",
        [Coordinator];
    /// Start threads, and send messages to the threads that the member sees.
    WriteMessages: "Only coordinators, caregivers, helpers and the patient can write messages.",
        [Coordinator Caregiver Helper] + patient;
    /// Read messages about a topic that were sent before the member joined.
    ReadHistory: "Only coordinators, caregivers and the patient can read messages from before they joined.",
        [Coordinator Caregiver] + patient;
    /// Rename, archive and unarchive the threads that the member sees, and delete messages of
    /// others about a topic.
    ModerateThreads: "Only the author and coordinators can do this. In a direct thread only the author can delete a message.",
        [Coordinator];
}

impl Permission {
    /// The refusal for a member who does not have this permission.
    pub fn refused(self) -> Problem {
        Problem::Forbidden(self.describe())
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
) -> bool {
    let is_mine =
        task.created_by_member_id.is_some() && task.created_by_member_id == scope.member_id();
    if is_mine && task.state == task::TaskState::Proposed {
        return scope.may(Permission::SuggestTasks);
    }
    if scope.topics().level(task.topic) < TopicLevel::Write {
        return false;
    }
    let held_by_others = assignments.iter().any(|assignment| {
        assignment.state == TaskAssignmentState::Accepted
            && Some(assignment.member_id) != scope.member_id()
    });
    scope.may(Permission::ChangeAnyTasks)
        || scope.may(Permission::CreateTasks) && (is_mine || !held_by_others)
}

/// Whether the caller may offer a task to others, and approve it if it is a suggestion.
pub fn may_arrange_task(scope: &CircleScope, task: &task::Model) -> bool {
    scope.may(Permission::CreateTasks) && scope.topics().level(task.topic) == TopicLevel::Write
}

/// Whether the caller may withdraw or change an offer of a role: the member who made it may, and
/// coordinators.
pub fn may_withdraw_role_offer(scope: &CircleScope, part: &role_assignment::Model) -> bool {
    let made_by_me =
        part.offered_by_member_id.is_some() && part.offered_by_member_id == scope.member_id();
    scope.may(Permission::ManageRoles) || scope.may(Permission::ArrangeRoles) && made_by_me
}

/// Whether the caller may release a role assignment: the member who carries the role may, and
/// coordinators.
pub fn may_end_role_part(scope: &CircleScope, part: &role_assignment::Model) -> bool {
    let is_mine = scope.is_member(part.member_id);
    scope.may(Permission::ManageRoles) || scope.may(Permission::CarryRoles) && is_mine
}

/// Whether the caller may change the part that the patient keeps of a role.
pub fn may_revise_patient_part(scope: &CircleScope) -> bool {
    scope.is_patient() && scope.may(Permission::CarryRoles) || scope.may(Permission::ManageRoles)
}

/// Whether the caller may rename, archive and unarchive a thread that they see: its author may,
/// while they may write messages, and coordinators.
pub fn may_manage_thread(scope: &CircleScope, thread: &thread::Model) -> bool {
    let is_mine =
        thread.created_by_member_id.is_some() && thread.created_by_member_id == scope.member_id();
    scope.may(Permission::ModerateThreads) || is_mine && scope.may(Permission::WriteMessages)
}

/// Whether the caller may edit a message: only its author may, while they may write messages.
pub fn may_edit_message(scope: &CircleScope, message: &message::Model) -> bool {
    let is_mine =
        message.created_by_member_id.is_some() && message.created_by_member_id == scope.member_id();
    is_mine && scope.may(Permission::WriteMessages)
}

/// Whether the caller may delete a message: its author always may, and in a thread about a topic
/// coordinators.
pub fn may_delete_message(
    scope: &CircleScope,
    thread: &thread::Model,
    message: &message::Model,
) -> bool {
    let is_mine =
        message.created_by_member_id.is_some() && message.created_by_member_id == scope.member_id();
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
