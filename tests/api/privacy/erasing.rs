//! Erasure leaves nothing: a person writes a marker word into every column about them, and
//! after the erasure the bytes of the database are searched for it.

use std::process::Command;
use std::sync::Arc;

use axum::http::Method;
use kith::config::DatabaseUrl;
use kith::entity::passkey;
use kith::platform::db::BeginWrite;
use kith::privacy::{GRACE, erase_due};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, Statement, TransactionTrait,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Client, Person, Reply, TestApp};

/// The marker word in everything about the person.
pub const CANARY: &str = "quetzal";
/// The marker word in what belongs to the family and is kept.
pub const FAMILY: &str = "Familiengut";

/// Everything that is stored, in lower case: the bytes of the SQLite files, or the output of
/// `pg_dump`.
pub fn stored(app: &TestApp) -> String {
    let bytes = match &app.database.url {
        DatabaseUrl::Sqlite(path) => {
            let mut bytes = std::fs::read(path).unwrap();
            let log = format!("{}-wal", path.display());
            bytes.extend(std::fs::read(log).unwrap_or_default());
            bytes
        }
        DatabaseUrl::Postgres(url) => {
            let dump = Command::new("pg_dump").arg(url.expose_secret()).output();
            let dump = dump.expect("pg_dump is installed");
            assert!(dump.status.success(), "{:?}", dump.stderr);
            dump.stdout
        }
    };
    String::from_utf8_lossy(&bytes).to_lowercase()
}

fn count(text: &str, canary: &str) -> usize {
    text.matches(&canary.to_lowercase()).count()
}

/// Lets a person write the marker word wherever there is room for it.
pub async fn live(app: &Arc<TestApp>, ana: &Person, quin: &Person) -> [String; 3] {
    let canary = |what: &str| format!("{CANARY} {what}");
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    let me = format!("/members/{}", quin.member_id);
    let shown = json!({
        "name": canary("name"), "phone": "+49 170 quetzal", "relationship": canary("relationship"),
        "capacity": "a_lot",
    });
    quin.patch(&me, shown).await.is(200);
    let wishes = json!({
        "locale": "en", "quiet_from": "03:00", "quiet_until": "03:01", "digest_weekday": "monday",
    });
    quin.patch("/v1/me", wishes).await.is(200);
    let detail = json!({ "detail": "title", "health_too": true });
    quin.patch("/notification-settings", detail).await.is(200);
    let again = json!({
        "email": quin.email, "password": crate::harness::PASSWORD, "name": canary("name"),
        "time_zone": "Europe/Berlin", "locale": "en",
    });
    app.anybody().post("/v1/registrations", again).await.is(202);
    let credentials = json!({
        "email": quin.email, "password": crate::harness::PASSWORD, "device_label": canary("phone"),
    });
    quin.post("/v1/sessions", credentials).await.session();
    let invitation = json!({
        "email": "guest@test.example", "access": "viewer",
        "note": canary("note"), "relationship": canary("of a guest"),
    });
    quin.post("/invitations", invitation).await.is(201);
    let elsewhere = json!({ "email": quin.email, "access": "helper", "note": FAMILY });
    mia.post("/invitations", elsewhere).await.is(201);
    let proposed = json!({ "email": "another@test.example", "name": canary("guest") });
    quin.post("/invitations/propose", proposed).await.is(201);
    let link = json!({ "access": "helper" });
    let link = mia.post("/join-links", link).await.is(201);
    let link = link["url"].as_str().unwrap().rsplit_once('=').unwrap().1;
    let asked = json!({ "token": link, "note": canary("wish") });
    quin.post("/v1/join-requests", asked).await.is(201);

    // The title of a thread is erased with the person who wrote the title.
    let thread = json!({ "title": canary("topic title"), "topic": "daily" });
    let thread = id(&quin.post("/threads", thread).await.is(201));
    let family = json!({ "title": FAMILY, "topic": "daily" });
    ana.post("/threads", family).await.is(201);
    let list = json!({ "title": FAMILY });
    quin.post("/task-lists", list).await.is(201);
    let renamed = json!({ "title": "Visits", "topic": "daily" });
    let renamed = id(&ana.post("/threads", renamed).await.is(201));
    let title = json!({ "title": canary("another title") });
    let renamed = quin.patch(&format!("/threads/{renamed}"), title).await;
    renamed.is(200);
    let direct = json!({ "title": canary("title"), "member_ids": [ana.member_id] });
    let direct = id(&quin.post("/threads", direct).await.is(201));
    let mut messages = Vec::new();
    for thread in [&thread, &direct] {
        let path = format!("/threads/{thread}/messages");
        let written = quin.post(&path, json!({ "body": canary("first") })).await;
        let message = id(&written.is(201));
        let edited = json!({ "body": canary("second"), });
        quin.patch(&format!("/messages/{message}"), edited)
            .await
            .is(200);
        mark_read(ana, thread, &message).await.is(200);
        messages.push(message);
    }
    let task = quin.task(json!({ "title": FAMILY, "notes": FAMILY })).await;
    quin.task_act(&task, "claim").await.is(200);
    let handover = json!({
        "task_id": task["id"], "reason": "unwell", "note": canary("handover"),
    });
    quin.post("/handovers", handover).await.is(201);
    let away = json!({ "from_on": "2027-06-01", "note": canary("absence") });
    quin.post("/absences", away).await.is(201);
    let code = json!({ "email": quin.email, "device_label": canary("device") });
    app.anybody().post("/v1/sign-in-codes", code).await.is(202);
    let moved = json!({ "email": "quetzal.new@test.example" });
    quin.post("/v1/me/email-changes", moved).await.is(202);
    let reset = json!({ "email": quin.email });
    app.anybody()
        .post("/v1/password-resets", reset)
        .await
        .is(202);
    let token = json!({
        "name": canary("token"), "scopes": ["tasks:read"], "circle_ids": [quin.circle_id()],
    });
    quin.post("/v1/me/access-tokens", token).await.is(201);
    keep_passkey(app, quin, canary("passkey")).await;
    app.mails().await;
    messages.push(direct);
    messages.try_into().unwrap()
}

