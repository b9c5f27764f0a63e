//! Who is told of what: each operation that changes what people rely on, by how they
//! stand to it. The table in `src/notify/notifications/who.rs` decides; this one tries it.

mod perform;
mod world;

use kith::api;
use kith::entity::notification::NotificationKind;

use self::perform::perform;
use self::world::World;

/// The operation, the case, and who is told of it under which wish. Ana coordinates
/// and acts, Ben is a caregiver, Cem coordinates too, Dora helps, Eli looks on.
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
    ("approve_task", "", &["dora approved assigned"]),
    ("offer_task", "", &["ben offered assigned"]),
    ("claim_task", "", &[]),
    ("accept_task", "", &[]),
    (
        "decline_task",
        "soon",
        &["ana declined assigned", "cem declined gaps"],
    ),
    ("decline_task", "far", &["ana declined assigned"]),
    (
        "decline_task",
        "the person who asked is gone",
        &["ana declined gaps"],
    ),
    (
        "withdraw_from_task",
        "soon",
        &["ana given_back gaps", "cem given_back gaps"],
    ),
    (
        "withdraw_from_task",
        "soon, asked",
        &["ana given_back assigned", "cem given_back gaps"],
    ),
    (
        "withdraw_from_task",
        "far",
        &["ana given_back gaps", "cem given_back gaps"],
    ),
    (
        "withdraw_from_task",
        "far, asked",
        &["ana given_back assigned", "cem given_back gaps"],
    ),
    (
        "withdraw_from_task",
        "the only coordinator",
        &[
            "ben given_back announcements",
            "cem given_back announcements",
            "dora given_back announcements",
        ],
    ),
    ("complete_task", "alone", &[]),
    ("complete_task", "one of two parts", &[]),
    (
        "complete_task",
        "the whole",
        &["ben completed assigned", "dora completed assigned"],
    ),
    (
        "complete_task",
        "by somebody else",
        &["ben completed assigned", "dora completed assigned"],
    ),
    (
        "reopen_task",
        "",
        &["ben reinstated assigned", "dora reinstated assigned"],
    ),
    ("reopen_task", "own part", &[]),
    ("cancel_task", "", &["ben cancelled assigned"]),
    ("cancel_task", "suggested", &["dora not_approved assigned"]),
    ("cancel_task", "their own suggestion", &[]),
    ("update_task", "another time", &["ben moved assigned"]),
    ("update_task", "another title", &[]),
    (
        "update_task",
        "another topic",
        &["cem came_free gaps", "dora taken_off assigned"],
    ),
    (
        "schedule_appointment",
        "",
        &["ben scheduled assigned", "cem scheduled announcements"],
    ),
    ("schedule_appointment", "in the past", &[]),
    (
        "confirm_appointment",
        "",
        &["ben scheduled assigned", "cem scheduled announcements"],
    ),
    (
        "update_appointment",
        "place this week",
        &["ben changed assigned", "dora changed assigned"],
    ),
    (
        "update_appointment",
        "link this week",
        &["ben changed assigned"],
    ),
    (
        "update_appointment",
        "preparation this week",
        &["ben changed assigned"],
    ),
    (
        "update_appointment",
        "place in six weeks",
        &["ben changed assigned", "dora changed assigned"],
    ),
    ("update_appointment", "place in the past", &[]),
    ("update_appointment", "the same place", &[]),
    ("update_appointment", "another title", &[]),
    (
        "update_appointment",
        "another topic",
        &["ben taken_off assigned"],
    ),
    ("invite_to_appointment", "", &["ben offered assigned"]),
    (
        "uninvite_from_appointment",
        "accepted",
        &["ben taken_off assigned"],
    ),
    (
        "uninvite_from_appointment",
        "not answered",
        &["ben unasked assigned"],
    ),
    ("uninvite_from_appointment", "declined", &[]),
    ("answer_appointment", "accepted", &[]),
    (
        "answer_appointment",
        "declined soon",
        &["ana declined assigned", "cem declined gaps"],
    ),
    (
        "answer_appointment",
        "declined far",
        &["ana declined assigned"],
    ),
    (
        "answer_appointment",
        "tentative soon",
        &["ana unsure assigned", "cem unsure gaps"],
    ),
    (
        "answer_appointment",
        "tentative far",
        &["ana unsure assigned"],
    ),
    (
        "reschedule_appointment",
        "another end",
        &["ben end_moved assigned", "dora end_moved assigned"],
    ),
    (
        "reschedule_appointment",
        "",
        &[
            "ben moved assigned",
            "cem moved announcements",
            "dora moved assigned",
        ],
    ),
    (
        "reschedule_appointment",
        "into the past",
        &[
            "ben moved assigned",
            "cem moved announcements",
            "dora moved assigned",
        ],
    ),
    (
        "cancel_appointment",
        "",
        &[
            "ben cancelled assigned",
            "cem cancelled announcements",
            "dora cancelled assigned",
        ],
    ),
    ("cancel_appointment", "in the past", &[]),
    (
        "reinstate_appointment",
        "",
        &[
            "ben reinstated assigned",
            "cem reinstated announcements",
            "dora reinstated assigned",
        ],
    ),
    ("complete_appointment", "", &[]),
    ("mark_appointment_missed", "", &["dora cancelled assigned"]),
    ("add_need", "", &[]),
    ("offer_need", "", &["dora offered assigned"]),
    ("take_need", "", &[]),
    (
        "decline_need",
        "soon",
        &["ana declined assigned", "cem declined gaps"],
    ),
    ("decline_need", "far", &["ana declined assigned"]),
    (
        "withdraw_from_need",
        "soon",
        &["ana given_back gaps", "cem given_back gaps"],
    ),
    (
        "withdraw_from_need",
        "far",
        &["ana given_back gaps", "cem given_back gaps"],
    ),
    ("withdraw_from_need", "in the past", &[]),
    ("cancel_need", "", &["dora cancelled assigned"]),
    (
        "update_need",
        "pick-up",
        &["ben changed assigned", "dora changed assigned"],
    ),
    (
        "update_need",
        "drop-off",
        &["ben changed assigned", "dora changed assigned"],
    ),
    (
        "update_need",
        "pick-up in six weeks",
        &["ben changed assigned", "dora changed assigned"],
    ),
    ("update_need", "people", &[]),
    ("offer_role", "", &["dora offered assigned"]),
    ("accept_role", "", &[]),
    ("accept_role", "taken over", &["ben taken_off assigned"]),
    (
        "decline_role",
        "",
        &["ana declined assigned", "cem declined gaps"],
    ),
    (
        "end_role_assignment",
        "own",
        &["ana given_back assigned", "cem given_back gaps"],
    ),
    (
        "end_role_assignment",
        "of somebody else",
        &["cem came_free gaps", "dora taken_off assigned"],
    ),
    ("retire_role", "", &["dora cancelled assigned"]),
    (
        "leave_circle",
        "",
        &["ana came_free gaps", "cem came_free gaps"],
    ),
    (
        "leave_circle",
        "was going to come",
        &[
            "ana came_free assigned",
            "ana came_free gaps",
            "cem came_free gaps",
            "cem came_free gaps",
        ],
    ),
    ("remove_member", "", &["cem came_free gaps"]),
    ("suspend_member", "", &["cem came_free gaps"]),
    (
        "update_member",
        "less access",
        &["ben taken_off assigned", "cem came_free gaps"],
    ),
    ("update_member", "another name", &[]),
    (
        "grant_topics",
        "less",
        &["ben taken_off assigned", "cem came_free gaps"],
    ),
    ("grant_topics", "more", &[]),
    (
        "grant_topics",
        "ended by the clock",
        &[
            "ana came_free gaps",
            "ben taken_off assigned",
            "cem came_free gaps",
        ],
    ),
    (
        "delete_account",
        "",
        &["ana came_free gaps", "cem came_free gaps"],
    ),
];

