//! Reminders and notifications, and their deliveries.

use crate::entity::class::Class::{Key, State, Technical};
use crate::entity::class::Erase::{Delete, Keep};
use crate::entity::class::Export::{Own, Seen};
use crate::entity::class::Whose::Member;
use crate::entity::class::{STAMPS, Table};
use crate::entity::subjects;

macro_rules! names {
    (
        reminded {$($kind:ident($id:ident): $entity:ident by $field:ident($column:ident);)+}
        notified {$($other:ident($other_id:ident): $other_entity:ident by $other_field:ident;)*}
    ) => {
        /// The columns that name what a member is reminded of.
        const REMINDED: &[&str] = &[$(stringify!($field)),+];

        /// The columns that name what a member is notified about, but never reminded of.
        const NOTIFIED: &[&str] = &[$(stringify!($other_field)),*];
    };
}

subjects!(names);

pub(super) const TABLES: &[Table] = &[
    Table::new(
        "reminders",
        Seen,
        &[(Member("member_id"), Keep)],
        &[
            (
                Key,
                &["circle_id", "id", "member_id", "created_by_member_id"],
            ),
            (Key, REMINDED),
            (State, &["kind", "schedule_version", "offset_minutes"]),
            (State, &["fire_at", "state"]),
            (Technical, &["not_after", "sent_early"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "deliveries",
        Own,
        &[(Member("member_id"), Keep)],
        &[
            (Key, &["circle_id", "id", "reminder_id", "member_id"]),
            (Key, &["created_by_member_id"]),
            (State, &["channel", "state", "reason", "attempts"]),
            (State, &["sent_at", "read_at"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "notifications",
        Own,
        &[(Member("member_id"), Delete)],
        &[
            (
                Key,
                &["circle_id", "id", "member_id", "created_by_member_id"],
            ),
            (Key, REMINDED),
            (Key, NOTIFIED),
            (Technical, &["job_id", "attempts"]),
            (State, &["category", "kind", "was_at", "was_on", "state"]),
            (State, &["reason", "sent_at", "read_at"]),
            (State, STAMPS),
        ],
    ),
];
