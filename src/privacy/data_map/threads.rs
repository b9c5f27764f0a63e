//! Threads and messages, and how far each member has read.

use crate::entity::class::Blank::{Moment, Null, Text};
use crate::entity::class::Class::{Key, State, Technical, Written};
use crate::entity::class::Erase::{Blank, Delete, Keep};
use crate::entity::class::Export::{Own, Seen};
use crate::entity::class::Whose::{Author, Member};
use crate::entity::class::{STAMPS, Table};

pub(super) const TABLES: &[Table] = &[
    Table::new(
        "threads",
        Seen,
        // The member who wrote its title, who may be another than the member who started it.
        &[(Author("titled_by"), Blank)],
        &[
            (
                Key,
                &["circle_id", "id", "created_by_member_id", "titled_by"],
            ),
            (Key, &["task_id", "appointment_id"]),
            (Written(Null), &["title"]),
            (State, &["kind", "topic", "state"]),
            (Technical, &["last_number"]),
            (State, &["last_activity_at"]),
            (Technical, &["sent_hash"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "thread_members",
        Seen,
        &[(Member("member_id"), Keep)],
        &[
            (Key, &["circle_id", "id", "thread_id", "member_id"]),
            (Key, &["created_by_member_id"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "messages",
        Own,
        &[(Author("created_by_member_id"), Blank)],
        &[
            (
                Key,
                &["circle_id", "id", "thread_id", "reply_to_message_id"],
            ),
            (Key, &["created_by_member_id"]),
            (Written(Null), &["body"]),
            (Written(Text("[]")), &["mentioned_member_ids"]),
            // Without its text it counts as deleted.
            (Written(Moment), &["deleted_at"]),
            (State, &["number", "edited_at"]),
            (Technical, &["sent_hash"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "message_edits",
        Own,
        &[(Author("created_by_member_id"), Delete)],
        &[
            (
                Key,
                &["circle_id", "id", "message_id", "created_by_member_id"],
            ),
            (Written(Null), &["body"]),
            (State, &["message_version", "written_at"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "read_cursors",
        Own,
        &[(Member("member_id"), Delete)],
        &[
            (Key, &["circle_id", "id", "thread_id", "member_id"]),
            (Key, &["created_by_member_id"]),
            (State, &["number"]),
            (State, STAMPS),
        ],
    ),
];
