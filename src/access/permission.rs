//! The table of who may do what. What depends on the row as well, such as whether the caller
//! wrote it, is a function below for tasks, questions, roles, threads and messages. For the others
//! it is in `rules.rs` of the feature: who may cancel an appointment is in
//! `features/appointments/rules.rs`. Which rows a member sees at all is in
//! [`visibility`](super::visibility).

use crate::access::{CircleScope, Refusal};
use crate::entity::circle::CircleState;
use crate::entity::membership::AccessLevel;
use crate::entity::message;
use crate::entity::personal_access_token::{TokenScope, TokenScopes};
use crate::entity::question;
use crate::entity::role_assignment;
use crate::entity::task;
use crate::entity::task_assignment::{self, TaskAssignmentState};
use crate::entity::task_series;
use crate::entity::task_series_member::{self, SeriesMemberState};
use crate::entity::thread::{self, ThreadKind};
use crate::problem::{Conflict, Problem, ProblemCode};

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
    /// See what still needs somebody, and who was asked.
    ViewGaps: [Coordinator Caregiver Helper] + patient;
    /// See what the other members have claimed and done. The patient sees only their own line.
    ViewWorkloads: [Coordinator Caregiver];
    /// Leave the circle, mark threads as read and choose emails: what concerns the member alone.
    ManageOwnMembership: [Coordinator Caregiver Helper Viewer] + patient;
    /// Change the circle itself.
    ManageCircle: [Coordinator];
    /// Pause the circle, keep it in memory of the patient, archive it, and take this back.
    ChangeCircleState: [Coordinator] + patient;
    /// Ask that another member becomes coordinator, object to that, or take it back.
    RequestSuccession: [Coordinator Caregiver] + patient;
    /// Say who decides for the patient when the patient cannot.
    NameProxy: [Coordinator] + patient;
    /// Give back the right to decide for the patient.
    EndProxy: [Coordinator Caregiver Helper Viewer] + patient;
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
    /// Add questions for the care team, and say what became of them.
    AddQuestions: [Coordinator Caregiver Helper] + patient;
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
            Self::ViewCircle | Self::ManageOwnMembership | Self::ViewGaps | Self::ViewWorkloads => {
                true
            }
            Self::SuggestTasks | Self::CreateTasks | Self::ChangeAnyTasks | Self::ClaimTasks => {
                scopes.has(TokenScope::TasksWrite)
            }
            Self::ScheduleAppointments
            | Self::ClaimNeeds
            | Self::RespondToAppointments
            | Self::AddQuestions => scopes.has(TokenScope::AppointmentsWrite),
            Self::ArrangeRoles | Self::CarryRoles | Self::ManageRoles => {
                scopes.has(TokenScope::RolesWrite)
            }
            Self::WriteMessages | Self::ModerateThreads => scopes.has(TokenScope::MessagesWrite),
            Self::ReadHistory => scopes.has(TokenScope::MessagesRead),
            Self::ManageCircle
            | Self::ChangeCircleState
            | Self::RequestSuccession
            | Self::NameProxy
            | Self::EndProxy
            | Self::DeleteCircle
            | Self::ManageMembers
            | Self::InvitePeople
            | Self::RemoveMembers
            | Self::SetTopics => false,
        }
    }
}

/// Whether the caller sees what the other members have claimed and done. The patient does not, even
/// if they coordinate: nobody should have to read how much they ask of others. Each member sees
/// their own line.
pub fn may_view_workloads(scope: &CircleScope) -> bool {
    scope.may(Permission::ViewWorkloads) && !scope.is_patient()
}

impl Permission {
    /// Whether an active proxy has it like the patient, whatever their access level is.
    pub fn is_given_to_proxies(self) -> bool {
        self == Self::SetTopics
    }

