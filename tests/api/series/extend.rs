//! The job that makes the tasks of series as time passes.

use chrono::TimeDelta;
use kith::features::series::{Extended, extend_series};
use serde_json::json;

use super::{due_locals, pill_box};
use crate::harness::TestApp;

#[tokio::test]
async fn a_series_gets_more_tasks_as_time_passes_and_none_twice() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.series(pill_box()).await;
    assert_eq!(extend_series(&app.app).await.unwrap(), Extended::default());
    app.advance(TimeDelta::days(14));
    let more = Extended {
        extended: 1,
        ended: 0,
    };
    let (one, other) = futures_util::join!(extend_series(&app.app), extend_series(&app.app));
    let together = one.unwrap().extended + other.unwrap().extended;
    assert_eq!(together, more.extended, "two servers do it at once");
    let ana = ana.later().await;
    let id = series["id"].as_str().unwrap();
    let page = ana.get(&format!("/tasks?series_id={id}")).await.is(200);
    let tasks = page["data"].as_array().unwrap();
    assert_eq!(tasks.len(), 10);
    assert_eq!(due_locals(tasks)[9], "2027-02-07T18:00");
}

#[tokio::test]
async fn a_series_ends_after_its_last_date() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let mut body = pill_box();
    body["recurrence"] = json!("FREQ=WEEKLY;COUNT=2");
    let series = ana.series(body).await;
    assert_eq!(series["last_on"], "2026-12-13");
    app.advance(TimeDelta::days(13));
    let ended = Extended {
        extended: 0,
        ended: 1,
    };
    assert_eq!(extend_series(&app.app).await.unwrap(), ended);
    let ana = ana.later().await;
    let path = format!("/task-series/{}", series["id"].as_str().unwrap());
    assert_eq!(ana.get(&path).await.is(200)["state"], "ended");
}
