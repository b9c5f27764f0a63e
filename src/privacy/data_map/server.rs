//! What the server needs to do its work: its keys, queue, counters and kept answers.

use crate::entity::class::Class::{Key, Secret, State, Technical};
use crate::entity::class::Erase::Delete;
use crate::entity::class::Export::Never;
use crate::entity::class::Table;
use crate::entity::class::Whose::{Account, Member, Mentions, Subject};

pub(super) const TABLES: &[Table] = &[
    Table::new(
        "signing_keys",
        Never,
        &[],
        &[
            (Technical, &["id", "public_key"]),
            (Secret, &["sealed_seed"]),
            (Technical, &["created_at", "active_from", "ends_at"]),
        ],
    ),
    Table::new(
        "rate_windows",
        Never,
        &[],
        &[
            // Made from an account, an address or a circle; deleted when the window ends.
            (Secret, &["subject_hash"]),
            (Technical, &["ends_at", "reserved"]),
        ],
    ),
    Table::new(
        "database_state",
        Never,
        &[],
        &[(Technical, &["id", "generation", "place"])],
    ),
    Table::new(
        "zone_rules",
        Never,
        &[],
        &[(Technical, &["version", "followed_at"])],
    ),
    Table::new(
        "idempotency_records",
        Never,
        &[(Account("user_id"), Delete)],
        &[
            (Key, &["user_id"]),
            (Secret, &["key", "body_hash"]),
            // A copy of an answer, kept for a day.
            (Technical, &["method", "path", "status", "headers", "body"]),
            (Technical, &["topics", "created_at"]),
        ],
    ),
    Table::new(
        "mail_tokens",
        Never,
        &[
            (Subject("subject_id"), Delete),
            (Member("member_id"), Delete),
        ],
        &[
            (Key, &["id", "circle_id", "subject_id", "member_id"]),
            (State, &["subject_type"]),
            (Secret, &["token_hash"]),
            (State, &["kind", "created_at", "expires_at", "used_at"]),
            (State, &["voided_at"]),
        ],
    ),
    Table::new(
        "jobs",
        Never,
        &[
            (Mentions("payload"), Delete),
            (Mentions("last_error"), Delete),
        ],
        &[
            (Key, &["id"]),
            (Technical, &["payload", "lane", "dedupe_key", "state"]),
            (Technical, &["run_at", "attempts", "fence", "leased_until"]),
            (Technical, &["last_error", "created_at"]),
        ],
    ),
    Table::new(
        "throttles",
        Never,
        &[],
        &[
            // Made from an address, an account or a device; deleted after 30 days.
            (Secret, &["subject_hash"]),
            (Technical, &["tries", "until", "forget_at"]),
        ],
    ),
];
