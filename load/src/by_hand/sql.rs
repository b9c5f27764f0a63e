//! The statements of the hand-written server. Both databases get the same.

/// The table of an outbox, which Kith's schema does not have.
pub const OUTBOX: &str = "CREATE TABLE load_outbox \
     (id uuid PRIMARY KEY, circle_id uuid NOT NULL, payload text NOT NULL)";

/// The columns of a task, in the order in which they are read.
macro_rules! task_columns {
    () => {
        "t.id, t.circle_id, t.version, t.task_list_id, t.title, t.notes, t.category, t.topic, \
         t.due_on, t.due_local, t.starts_local, t.time_zone, t.due_at, t.effort_minutes, \
         t.people_needed, t.reminder_minutes, t.state, t.schedule_version, t.completed_at, \
         t.completed_by_member_id, t.created_at, t.created_by_member_id, t.updated_at"
    };
}

/// Checks that the session is valid, and that its account is an active member of the circle.
macro_rules! proven {
    () => {
        "FROM sessions s \
         JOIN users u ON u.id = s.user_id AND u.state = 'active' \
         JOIN memberships m ON m.user_id = u.id AND m.circle_id = $3 AND m.state = 'active'"
    };
}

macro_rules! proof_holds {
    () => {
        "s.id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND s.expires_at > $4"
    };
}

/// Fifty open tasks whose topics the member can see, soonest first.
macro_rules! fifty_tasks {
    () => {
        concat!(
            "SELECT ",
            task_columns!(),
            ", t.sort_at ",
            proven!(),
            " JOIN tasks t ON t.circle_id = m.circle_id AND t.state = 'open' \
             AND t.topic IN (SELECT g.topic FROM topic_grants g \
             WHERE g.circle_id = m.circle_id AND g.member_id = m.id AND g.level <> 'none' \
             AND (g.until IS NULL OR g.until > $4)) WHERE ",
            proof_holds!(),
            " ORDER BY t.sort_at, t.id LIMIT 51"
        )
    };
}

pub const LIST: &str = fifty_tasks!();
pub const LIST_WITH_PEOPLE: &str = concat!(
    "SELECT t.*, a.id, a.member_id, h.name, a.state, a.updated_at FROM (",
    fifty_tasks!(),
    ") t LEFT JOIN task_assignments a ON a.circle_id = t.circle_id AND a.task_id = t.id \
     LEFT JOIN memberships h ON h.circle_id = a.circle_id AND h.id = a.member_id \
     ORDER BY t.sort_at, t.id, a.created_at, a.id"
);
pub const PROOF: &str = concat!(
    "SELECT m.id ",
    proven!(),
    " WHERE ",
    proof_holds!(),
    " AND m.access IN ('coordinator', 'caregiver')"
);
pub const INSERT_TASK: &str = "INSERT INTO tasks (id, circle_id, version, title, category, topic, \
     due_local, time_zone, due_at, begins_at, sort_at, over_at, people_needed, people_accepted, \
     reminder_minutes, state, schedule_version, created_at, created_by_member_id, updated_at) \
     VALUES ($1, $2, 1, $3, $4, 'daily', $5, 'Europe/Berlin', $6, $6, $6, $9, 1, 0, '[1440]', \
     'open', 1, $7, $8, $7)";
pub const INSERT_OUTBOX: &str =
    "INSERT INTO load_outbox (id, circle_id, payload) VALUES ($1, $2, $3)";
/// Any fifty tasks.
pub const ANY_TASKS: &str = concat!("SELECT ", task_columns!(), " FROM tasks t LIMIT 50");
pub const NEWEST_KEY: &str = "SELECT id, public_key FROM signing_keys ORDER BY created_at DESC";
