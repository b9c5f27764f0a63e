//! `GET /v1/pictures/{picture_token}`: who sees the picture of an address, and for how long.

use axum::http::Method;
use serde_json::{Value, json};

use super::{avatar_url, path, picture, set_avatar};
use crate::harness::TestApp;

#[tokio::test]
async fn an_address_needs_no_token_and_can_be_kept_for_good() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    set_avatar(&ana, 1).await;
    let address = path(&avatar_url(&ben, &ana).await);
    let shown = app.anybody().get(&address).await;
    assert_eq!(shown.status, 200);
    let kept = "private, max-age=31536000, immutable";
    assert_eq!(shown.header("cache-control"), kept);
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert_eq!(shown.header("cross-origin-resource-policy"), "cross-origin");
    let small = app.anybody().get(&format!("{address}?size=small")).await;
    assert!(small.bytes.len() < shown.bytes.len());
    let seen = ("if-none-match", shown.header("etag"));
    let again = app.anybody().with(seen, &Method::GET, &address, None).await;
    assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0));
    assert_eq!(again.header("cache-control"), kept);
    assert_eq!(again.header("etag"), shown.header("etag"));

    // It stays the same for one reader, and is another one for others.
    assert_eq!(path(&avatar_url(&ben, &ana).await), address);
    assert_ne!(path(&avatar_url(&ana, &ana).await), address);
    let members = ben.get("/members").await.is(200);
    for member in members["data"].as_array().unwrap() {
        let own = member["id"] == ana.member_id.as_str();
        let shown = own.then(|| path(&member["avatar_url"]));
        assert_eq!(shown, own.then(|| address.clone()));
        assert_eq!(member["avatar_url"].is_null(), !own);
    }
}

#[tokio::test]
async fn an_address_shows_nothing_to_a_reader_who_lost_sight_of_the_picture() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    set_avatar(&ben, 1).await;
    ana.put_bytes("/patient-photo", picture(2)).await.is(200);
    let of_ben = path(&avatar_url(&cem, &ben).await);
    let circle = cem.get("").await.is(200);
    let of_patient = path(&circle["patient"]["photo_url"]);
    let shows = async |address: &str| app.anybody().get(address).await.status == 200;
    assert!(shows(&of_ben).await && shows(&of_patient).await);

    let suspend = |member: &str| format!("/members/{member}/suspend");
    ana.act(&suspend(&cem.member_id)).await.is(200);
    assert!(!shows(&of_ben).await && !shows(&of_patient).await);
    ana.act(&format!("/members/{}/reinstate", cem.member_id))
        .await
        .is(200);
    assert!(shows(&of_ben).await && shows(&of_patient).await);

    // A member who leaves takes their picture along.
    ben.post("/leave", json!({})).await.is(200);
    assert!(!shows(&of_ben).await && shows(&of_patient).await);
    assert_eq!(avatar_url(&cem, &ben).await, Value::Null);
    let own = ben.get("/v1/me").await.is(200);
    assert!(shows(&path(&own["avatar_url"])).await);
    app.mails().await;
}

#[tokio::test]
async fn an_address_of_a_disabled_account_shows_nothing() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let own = path(&set_avatar(&ben, 1).await["avatar_url"]);
    set_avatar(&ana, 1).await;
    let of_ana = path(&avatar_url(&ben, &ana).await);
    let connection = app.database.connect().await;
    let disable = format!(
        "UPDATE users SET state = 'disabled' WHERE email = '{}'",
        ben.email
    );
    sea_orm::ConnectionTrait::execute_unprepared(&connection, &disable)
        .await
        .unwrap();
    connection.close().await.unwrap();
    for address in [own, of_ana] {
        app.anybody()
            .get(&address)
            .await
            .is_problem(404, "not_found");
    }
}

#[tokio::test]
async fn an_address_that_was_changed_leads_nowhere() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    set_avatar(&ana, 1).await;
    let address = path(&avatar_url(&ben, &ana).await);
    for place in 13..address.len() {
        let mut changed = address.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        app.anybody()
            .get(&changed)
            .await
            .is_problem(404, "not_found");
    }
}

#[tokio::test]
async fn an_address_begins_with_the_public_address_of_the_server() {
    let public = "https://example.org/kith";
    let app = TestApp::start_as(|parts| parts.public_url = public.into()).await;
    let ana = app.person("Ana").await;
    let account = set_avatar(&ana, 1).await;
    let address = account["avatar_url"].as_str().unwrap();
    let begin = format!("{public}/v1/pictures/");
    assert!(address.starts_with(&begin), "{address}");
    let path = address.strip_prefix("https://example.org").unwrap();
    assert_eq!(app.anybody().get(path).await.status, 200);
}
