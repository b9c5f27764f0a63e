//! `GET /v1/circles/{circle_id}/search`

use chrono::TimeDelta;
use serde_json::json;

use super::{encoded, hits, path, titles, visit};
use crate::harness::TestApp;
use crate::series::pill_box;
use crate::threads::{about, id, say};

#[tokio::test]
async fn a_hit_has_every_word_and_the_last_may_be_a_beginning() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    ana.task(json!({ "title": "Pick up the prescription" }))
        .await;
    ana.task(json!({ "title": "Pick up the children" })).await;
    assert_eq!(titles(&ana, "pick prescription").await.len(), 1);
    assert_eq!(titles(&ana, "prescription PICK").await.len(), 1);
    assert_eq!(titles(&ana, "pick up").await.len(), 2);
    assert_eq!(
        titles(&ana, "pick up the pre").await,
        ["Pick up the prescription"]
    );
    // A beginning needs three letters, and only the last word may be one.
    for nothing in ["pr", "pre pick", "pick up nothing", "picking"] {
        assert_eq!(titles(&ana, nothing).await, [""; 0], "{nothing}");
    }
}

#[tokio::test]
async fn every_title_is_found_by_each_of_its_words_in_every_script() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for (title, queries) in [
        (
            "Ärztin anrufen: Größe & Straße",
            "arztin GROSSE strasse anr",
        ),
        ("Éléonore à Łódź", "eleonore łódź LODZ éle"),
        ("Işıl'ın İstanbul randevusu", "ISIL istanbul ışıl rand"),
        ("Ο Γιώργος φέρνει σούπες", "γιωργος ΣΟΥΠΕΣ ΣΟΎΠΕΣ"),
        ("Ёжик привёз лекарство", "ежик ПРИВЕЗ лек"),
        ("مَوْعِد الطَّبِيبَة ٢٣", "موعد الطبيبة 23"),
        ("רוֹפֵא שיניים", "רופא שיניים"),
        ("นัดหมอพรุ่งนี้", "นัด หมอ พรุ่งนี้"),
        ("糖尿病的药", "糖尿病 药 糖 尿病的"),
        ("明日のパン屋", "明日 パン ﾊﾟﾝ屋 屋"),
        ("병원 예약", "병원 예약 병"),
        ("Walk 🐕 at 9️⃣", "🐕 9 walk"),
    ] {
        ana.task(json!({ "title": title })).await;
        for query in queries.split(' ').chain([title]) {
            assert!(
                titles(&ana, query).await.contains(&title.to_owned()),
                "{query}: {title}"
            );
        }
    }
    assert_eq!(titles(&ana, "尿糖").await, [""; 0]);
}

#[tokio::test]
async fn a_hit_says_what_it_is_and_where_it_has_the_words() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let due = json!({
        "title": "Größe messen", "notes": "First the left foot,\nthen the Größe of the shoe.",
        "due_local": "2027-01-02T12:00", "time_zone": "Europe/Berlin",
    });
    let task = ana.task(due).await;
    app.advance(TimeDelta::seconds(1));
    let appointment = json!({
        "title": "Blood count", "starts_on": "2027-01-03", "location": "Hill Street",
        "preparation": "Bring the list of GROSSE.",
    });
    let appointment = ana.post("/appointments", appointment).await.is(201);
    app.advance(TimeDelta::seconds(1));
    let thread = about(&ana, "daily").await;
    let message = say(&ben, &thread, "What is the grosse?").await;
    let found = hits(&ana, "größe").await;
    assert_eq!(
        found,
        [
            json!({
                "type": "task", "id": task["id"], "circle_id": ana.circle_id(),
                "title": "Größe messen", "title_matches": [{ "start": 0, "length": 5 }],
                "excerpt": "First the left foot, then the Größe of the shoe.",
                "excerpt_matches": [{ "start": 30, "length": 5 }],
                "topic": "daily", "series_id": null, "scheduled_on": null, "scheduled_at": task["due_at"],
                "thread_id": null, "created_at": task["created_at"],
            }),
            json!({
                "type": "message", "id": message["id"], "circle_id": ana.circle_id(),
                "title": "About daily", "title_matches": [],
                "excerpt": "What is the grosse?",
                "excerpt_matches": [{ "start": 12, "length": 6 }],
                "topic": "daily", "series_id": null, "scheduled_on": null, "scheduled_at": null,
                "thread_id": thread["id"], "created_at": message["created_at"],
            }),
            json!({
                "type": "appointment", "id": appointment["id"], "circle_id": ana.circle_id(),
                "title": "Blood count", "title_matches": [],
                "excerpt": "Bring the list of GROSSE.",
                "excerpt_matches": [{ "start": 18, "length": 6 }],
                "topic": "health", "series_id": null, "scheduled_on": "2027-01-03", "scheduled_at": null,
                "thread_id": null, "created_at": appointment["created_at"],
            }),
        ]
    );
    // Titles of threads are not searched, and of a hit by its title alone there is no excerpt.
    assert_eq!(titles(&ana, "about").await, [""; 0]);
    assert_eq!(hits(&ana, "messen").await[0]["excerpt"], json!(null));
}

