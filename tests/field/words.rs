//! Searching, comments, and the page of a member without an account.

use chrono::TimeDelta;
use serde_json::json;

use crate::family::{Family, ZONE, id_of, local, parts};
use crate::support::clock::now;
use crate::support::people::{Person, text};

/// `mattermost/mattermost` 22345, `localwiki/localwiki-backend-server` 13,
/// `kartevonmorgen/kartevonmorgen` 428.
#[test]
fn words_are_found_without_accents_and_inside_chinese_sentences() {
    let family = Family::gather();
    for (title, words) in [
        ("Küche putzen bei Müller", ["kuche", "M%C3%9CLL"]),
        // Shanghai, and the character after it: east.
        ("我家在上海东边。", ["%E4%B8%8A%E6%B5%B7", "%E4%B8%9C"]),
        // An appointment, and the last character of the hospital.
        ("病院の予約", ["%E4%BA%88%E7%B4%84", "%E9%99%A2"]),
        ("Straße sperren", ["strasse", "sperr"]),
    ] {
        family.make(&family.ana, "tasks", &json!({ "title": title }));
        for word in words {
            let path = family.at(&format!("search?q={word}"));
            let found = family.ben.api.get(&path).is(200).json();
            let hits = found["data"].as_array().unwrap();
            assert_eq!(hits.len(), 1, "{word} in {title}: {found}");
        }
    }
}

/// `status-im/status-app` 14586, `ShieldBattery/ShieldBattery` 1521.
#[test]
fn the_search_finds_neither_what_is_hidden_nor_what_was_taken_back() {
    let family = Family::gather();
    let thread = json!({ "title": "Surprise", "member_ids": [family.cleo.member_id] });
    let thread = family.make(&family.ana, "threads", &thread);
    let body = json!({ "body": "The xylophone is in the cellar" });
    let messages = format!("{thread}/messages");
    let message = family.ana.api.post(&messages, &body).is(201).json();
    let message = family.at(&format!("messages/{}", text(&message["id"])));
    let found = |person: &Person, word: &str| {
        let path = family.at(&format!("search?q={word}"));
        let found = person.api.get(&path).is(200).json();
        found["data"].as_array().unwrap().len()
    };
    assert_eq!(found(&family.cleo, "xylophone"), 1);
    assert_eq!(found(&family.ben, "xylophone"), 0);
    let other = json!({ "body": "The drum is in the cellar" });
    family.ana.api.patch(&message, &other).is(200);
    assert_eq!(found(&family.cleo, "xylophone"), 0);
    family.ana.api.delete(&message).is(204);
    assert_eq!(found(&family.cleo, "drum"), 0);
}

/// `ResearchHub/researchhub-backend` 1239, `nextcloud/deck` 1631.
#[test]
fn deleted_comments_do_not_count_and_nobody_is_mentioned_who_cannot_see() {
    let family = Family::gather();
    let task = json!({ "title": "Pills", "topic": "health" });
    let task = family.make(&family.ana, "tasks", &task);
    let comments = format!("{task}/comments");
    let ben = json!({ "body": "@Ben", "mentioned_member_ids": [family.ben.member_id] });
    family.ana.api.post(&comments, &ben).is(422);
    let count = || family.cleo.api.get(&task).is(200).json()["comment_count"].clone();
    let comment = json!({ "body": "Before meals" });
    let comment = family.ana.api.post(&comments, &comment).is(201).json();
    assert_eq!(count(), 1);
    let comment = family.at(&format!("messages/{}", text(&comment["id"])));
    family.ana.api.delete(&comment).is(204);
    assert_eq!(count(), 0);
}

/// `nextcloud/server` 58746, `emdash-cms/emdash` 3298: scanners of emails follow every link.
/// `yt314/Talmidon` 42: a question is shown whatever its date.
#[test]
fn looking_at_a_personal_page_answers_nothing_and_shows_every_question() {
    let family = Family::gather();
    let rosa = json!({ "name": "Rosa", "access": "helper" });
    let rosa = family.make(&family.ana, "members", &rosa);
    let link = family.ana.api.press(&format!("{rosa}/personal-link"));
    let link = text(&link.is(201).json()["url"]);
    let page = family.setup.path_of(&link);
    let member = id_of(&rosa);
    let mut tasks = Vec::new();
    for (title, hours) in [("Tomorrow", 24), ("In a month", 24 * 30)] {
        let due = local(now() + TimeDelta::hours(hours));
        let task = json!({ "title": title, "due_local": due, "time_zone": ZONE });
        let task = family.make(&family.ana, "tasks", &task);
        let offer = json!({ "member_id": member });
        family
            .ana
            .api
            .post(&format!("{task}/offer"), &offer)
            .is(200);
        tasks.push(task);
    }
    for _ in 0..2 {
        let seen = family.setup.client().get(page).is(200).body;
        for title in ["Tomorrow", "In a month"] {
            assert!(seen.contains(title), "{title} {seen}");
        }
    }
    for task in tasks {
        let offered = [("Rosa".to_owned(), "offered".to_owned())];
        assert_eq!(parts(&family.ana.api, &task), offered);
    }
}