/// Operations in a circle that change nothing that somebody relies on, or have mails
/// of their own.
const TELLS_NOBODY: &[&str] = &[
    "update_circle",
    "delete_circle",
    "keep_circle",
    "invite",
    "resend_invitation",
    "withdraw_invitation",
    "reinstate_member",
    "update_notification_preferences",
    "create_task_list",
    "update_task_list",
    "delete_task_list",
    "create_role",
    "update_role",
    "take_role",
    "revive_role",
    "update_role_assignment",
    "withdraw_role_offer",
    "create_thread",
    "update_thread",
    "archive_thread",
    "reopen_thread",
    "mark_thread_read",
    "write_message",
    "update_message",
    "delete_message",
];

/// What leaves the people as others do not want to find them has a circle of its own.
fn changes_people(operation: &str, case: &str) -> bool {
    let words = ["member", "circle", "topics", "account"];
    let cases = [
        "the person who asked is gone",
        "the only coordinator",
        "another topic",
    ];
    words.iter().any(|word| operation.ends_with(word)) || cases.contains(&case)
}

#[tokio::test]
async fn everybody_who_relied_on_it_is_told_and_nobody_else() {
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
        "{wrong:#?}\nEach line is an operation, its case, who was told, and who should have been. \
         Who is told is decided by the table in src/notify/notifications/who.rs; what is expected \
         stands in TABLE in tests/api/notifications/who/mod.rs"
    );
}

#[test]
fn every_operation_says_who_is_told_of_it() {
    let document = api::document();
    let mut unsaid = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let writes = method != "get" && path.starts_with("/v1/circles/{circle_id}");
            let is_tried = TABLE.iter().any(|(tried, ..)| *tried == id);
            if writes && !is_tried && !TELLS_NOBODY.contains(&id) {
                unsaid.push(id.to_owned());
            }
        }
    }
    assert!(
        unsaid.is_empty(),
        "add {unsaid:?} to TABLE in tests/api/notifications/who/mod.rs, with who is told, or to \
         TELLS_NOBODY if nobody relies on what they change",
    );
}

#[test]
fn every_kind_of_news_is_tried() {
    for kind in NotificationKind::ALL {
        let word = format!(" {} ", kind.as_str());
        let is_tried = |(_, _, told): &(&str, &str, &[&str])| {
            told.iter().any(|line| line.contains(word.as_str()))
        };
        assert!(
            TABLE.iter().any(is_tried),
            "add an operation that tells {kind:?} to TABLE in tests/api/notifications/who/mod.rs",
        );
    }
}
