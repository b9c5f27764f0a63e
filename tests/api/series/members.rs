//! Who does the tasks of a series: `claim`, `offer`, `accept`, `decline`, `release`, `set-turns`.

use serde_json::{Value, json};

use super::pill_box;
use crate::harness::{Person, TestApp};

/// Who holds each task of a series, by name.
async fn holders(by: &Person, series: &Value) -> Vec<String> {
    let tasks = by.tasks_of(series, "open").await;
    let holder = |task: &Value| {
        let assignments = task["assignments"].as_array().unwrap().iter();
        let names = assignments
            .filter(|part| part["state"] == "accepted")
            .map(|part| part["member_id"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>().join("+")
    };
    tasks.iter().map(holder).collect()
}

#[tokio::test]
async fn a_member_claims_a_whole_series_once() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let series = ana.series(pill_box()).await;
    let claimed = ben.series_act(&series, "claim").await;
    assert_eq!(claimed["my_part"], "accepted");
    let ids = holders(&ana, &series).await;
    assert_eq!(ids, vec![ben.member_id.clone(); 8]);
    let tasks = ana.tasks_of(&series, "open").await;
    assert!(tasks.iter().all(|task| task["coverage"] == "full"));
    // Claiming again changes nothing.
    let again = ben.series_act(&series, "claim").await;
    assert_eq!(again["version"], claimed["version"]);
}

#[tokio::test]
async fn a_task_that_somebody_else_holds_stays_theirs() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let series = ana.series(pill_box()).await;
    let second = ana.tasks_of(&series, "open").await[1].clone();
    cem.task_act(&second, "claim").await.is(200);
    ben.series_act(&series, "claim").await;
    let ids = holders(&ana, &series).await;
    assert_eq!(ids[1], cem.member_id);
    assert_eq!(ids[0], ben.member_id);
    assert_eq!(ids[2], ben.member_id);
}

#[tokio::test]
async fn a_member_who_releases_a_series_gives_back_all_of_its_tasks_and_one_email_says_so() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let series = ana.series(pill_box()).await;
    let offer = json!({ "member_id": ben.member_id });
    let path = format!("/task-series/{}/offer", series["id"].as_str().unwrap());
    ana.post(&path, offer).await.is(200);
    app.advance(chrono::TimeDelta::minutes(1));
    app.run_jobs().await;
    let mail = app.mail().await;
    assert!(
        mail.text.contains("something on that repeats"),
        "{}",
        mail.text
    );

    ben.series_act(&series, "accept").await;
    ben.series_act(&series, "release").await;
    assert_eq!(holders(&ana, &series).await, vec![String::new(); 8]);
    app.advance(chrono::TimeDelta::minutes(1));
    app.run_jobs().await;
    let mails = app.mails().await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0].text.matches("- ").count(), 1, "{}", mails[0].text);
}

#[tokio::test]
async fn two_members_take_turns_after_one_acceptance_each() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let series = ana.series(pill_box()).await;
    let path = format!("/task-series/{}/set-turns", series["id"].as_str().unwrap());
    let turns = json!({ "member_ids": [ben.member_id, cem.member_id] });
    let series = ana.post(&path, turns).await.is(200);
    assert_eq!(series["takes_turns"], true);
    assert_eq!(holders(&ana, &series).await, vec![String::new(); 8]);
    ben.series_act(&series, "accept").await;
    let (b, c) = (ben.member_id.as_str(), cem.member_id.as_str());
    assert_eq!(holders(&ana, &series).await, [b, "", b, "", b, "", b, ""]);
    cem.series_act(&series, "accept").await;
    assert_eq!(holders(&ana, &series).await, [b, c, b, c, b, c, b, c]);
    let id = series["id"].as_str().unwrap();
    ana.act(&format!("/task-series/{id}/claim"))
        .await
        .is_problem(409, "takes_turns");
}

#[tokio::test]
async fn other_turns_take_the_tasks_off_who_has_none() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let series = ana.series(pill_box()).await;
    ben.series_act(&series, "claim").await;
    let path = format!("/task-series/{}/set-turns", series["id"].as_str().unwrap());
    let turns = json!({ "member_ids": [ana.member_id, cem.member_id] });
    let series = ana.post(&path, turns).await.is(200);
    cem.series_act(&series, "accept").await;
    let (a, c) = (ana.member_id.as_str(), cem.member_id.as_str());
    assert_eq!(holders(&ana, &series).await, [a, c, a, c, a, c, a, c]);
    let twice = json!({ "member_ids": [ana.member_id, ana.member_id] });
    assert_eq!(
        ana.post(&path, twice).await.is_invalid(),
        ["/member_ids/1 named_twice"]
    );
}

