//! A circle, its members, what they see, and the invitations to it.

use super::FORMER_MEMBER;
use crate::entity::class::Blank::{Null, Text};
use crate::entity::class::Class::{Family, Key, Personal, Shown, State, Technical, Written};
use crate::entity::class::Erase::{Blank, Delete, Keep};
use crate::entity::class::Export::{Never, Own, Seen};
use crate::entity::class::Whose::{Account, Address, Author, Member};
use crate::entity::class::{STAMPS, Table};

pub(super) const TABLES: &[Table] = &[
    Table::new(
        "circles",
        Seen,
        &[],
        &[
            (
                Key,
                &[
                    "id",
                    "created_by_user_id",
                    "deletion_requested_by_member_id",
                    "deputy_member_id",
                ],
            ),
            (Family, &["name", "alias", "time_zone", "locale"]),
            (Family, &["patient_name", "patient_about"]),
            // The picture itself is exported.
            (Technical, &["patient_photo_file_id"]),
            (Technical, &["change_seq", "away_until", "sent_hash"]),
            (State, &["deletion_scheduled_for", "state", "archived_from"]),
            (State, &["email_details_forbidden"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "memberships",
        Seen,
        &[(Member("id"), Blank)],
        &[
            (Key, &["circle_id", "id", "created_by_member_id"]),
            (Key, &["contact_member_id"]),
            (Personal(Null), &["user_id", "phone", "capacity"]),
            (Personal(Null), &["email_detail", "email_health_since"]),
            (Shown(Text(FORMER_MEMBER)), &["name"]),
            (Shown(Null), &["relationship"]),
            (State, &["access", "is_patient", "is_proxy"]),
            (State, &["state", "joined_at"]),
            (Technical, &["reads", "seen_seq"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "personal_access_token_circles",
        Never,
        &[(Member("member_id"), Delete)],
        &[(Key, &["personal_access_token_id", "circle_id", "member_id"])],
    ),
    Table::new(
        "topic_grants",
        Own,
        &[(Member("member_id"), Delete)],
        &[
            (Key, &["circle_id", "member_id"]),
            (State, &["topic", "level", "until"]),
            (State, &["patient_limit", "patient_limit_until"]),
        ],
    ),
    Table::new(
        "notification_settings",
        Own,
        &[(Member("member_id"), Delete)],
        &[
            (Key, &["circle_id", "member_id"]),
            (State, &["category", "delivery", "unsubscribed_at"]),
        ],
    ),
    Table::new(
        "invitations",
        Own,
        &[
            (Address("email"), Delete),
            (Author("created_by_member_id"), Blank),
        ],
        &[
            (
                Key,
                &["circle_id", "id", "created_by_member_id", "member_id"],
            ),
            (Personal(Null), &["email"]),
            (Written(Null), &["name", "relationship", "note"]),
            (State, &["access", "as_patient", "state", "expires_at"]),
            (Technical, &["sent_hash"]),
            (State, STAMPS),
        ],
    ),
    crate::entity::succession::TABLE,
    crate::entity::proxy::TABLE,
    Table::new(
        "join_links",
        Own,
        &[(Author("created_by_member_id"), Keep)],
        &[
            (Key, &["circle_id", "id", "created_by_member_id"]),
            (State, &["access", "max_uses", "uses", "needs_approval"]),
            (State, &["expires_at", "revoked_at"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "join_requests",
        Own,
        &[(Account("user_id"), Delete)],
        &[
            (
                Key,
                &[
                    "circle_id",
                    "id",
                    "join_link_id",
                    "user_id",
                    "created_by_member_id",
                ],
            ),
            (Personal(Null), &["name", "note"]),
            (State, &["state"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "changes",
        Own,
        &[(Member("actor_member_id"), Blank)],
        &[
            (
                Key,
                &[
                    "circle_id",
                    "seq",
                    "actor_member_id",
                    "on_behalf_of_member_id",
                ],
            ),
            (Key, &["subject_type", "subject_id", "thread_id"]),
            (Key, &["personal_access_token_id"]),
            (
                State,
                &[
                    "occurred_at",
                    "actor_kind",
                    "verb",
                    "topic",
                    "changed_fields",
                ],
            ),
            (Personal(Null), &["request_id", "address_prefix"]),
        ],
    ),
];
