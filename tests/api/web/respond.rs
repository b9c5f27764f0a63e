//! The page behind the button in an email: it answers for the member to whom the email went.

use axum::http::{HeaderValue, Method, header};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::pages::{heading, submit};
use crate::appointments::{act, answer, notification_mails, path_of, scan};
use crate::harness::{Client, Mail, Person, Reply, TestApp};
use crate::members::create::aunt;

/// The answers, in the order of the tables.
const ANSWERS: [&str; 6] = [
    "accept",
    "tentative",
    "decline",
    "claim",
    "release",
    "complete",
];

/// For each state what the page says, and the state of the member's part after each answer. An
/// empty text is an answer that is not open, which changes nothing.
type Line = (&'static str, &'static str, [&'static str; 6]);

const TASK: [Line; 7] = [
    (
        "asked",
        "You are asked whether you can take something on.",
        ["accepted", "", "declined", "", "", ""],
    ),
    (
        "accepted",
        "You said yes.",
        ["", "", "", "", "released", "completed"],
    ),
    (
        "declined",
        "it still needs somebody",
        ["", "", "", "accepted", "", ""],
    ),
    (
        "released",
        "it still needs somebody",
        ["", "", "", "accepted", "", ""],
    ),
    (
        "taken by others",
        "Enough people have said yes.",
        ["", "", "", "", "", ""],
    ),
    ("done by others", "This is done.", ["", "", "", "", "", ""]),
    ("canceled", "This is canceled.", ["", "", "", "", "", ""]),
];

const APPOINTMENT: [Line; 5] = [
    (
        "asked",
        "You are asked whether you can come to something.",
        ["accepted", "tentative", "declined", "", "", ""],
    ),
    (
        "accepted",
        "You said yes.",
        ["", "tentative", "declined", "", "", ""],
    ),
    (
        "tentative",
        "You said that you are not sure.",
        ["accepted", "", "declined", "", "", ""],
    ),
    (
        "declined",
        "You said no.",
        ["accepted", "tentative", "", "", "", ""],
    ),
    ("canceled", "This is canceled.", ["", "", "", "", "", ""]),
];

/// The path of the page to which an email with this question leads.
pub async fn link_to(app: &TestApp, of: &Person) -> String {
    let mails = notification_mails(app).await;
    let asks = |mail: &&Mail| mail.to == of.email && mail.text.contains("/respond?token=");
    mails.iter().find(asks).unwrap().link("respond")
}

pub async fn press(by: &Client, page: &str, answer: &str) -> Reply {
    submit(by, page, &format!("answer={answer}")).await
}

/// Offers a task to a member and returns its path.
pub async fn offer(by: &Client, to: &str, task: Value) -> String {
    let task = by.post("/tasks", task).await.is(201);
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let offer = json!({ "member_id": to });
    by.post(&format!("{path}/offer"), offer).await.is(200);
    path
}

#[tokio::test]
async fn each_answer_about_a_task_does_in_each_state_what_the_app_does() {
    let app = TestApp::start().await;
    let people = app.circle(["coordinator", "helper", "helper"]).await;
    let anybody = app.anybody();
    let [ana, ben, cem] = &people;
    for (state, says, after) in TASK {
        let (ana, by_ben, by_cem) = (ana.later().await, ben.later().await, cem.later().await);
        for (name, expected) in ANSWERS.into_iter().zip(after) {
            let path = offer(&ana, &ben.member_id, json!({ "title": "Canary title" })).await;
            let page = link_to(&app, ben).await;
            let verbs: &[(&Client, &str)] = match state {
                "asked" => &[],
                "accepted" => &[(&by_ben, "accept")],
                "declined" => &[(&by_ben, "decline")],
                "released" => &[(&by_ben, "accept"), (&by_ben, "release")],
                "taken by others" => &[(&by_cem, "claim")],
                "done by others" => &[(&by_cem, "claim"), (&by_cem, "complete")],
                _ => &[(&ana, "cancel")],
            };
            for (by, verb) in verbs {
                by.act(&format!("{path}/{verb}")).await.is(200);
            }
            let shown = anybody.get(&page).await;
            heading(&shown, 200);
            assert!(shown.text.contains(says), "{state}: {}", shown.text);
            let has_button = shown.text.contains(&format!("value=\"{name}\""));
            assert_eq!(has_button, !expected.is_empty(), "{state}, {name}");
            let before = by_ben.get(&path).await.is(200);
            heading(&press(&anybody, &page, name).await, 200);
            let task = by_ben.get(&path).await.is(200);
            if expected.is_empty() {
                assert_eq!(task, before, "{state}, {name}");
            } else {
                assert_eq!(task["my_assignment"], expected, "{state}, {name}");
            }
        }
    }
    app.mails().await;
}

/// Ben's response to an appointment.
async fn response(by: &Client, of: &Person, appointment: &Value) -> Value {
    let read = by.get(&path_of(appointment)).await.is(200);
    let attendees = read["attendees"].as_array().unwrap().clone();
    let is_his = |attendee: &&Value| attendee["member_id"] == of.member_id.as_str();
    attendees.iter().find(is_his).unwrap()["response"].clone()
}

#[tokio::test]
async fn each_answer_about_an_appointment_does_in_each_state_what_the_app_does() {
    let app = TestApp::start().await;
    let people = app.circle(["coordinator", "caregiver"]).await;
    let anybody = app.anybody();
    let [ana, ben] = &people;
    for (state, says, after) in APPOINTMENT {
        let (ana, by_ben) = (ana.later().await, ben.later().await);
        for (name, expected) in ANSWERS.into_iter().zip(after) {
            let asked = json!({ "attendee_member_ids": [ben.member_id] });
            let appointment = scan(&ana, asked).await;
            let page = link_to(&app, ben).await;
            match state {
                "asked" => {}
                "canceled" => {
                    act(&ana, &appointment, "cancel").await.is(200);
                }
                given => {
                    answer(&by_ben, &appointment, given).await.is(200);
                }
            }
            let shown = anybody.get(&page).await;
            heading(&shown, 200);
            assert!(shown.text.contains(says), "{state}: {}", shown.text);
            let has_button = shown.text.contains(&format!("value=\"{name}\""));
            assert_eq!(has_button, !expected.is_empty(), "{state}, {name}");
            let before = response(&ana, ben, &appointment).await;
            heading(&press(&anybody, &page, name).await, 200);
            let now = response(&ana, ben, &appointment).await;
            let expected = Some(json!(expected)).filter(|expected| expected != "");
            assert_eq!(now, expected.unwrap_or(before), "{state}, {name}");
            // The next one is at the same time.
            act(&ana, &appointment, "cancel").await;
        }
    }
    app.mails().await;
}

#[tokio::test]
async fn programs_that_open_the_link_change_nothing_and_the_button_still_works() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let path = offer(&ana, &ben.member_id, json!({ "title": "Canary title" })).await;
    let page = link_to(&app, &ben).await;
    let before = ana.get(&path).await.is(200);
    let anybody = app.anybody();
    for _ in 0..10 {
        heading(&anybody.get(&page).await, 200);
        let head = app.send(anybody.request(&Method::HEAD, &page, None)).await;
        assert_eq!(head.status, 200);
    }
    assert_eq!(ana.get(&path).await.is(200), before);
    let shown = press(&anybody, &page, "accept").await;
    assert!(
        shown.text.contains("Thank you. You said yes."),
        "{}",
        shown.text
    );
    assert_eq!(ben.get(&path).await.is(200)["my_assignment"], "accepted");
    // The same email cancels it again, and is not used up by that.
    press(&anybody, &page, "release").await;
    assert_eq!(ben.get(&path).await.is(200)["my_assignment"], "released");
    press(&anybody, &page, "claim").await;
    assert_eq!(ben.get(&path).await.is(200)["my_assignment"], "accepted");
    app.mails().await;
}

#[tokio::test]
async fn the_page_names_whose_answer_it_is_and_says_no_more_than_the_email() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let me = format!("/members/{}", ana.member_id);
    let asked = json!({ "attendee_member_ids": [ben.member_id] });
    scan(&ana, asked).await;
    let page = link_to(&app, &ben).await;
    let anybody = app.anybody();
    let shown = anybody.get(&page).await;
    for said in [
        "You answer as <strong>Ben</strong>",
        "If you are not Ben, somebody forwarded the email to you",
        "Fri 4 December 2026, 10:00",
    ] {
        assert!(shown.text.contains(said), "{said}: {}", shown.text);
    }
    for hidden in ["anary", "Rosa", "Ben Test", "test.example", "Call"] {
        assert!(!shown.text.contains(hidden), "{hidden}: {}", shown.text);
    }
    // A coordinator who shares their number can be called.
    let phone = json!({ "phone": "+49 30 1234567" });
    ana.patch(&me, phone).await.is(200);
    let shown = anybody.get(&page).await;
    assert!(
        shown.text.contains("href=\"tel:+49301234567\""),
        "{}",
        shown.text
    );
    app.mails().await;
}

