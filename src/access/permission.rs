//! The table of who may do what. What depends on the row as well, such as whether the caller wrote
//! it, is in `row_rights.rs` for tasks, series, questions, roles, threads and messages. For the
//! others it is in `rules.rs` of the feature: who may cancel an appointment is in
//! `features/appointments/rules.rs`. Which rows a member sees at all is in
//! [`visibility`](super::visibility).

use std::marker::PhantomData;

use crate::access::CircleScope;
use crate::entity::circle::CircleState;
use crate::entity::membership::AccessLevel;
use crate::entity::personal_access_token::{TokenScope, TokenScopes};
use crate::problem::{Conflict, Problem, ProblemCode};

/// A permission that a handler can ask for in its signature.
pub trait RequiredPermission: Send + Sync + 'static {
    const PERMISSION: Permission;
    /// Whether the door lets in who is the contact of a member without an account, and has no such
    /// permission.
    const ALSO_CONTACTS: bool = false;
}

/// The permission `P` of the caller, or of the member without an account for whom they act. The door
/// lets contacts in as well. The handler says with [`act_for`](super::CircleWrite::act_for) for whom
/// they act, and the table of verbs then asks for the permission of that member, or of the caller if
/// they act for themselves.
#[derive(Clone, Copy, Debug)]
pub struct OrOfMember<P>(PhantomData<P>);

impl<P: RequiredPermission> RequiredPermission for OrOfMember<P> {
    const PERMISSION: Permission = P::PERMISSION;
    const ALSO_CONTACTS: bool = true;
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
                        let levels: &[AccessLevel] = &[$(AccessLevel::$access,)*];
                        levels.contains(&access)
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
    /// Propose people to invite.
    ProposePeople: [Coordinator Caregiver] + patient;
    /// Remove others from the circle, or suspend them.
    RemoveMembers: [Coordinator] + patient;
    /// Set what each member can see.
    SetTopics: [Coordinator] + patient;
    /// Forbid that emails say what they are about, or allow it again.
    ForbidEmailDetails: [] + patient;
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
    /// Hand over what the member has claimed or carries, and take over what others hand over.
    HandOver: [Coordinator Caregiver Helper] + patient;
    /// Give what somebody hands over to another member.
    PlaceHandovers: [Coordinator];
    /// Say when the member is away.
    BeAway: [Coordinator Caregiver Helper Viewer] + patient;
    /// Say when others are away.
    ManageAbsences: [Coordinator];
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
            // A handover can be of a task, a need or a role.
            Self::HandOver | Self::PlaceHandovers => [
                TokenScope::TasksWrite,
                TokenScope::AppointmentsWrite,
                TokenScope::RolesWrite,
            ]
            .into_iter()
            .all(|scope| scopes.has(scope)),
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
            | Self::ProposePeople
            | Self::RemoveMembers
            | Self::SetTopics
            | Self::ForbidEmailDetails
            | Self::BeAway
            | Self::ManageAbsences => false,
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
        matches!(self, Self::SetTopics | Self::ForbidEmailDetails)
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
            | Self::ForbidEmailDetails
            | Self::RequestSuccession
            | Self::EndProxy
            | Self::WriteMessages
            | Self::ReadHistory
            | Self::ModerateThreads => state != CircleState::Archived,
            Self::InvitePeople
            | Self::ProposePeople
            | Self::NameProxy
            | Self::AddQuestions
            | Self::HandOver
            | Self::PlaceHandovers
            | Self::BeAway
            | Self::ManageAbsences
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
        ++--p ProposePeople
        +---p RemoveMembers
        +---p SetTopics
        ----p ForbidEmailDetails
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
        +++-p HandOver
        +---- PlaceHandovers
        ++++p BeAway
        +---- ManageAbsences
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
        ++-- ProposePeople
        +++- RemoveMembers
        +++- SetTopics
        +++- ForbidEmailDetails
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
        ++-- HandOver
        ++-- PlaceHandovers
        ++-- BeAway
        ++-- ManageAbsences
        +++- WriteMessages
        +++- ReadHistory
        +++- ModerateThreads
        ");
    }
}