/// Stores a passkey, even in a program that was built without passkeys.
async fn keep_passkey(app: &TestApp, of: &Person, name: String) {
    let user_id: Uuid = of.tokens["account_id"].as_str().unwrap().parse().unwrap();
    let row = passkey::ActiveModel {
        id: Set(app.app.clock().new_id()),
        user_id: Set(user_id.into()),
        name: Set(name),
        credential_id: Set(user_id.into_bytes().to_vec()),
        credential: Set("{}".into()),
        created_at: Set(app.now()),
        last_used_at: Set(None),
    };
    let connection = app.database.connect().await;
    let insert = passkey::Entity::insert(row);
    insert.exec_without_returning(&connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Reads a thread up to a message; the answer is kept for the same request.
async fn mark_read(reader: &Client, thread: &str, message: &str) -> Reply {
    let path = format!("/threads/{thread}/mark-read");
    let key = ("idempotency-key", message);
    let last_read_message_id = Some(json!({ "last_read_message_id": message }));
    reader
        .with(key, &Method::POST, &path, last_read_message_id)
        .await
}

#[tokio::test]
async fn an_erased_person_leaves_only_an_id_that_identifies_nobody() {
    let app = TestApp::start().await;
    let names = ["Ana", "Quetzal"];
    let [ana, quin] = app.circle_of(["coordinator", "coordinator"], names).await;
    let [shared, direct, direct_thread] = live(&app, &ana, &quin).await;
    let path = format!("/v1/circles/{}", ana.circle_id());
    let alone = json!({ "patient_name": "Quetzal alone" });
    let alone = quin.post("/v1/circles", alone).await.is(201);
    assert!(count(&stored(&app), CANARY) > 20);

    quin.put("/v1/me/deletion").await.is(200);
    app.mails().await;
    app.advance(GRACE);
    assert_eq!(erase_due(&app.app).await.unwrap(), 1);
    let left = stored(&app);
    let found = left
        .find(CANARY)
        .map(|at| &left[at.saturating_sub(60)..at + 60]);
    assert_eq!(
        count(&left, CANARY),
        0,
        "an erased person is still named: {found:?}. Find the column by the text around it, and \
         add `Erase::Blank` or `Erase::Delete` for it: in `TABLE` of base/src/entity/<table>.rs if \
         src/privacy/data_map/care.rs lists the table, else in src/privacy/data_map/"
    );
    assert!(count(&left, FAMILY) > 3);

    // The kept answer named the erased person: it is deleted as a whole.
    let later = ana.later().await;
    let again = mark_read(&later, &direct_thread, &direct).await;
    again.is_problem(409, "replay_unavailable");
    let thread = later.get(&format!("{path}/threads/{direct_thread}")).await;
    let last = &thread.is(200)["last_message"];
    assert_eq!(
        (&last["author_name"], &last["body"]),
        (&json!("Former member"), &Value::Null)
    );

    let member = later
        .get(&format!("{path}/members/{}", quin.member_id))
        .await
        .is(200);
    assert_eq!(member["name"], "Former member");
    assert_eq!(member["state"], "left");
    for member_of in ["email", "phone", "relationship", "account_id"] {
        assert_eq!(member[member_of], Value::Null, "{member_of}");
    }
    for message in [shared, direct] {
        let message = later
            .get(&format!("{path}/messages/{message}"))
            .await
            .is(200);
        assert_eq!(message["author_name"], "Former member");
        assert_eq!(message["body"], Value::Null);
        assert_eq!(message["deleted_at"], json!("2026-12-15T08:00:00.000Z"));
    }
    let alone = format!("/v1/circles/{}", alone["id"].as_str().unwrap());
    later.get(&alone).await.is(404);
    let log = later.get(&format!("{path}/activity")).await.is(200);
    assert_eq!(log["data"][0]["verb"], "erased");
    app.mails().await;
}

/// Starts a thread with a member; the answer is kept for the same request.
async fn start_thread(by: &Client, with: &str) -> Reply {
    let key = ("idempotency-key", "start a thread");
    let thread = json!({ "title": "Together", "member_ids": [with] });
    by.with(key, &Method::POST, "/threads", Some(thread)).await
}

#[tokio::test]
async fn a_repeated_request_whose_answer_was_dropped_does_nothing_twice() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let first = start_thread(&ana, &ben.member_id).await;
    assert!(first.text.contains(&ben.member_id), "{}", first.text);
    first.is(201);
    ben.put("/v1/me/deletion").await.is(200);
    app.advance(GRACE);
    assert_eq!(erase_due(&app.app).await.unwrap(), 1);

    let later = ana.later().await;
    let again = start_thread(&later, &ben.member_id).await;
    again.is_problem(409, "replay_unavailable");
    let threads = later.get("/threads").await.is(200);
    assert_eq!(threads["data"].as_array().unwrap().len(), 1);
    app.mails().await;
}

#[tokio::test]
async fn the_answer_about_an_address_is_kept_when_a_similar_address_is_erased() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    let invite = async |by: &Client| {
        let invitation = json!({ "email": format!("a.{}", ben.email), "access": "helper" });
        let key = ("idempotency-key", "invite somebody else");
        by.with(key, &Method::POST, "/invitations", Some(invitation))
            .await
    };
    invite(&ana).await.is(201);
    ben.put("/v1/me/deletion").await.is(200);
    app.advance(GRACE);
    assert_eq!(erase_due(&app.app).await.unwrap(), 1);

    let again = invite(&ana.later().await).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    app.mails().await;
}

