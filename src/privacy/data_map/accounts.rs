//! An account, and everything for signing in to it.

use crate::entity::class::Blank::Null;
use crate::entity::class::Class::{Key, Personal, Secret, State, Technical};
use crate::entity::class::Erase::Delete;
use crate::entity::class::Export::{Never, Own};
use crate::entity::class::Whose::{Account, Address, Session};
use crate::entity::class::{STAMPS, Table};

pub(super) const TABLES: &[Table] = &[
    Table::new(
        "users",
        Own,
        &[(Account("id"), Delete)],
        &[
            (Key, &["id"]),
            (Personal(Null), &["email", "name", "time_zone", "locale"]),
            (Personal(Null), &["quiet_from", "quiet_until"]),
            (State, &["digest_time", "digest_weekday"]),
            (Technical, &["quiet_check_at"]),
            (Secret, &["password_hash"]),
            (State, &["state", "deletion_scheduled_for"]),
            (State, &["bouncing_since", "bounces"]),
            // The picture itself is exported.
            (Technical, &["avatar_file_id"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "registrations",
        Own,
        &[(Address("email"), Delete)],
        &[
            (Key, &["id"]),
            (Personal(Null), &["email", "name", "time_zone", "locale"]),
            (Secret, &["password_hash", "code_hash"]),
            (Technical, &["code_number", "tries_left", "code_expires_at"]),
            (State, &["expires_at", "confirmed_at", "created_at"]),
        ],
    ),
    Table::new(
        "password_resets",
        Own,
        &[(Address("email"), Delete)],
        &[
            (Key, &["id"]),
            (Personal(Null), &["email"]),
            (State, &["asked_at"]),
        ],
    ),
    Table::new(
        "sessions",
        Own,
        &[(Account("user_id"), Delete)],
        &[
            (Key, &["id", "user_id"]),
            (Personal(Null), &["device_label"]),
            (
                State,
                &["created_at", "last_used_at", "expires_at", "ended_at"],
            ),
            (State, &["authenticated_at"]),
        ],
    ),
    Table::new(
        "refresh_tokens",
        Never,
        &[(Session("session_id"), Delete)],
        &[
            (Key, &["id", "session_id", "successor_id"]),
            (Secret, &["token_hash"]),
            (State, &["created_at", "used_at", "access_used_at"]),
        ],
    ),
    Table::new(
        "known_devices",
        Own,
        &[(Account("user_id"), Delete)],
        &[
            (Key, &["id", "user_id"]),
            (Secret, &["token_hash"]),
            (State, &["created_at", "last_used_at"]),
        ],
    ),
    Table::new(
        "security_events",
        Own,
        &[(Account("user_id"), Delete)],
        &[
            (Key, &["id", "user_id", "session_id"]),
            (Personal(Null), &["device_label"]),
            (Personal(Null), &["request_id", "address_prefix"]),
            (State, &["occurred_at", "kind", "actor_kind"]),
        ],
    ),
    Table::new(
        "email_changes",
        Own,
        &[(Account("user_id"), Delete)],
        &[
            (Key, &["id", "user_id"]),
            (Personal(Null), &["old_email", "new_email"]),
            (State, &["asked_at", "confirmed_at", "undone_at"]),
        ],
    ),
    Table::new(
        "sign_in_codes",
        Own,
        &[(Address("email"), Delete)],
        &[
            // Only the device that asked for the code knows its id.
            (Secret, &["id", "code_hash"]),
            (Personal(Null), &["email", "device_label"]),
            (Technical, &["tries_left"]),
            (State, &["created_at", "expires_at", "used_at"]),
        ],
    ),
    Table::new(
        "totp_factors",
        Own,
        &[(Account("user_id"), Delete)],
        &[
            (Key, &["id", "user_id"]),
            (Secret, &["seed"]),
            (Technical, &["last_step"]),
            (State, &["created_at", "confirmed_at"]),
        ],
    ),
    Table::new(
        "recovery_codes",
        Own,
        &[(Account("user_id"), Delete)],
        &[
            (Key, &["id", "user_id"]),
            (Secret, &["code_hash"]),
            (State, &["number", "created_at", "used_at"]),
        ],
    ),
    Table::new(
        "passkeys",
        Own,
        &[(Account("user_id"), Delete)],
        &[
            (Key, &["id", "user_id"]),
            (Personal(Null), &["name"]),
            // The public key, and the counter that shows whether the passkey was copied.
            (Technical, &["credential_id", "credential"]),
            (State, &["created_at", "last_used_at"]),
        ],
    ),
    Table::new(
        "passkey_challenges",
        Never,
        &[(Account("user_id"), Delete)],
        &[
            (Secret, &["id"]),
            (Key, &["user_id", "session_id"]),
            (Technical, &["purpose", "state"]),
            (State, &["created_at", "expires_at", "used_at"]),
        ],
    ),
    Table::new(
        "personal_access_tokens",
        Own,
        &[(Account("user_id"), Delete)],
        &[
            (Key, &["id", "user_id"]),
            (Personal(Null), &["name"]),
            (Secret, &["token_hash"]),
            (State, &["scopes", "created_at", "expires_at"]),
            (State, &["last_used_at", "ended_at"]),
        ],
    ),
    Table::new(
        "sign_in_tickets",
        Never,
        &[(Account("user_id"), Delete)],
        &[
            (Key, &["id", "user_id", "known_device_id"]),
            (Key, &["security_event_id"]),
            (Secret, &["token_hash"]),
            (Personal(Null), &["device_label"]),
            (Technical, &["failures"]),
            (State, &["created_at", "expires_at", "used_at"]),
        ],
    ),
];