#[tokio::test]
async fn the_contact_answers_for_a_member_without_an_account() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let rosa = aunt(&ana).await;
    let due = json!({
        "title": "Shop", "due_local": "2026-12-03T12:00", "reminder_minutes": [60],
    });
    let path = offer(&ana, rosa["id"].as_str().unwrap(), due).await;
    let accept = json!({ "on_behalf_of_member_id": rosa["id"] });
    ana.post(&format!("{path}/accept"), accept).await.is(200);
    app.advance(TimeDelta::minutes(2 * 1440 + 120));
    let mails = app.mails().await;
    let is_hers = |mail: &&Mail| mail.text.contains("This is for Rosa.");
    let page = mails.iter().find(is_hers).unwrap().link("respond");
    let shown = app.anybody().get(&page).await;
    assert!(shown.text.contains("You answer for <strong>Rosa</strong>"));
    press(&app.anybody(), &page, "release").await;
    let task = ana.later().await.get(&path).await.is(200);
    assert_eq!(task["assignments"][0]["state"], "released");
    app.mails().await;
}

#[tokio::test]
async fn a_reminder_that_something_needs_people_leads_to_a_page_that_claims_it() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let task = json!({ "title": "Canary title", "due_local": "2026-12-05T12:00" });
    let task = ana.task(task).await;
    app.advance(TimeDelta::hours(75));
    let mails = app.mails().await;
    let to_ben = mails.iter().find(|mail| mail.to == ben.email).unwrap();
    let page = to_ben.link("respond");
    assert!(to_ben.html.contains("/respond?token="), "{}", to_ben.html);
    assert!(!to_ben.header("List-Unsubscribe").is_empty());
    let shown = app.anybody().get(&page).await;
    assert!(
        shown.text.contains("This needs somebody."),
        "{}",
        shown.text
    );
    heading(&press(&app.anybody(), &page, "claim").await, 200);
    let path = format!("/tasks/{}", task["id"].as_str().unwrap());
    let task = ben.later().await.get(&path).await.is(200);
    assert_eq!(task["my_assignment"], "accepted");
    app.mails().await;
}

