//! What is stored of whom: every table and every column. Export and erasure are
//! built from this file; a column that is missing here fails a test.

use super::class::Blank::{Moment, Null, Text};
use super::class::Class::{Family, Key, Personal, Secret, Shown, State, Technical, Written};
use super::class::Erase::{Blank, Delete, Keep};
use super::class::Export::{Never, Own, Seen};
use super::class::Table;
use super::class::Whose::{Account, Address, Author, Member, Mentions, Session, Subject};

/// What others read in place of the name of somebody who was erased.
pub const FORMER_MEMBER: &str = "Former member";

/// The stamps of every row of a circle.
const STAMPS: &[&str] = &["version", "created_at", "updated_at"];

/// The table of this name.
pub fn table(name: &str) -> Option<&'static Table> {
    DATA_MAP.iter().find(|table| table.name == name)
}

/// Every table, a parent before its children: erasing goes backwards.
pub const DATA_MAP: &[Table] = &[
    Table::new(
        "users",
        Own,
        &[(Account("id"), Delete)],
        &[
            (Key, &["id"]),
            (Personal(Null), &["email", "name", "time_zone"]),
            (Secret, &["password_hash"]),
            (State, &["state", "erase_at"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "registrations",
        Own,
        &[(Address("email"), Delete)],
        &[
            (Key, &["id"]),
            (Personal(Null), &["email", "name", "time_zone"]),
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
        "account_events",
        Own,
        &[(Account("user_id"), Delete)],
        &[
            (Key, &["id", "user_id", "session_id"]),
            (Personal(Null), &["device_label"]),
            (Personal(Null), &["request_id", "address_prefix"]),
            (State, &["at", "kind", "way"]),
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
            // Its id is known to the device that asked and to no other.
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
            // The public half, and what tells that it was copied.
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
        "personal_tokens",
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
        "sign_in_tickets",
        Never,
        &[(Account("user_id"), Delete)],
        &[
            (Key, &["id", "user_id", "known_device_id"]),
            (Key, &["account_event_id"]),
            (Secret, &["token_hash"]),
            (Personal(Null), &["device_label"]),
            (Technical, &["failures"]),
            (State, &["created_at", "expires_at", "used_at"]),
        ],
    ),
    Table::new(
        "rate_windows",
        Never,
        &[],
        &[
            // Of an account, an address or a circle; gone with their time.
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
            // A copy of an answer, for a day.
            (Technical, &["method", "path", "status", "headers", "body"]),
            (Technical, &["topics", "created_at"]),
        ],
    ),
    Table::new(
        "mail_tokens",
        Never,
        &[(Subject("subject_id"), Delete)],
        &[
            (Key, &["id", "circle_id", "subject_id"]),
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
            (Technical, &["payload", "dedupe_key", "state", "run_at"]),
            (Technical, &["attempts", "fence", "leased_until"]),
            (Technical, &["last_error", "created_at"]),
        ],
    ),
    Table::new(
        "throttles",
        Never,
        &[],
        &[
            // Of an address, an account or a device; forgotten after thirty days.
            (Secret, &["subject_hash"]),
            (Technical, &["tries", "until", "forget_at"]),
        ],
    ),
    Table::new(
        "circles",
        Seen,
        &[],
        &[
            (Key, &["id", "created_by_user", "erase_asked_by"]),
            (Family, &["name", "alias", "time_zone"]),
            (Family, &["patient_name", "patient_about"]),
            (Technical, &["change_seq"]),
            (State, &["erase_at"]),
            (Technical, &["sent_hash"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "memberships",
        Seen,
        &[(Member("id"), Blank)],
        &[
            (Key, &["circle_id", "id", "created_by"]),
            (Personal(Null), &["user_id", "phone"]),
            (Shown(Text(FORMER_MEMBER)), &["name"]),
            (Shown(Null), &["relationship"]),
            (State, &["access", "is_patient", "state", "joined_at"]),
            (Technical, &["reads"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "personal_token_circles",
        Never,
        &[(Member("member_id"), Delete)],
        &[(Key, &["personal_token_id", "circle_id", "member_id"])],
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
        "notification_preferences",
        Own,
        &[(Member("member_id"), Delete)],
        &[
            (Key, &["circle_id", "member_id"]),
            (State, &["category", "delivery", "off_by_link_at"]),
        ],
    ),
    Table::new(
        "invitations",
        Own,
        &[(Address("email"), Delete), (Author("created_by"), Blank)],
        &[
            (Key, &["circle_id", "id", "created_by"]),
            (Personal(Null), &["email"]),
            (Written(Null), &["relationship", "note"]),
            (State, &["access", "as_patient", "state", "expires_at"]),
            (Technical, &["sent_hash"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "changes",
        Own,
        &[(Member("actor_id"), Blank)],
        &[
            (Key, &["circle_id", "seq", "actor_id", "on_behalf_of"]),
            (Key, &["subject_type", "subject_id", "thread_id"]),
            (Key, &["personal_token_id"]),
            (State, &["at", "way", "verb", "topic", "fields"]),
            (Personal(Null), &["request_id", "address_prefix"]),
        ],
    ),
    Table::new(
        "roles",
        Seen,
        &[],
        &[
            (Key, &["circle_id", "id", "created_by"]),
            (Family, &["title", "description"]),
            (State, &["kind", "effort_minutes_per_week", "shared"]),
            (State, &["previously_carried_by_patient", "state"]),
            (Technical, &["sent_hash"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "role_assignments",
        Seen,
        &[(Member("member_id"), Keep)],
        &[
            (Key, &["circle_id", "id", "role_id", "member_id"]),
            (Key, &["previous_assignment_id", "offered_by"]),
            (Key, &["patient_part_task_id", "created_by"]),
            (Family, &["patient_part_text"]),
            (State, &["state", "starts_on", "ends_on", "ended_on"]),
            (State, &["patient_part"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "task_lists",
        Seen,
        &[],
        &[
            (Key, &["circle_id", "id", "created_by"]),
            (Family, &["title"]),
            (State, &["position"]),
            (Technical, &["sent_hash"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "tasks",
        Seen,
        &[],
        &[
            (
                Key,
                &["circle_id", "id", "list_id", "done_by", "created_by"],
            ),
            (Family, &["title", "notes"]),
            (State, &["category", "topic", "due_on", "due_local"]),
            (State, &["from_local", "time_zone", "due_at", "sort_at"]),
            (State, &["completed_at"]),
            (Technical, &["begins_at", "over_at"]),
            (State, &["effort_minutes", "helpers_needed"]),
            (State, &["helpers_accepted", "reminder_minutes", "state"]),
            (State, &["schedule_version", "done_at"]),
            (Technical, &["sent_hash"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "task_assignments",
        Seen,
        &[(Member("member_id"), Keep)],
        &[
            (Key, &["circle_id", "id", "task_id", "member_id"]),
            (Key, &["created_by"]),
            (State, &["state", "own_part_done"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "appointments",
        Seen,
        &[],
        &[
            (Key, &["circle_id", "id", "created_by"]),
            (Family, &["title", "location", "video_link"]),
            (Family, &["preparation", "outcome"]),
            (State, &["kind", "topic", "starts_on", "starts_local"]),
            (State, &["ends_local", "time_zone", "starts_at", "ends_at"]),
            (State, &["sort_at", "reminder_minutes", "state"]),
            (Technical, &["over_at"]),
            (State, &["cancelled_from", "schedule_version"]),
            (Technical, &["sent_hash"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "attendances",
        Seen,
        &[(Member("member_id"), Keep)],
        &[
            (Key, &["circle_id", "id", "appointment_id", "member_id"]),
            (Key, &["created_by"]),
            (State, &["answer"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "needs",
        Seen,
        &[],
        &[
            (Key, &["circle_id", "id", "appointment_id", "created_by"]),
            (Family, &["pick_up", "drop_off", "notes"]),
            (State, &["kind", "people_needed", "people_accepted"]),
            (State, &["starts_on", "starts_local", "ends_local"]),
            (State, &["time_zone", "starts_at", "ends_at", "sort_at"]),
            (Technical, &["over_at"]),
            (State, &["state"]),
            (Technical, &["sent_hash"]),
            (State, STAMPS),
        ],
    ),
    Table::new(
        "need_commitments",
        Seen,
        &[(Member("member_id"), Keep)],
        &[
            (Key, &["circle_id", "id", "need_id", "member_id"]),
            (Key, &["created_by"]),
            (State, &["state"]),
            (State, STAMPS),
        ],
    ),
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
