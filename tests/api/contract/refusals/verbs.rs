//! The verbs that every kind of member tries.

use serde_json::{Value, json};

use super::scene::Scene;

/// An operation on one thing.
pub struct Verb {
    pub name: &'static str,
    pub operation: &'static str,
    pub thing: Thing,
    pub body: fn(&Scene) -> Value,
    /// Who makes or holds the thing.
    pub owners: &'static [&'static str],
}

/// What a verb is tried on, and what it has to do with its owner.
#[derive(Clone, Copy)]
pub enum Thing {
    Nothing,
    TaskBy,
    /// Made by the owner, and claimed by another helper.
    HeldTaskBy,
    TaskClaimedBy,
    TaskOfferedTo,
    TaskCompletedBy,
    TaskCanceledBy,
    /// An item in the checklist of a task.
    ItemBy,
    Appointment,
    AgendaItem,
    Need,
    QuestionBy,
    Role,
    RoleOfferedTo,
    RoleOfferedBy,
    RoleCarriedBy,
    ThreadBy,
    MessageBy,
    DirectMessageBy,
    Member,
    Invitation,
    List,
}

const ALL: &[&str] = &["coordinator", "caregiver", "patient", "helper"];
const ONE: &[&str] = &["coordinator"];
const ARRANGERS: &[&str] = &["caregiver", "patient"];

