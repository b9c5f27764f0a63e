//! Which answers are compressed.

/// The reads whose answers are compressed: what circles share, and the caller's own lists. An
/// operation that is not in this list never is. One whose answer holds a secret of Kith (a token,
/// a code, a link of an email) must not be in it: see [`crate::http::compression`].
pub const COMPRESSED: &[&str] = &[
    "get_account",
    "get_appointment",
    "get_circle",
    "get_need",
    "get_role",
    "get_server",
    "get_summary",
    "get_task",
    "get_thread",
    "list_activity",
    "list_agenda_items",
    "list_appointments",
    "list_members",
    "list_message_revisions",
    "list_messages",
    "list_my_circles",
    "list_needs",
    "list_role_assignments",
    "list_roles",
    "list_task_lists",
    "list_tasks",
    "list_threads",
];
