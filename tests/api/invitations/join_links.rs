//! Join links and join requests.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Client, Person, Reply, TestApp};

async fn link(by: &Client, more: Value) -> (Value, String) {
    let mut body = json!({ "access": "helper" });
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    let link = by.post("/join-links", body).await.is(201);
    let token = link["url"].as_str().unwrap().rsplit_once('=').unwrap().1;
    let token = token.to_owned();
    (link, token)
}

async fn ask(by: &Person, token: &str) -> Reply {
    by.post("/v1/join-requests", json!({ "token": token }))
        .await
}

async fn preview(by: &Client, token: &str) -> Value {
    let token = json!({ "token": token });
    by.post("/v1/join-links/preview", token).await.is(200)
}

#[tokio::test]
async fn people_who_ask_with_a_link_join_when_a_coordinator_approves_them() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let (made, token) = link(&ana, json!({})).await;
    assert_eq!(
        (&made["max_uses"], &made["needs_approval"]),
        (&json!(10), &json!(true))
    );
    let offer = preview(&app.anybody(), &token).await;
    assert_eq!(
        (&offer["state"], &offer["circle_alias"]),
        (&json!("open"), &json!("Ana's circle"))
    );
    let (gio, hana) = (app.person("Gio").await, app.person("Hana").await);
    let asked = ask(&gio, &token).await.is(201);
    assert_eq!(
        (&asked["state"], &asked["actions"]),
        (&json!("pending"), &json!([]))
    );
    assert_eq!(ask(&gio, &token).await.is(200)["id"], asked["id"]);
    let declined = ask(&hana, &token).await.is(201);
    let listed = ana.get("/join-links").await.is(200)["data"][0].clone();
    assert_eq!((&listed["uses"], &listed["url"]), (&json!(2), &Value::Null));
    ben.get("/join-requests").await.is_problem(403, "forbidden");
    let path = |request: &Value, verb: &str| {
        format!("/join-requests/{}/{verb}", request["id"].as_str().unwrap())
    };
    let body = json!({ "access": "viewer" });
    ana.post(&path(&asked, "approve"), body).await.is(200);
    ana.act(&path(&asked, "approve")).await.is(200);
    ana.act(&path(&declined, "decline")).await.is(200);
    ana.act(&path(&declined, "approve"))
        .await
        .is_problem(409, "invalid_transition");
    let circles = gio.get("/v1/me/circles").await.is(200);
    assert_eq!(circles["data"][0]["circle"]["my_access"], "viewer");
    assert_eq!(ask(&hana, &token).await.is(200)["state"], "declined");
    app.advance(TimeDelta::seconds(25));
    let mails = app.mails().await;
    let told = mails
        .iter()
        .find(|mail| mail.to == "gio@test.example")
        .unwrap();
    assert!(
        told.text.contains("you are in the circle now"),
        "{}",
        told.text
    );
    let (_, other) = link(&ana, json!({})).await;
    ask(&gio, &other).await.is_problem(409, "already_member");
}

#[tokio::test]
async fn a_removed_member_comes_back_only_if_a_coordinator_approves_them() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let gio = app.person("Gio").await;
    let at_once = json!({ "without_approval": true });
    let (_, token) = link(&ana, at_once.clone()).await;
    assert_eq!(ask(&gio, &token).await.is(201)["state"], "approved");
    let inside = gio.inside(ana.circle_id());
    let me = inside.get("/members/me").await.is(200);
    let remove = format!("/members/{}/remove", me["id"].as_str().unwrap());
    ana.post(&remove, json!({})).await.is(200);
    let (_, other) = link(&ana, at_once).await;
    let asked = ask(&gio, &other).await.is(201);
    assert_eq!(asked["state"], "pending");
    inside.get("").await.is_problem(404, "not_found");
    let approve = format!("/join-requests/{}/approve", asked["id"].as_str().unwrap());
    ana.act(&approve).await.is(200);
    inside.get("").await.is(200);
}

#[tokio::test]
async fn a_link_that_is_over_says_why() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let (gio, hana) = (app.person("Gio").await, app.person("Hana").await);
    let anybody = app.anybody();
    let (_, used) = link(&ana, json!({ "max_uses": 1, "without_approval": true })).await;
    assert_eq!(ask(&gio, &used).await.is(201)["state"], "approved");
    gio.inside(ana.circle_id()).get("").await.is(200);
    assert_eq!(preview(&anybody, &used).await["state"], "used_up");
    let problem = ask(&hana, &used).await.is_problem(409, "join_link_closed");
    assert!(problem["detail"].as_str().unwrap().contains("have used it"));
    let (revoked, token) = link(&ana, json!({})).await;
    let path = format!("/join-links/{}", revoked["id"].as_str().unwrap());
    ana.delete(&path).await.is(204);
    ana.delete(&path).await.is(204);
    assert_eq!(preview(&anybody, &token).await["state"], "revoked");
    ask(&hana, &token).await.is_problem(409, "join_link_closed");
    let (_, short) = link(&ana, json!({ "expires_in_days": 1 })).await;
    let page = anybody.get(&format!("/join?token={short}")).await;
    assert!(
        page.text.contains("Ana Test invites you to Ana"),
        "{}",
        page.text
    );
    app.advance(TimeDelta::days(2));
    assert_eq!(preview(&anybody, &short).await["state"], "expired");
    let page = anybody.get(&format!("/join?token={short}")).await;
    assert!(page.text.contains("This link has expired"), "{}", page.text);
    let nobody = json!({ "token": "none" });
    anybody
        .post("/v1/join-links/preview", nobody)
        .await
        .is_problem(410, "no_longer_valid");
    app.mails().await;
}

#[tokio::test]
async fn the_links_of_a_coordinator_who_goes_or_no_longer_coordinates_stop_working() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app
        .circle(["coordinator", "coordinator", "coordinator"])
        .await;
    let (_, of_ana) = link(&ana, json!({})).await;
    let (_, of_ben) = link(&ben, json!({})).await;
    let (_, of_cem) = link(&cem, json!({})).await;
    let anybody = app.anybody();
    ana.patch(
        &format!("/members/{}", ben.member_id),
        json!({ "access": "helper" }),
    )
    .await
    .is(200);
    cem.post("/leave", json!({})).await.is(200);
    for (token, state) in [(of_ana, "open"), (of_ben, "revoked"), (of_cem, "revoked")] {
        assert_eq!(preview(&anybody, &token).await["state"], state);
    }
}

#[tokio::test]
async fn nobody_becomes_a_coordinator_by_a_link() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let coordinator = json!({ "access": "coordinator" });
    let refused = ana.post("/join-links", coordinator).await.is_invalid();
    assert_eq!(refused, ["/access invalid_value"]);
    let many = json!({ "access": "helper", "max_uses": 51 });
    let refused = ana.post("/join-links", many).await.is_invalid();
    assert_eq!(refused, ["/max_uses out_of_range"]);
    ben.post("/join-links", json!({ "access": "helper" }))
        .await
        .is_problem(403, "forbidden");
}