const fn verb(operation: &'static str, thing: Thing, owners: &'static [&'static str]) -> Verb {
    Verb {
        name: operation,
        operation,
        thing,
        body: |_| json!({}),
        owners,
    }
}

impl Verb {
    const fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    const fn with(self, body: fn(&Scene) -> Value) -> Self {
        Self { body, ..self }
    }
}

fn title(_: &Scene) -> Value {
    json!({ "title": "Another" })
}

fn to_other_helper(scene: &Scene) -> Value {
    json!({ "member_id": scene.people["other helper"].member_id })
}

pub const VERBS: &[Verb] = &[
    verb("create_task", Thing::Nothing, ONE).with(title),
    verb("create_task_list", Thing::Nothing, ONE).with(title),
    verb("update_task_list", Thing::List, ONE).with(title),
    verb("update_task", Thing::TaskBy, ALL).with(title),
    verb("update_task", Thing::HeldTaskBy, ALL)
        .named("update a held task")
        .with(title),
    verb("approve_task", Thing::TaskBy, ALL),
    verb("cancel_task", Thing::TaskBy, ALL),
    verb("cancel_task", Thing::HeldTaskBy, ALL).named("cancel a held task"),
    verb("offer_task", Thing::TaskBy, ALL).with(to_other_helper),
    verb("claim_task", Thing::TaskBy, ONE),
    verb("accept_task", Thing::TaskOfferedTo, ALL),
    verb("decline_task", Thing::TaskOfferedTo, ALL),
    verb("release_task", Thing::TaskClaimedBy, ALL),
    verb("complete_task", Thing::TaskClaimedBy, ALL),
    verb("complete_task", Thing::TaskClaimedBy, ALL)
        .named("complete for everyone")
        .with(|_| json!({ "for_everyone": true })),
    verb("reopen_task", Thing::TaskCompletedBy, ALL),
    verb("reinstate_task", Thing::TaskCanceledBy, ALL),
    verb("create_checklist_item", Thing::TaskBy, ALL).with(title),
    verb("update_checklist_item", Thing::ItemBy, ALL).with(title),
    verb("check_checklist_item", Thing::ItemBy, ALL),
    verb("delete_checklist_item", Thing::ItemBy, ALL),
    verb("create_task_comment", Thing::TaskBy, ONE).with(|_| json!({ "body": "Yes" })),
    verb("create_appointment_comment", Thing::Appointment, ONE).with(|_| json!({ "body": "Yes" })),
    verb("create_appointment", Thing::Nothing, ONE)
        .with(|_| json!({ "title": "Walk", "topic": "daily", "starts_on": "2027-01-02" })),
    verb("update_appointment", Thing::Appointment, ONE).with(title),
    verb("reschedule_appointment", Thing::Appointment, ONE)
        .with(|_| json!({ "starts_on": "2027-01-03" })),
    verb("confirm_appointment", Thing::Appointment, ONE),
    verb("cancel_appointment", Thing::Appointment, ONE),
    verb("reinstate_appointment", Thing::Appointment, ONE),
    verb("complete_appointment", Thing::Appointment, ONE),
    verb("mark_appointment_missed", Thing::Appointment, ONE),
    verb("create_need", Thing::Appointment, ONE).with(|_| json!({ "kind": "driver" })),
    verb("update_need", Thing::Need, ONE).with(|_| json!({ "notes": "There" })),
    verb("offer_need", Thing::Need, ONE).with(to_other_helper),
    verb("claim_need", Thing::Need, ONE),
    verb("decline_need", Thing::Need, ONE),
    verb("release_need", Thing::Need, ONE),
    verb("cancel_need", Thing::Need, ONE),
    verb("create_meeting_agenda_item", Thing::Appointment, ONE).with(title),
    verb("update_meeting_agenda_item", Thing::AgendaItem, ONE).with(title),
    verb("discuss_meeting_agenda_item", Thing::AgendaItem, ONE),
    verb("create_question", Thing::Nothing, ONE)
        .with(|_| json!({ "text": "What now?", "topic": "daily" })),
    verb("update_question", Thing::QuestionBy, ALL).with(|_| json!({ "text": "Another" })),
    verb("answer_question", Thing::QuestionBy, ALL).with(|_| json!({ "answer": "Yes" })),
    verb("delete_question", Thing::QuestionBy, ALL),
    verb("create_role", Thing::Nothing, ONE)
        .with(|_| json!({ "kind": "custom", "title": "Walks" })),
    verb("update_role", Thing::Role, ONE).with(title),
    verb("offer_role", Thing::Role, ONE).with(to_other_helper),
    verb("claim_role", Thing::Role, ONE),
    verb("archive_role", Thing::Role, ONE),
    verb("unarchive_role", Thing::Role, ONE),
    verb("accept_role_assignment", Thing::RoleOfferedTo, ALL),
    verb("decline_role_assignment", Thing::RoleOfferedTo, ALL),
    verb("withdraw_role_assignment", Thing::RoleOfferedBy, ARRANGERS),
    verb("update_role_assignment", Thing::RoleOfferedBy, ARRANGERS)
        .named("change the last day of an offer")
        .with(|_| json!({ "ends_on": "2027-05-01" })),
    verb("release_role_assignment", Thing::RoleCarriedBy, ALL),
    verb("update_role_assignment", Thing::RoleCarriedBy, ALL)
        .named("change the last day of a role")
        .with(|_| json!({ "ends_on": "2027-05-01" })),
    verb("update_role_assignment", Thing::RoleCarriedBy, ONE)
        .named("change what the patient keeps")
        .with(|_| json!({ "patient_part": "ask_later" })),
    verb("create_thread", Thing::Nothing, ONE)
        .with(|_| json!({ "title": "Walks", "topic": "daily" })),
    verb("update_thread", Thing::ThreadBy, ALL).with(title),
    verb("archive_thread", Thing::ThreadBy, ALL),
    verb("unarchive_thread", Thing::ThreadBy, ALL),
    verb("create_message", Thing::ThreadBy, ONE).with(|_| json!({ "body": "Yes" })),
    verb("update_message", Thing::MessageBy, ALL).with(|_| json!({ "body": "No" })),
    verb("delete_message", Thing::MessageBy, ALL),
    verb("delete_message", Thing::DirectMessageBy, ALL).named("delete a direct message"),
    verb("update_member", Thing::Member, ONE)
        .named("change the access level")
        .with(|_| json!({ "access": "viewer" })),
    verb("update_member", Thing::Member, ONE)
        .named("change the name")
        .with(|_| json!({ "name": "Vic" })),
    verb("update_member", Thing::Member, ONE)
        .named("change the relationship")
        .with(|_| json!({ "relationship": "neighbor" })),
    verb("update_member_topics", Thing::Member, ONE).with(|_| json!({ "daily": "read" })),
    verb("suspend_member", Thing::Member, ONE),
    verb("reinstate_member", Thing::Member, ONE),
    verb("create_invitation", Thing::Nothing, ONE)
        .with(|_| json!({ "email": "guest@test.example", "access": "viewer" })),
    verb("list_invitations", Thing::Nothing, ONE),
    verb("resend_invitation", Thing::Invitation, ONE),
    verb("withdraw_invitation", Thing::Invitation, ONE),
    verb("update_circle", Thing::Nothing, ONE).with(|_| json!({ "name": "Rosa" })),
];