#[tokio::test]
async fn hits_with_all_words_in_the_title_come_first_and_then_the_newest() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let thread = about(&ana, "daily").await;
    let tick = || app.advance(TimeDelta::seconds(1));
    ana.task(json!({ "title": "Soup for Rosa" })).await;
    tick();
    visit(&ana, "Rosa eats soup", "daily").await;
    tick();
    ana.task(json!({ "title": "Soup", "notes": "Rosa likes it. Soup!" }))
        .await;
    tick();
    say(&ana, &thread, "Rosa has eaten the soup.").await;
    tick();
    ana.task(json!({ "title": "Other", "notes": "rosa soup" }))
        .await;
    let wanted = [
        "Rosa eats soup",
        "Soup for Rosa",
        "Other",
        "About daily",
        "Soup",
    ];
    assert_eq!(titles(&ana, "soup rosa").await, wanted);
    // Page by page it is the same.
    for limit in 1..=5 {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = format!("{}&limit={limit}{cursor}", path("soup rosa"));
            let page = ana.get(&page).await.is(200);
            for hit in page["data"].as_array().unwrap() {
                found.push(hit["title"].as_str().unwrap().to_owned());
            }
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(found, wanted, "{limit}");
    }
    // A cursor belongs to its words.
    let first = ana.get(&format!("{}&limit=1", path("soup"))).await.is(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    ana.get(&format!("{}&cursor={cursor}", path("rosa")))
        .await
        .is_problem(400, "invalid_parameters");
}

#[tokio::test]
async fn only_the_kinds_that_are_asked_for_are_found() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let thread = about(&ana, "daily").await;
    ana.task(json!({ "title": "Soup" })).await;
    visit(&ana, "Soup", "daily").await;
    say(&ana, &thread, "Soup").await;
    for (kinds, wanted) in [
        ("", ["appointment", "message", "task"].as_slice()),
        ("&type=task", &["task"]),
        (
            "&type=message&type=appointment",
            &["appointment", "message"],
        ),
    ] {
        let page = ana.get(&format!("{}{kinds}", path("soup"))).await.is(200);
        let found = page["data"].as_array().unwrap().iter();
        let mut found: Vec<_> = found.map(|hit| hit["type"].as_str().unwrap()).collect();
        found.sort_unstable();
        assert_eq!(found, wanted, "{kinds}");
    }
}

