//! `GET /v1/circles/{circle_id}/tasks`

use std::collections::BTreeSet;

use serde_json::json;

use crate::harness::TestApp;

#[tokio::test]
async fn tasks_are_listed_page_by_page_soonest_first() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for day in [5, 3, 9, 1, 7] {
        let due = json!({ "title": format!("{day}"), "due_on": format!("2027-01-0{day}") });
        ana.task(due).await;
    }
    ana.task(json!({ "title": "some day" })).await;
    let mut titles = Vec::new();
    let mut path = "/tasks?limit=4".to_owned();
    loop {
        let page = ana.get(&path).await.is(200);
        for task in page["data"].as_array().unwrap() {
            titles.push(task["title"].as_str().unwrap().to_owned());
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/tasks?limit=4&cursor={cursor}");
    }
    assert_eq!(titles, ["1", "3", "5", "7", "9", "some day"]);
}

#[tokio::test]
async fn a_task_with_a_date_is_listed_in_the_window_of_its_day() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    for (title, due) in [
        ("day before", json!({ "due_on": "2027-01-04" })),
        ("that day", json!({ "due_on": "2027-01-05" })),
        ("that hour", json!({ "due_local": "2027-01-05T10:00" })),
        ("day after", json!({ "due_on": "2027-01-06" })),
        ("some day", json!({})),
    ] {
        let mut task = due;
        task["title"] = json!(title);
        ana.task(task).await;
    }
    let titles = async |query: &str| -> Vec<String> {
        let page = ana.get(&format!("/tasks?{query}")).await.is(200);
        let data = page["data"].as_array().unwrap().iter();
        data.map(|task| task["title"].as_str().unwrap().to_owned())
            .collect()
    };
    let day = "from=2027-01-04T23:00:00Z&to=2027-01-05T23:00:00Z";
    assert_eq!(titles(day).await, ["that hour", "that day"]);
    let from = "from=2027-01-04T23:00:00Z";
    assert_eq!(titles(from).await, ["that hour", "that day", "day after"]);
    assert_eq!(titles("to=2027-01-04T23:00:00Z").await, ["day before"]);
}

#[tokio::test]
async fn every_page_has_its_tasks_once_with_all_their_assignments() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "caregiver", "caregiver"]).await;
    let helpers = [&ana, &ben, &cem];
    let counts = [0, 3, 1, 0, 2, 3];
    for (number, count) in counts.into_iter().enumerate() {
        let day = format!("2027-01-0{}", number + 1);
        let wish = json!({ "title": day, "due_on": day, "people_needed": 3 });
        let task = ana.task(wish).await;
        let claim = format!("/tasks/{}/claim", task["id"].as_str().unwrap());
        for helper in &helpers[..count] {
            helper.act(&claim).await.is(200);
        }
    }
    for limit in 1..=7 {
        let mut found = Vec::new();
        let mut path = format!("/tasks?limit={limit}");
        loop {
            let page = ana.get(&path).await.is(200);
            for task in page["data"].as_array().unwrap() {
                let names = task["assignments"].as_array().unwrap().iter();
                let names = names.map(|part| part["name"].as_str().unwrap().to_owned());
                found.push(names.collect::<BTreeSet<_>>());
            }
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            path = format!("/tasks?limit={limit}&cursor={cursor}");
        }
        let names = ["Ana Test", "Ben Test", "Cem Test"].map(str::to_owned);
        let expected: Vec<BTreeSet<_>> = counts
            .iter()
            .map(|count| names[..*count].iter().cloned().collect())
            .collect();
        assert_eq!(found, expected, "with {limit} on a page");
    }
}
