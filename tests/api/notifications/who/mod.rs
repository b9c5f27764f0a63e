//! Which members each operation tells. The table in `src/notify/notifications/who.rs` decides
//! it, and the table in this file tests it.

mod perform;
mod world;

use kith::api;
use kith::entity::notification::NotificationKind;

use self::perform::perform;
use self::world::World;

/// The operation, the case, and the notifications: member, kind and setting. Ana is a
/// coordinator and acts, Ben is a caregiver, Cem a coordinator, Dora a helper, Eli a viewer.
const TABLE: &[(&str, &str, &[&str])] = &[
    ("create_task", "", &[]),
    (
        "create_task",
        "suggested",
        &[
            "ana proposed announcements",
            "ben proposed announcements",
            "cem proposed announcements",
        ],
    ),
    ("approve_task", "", &["dora approved assignments"]),
    ("offer_task", "", &["ben offered assignments"]),
    ("claim_task", "", &[]),
    ("claim_task", "taken over", &["ben removed assignments"]),
    ("accept_task", "", &[]),
    (
        "decline_task",
        "soon",
        &["ana declined assignments", "cem declined gaps"],
    ),
    ("decline_task", "far", &["ana declined assignments"]),
    (
        "decline_task",
        "the person who asked is gone",
        &["ana declined gaps"],
    ),
    // The app shows it to them, and another coordinator gets the email.
    (
        "decline_task",
        "the person who asked is away",
        &["ana declined gaps", "cem declined assignments"],
    ),
    (
        "release_task",
        "soon",
        &["ana released gaps", "cem released gaps"],
    ),
    (
        "release_task",
        "soon, asked",
        &["ana released assignments", "cem released gaps"],
    ),
    // The coordinators have turned these emails off: the app shows it to them, and a member who
    // could do it gets the email.
    (
        "release_task",
        "soon, turned off",
        &[
            "ana released gaps",
            "cem released gaps",
            "dora released announcements",
        ],
    ),
    (
        "release_task",
        "far",
        &["ana released gaps", "cem released gaps"],
    ),
    (
        "release_task",
        "far, asked",
        &["ana released assignments", "cem released gaps"],
    ),
    (
        "release_task",
        "the only coordinator",
        &[
            "ben released announcements",
            "cem released announcements",
            "dora released announcements",
        ],
    ),
    ("complete_task", "alone", &[]),
    ("complete_task", "one of two parts", &[]),
    (
        "complete_task",
        "the whole",
        &["ben completed assignments", "dora completed assignments"],
    ),
    (
        "complete_task",
        "by somebody else",
        &["ben completed assignments", "dora completed assignments"],
    ),
    (
        "reopen_task",
        "",
        &["ben reinstated assignments", "dora reinstated assignments"],
    ),
    ("reopen_task", "own part", &[]),
    ("cancel_task", "", &["ben canceled assignments"]),
    ("cancel_task", "suggested", &["dora rejected assignments"]),
    ("cancel_task", "their own suggestion", &[]),
    ("reinstate_task", "", &["ben reinstated assignments"]),
    (
        "reinstate_task",
        "suggested",
        &["dora reinstated assignments"],
    ),
    ("reopen_task", "lapsed", &["ben reinstated assignments"]),
    (
        "update_task",
        "another time",
        &["ben rescheduled assignments"],
    ),
    ("update_task", "another title", &[]),
    (
        "update_task",
        "another topic",
        &["cem freed gaps", "dora removed assignments"],
    ),
    (
        "update_task_series",
        "another time",
        &["ben updated assignments"],
    ),
    ("update_task_series", "another title", &[]),
    ("pause_task_series", "", &["ben canceled assignments"]),
    ("resume_task_series", "", &["ben reinstated assignments"]),
    ("end_task_series", "", &["ben canceled assignments"]),
    ("offer_task_series", "", &["ben offered assignments"]),
    (
        "set_task_series_turns",
        "",
        &["ben removed assignments", "dora offered assignments"],
    ),
    ("decline_task_series", "", &["ana declined assignments"]),
    (
        "release_task_series",
        "",
        &["ana released assignments", "cem released gaps"],
    ),
    (
        "create_appointment_series",
        "",
        &["ben scheduled assignments", "cem scheduled announcements"],
    ),
    (
        "update_appointment_series",
        "another time",
        &[
            "ben rescheduled assignments",
            "cem rescheduled announcements",
        ],
    ),
    (
        "update_appointment_series",
        "another place",
        &["ben updated assignments"],
    ),
    ("update_appointment_series", "another title", &[]),
    (
        "pause_appointment_series",
        "",
        &["ben canceled assignments", "cem canceled announcements"],
    ),
    (
        "resume_appointment_series",
        "",
        &["ben reinstated assignments", "cem reinstated announcements"],
    ),
    (
        "end_appointment_series",
        "",
        &["ben canceled assignments", "cem canceled announcements"],
    ),
    ("respond_to_appointment_series", "accepted", &[]),
    (
        "respond_to_appointment_series",
        "declined",
        &["ana declined assignments"],
    ),
    (
        "respond_to_appointment_series",
        "tentative",
        &["ana tentative assignments"],
    ),
    (
        "create_appointment",
        "",
        &["ben scheduled assignments", "cem scheduled announcements"],
    ),
    ("create_appointment", "in the past", &[]),
    (
        "confirm_appointment",
        "",
        &["ben scheduled assignments", "cem scheduled announcements"],
    ),
    (
        "update_appointment",
        "place this week",
        &["ben updated assignments", "dora updated assignments"],
    ),
    (
        "update_appointment",
        "link this week",
        &["ben updated assignments"],
    ),
    (
        "update_appointment",
        "preparation this week",
        &["ben updated assignments"],
    ),
    (
        "update_appointment",
        "place in six weeks",
        &["ben updated assignments", "dora updated assignments"],
    ),
    ("update_appointment", "place in the past", &[]),
    ("update_appointment", "the same place", &[]),
    ("update_appointment", "another title", &[]),
    (
        "update_appointment",
        "another topic",
        &["ben removed assignments"],
    ),
    ("add_attendees", "", &["ben offered assignments"]),
    ("remove_attendee", "accepted", &["ben removed assignments"]),
    (
        "remove_attendee",
        "not answered",
        &["ben offer_withdrawn assignments"],
    ),
    ("remove_attendee", "declined", &[]),
    ("respond_to_appointment", "accepted", &[]),
    (
        "respond_to_appointment",
        "declined soon",
        &["ana declined assignments", "cem declined gaps"],
    ),
    (
        "respond_to_appointment",
        "declined far",
        &["ana declined assignments"],
    ),
    (
        "respond_to_appointment",
        "tentative soon",
        &["ana tentative assignments", "cem tentative gaps"],
    ),
    (
        "respond_to_appointment",
        "tentative far",
        &["ana tentative assignments"],
    ),
    (
        "reschedule_appointment",
        "another end",
        &[
            "ben end_rescheduled assignments",
            "dora end_rescheduled assignments",
        ],
    ),
    (
        "reschedule_appointment",
        "",
        &[
            "ben rescheduled assignments",
            "cem rescheduled announcements",
            "dora rescheduled assignments",
        ],
    ),
    (
        "reschedule_appointment",
        "into the past",
        &[
            "ben rescheduled assignments",
            "cem rescheduled announcements",
            "dora rescheduled assignments",
        ],
    ),
    (
        "cancel_appointment",
        "",
        &[
            "ben canceled assignments",
            "cem canceled announcements",
            "dora canceled assignments",
        ],
    ),
    ("cancel_appointment", "in the past", &[]),
    (
        "reinstate_appointment",
        "",
        &[
            "ben reinstated assignments",
            "cem reinstated announcements",
            "dora reinstated assignments",
        ],
    ),
    ("complete_appointment", "", &[]),
    (
        "mark_appointment_missed",
        "",
        &["dora canceled assignments"],
    ),
    ("create_need", "", &[]),
    ("offer_need", "", &["dora offered assignments"]),
    ("claim_need", "", &[]),
    ("accept_need", "", &[]),
    (
        "decline_need",
        "soon",
        &["ana declined assignments", "cem declined gaps"],
    ),
    ("decline_need", "far", &["ana declined assignments"]),
    (
        "release_need",
        "soon",
        &["ana released gaps", "cem released gaps"],
    ),
    (
        "release_need",
        "far",
        &["ana released gaps", "cem released gaps"],
    ),
    ("release_need", "in the past", &[]),
    ("cancel_need", "", &["dora canceled assignments"]),
    (
        "update_need",
        "pick-up",
        &["ben updated assignments", "dora updated assignments"],
    ),
    (
        "update_need",
        "drop-off",
        &["ben updated assignments", "dora updated assignments"],
    ),
    (
        "update_need",
        "pick-up in six weeks",
        &["ben updated assignments", "dora updated assignments"],
    ),
    ("update_need", "people", &[]),
    ("offer_role", "", &["dora offered assignments"]),
    ("accept_role_assignment", "", &[]),
    (
        "accept_role_assignment",
        "taken over",
        &["ben removed assignments"],
    ),
    (
        "decline_role_assignment",
        "",
        &["ana declined assignments", "cem declined gaps"],
    ),
    (
        "release_role_assignment",
        "own",
        &["ana released assignments", "cem released gaps"],
    ),
    (
        "release_role_assignment",
        "of somebody else",
        &["cem freed gaps", "dora removed assignments"],
    ),
    ("archive_role", "", &["dora canceled assignments"]),
    (
        "create_handover",
        "to a member",
        &[
            "ana handover_opened gaps",
            "cem handover_opened gaps",
            "dora handover_offered assignments",
        ],
    ),
    (
        "create_handover",
        "to a member, far",
        &["dora handover_offered assignments"],
    ),
    (
        "create_handover",
        "to anybody, soon",
        &["ana handover_opened gaps", "cem handover_opened gaps"],
    ),
    ("create_handover", "to anybody, far", &[]),
    ("accept_handover", "", &["ben removed assignments"]),
    ("decline_handover", "", &["ben handover_ended assignments"]),
    ("withdraw_handover", "", &[]),
    (
        "place_handover",
        "",
        &["ben removed assignments", "dora placed assignments"],
    ),
    (
        "create_absence",
        "release",
        &["ana freed gaps", "cem freed gaps"],
    ),
    (
        "create_absence",
        "offer",
        &["ana handover_opened gaps", "cem handover_opened gaps"],
    ),
    ("create_absence", "keep", &[]),
    ("leave_circle", "", &["ana freed gaps", "cem freed gaps"]),
    (
        "leave_circle",
        "was going to come",
        &[
            "ana freed assignments",
            "ana freed gaps",
            "cem freed gaps",
            "cem freed gaps",
        ],
    ),
    ("remove_member", "", &["cem freed gaps"]),
    (
        "remove_member",
        "the contact of somebody",
        &["cem contact_changed assignments", "cem freed gaps"],
    ),
    ("create_member", "", &["ben contact_changed assignments"]),
    ("create_member", "their own contact", &[]),
    (
        "update_member",
        "another contact",
        &["ben contact_changed assignments"],
    ),
    (
        "propose_invitation",
        "",
        &[
            "ana person_proposed assignments",
            "cem person_proposed assignments",
        ],
    ),
    ("approve_invitation", "", &["ben approved assignments"]),
    ("reject_invitation", "", &["ben rejected assignments"]),
    (
        "create_join_request",
        "",
        &[
            "ana join_requested assignments",
            "cem join_requested assignments",
        ],
    ),
    // The new member has no name in this table.
    (
        "approve_join_request",
        "",
        &["eli join_approved assignments"],
    ),
    ("suspend_member", "", &["cem freed gaps"]),
    (
        "update_member",
        "less access",
        &["ben removed assignments", "cem freed gaps"],
    ),
    ("update_member", "another name", &[]),
    (
        "update_member_topics",
        "less",
        &["ben removed assignments", "cem freed gaps"],
    ),
    ("update_member_topics", "more", &[]),
    (
        "update_member_topics",
        "ended by the clock",
        &[
            "ana freed gaps",
            "ben removed assignments",
            "cem freed gaps",
        ],
    ),
    (
        "schedule_account_deletion",
        "",
        &["ana freed gaps", "cem freed gaps"],
    ),
];

