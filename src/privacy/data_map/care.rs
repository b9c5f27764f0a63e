//! What a family plans and who does it: roles, tasks, appointments, needs.

use super::STAMPS;
use crate::privacy::class::Class::{Family, Key, State, Technical};
use crate::privacy::class::Erase::Keep;
use crate::privacy::class::Export::Seen;
use crate::privacy::class::Table;
use crate::privacy::class::Whose::Member;

pub(super) const TABLES: &[Table] = &[
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
];