#[tokio::test]
async fn the_owner_sees_what_a_link_answered_and_from_where() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    offer(&ana, &ben.member_id, json!({ "title": "Canary title" })).await;
    let page = link_to(&app, &ben).await;
    let mut request = app
        .anybody()
        .at("203.0.113.7")
        .request(&Method::POST, &page, None);
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(header::CONTENT_TYPE, form);
    *request.body_mut() = "answer=accept".into();
    heading(&app.send(request).await, 200);
    let line = ana.get("/activity?limit=1").await.is(200)["data"][0].clone();
    assert_eq!(
        (&line["verb"], &line["actor_kind"], &line["actor_member_id"]),
        (
            &json!("accepted"),
            &json!("email_link"),
            &json!(ben.member_id)
        )
    );
    let events = ben.get("/v1/me/security-events?limit=1").await.is(200);
    let event = &events["data"][0];
    assert_eq!(
        (&event["kind"], &event["actor_kind"]),
        (&json!("responded_by_link"), &json!("email_link"))
    );
    assert_eq!(event["address_prefix"], "203.0.113.0/24");
    app.mails().await;
}

#[tokio::test]
async fn a_task_that_somebody_hands_over_can_be_accepted_from_an_earlier_email() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let path = offer(&ana, &ben.member_id, json!({ "title": "Shop" })).await;
    let page = link_to(&app, &ben).await;
    let task = cem.act(&format!("{path}/claim")).await.is(200);
    let anybody = app.anybody();
    let shown = anybody.get(&page).await;
    assert!(shown.text.contains("Enough people"), "{}", shown.text);
    cem.post("/handovers", json!({ "task_id": task["id"] }))
        .await
        .is(201);
    let shown = anybody.get(&page).await;
    assert!(
        shown.text.contains("You are asked whether you can"),
        "{}",
        shown.text
    );
    heading(&press(&anybody, &page, "accept").await, 200);
    assert_eq!(ben.get(&path).await.is(200)["my_assignment"], "accepted");
    assert_eq!(cem.get(&path).await.is(200)["my_assignment"], "released");
    app.mails().await;
}

#[tokio::test]
async fn the_coordinator_who_stands_in_for_a_contact_answers_from_the_email() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "caregiver"]).await;
    let rosa = aunt(&ana).await;
    let rosa = rosa["id"].as_str().unwrap();
    let contact = json!({ "contact_member_id": ben.member_id });
    ana.patch(&format!("/members/{rosa}"), contact)
        .await
        .is(200);
    let today = json!({ "from_on": "2026-12-01", "until_on": "2026-12-01" });
    ben.post("/absences", today).await.is(201);
    app.mails().await;
    let path = offer(&cem, rosa, json!({ "title": "Shop" })).await;
    let page = link_to(&app, &ana).await;
    heading(&press(&app.anybody(), &page, "accept").await, 200);
    let task = cem.get(&path).await.is(200);
    assert_eq!(task["assignments"][0]["state"], "accepted");
    app.mails().await;
}