/// Operations in a circle that change nothing that members rely on, or that send mails of
/// their own kind.
const TELLS_NOBODY: &[&str] = &[
    "update_absence",
    "end_absence",
    "update_circle",
    "set_email_details",
    "set_patient_photo",
    "delete_patient_photo",
    "schedule_circle_deletion",
    "cancel_circle_deletion",
    "pause_circle",
    "resume_circle",
    "mark_circle_in_memory",
    "archive_circle",
    "unarchive_circle",
    "request_succession",
    "end_succession",
    "name_proxy",
    "activate_proxy",
    "revoke_proxy",
    "create_invitation",
    "resend_invitation",
    "withdraw_invitation",
    "reinstate_member",
    "create_personal_link",
    "delete_personal_link",
    "create_join_link",
    "revoke_join_link",
    "decline_join_request",
    "update_notification_settings",
    "create_task_list",
    "update_task_list",
    "delete_task_list",
    "create_checklist_item",
    "update_checklist_item",
    "check_checklist_item",
    "uncheck_checklist_item",
    "delete_checklist_item",
    "create_task_comment",
    "create_appointment_comment",
    "create_task_series",
    "claim_task_series",
    "accept_task_series",
    "create_role",
    "update_role",
    "claim_role",
    "unarchive_role",
    "update_role_assignment",
    "withdraw_role_assignment",
    "create_meeting_agenda_item",
    "update_meeting_agenda_item",
    "discuss_meeting_agenda_item",
    "postpone_meeting_agenda_item",
    "reopen_meeting_agenda_item",
    "delete_meeting_agenda_item",
    "create_question",
    "update_question",
    "plan_question",
    "ask_question",
    "answer_question",
    "set_question_aside",
    "reopen_question",
    "delete_question",
    "create_thread",
    "update_thread",
    "archive_thread",
    "unarchive_thread",
    "mark_thread_read",
    "mark_activity_seen",
    "create_message",
    "update_message",
    "delete_message",
];