#[tokio::test]
async fn a_member_who_leaves_gives_back_their_series() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let series = ana.series(pill_box()).await;
    ben.series_act(&series, "claim").await;
    let gone = ana
        .post(&format!("/members/{}/remove", ben.member_id), json!({}))
        .await
        .is(200);
    let released = gone["released"].as_array().unwrap();
    let of_kind = |kind: &str| released.iter().filter(|item| item["type"] == kind).count();
    assert_eq!((of_kind("task"), of_kind("task_series")), (8, 1));
    let path = format!("/task-series/{}", series["id"].as_str().unwrap());
    let series = ana.get(&path).await.is(200);
    assert_eq!(series["members"][0]["state"], "released");
    app.advance(chrono::TimeDelta::days(14));
    kith::features::series::extend_series(&app.app)
        .await
        .unwrap();
    let ana = ana.later().await;
    let id = series["id"].as_str().unwrap();
    let tasks = ana
        .get(&format!("/tasks?series_id={id}&state=open"))
        .await
        .is(200);
    assert!(
        tasks["data"]
            .as_array()
            .unwrap()
            .iter()
            .all(|task| task["coverage"] == "none")
    );
}

#[tokio::test]
async fn who_arranged_the_turns_is_told_that_a_turn_was_given_back() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let series = ana.series(pill_box()).await;
    let path = format!("/task-series/{}/set-turns", series["id"].as_str().unwrap());
    let turns = json!({ "member_ids": [ben.member_id, cem.member_id] });
    ana.post(&path, turns).await.is(200);
    ben.series_act(&series, "accept").await;
    cem.series_act(&series, "accept").await;
    app.advance(chrono::TimeDelta::minutes(1));
    app.mails().await;
    ben.series_act(&series, "release").await;
    let (b, c) = ("", cem.member_id.as_str());
    assert_eq!(holders(&ana, &series).await, [b, c, b, c, b, c, b, c]);
    app.advance(chrono::TimeDelta::minutes(1));
    let mail = app.mail().await;
    assert!(
        mail.text.contains("no longer do something"),
        "{}",
        mail.text
    );
}

#[tokio::test]
async fn members_who_take_turns_come_in_the_order_of_their_turns() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let series = ana.series(pill_box()).await;
    ben.series_act(&series, "claim").await;
    let series = set_turns(&ana, &series, [&ana, &ben]).await;
    let members = series["members"].as_array().unwrap().iter();
    let members: Vec<_> = members
        .map(|it| it["member_id"].as_str().unwrap())
        .collect();
    assert_eq!(members, [ana.member_id.as_str(), ben.member_id.as_str()]);
}

/// Sets the turns of a series.
async fn set_turns(by: &Person, series: &Value, members: [&Person; 2]) -> Value {
    let path = format!("/task-series/{}/set-turns", series["id"].as_str().unwrap());
    let members = members.map(|member| member.member_id.as_str());
    by.post(&path, json!({ "member_ids": members }))
        .await
        .is(200)
}

#[tokio::test]
async fn who_claims_a_series_also_gets_what_was_changed_by_itself_or_offered_to_them() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    let series = ana.series(pill_box()).await;
    let tasks = ana.tasks_of(&series, "open").await;
    let path = |place: usize| format!("/tasks/{}", tasks[place]["id"].as_str().unwrap());
    // The first is put off, the second is another thing, the third waits for an answer, Cem has the
    // fourth, the fifth was declined, and the sixth was moved to a topic of its own.
    let put_off = json!({ "due_local": "2026-12-08T18:00" });
    ana.patch(&path(0), put_off).await.is(200);
    ana.patch(&path(1), json!({ "title": "Fill two boxes" }))
        .await
        .is(200);
    let to_ben = json!({ "member_id": ben.member_id });
    for place in [2, 4] {
        ana.post(&format!("{}/offer", path(place)), to_ben.clone())
            .await
            .is(200);
    }
    ana.patch(&path(3), json!({ "title": "Fill a large box" }))
        .await
        .is(200);
    cem.task_act(&tasks[3], "claim").await.is(200);
    ben.task_act(&tasks[4], "decline").await.is(200);
    ana.patch(&path(5), json!({ "topic": "health" }))
        .await
        .is(200);
    ben.series_act(&series, "claim").await;
    let (b, c) = (ben.member_id.as_str(), cem.member_id.as_str());
    assert_eq!(holders(&ana, &series).await, [b, b, b, c, "", "", b, b]);
    let second = ben.get(&path(1)).await.is(200);
    assert_eq!(second["title"], "Fill two boxes");
    assert_eq!(second["is_exception"], true);
    let reminders = ben.get(&format!("{}/reminders", path(1))).await.is(200);
    assert_eq!(reminders["data"][0]["state"], "planned");

    // A later change of the series takes no offer for an answer.
    ben.task_act(&tasks[6], "release").await.is(200);
    ana.post(&format!("{}/offer", path(6)), to_ben)
        .await
        .is(200);
    ana.change_series(&series, json!({ "title": "Fill it" }))
        .await;
    let seventh = ben.get(&path(6)).await.is(200);
    assert_eq!(seventh["my_assignment"], "offered");
}