#[tokio::test]
async fn an_erased_email_address_can_register_again() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "helper"]).await;
    ben.put("/v1/me/deletion").await.is(200);
    app.advance(GRACE);
    app.mails().await;
    erase_due(&app.app).await.unwrap();
    app.mails().await;

    let anew = app.person("Ben").await;
    assert_eq!(anew.get("/v1/me/circles").await.is(200)["data"], json!([]));
    let ana = Person {
        client: ana.later().await,
        ..ana
    };
    let member = app.join(&ana, &anew, json!({ "access": "helper" })).await;
    assert_ne!(member, ben.member_id);
}

#[tokio::test]
async fn a_person_is_erased_from_circles_that_they_left_before() {
    let app = TestApp::start().await;
    let [ana, ben, cem] = app.circle(["coordinator", "helper", "helper"]).await;
    ben.post("/leave", json!({})).await.is(200);
    let remove = format!("/members/{}/remove", cem.member_id);
    ana.post(&remove, json!({})).await.is(200);
    for gone in [&ben, &cem] {
        gone.put("/v1/me/deletion").await.is(200);
    }
    app.advance(GRACE);
    app.mails().await;
    assert_eq!(erase_due(&app.app).await.unwrap(), 2);
    app.mails().await;
    let ana = ana.later().await;
    for (gone, state) in [(&ben, "left"), (&cem, "removed")] {
        let member = ana
            .get(&format!("/members/{}", gone.member_id))
            .await
            .is(200);
        assert_eq!(
            (&member["name"], &member["state"]),
            (&json!("Former member"), &json!(state))
        );
    }
}

#[tokio::test]
async fn data_that_a_reader_kept_in_the_wal_is_shredded_the_next_time() {
    let app = TestApp::start().await;
    if app.app.db().backend() != DbBackend::Sqlite {
        return;
    }
    let quin = app.person("Quetzal").await;
    quin.put("/v1/me/deletion").await.is(200);
    app.mails().await;
    app.advance(GRACE);
    let connection = app.database.connect().await;
    let reading = connection.begin().await.unwrap();
    let look = "SELECT COUNT(*) FROM users";
    let look = Statement::from_string(DbBackend::Sqlite, look);
    reading.query_one_raw(look).await.unwrap();
    assert_eq!(erase_due(&app.app).await.unwrap(), 1);
    assert!(
        count(&stored(&app), CANARY) > 0,
        "the reader should have kept the old data in the WAL"
    );

    reading.rollback().await.unwrap();
    connection.close().await.unwrap();
    assert_eq!(erase_due(&app.app).await.unwrap(), 0);
    assert_eq!(count(&stored(&app), CANARY), 0);
    app.mails().await;
}
