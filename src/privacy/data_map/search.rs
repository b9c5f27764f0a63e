//! The words by which tasks, appointments and messages are found. They are made of the texts, which
//! are exported. They are deleted with the rows that they were made of.

use crate::entity::class::Class::{Key, Technical};
use crate::entity::class::Erase::Delete;
use crate::entity::class::Export::Never;
use crate::entity::class::Table;
use crate::entity::class::Whose::Author;

pub(super) const TABLES: &[Table] = &[
    Table::new(
        "task_terms",
        Never,
        &[],
        &[
            (Key, &["circle_id", "task_id"]),
            (Technical, &["term", "in_title"]),
        ],
    ),
    Table::new(
        "appointment_terms",
        Never,
        &[],
        &[
            (Key, &["circle_id", "appointment_id"]),
            (Technical, &["term", "in_title"]),
        ],
    ),
    Table::new(
        "message_terms",
        Never,
        &[(Author("author_member_id"), Delete)],
        &[
            (Key, &["circle_id", "message_id", "author_member_id"]),
            (Technical, &["term"]),
        ],
    ),
    Table::new(
        "search_indexes",
        Never,
        &[],
        &[(Technical, &["version", "indexed_at"])],
    ),
];
