//! What people write to each other, and how far they have read.

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
        // The person who called it what it is called, which need not be who began it.
        &[(Author("titled_by"), Blank)],
        &[
            (Key, &["circle_id", "id", "created_by", "titled_by"]),
            (Written(Null), &["title"]),
            (State, &["kind", "topic", "state", "last_number"]),
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
            (Key, &["created_by"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "messages",
        Own,
        &[(Author("created_by"), Blank)],
        &[
            (Key, &["circle_id", "id", "thread_id", "reply_to"]),
            (Key, &["created_by"]),
            (Written(Null), &["body"]),
            (Written(Text("[]")), &["mentions"]),
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
        &[(Author("created_by"), Delete)],
        &[
            (Key, &["circle_id", "id", "message_id", "created_by"]),
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
            (Key, &["created_by"]),
            (State, &["number"]),
            (State, STAMPS),
        ],
    ),
];