/// Whether the operation changes the members of the circle. Such an operation gets its own
/// circle, because the others expect the members unchanged.
fn changes_people(operation: &str, case: &str) -> bool {
    let words = [
        "member", "circle", "topics", "deletion", "absence", "request",
    ];
    let cases = [
        "the person who asked is gone",
        "the person who asked is away",
        "the only coordinator",
        "another topic",
        "soon, turned off",
    ];
    words.iter().any(|word| operation.ends_with(word)) || cases.contains(&case)
}

#[tokio::test]
async fn each_operation_tells_the_expected_members_and_nobody_else() {
    let mut wrong = Vec::new();
    let mut shared = World::new().await;
    for (operation, case, expected) in TABLE {
        let mut own = None;
        let world = if changes_people(operation, case) {
            own.insert(World::new().await)
        } else {
            &mut shared
        };
        perform(world, operation, case).await;
        let told = world.told().await;
        if told != *expected {
            wrong.push(format!("{operation} {case}: {told:?}, not {expected:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{wrong:#?}\nEach line is an operation, its case, the members who were told, and the expected \
         members. The table in src/notify/notifications/who.rs decides who is told. TABLE in \
         tests/api/notifications/who/mod.rs says what is expected"
    );
}

#[test]
fn every_operation_is_listed_with_the_members_that_it_tells() {
    let document = api::operations();
    let mut missing = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let writes = method != "get" && path.starts_with("/v1/circles/{circle_id}");
            let is_tested = TABLE.iter().any(|(tested, ..)| *tested == id);
            if writes && !is_tested && !TELLS_NOBODY.contains(&id) {
                missing.push(id.to_owned());
            }
        }
    }
    assert!(
        missing.is_empty(),
        "add {missing:?} to TABLE in tests/api/notifications/who/mod.rs with the members who are told, \
         or to TELLS_NOBODY if no member relies on what they change",
    );
}

#[test]
fn every_kind_of_notification_is_tested() {
    for kind in NotificationKind::ALL {
        let word = format!(" {} ", kind.as_str());
        let is_tested = |(_, _, told): &(&str, &str, &[&str])| {
            told.iter().any(|line| line.contains(word.as_str()))
        };
        assert!(
            TABLE.iter().any(is_tested),
            "add an operation that tells {kind:?} to TABLE in tests/api/notifications/who/mod.rs",
        );
    }
}