#[tokio::test]
async fn what_is_changed_is_found_by_its_new_words_only() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let task = ana
        .task(json!({ "title": "Bread and milk", "notes": "Milk from the farm" }))
        .await;
    let at = format!("/tasks/{}", id(&task));
    ana.patch(&at, json!({ "title": "Bread and farm eggs" }))
        .await
        .is(200);
    assert_eq!(titles(&ana, "eggs").await, ["Bread and farm eggs"]);
    // The word stays in the notes, and has come into the title.
    let milk = &hits(&ana, "milk").await[0];
    assert_eq!(
        (&milk["title_matches"], &milk["excerpt"]),
        (&json!([]), &json!("Milk from the farm"))
    );
    assert_eq!(hits(&ana, "farm").await.len(), 1);
    ana.patch(&at, json!({ "notes": null })).await.is(200);
    assert_eq!(titles(&ana, "milk").await, [""; 0]);
    assert_eq!(titles(&ana, "farm").await, ["Bread and farm eggs"]);
    // Other changes leave the words as they are.
    ana.patch(&at, json!({ "due_on": "2027-01-02" }))
        .await
        .is(200);
    ana.task_act(&task, "claim").await.is(200);
    assert_eq!(hits(&ana, "bread").await[0]["scheduled_on"], "2027-01-02");

    let thread = about(&ana, "daily").await;
    let message = say(&ana, &thread, "Typo nurze").await;
    let edited = json!({ "body": "Typo nurse" });
    ana.patch(&format!("/messages/{}", id(&message)), edited)
        .await
        .is(200);
    assert_eq!(titles(&ana, "nurze").await, [""; 0]);
    assert_eq!(titles(&ana, "nurse").await, ["About daily"]);
    let visit = json!({ "title": "Visit", "starts_on": "2026-11-20" });
    let visit = ana.post("/appointments", visit).await.is(201);
    let complete = format!("/appointments/{}/complete", id(&visit));
    let outcome = json!({ "outcome": "All is well" });
    ana.post(&complete, outcome).await.is(200);
    assert_eq!(hits(&ana, "well").await[0]["excerpt"], "All is well");
}

#[tokio::test]
async fn a_query_without_words_or_with_too_many_is_refused() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let long = "a".repeat(101);
    for (query, fault) in [
        ("", "?q too_short"),
        (" …!", "?q too_short"),
        (long.as_str(), "?q too_long"),
        ("1 2 3 4 5 6 7 8 9 10 11", "?q too_long"),
    ] {
        for search in [path(query), format!("/v1/me{}", path(query))] {
            let refused = ana.get(&search).await.is_problem(400, "invalid_parameters");
            let error = &refused["errors"][0];
            let found = format!(
                "{} {}",
                error["pointer"].as_str().unwrap(),
                error["code"].as_str().unwrap()
            );
            assert_eq!(found, fault, "{query}");
            assert!(
                error["detail"].as_str().unwrap().starts_with("Send at "),
                "{error}"
            );
        }
    }
    let missing = ana
        .get("/search")
        .await
        .is_problem(400, "invalid_parameters");
    assert_eq!(missing["errors"][0]["pointer"], "?q");
    assert_eq!(missing["errors"][0]["code"], "required");
    for query in [
        "a",
        "9",
        "🐕",
        "é".repeat(100).as_str(),
        "1 2 3 4 5 6 7 8 9 10",
    ] {
        ana.get(&path(query)).await.is(200);
    }
    let odd = format!("{}&type={}", path("a"), encoded("role"));
    ana.get(&odd).await.is_problem(400, "invalid_parameters");
}

#[tokio::test]
async fn hits_of_one_series_name_it() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.series(pill_box()).await;
    let found = hits(&ana, "pill").await;
    assert!(found.len() > 1, "{found:?}");
    assert!(found.iter().all(|hit| hit["series_id"] == series["id"]));
}

#[tokio::test]
async fn a_text_of_the_greatest_length_is_found_by_its_first_words() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let thread = about(&ana, "daily").await;
    let words: Vec<String> = (0..1400).map(|number| format!("w{number:05}")).collect();
    say(&ana, &thread, &words.join(" ")).await;
    assert_eq!(hits(&ana, "w00000 w00199").await.len(), 1);
    assert_eq!(hits(&ana, "w00200").await.len(), 0);
    let rare = "水".repeat(3000) + "山川";
    ana.task(json!({ "title": "水の山川", "notes": rare }))
        .await;
    assert_eq!(titles(&ana, "山川").await, ["水の山川"]);
    let excerpt = hits(&ana, "w00199").await[0]["excerpt"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(excerpt.chars().count() < 200, "{excerpt}");
}