    /// Whether something can be written with it in a circle in this state. A circle in memory plans
    /// nothing any more, and an archived circle can only be read. People can always go, and end it.
    pub fn works_in(self, state: CircleState) -> bool {
        match self {
            Self::ManageOwnMembership
            | Self::ChangeCircleState
            | Self::DeleteCircle
            | Self::ViewGaps
            | Self::ViewWorkloads => true,
            Self::ViewCircle
            | Self::ManageCircle
            | Self::ManageMembers
            | Self::RemoveMembers
            | Self::SetTopics
            | Self::RequestSuccession
            | Self::EndProxy
            | Self::WriteMessages
            | Self::ReadHistory
            | Self::ModerateThreads => state != CircleState::Archived,
            Self::InvitePeople
            | Self::NameProxy
            | Self::AddQuestions
            | Self::SuggestTasks
            | Self::CreateTasks
            | Self::ChangeAnyTasks
            | Self::ClaimTasks
            | Self::ScheduleAppointments
            | Self::ClaimNeeds
            | Self::RespondToAppointments
            | Self::ArrangeRoles
            | Self::CarryRoles
            | Self::ManageRoles => {
                matches!(state, CircleState::Active | CircleState::Paused)
            }
        }
    }

    /// Refuses to write with it in a circle in this state.
    pub fn check_state(self, state: CircleState) -> Result<(), Problem> {
        if self.works_in(state) {
            return Ok(());
        }
        Err(refusal_of(state))
    }
}

/// The refusal of what a circle in this state does not allow.
pub(super) fn refusal_of(state: CircleState) -> Problem {
    let (code, detail) = if state == CircleState::Archived {
        let detail =
            "This circle is archived and can only be read. A coordinator can unarchive it.";
        (ProblemCode::CircleArchived, detail)
    } else {
        let detail = "This circle is kept in memory of the patient. Nothing new is planned in it, \
            and nobody can change that. You can still write messages.";
        (ProblemCode::CircleInMemory, detail)
    };
    let conflict = Conflict {
        state: Some(state.as_str()),
        ..Conflict::of(code, detail)
    };
    conflict.into()
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
/// while they may write messages, and coordinators.
pub fn may_manage_thread(scope: &CircleScope, thread: &thread::Model) -> Result<(), Refusal> {
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

/// Whether the caller may delete a message: its author always may, and in a thread about a topic
/// coordinators.
pub fn may_delete_message(
    scope: &CircleScope,
    thread: &thread::Model,
    message: &message::Model,
) -> Result<(), Refusal> {
    let is_mine = scope.is_author(message.created_by_member_id);
    if is_mine && scope.may_write(TokenScope::MessagesWrite) {
        return scope.check(Permission::ViewCircle);
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
        +++-p ViewGaps
        ++--- ViewWorkloads
        ++++p ManageOwnMembership
        +---- ManageCircle
        +---p ChangeCircleState
        ++--p RequestSuccession
        +---p NameProxy
        ++++p EndProxy
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
        +++-p AddQuestions
        ++--p ArrangeRoles
        +++-p CarryRoles
        +---- ManageRoles
        +++-p WriteMessages
        ++--p ReadHistory
        +---- ModerateThreads
        ");
    }
    #[test]
    fn what_can_be_written_in_which_state_of_the_circle_is_one_table() {
        let mut table = String::new();
        for permission in Permission::ALL {
            let mark = |state: &CircleState| {
                if permission.works_in(*state) {
                    '+'
                } else {
                    '-'
                }
            };
            table.extend(CircleState::ALL.iter().map(mark));
            let name = format!("{permission:?}");
            table.extend([" ", &name, "\n"]);
        }
        // The states: active, paused, in memory, archived.
        insta::assert_snapshot!(table, @r"
        +++- ViewCircle
        ++++ ViewGaps
        ++++ ViewWorkloads
        ++++ ManageOwnMembership
        +++- ManageCircle
        ++++ ChangeCircleState
        +++- RequestSuccession
        ++-- NameProxy
        +++- EndProxy
        ++++ DeleteCircle
        +++- ManageMembers
        ++-- InvitePeople
        +++- RemoveMembers
        +++- SetTopics
        ++-- SuggestTasks
        ++-- CreateTasks
        ++-- ChangeAnyTasks
        ++-- ClaimTasks
        ++-- ScheduleAppointments
        ++-- ClaimNeeds
        ++-- RespondToAppointments
        ++-- AddQuestions
        ++-- ArrangeRoles
        ++-- CarryRoles
        ++-- ManageRoles
        +++- WriteMessages
        +++- ReadHistory
        +++- ModerateThreads
        ");
    }
}
