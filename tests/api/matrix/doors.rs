//! The declared table of doors: what each operation asks of its caller.

use kith::access::Permission;
use serde_json::{Value, json};
use uuid::Uuid;

/// What it takes to get through.
#[derive(Clone, Copy, Debug)]
pub enum Door {
    /// Nothing.
    Open,
    /// An account.
    SignedIn,
    /// A right in the circle.
    Circle(Permission),
}

use Door::{Circle, Open, SignedIn};
use Permission::*;

/// The declared table: each operation, its door, and a body that would pass.
/// `null` is no body; a body that is refused keeps the callers where they are.
#[expect(clippy::too_many_lines, reason = "a table, one entry an operation")]
pub fn table() -> Vec<(&'static str, Door, Value)> {
    let refused = json!({ "no_such_member": true });
    let none = Value::Null;
    vec![
        ("read_key_set", Open, none.clone()),
        ("register", Open, refused.clone()),
        ("confirm_registration", Open, json!({ "code": "000000" })),
        ("resend_registration", Open, none.clone()),
        ("request_password_reset", Open, refused.clone()),
        (
            "confirm_password_reset",
            Open,
            json!({ "token": "none", "password": "correct horse battery staple" }),
        ),
        ("sign_in", Open, refused.clone()),
        ("refresh_session", Open, refused.clone()),
        (
            "complete_sign_in",
            Open,
            json!({ "ticket": "none", "code": "000000" }),
        ),
        ("request_sign_in_code", Open, refused.clone()),
        ("confirm_sign_in_code", Open, json!({ "code": "000000" })),
        ("confirm_email_change", Open, json!({ "token": "none" })),
        ("undo_email_change", Open, json!({ "token": "none" })),
        ("request_email_change", SignedIn, refused.clone()),
        ("read_factors", SignedIn, none.clone()),
        ("enroll_totp", SignedIn, none.clone()),
        ("confirm_totp", SignedIn, refused.clone()),
        ("remove_totp", SignedIn, refused.clone()),
        ("renew_recovery_codes", SignedIn, refused.clone()),
        ("describe_invitation", Open, json!({ "token": "none" })),
        ("register_with_invitation", Open, refused.clone()),
        ("read_server", Open, none.clone()),
        ("sign_out", SignedIn, none.clone()),
        ("read_profile", SignedIn, none.clone()),
        ("change_password", SignedIn, refused.clone()),
        ("export_account", SignedIn, none.clone()),
        ("export_calendar", SignedIn, none.clone()),
        ("delete_account", SignedIn, none.clone()),
        ("keep_account", SignedIn, none.clone()),
        ("list_sessions", SignedIn, none.clone()),
        ("revoke_session", SignedIn, none.clone()),
        ("update_session", SignedIn, json!({})),
        ("list_account_events", SignedIn, none.clone()),
        ("reauthenticate", SignedIn, refused.clone()),
        ("revoke_other_sessions", SignedIn, none.clone()),
        ("create_personal_token", SignedIn, refused.clone()),
        ("list_personal_tokens", SignedIn, none.clone()),
        ("revoke_personal_token", SignedIn, none.clone()),
        ("update_profile", SignedIn, json!({})),
        ("create_circle", SignedIn, refused.clone()),
        ("accept_invitation", SignedIn, json!({ "token": "none" })),
        ("list_my_circles", SignedIn, none.clone()),
        ("read_agenda", SignedIn, none.clone()),
        ("read_summary", SignedIn, none.clone()),
        ("read_circle", Circle(ViewCircle), none.clone()),
        (
            "update_circle",
            Circle(ManageCircle),
            json!({ "name": "Rosa" }),
        ),
        ("delete_circle", Circle(EndCircle), none.clone()),
        ("keep_circle", Circle(EndCircle), none.clone()),
        ("read_log", Circle(ViewCircle), none.clone()),
        ("list_members", Circle(ViewCircle), none.clone()),
        ("read_member", Circle(ViewCircle), none.clone()),
        ("update_member", Circle(ViewCircle), json!({})),
        ("grant_topics", Circle(GrantTopics), json!({})),
        ("suspend_member", Circle(RemoveMembers), json!({})),
        ("reinstate_member", Circle(ManageMembers), none.clone()),
        ("remove_member", Circle(RemoveMembers), json!({})),
        ("leave_circle", Circle(ViewCircle), refused.clone()),
        (
            "read_notification_preferences",
            Circle(ViewCircle),
            none.clone(),
        ),
        (
            "update_notification_preferences",
            Circle(ViewCircle),
            json!({ "reminders": "now" }),
        ),
        ("invite", Circle(InvitePeople), refused.clone()),
        ("list_invitations", Circle(InvitePeople), none.clone()),
        ("resend_invitation", Circle(InvitePeople), none.clone()),
        ("withdraw_invitation", Circle(InvitePeople), none.clone()),
        ("create_role", Circle(ArrangeRoles), refused.clone()),
        ("list_roles", Circle(ViewCircle), none.clone()),
        ("read_role", Circle(ViewCircle), none.clone()),
        (
            "update_role",
            Circle(ArrangeRoles),
            json!({ "title": "Another" }),
        ),
        (
            "offer_role",
            Circle(ArrangeRoles),
            json!({ "member_id": Uuid::nil() }),
        ),
        ("take_role", Circle(ArrangeRoles), none.clone()),
        ("retire_role", Circle(ArrangeRoles), none.clone()),
        ("revive_role", Circle(ArrangeRoles), none.clone()),
        ("read_role_timeline", Circle(ViewCircle), none.clone()),
        ("read_role_assignment", Circle(ViewCircle), none.clone()),
        (
            "update_role_assignment",
            Circle(CarryRoles),
            json!({ "ends_on": null }),
        ),
        ("accept_role", Circle(CarryRoles), none.clone()),
        ("decline_role", Circle(CarryRoles), none.clone()),
        ("withdraw_role_offer", Circle(ArrangeRoles), none.clone()),
        ("end_role_assignment", Circle(CarryRoles), none.clone()),
        ("create_task_list", Circle(CreateTasks), refused.clone()),
        ("list_task_lists", Circle(ViewCircle), none.clone()),
        ("read_task_list", Circle(ViewCircle), none.clone()),
        (
            "update_task_list",
            Circle(CreateTasks),
            json!({ "position": 1 }),
        ),
        ("delete_task_list", Circle(CreateTasks), none.clone()),
        ("create_task", Circle(ProposeTasks), refused.clone()),
        ("list_tasks", Circle(ViewCircle), none.clone()),
        ("read_task", Circle(ViewCircle), none.clone()),
        (
            "update_task",
            Circle(ProposeTasks),
            json!({ "title": "Another" }),
        ),
        ("approve_task", Circle(CreateTasks), none.clone()),
        ("claim_task", Circle(ClaimTasks), none.clone()),
        (
            "offer_task",
            Circle(CreateTasks),
            json!({ "member_id": Uuid::nil() }),
        ),
        ("accept_task", Circle(ClaimTasks), none.clone()),
        ("decline_task", Circle(ClaimTasks), none.clone()),
        ("withdraw_from_task", Circle(ClaimTasks), none.clone()),
        ("complete_task", Circle(ClaimTasks), none.clone()),
        ("reopen_task", Circle(ClaimTasks), none.clone()),
        ("cancel_task", Circle(ProposeTasks), none.clone()),
        ("list_task_reminders", Circle(ViewCircle), none.clone()),
        (
            "schedule_appointment",
            Circle(ScheduleAppointments),
            refused.clone(),
        ),
        ("list_appointments", Circle(ViewCircle), none.clone()),
        ("read_appointment", Circle(ViewCircle), none.clone()),
        (
            "update_appointment",
            Circle(ScheduleAppointments),
            json!({ "title": "Another" }),
        ),
        (
            "reschedule_appointment",
            Circle(ScheduleAppointments),
            json!({ "starts_on": "2027-02-01" }),
        ),
        (
            "confirm_appointment",
            Circle(ScheduleAppointments),
            none.clone(),
        ),
        (
            "cancel_appointment",
            Circle(ScheduleAppointments),
            none.clone(),
        ),
        (
            "reinstate_appointment",
            Circle(ScheduleAppointments),
            none.clone(),
        ),
        (
            "complete_appointment",
            Circle(ScheduleAppointments),
            none.clone(),
        ),
        (
            "mark_appointment_missed",
            Circle(ScheduleAppointments),
            none.clone(),
        ),
        (
            "invite_to_appointment",
            Circle(ScheduleAppointments),
            json!({ "member_ids": [Uuid::nil()] }),
        ),
        (
            "uninvite_from_appointment",
            Circle(ScheduleAppointments),
            json!({ "member_ids": [Uuid::nil()] }),
        ),
        (
            "answer_appointment",
            Circle(AnswerInvitations),
            json!({ "answer": "accepted" }),
        ),
        (
            "list_appointment_reminders",
            Circle(ViewCircle),
            none.clone(),
        ),
        (
            "add_need",
            Circle(ScheduleAppointments),
            json!({ "kind": "driver" }),
        ),
        ("list_needs", Circle(ViewCircle), none.clone()),
        ("read_need", Circle(ViewCircle), none.clone()),
        (
            "update_need",
            Circle(ScheduleAppointments),
            json!({ "pick_up": "There" }),
        ),
        ("cancel_need", Circle(ScheduleAppointments), none.clone()),
        (
            "offer_need",
            Circle(ScheduleAppointments),
            json!({ "member_id": Uuid::nil() }),
        ),
        ("take_need", Circle(TakeNeeds), none.clone()),
        ("decline_need", Circle(TakeNeeds), none.clone()),
        ("withdraw_from_need", Circle(TakeNeeds), none.clone()),
        ("create_thread", Circle(WriteMessages), refused.clone()),
        ("list_threads", Circle(ViewCircle), none.clone()),
        ("read_thread", Circle(ViewCircle), none.clone()),
        (
            "update_thread",
            Circle(WriteMessages),
            json!({ "title": "Another" }),
        ),
        ("archive_thread", Circle(WriteMessages), none.clone()),
        ("reopen_thread", Circle(WriteMessages), none.clone()),
        (
            "mark_thread_read",
            Circle(ViewCircle),
            json!({ "up_to": Uuid::nil() }),
        ),
        (
            "write_message",
            Circle(WriteMessages),
            json!({ "body": "Good morning" }),
        ),
        ("list_messages", Circle(ViewCircle), none.clone()),
        ("read_message", Circle(ViewCircle), none.clone()),
        (
            "update_message",
            Circle(WriteMessages),
            json!({ "body": "Good evening" }),
        ),
        ("list_message_history", Circle(ViewCircle), none.clone()),
        ("delete_message", Circle(ViewCircle), none),
    ]
}
