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

#[tokio::test]
async fn a_paused_series_ends_after_its_last_date_too() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.series(pill_box()).await;
    ana.series_act(&series, "pause").await;
    let change = json!({ "from_on": "2026-12-20", "title": "Fill the new box" });
    let rest = ana.change_series(&series, change).await;
    assert_eq!(rest["state"], "paused");
    app.advance(TimeDelta::days(20));
    let ended = Extended {
        extended: 0,
        ended: 1,
    };
    assert_eq!(extend_series(&app.app).await.unwrap(), ended);
    assert_eq!(extend_series(&app.app).await.unwrap(), Extended::default());
    let ana = ana.later().await;
    for (series, state) in [(&series, "ended"), (&rest, "paused")] {
        let path = format!("/task-series/{}", series["id"].as_str().unwrap());
        assert_eq!(ana.get(&path).await.is(200)["state"], state);
    }
}

#[tokio::test]
async fn the_job_does_not_even_look_at_the_series_of_an_archived_circle() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.series(pill_box()).await;
    ana.act("/archive").await.is(200);
    app.advance(TimeDelta::days(14));
    let extend = async || extend_series(&app.app).await.unwrap();
    let (none, few) = app.with_statements(Box::pin(extend())).await;
    assert_eq!(none, Extended::default());
    assert_eq!(few, 4, "two questions about the series of each kind");
    let ana = ana.later().await;
    ana.act("/unarchive").await.is(200);
    let more = Extended {
        extended: 1,
        ended: 0,
    };
    assert_eq!(extend().await, more);
    let id = series["id"].as_str().unwrap();
    let page = ana.get(&format!("/tasks?series_id={id}")).await.is(200);
    assert_eq!(page["data"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn a_series_that_is_changed_each_week_is_extended_as_any_other() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let series = ana.series(pill_box()).await;
    let path = format!("/task-series/{}", series["id"].as_str().unwrap());
    for title in ["Fill the new box", "Fill the red box"] {
        app.advance(TimeDelta::days(5));
        let ana = ana.later().await;
        let change = json!({ "title": title });
        let changed = ana.patch(&path, change).await.is(200);
        assert_eq!(changed["tasks_until_on"], series["tasks_until_on"]);
    }
    let more = Extended {
        extended: 1,
        ended: 0,
    };
    assert_eq!(extend_series(&app.app).await.unwrap(), more);
}
