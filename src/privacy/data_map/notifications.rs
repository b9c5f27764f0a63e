//! What people were reminded of and told.

use super::STAMPS;
use crate::privacy::class::Class::{Key, State, Technical};
use crate::privacy::class::Erase::{Delete, Keep};
use crate::privacy::class::Export::{Own, Seen};
use crate::privacy::class::Table;
use crate::privacy::class::Whose::Member;

pub(super) const TABLES: &[Table] = &[
    Table::new(
        "reminders",
        Seen,
        &[(Member("member_id"), Keep)],
        &[
            (Key, &["circle_id", "id", "task_id", "appointment_id"]),
            (Key, &["need_id", "member_id", "created_by"]),
            (State, &["kind", "schedule_version", "offset_minutes"]),
            (State, &["fire_at", "not_after", "state"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "deliveries",
        Own,
        &[(Member("member_id"), Keep)],
        &[
            (Key, &["circle_id", "id", "reminder_id", "member_id"]),
            (Key, &["created_by"]),
            (State, &["channel", "state", "reason", "attempts"]),
            (State, &["sent_at"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "notifications",
        Own,
        &[(Member("member_id"), Delete)],
        &[
            (Key, &["circle_id", "id", "member_id", "task_id"]),
            (Key, &["appointment_id", "need_id", "role_id", "created_by"]),
            (Technical, &["job_id"]),
            (State, &["category", "kind", "was_at", "was_on", "state"]),
            (State, &["reason", "attempts", "sent_at"]),
            (State, STAMPS),
        ],
    ),
];