#[tokio::test]
async fn what_was_put_off_until_a_later_day_belongs_to_the_series_and_what_is_overdue_does_not() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let series = ana.series(pill_box()).await;
    let tasks = ana.tasks_of(&series, "open").await;
    let path = |place: usize| format!("/tasks/{}", tasks[place]["id"].as_str().unwrap());
    for (place, due) in [(0, "2026-12-20T09:00"), (1, "2026-12-14T09:00")] {
        ana.patch(&path(place), json!({ "due_local": due }))
            .await
            .is(200);
    }
    app.advance(chrono::TimeDelta::days(14));
    let (ana, ben) = (ana.later().await, ben.later().await);
    let claim = format!("/task-series/{}/claim", series["id"].as_str().unwrap());
    ben.act(&claim).await.is(200);
    let coverage = async |place| ana.get(&path(place)).await.is(200)["coverage"].clone();
    assert_eq!(coverage(0).await, "full");
    assert_eq!(coverage(1).await, "none");
    assert_eq!(coverage(2).await, "full");
}

#[tokio::test]
async fn other_turns_are_told_once_to_whom_they_give_or_take_tasks() {
    let app = TestApp::start().await;
    let access = ["coordinator", "helper", "helper", "helper"];
    let [ana, ben, cem, dora] = app.circle(access).await;
    let series = ana.series(pill_box()).await;
    let series = set_turns(&ana, &series, [&ben, &cem]).await;
    ben.series_act(&series, "accept").await;
    cem.series_act(&series, "accept").await;
    app.advance(chrono::TimeDelta::minutes(1));
    app.mails().await;
    let told = async || {
        app.advance(chrono::TimeDelta::minutes(1));
        let mut told: Vec<(String, bool)> = Vec::new();
        for mail in app.mails().await {
            assert_eq!(mail.text.matches("- ").count(), 1, "{}", mail.text);
            let changed = mail.text.contains("Something that repeats has changed.");
            told.push((mail.to, changed));
        }
        told.sort();
        told
    };
    let changed = |person: &Person| (person.email.clone(), true);
    let other = |person: &Person| (person.email.clone(), false);

    set_turns(&ana, &series, [&cem, &ben]).await;
    let (b, c) = (ben.member_id.as_str(), cem.member_id.as_str());
    assert_eq!(holders(&ana, &series).await, [c, b, c, b, c, b, c, b]);
    assert_eq!(told().await, [changed(&ben), changed(&cem)]);
    // The same again changes nothing for anybody.
    set_turns(&ana, &series, [&cem, &ben]).await;
    assert!(told().await.is_empty());
    // Cem loses the turn, Dora is asked, and Ben keeps what he has.
    set_turns(&ana, &series, [&dora, &ben]).await;
    assert_eq!(holders(&ana, &series).await, ["", b, "", b, "", b, "", b]);
    assert_eq!(told().await, [other(&cem), other(&dora)]);
}

#[tokio::test]
async fn a_task_of_a_paused_series_that_a_member_claimed_alone_is_released_when_they_go() {
    let app = TestApp::start().await;
    let access = ["coordinator", "helper", "helper", "helper"];
    let [ana, ben, cem, dora] = app.circle(access).await;
    for (way, member) in [("remove", &ben), ("suspend", &cem), ("leave", &dora)] {
        let series = ana.series(pill_box()).await;
        let task = ana.tasks_of(&series, "open").await[1].clone();
        member.task_act(&task, "claim").await.is(200);
        ana.series_act(&series, "pause").await;
        let gone = if way == "leave" {
            member.post("/leave", json!({})).await.is(200)
        } else {
            let path = format!("/members/{}/{way}", member.member_id);
            ana.post(&path, json!({})).await.is(200)
        };
        assert_eq!(gone["released"][0]["id"], task["id"], "{way}");
        ana.series_act(&series, "resume").await;
        assert_eq!(holders(&ana, &series).await, [""; 8], "{way}");
        ana.series_act(&series, "end").await;
    }
}
