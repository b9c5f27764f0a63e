//! Personal access tokens: shown once, bound to circles and scopes, and limited to what their
//! owner can do.

use axum::http::Method;
use chrono::TimeDelta;
use kith::entity::change::{self, ActorKind};
use kith::entity::personal_access_token::TokenScope::{
    self, AppointmentsRead, CircleRead, MessagesRead, RolesRead, TasksRead, TasksWrite,
};
use kith::entity::personal_access_token::{self, TokenScopes};
use kith::http::openapi::NeededScopes;
use kith::privacy::retention::sweep;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::contract::matrix::make_token;
use crate::harness::{Client, Person, TestApp};

async fn token(owner: &Person, scopes: &[TokenScope]) -> Client {
    make_token(owner, owner.circle_id(), scopes).await.1
}

fn id(made: &Value) -> String {
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_token_is_shown_once_and_its_owner_gets_an_email() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let request = json!({
        "name": "Kitchen display", "scopes": ["tasks:write", "tasks:read", "tasks:read"],
        "circle_ids": [ana.circle_id()],
    });
    let key = ("idempotency-key", "once");
    let path = "/v1/me/access-tokens";
    let first = ana
        .with(key, &Method::POST, path, Some(request.clone()))
        .await;
    assert_eq!(first.header("cache-control"), "no-store");
    let made = first.is(201);
    let text = made["token"].as_str().unwrap();
    assert!(text.starts_with("kith_pat_") && text.len() == 58, "{text}");
    assert_eq!(made["scopes"], json!(["tasks:read", "tasks:write"]));
    assert_eq!(made["expires_at"], "2027-03-01T08:00:00.000Z");
    assert_eq!(made["last_used_at"], Value::Null);
    let mail = app.mail().await;
    assert_eq!(
        mail.header("Subject"),
        "A personal access token was created"
    );
    assert!(!mail.text.contains("Kitchen"), "{}", mail.text);

    let again = ana.with(key, &Method::POST, path, Some(request)).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    let mut shown = made.clone();
    shown["token"] = Value::Null;
    assert_eq!(again.is(201), shown);
    let listed = ana.get(path).await;
    assert!(!listed.text.contains("kith_pat_"));
    shown.as_object_mut().unwrap().remove("token");
    assert_eq!(listed.is(200)["data"], json!([shown]));

    let connection = app.database.connect().await;
    let row = personal_access_token::Entity::find().one(&connection).await;
    connection.close().await.unwrap();
    assert_eq!(
        row.unwrap().unwrap().token_hash,
        kith::platform::crypto::keys::sha256(text.as_bytes())
    );
}

#[tokio::test]
async fn a_token_request_that_cannot_be_granted_says_why() {
    let app = TestApp::start().await;
    let [ana] = app.circle_of(["coordinator"], ["Ana"]).await;
    let [mia] = app.circle_of(["coordinator"], ["Mia"]).await;
    let ask = async |changes: Value| {
        let mut request = json!({
            "name": "Mine", "scopes": ["tasks:read"], "circle_ids": [ana.circle_id()],
        });
        request
            .as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        ana.post("/v1/me/access-tokens", request).await
    };
    for (changes, field) in [
        (
            json!({ "circle_ids": [mia.circle_id()] }),
            "/circle_ids/0 unknown_circle",
        ),
        (
            json!({ "circle_ids": [uuid::Uuid::nil()] }),
            "/circle_ids/0 unknown_circle",
        ),
        (
            json!({ "scopes": ["everything"] }),
            "/scopes/0 unknown_value",
        ),
        (
            json!({ "expires_in_days": 367 }),
            "/expires_in_days out_of_range",
        ),
        (json!({ "name": "" }), "/name too_short"),
    ] {
        let refused = ask(changes.clone()).await;
        assert_eq!(refused.is_invalid(), [field], "{changes}");
    }
    for _ in 0..50 {
        ask(json!({ "expires_in_days": 366 })).await.is(201);
    }
    ask(json!({})).await.is_problem(409, "limit_reached");
    app.mails().await;
    app.advance(TimeDelta::minutes(10) - TimeDelta::seconds(1));
    ana.get("/v1/me/access-tokens").await.is(200);
    app.advance(TimeDelta::seconds(2));
    ask(json!({}))
        .await
        .is_problem(403, "reauthentication_required");
}

#[tokio::test]
async fn a_token_is_limited_by_its_scopes_and_by_the_current_access_of_its_owner() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let reads = token(&ben, &[TasksRead]).await;
    let writes = token(&ben, &[TasksRead, TasksWrite]).await;
    let task = json!({ "title": "Shopping" });
    let refused = reads.post("/tasks", task.clone()).await;
    let problem = refused.is_problem(403, "insufficient_scope");
    let detail = "This needs a personal access token with tasks:write.";
    assert_eq!(problem["detail"], detail);
    assert_eq!(
        refused.header("www-authenticate"),
        "Bearer error=\"insufficient_scope\", scope=\"tasks:write\""
    );
    let made = writes.post("/tasks", task.clone()).await.is(201);
    let path = format!("/tasks/{}", id(&made));
    assert_eq!(writes.get(&path).await.is(200)["actions"], made["actions"]);
    let read = reads.get(&path).await;
    assert_ne!(read.header("etag"), writes.get(&path).await.header("etag"));
    assert_eq!(read.is(200)["actions"], json!([]));
    reads
        .get("/appointments")
        .await
        .is_problem(403, "insufficient_scope");
    let for_no_token = reads.get("/activity").await;
    assert_eq!(
        for_no_token.header("www-authenticate"),
        "Bearer error=\"insufficient_scope\""
    );
    for_no_token.is_problem(403, "insufficient_scope");

    let member = format!("/members/{}", ben.member_id);
    ana.patch(&member, json!({ "access": "viewer" }))
        .await
        .is(200);
    writes
        .post("/tasks", task.clone())
        .await
        .is_problem(403, "forbidden");
    writes.get(&path).await.is(200);
    ana.post(&format!("{member}/suspend"), json!({}))
        .await
        .is(200);
    writes.get(&path).await.is_problem(404, "not_found");
    ana.act(&format!("{member}/reinstate")).await.is(200);
    writes.get(&path).await.is(200);
}

#[tokio::test]
async fn views_of_all_circles_show_a_token_only_its_own_circles() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    ana.task(json!({ "title": "Here", "due_on": "2026-12-02" }))
        .await;
    let other = json!({ "patient_name": "Otto" });
    let other = ana.post("/v1/circles", other).await.is(201);
    let there = ana.inside(&id(&other));
    let task = json!({ "title": "There", "due_on": "2026-12-02" });
    let task = there.post("/tasks", task).await.is(201);
    there
        .act(&format!("/tasks/{}/claim", id(&task)))
        .await
        .is(200);

    let scopes = [
        CircleRead,
        TasksRead,
        AppointmentsRead,
        RolesRead,
        MessagesRead,
    ];
    let here = token(&ana, &scopes).await;
    let circles = here.get("/v1/me/circles").await.is(200);
    let circles = circles["data"].as_array().unwrap();
    assert_eq!(circles.len(), 1);
    assert_eq!(circles[0]["circle"]["id"], ana.circle_id());
    assert_eq!(here.get("/v1/me/agenda").await.is(200)["data"], json!([]));
    assert!(!here.get("/v1/me/summary").await.text.contains(&id(&other)));
    let some = token(&ana, &[TasksRead]).await;
    some.get("/v1/me/agenda")
        .await
        .is_problem(403, "insufficient_scope");
}

#[tokio::test]
async fn the_change_log_shows_whether_a_token_or_its_owner_acted() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let (made, client) = make_token(&ana, ana.circle_id(), &[TasksRead, TasksWrite]).await;
    ana.task(json!({ "title": "By hand" })).await;
    let task = json!({ "title": "By a program" });
    client.post("/tasks", task).await.is(201);
    let connection = app.database.connect().await;
    let changes = change::Entity::find()
        .order_by_desc(change::Column::Seq)
        .all(&connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let token_id = |row: &change::Model| row.personal_access_token_id.map(|id| id.to_string());
    assert_eq!(changes[0].actor_kind, ActorKind::PersonalAccessToken);
    assert_eq!(token_id(&changes[0]), Some(id(&made)));
    assert_eq!(changes[1].actor_kind, ActorKind::Session);
    assert_eq!(token_id(&changes[1]), None);
    assert_eq!(changes[0].actor_member_id, changes[1].actor_member_id);
}

#[tokio::test]
async fn the_last_use_of_a_token_is_stored_at_most_every_ten_minutes() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let client = token(&ana, &[TasksRead]).await;
    let last_use = async |owner: &Client| {
        let list = owner.get("/v1/me/access-tokens").await.is(200);
        list["data"][0]["last_used_at"].clone()
    };
    client.get("/tasks").await.is(200);
    assert_eq!(last_use(&ana).await, "2026-12-01T08:00:00.000Z");
    app.advance(TimeDelta::minutes(9));
    let statements = app.statements(client.get("/tasks")).await;
    assert_eq!(last_use(&ana).await, "2026-12-01T08:00:00.000Z");
    app.advance(TimeDelta::minutes(1));
    let with_a_note = app.statements(client.get("/tasks")).await;
    assert!(with_a_note > statements);
    let later = ana.later().await;
    assert_eq!(last_use(&later).await, "2026-12-01T08:10:00.000Z");
}

#[tokio::test]
async fn the_owner_of_a_token_gets_an_email_a_week_before_it_expires() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let client = token(&ana, &[TasksRead]).await;
    let short = json!({
        "name": "Short", "scopes": ["tasks:read"], "circle_ids": [ana.circle_id()],
        "expires_in_days": 7,
    });
    ana.post("/v1/me/access-tokens", short).await.is(201);
    let (taken_back, _) = make_token(&ana, ana.circle_id(), &[TasksRead]).await;
    let revoke = format!("/v1/me/access-tokens/{}", id(&taken_back));
    ana.delete(&revoke).await.is(204);
    ana.delete(&revoke).await.is(204);
    let events = super::security_events::log(&ana).await;
    let revoked = events
        .iter()
        .filter(|kind| *kind == "personal_access_token_revoked");
    assert_eq!(revoked.count(), 1, "{events:?}");

    app.advance(TimeDelta::days(83) - TimeDelta::seconds(1));
    assert_eq!(app.mails().await.len(), 0);
    app.advance(TimeDelta::seconds(1));
    let mail = app.mail().await;
    insta::assert_snapshot!(mail.text, @r"
    Hello Ana Test,

    One of your personal access tokens expires on
    Mon 1 March 2027, 09:00 (Europe/Berlin, UTC+1).
    You created it on
    Tue 1 December 2026, 09:00 (Europe/Berlin, UTC+1).

    If the program that uses it still needs access, create a new token in your app
    before then. If not, there is nothing to do.
    ");
    client.get("/tasks").await.is(200);
    app.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    client.get("/tasks").await.is(200);
    app.advance(TimeDelta::seconds(1));
    client.get("/tasks").await.is_problem(401, "token_expired");
    app.advance(TimeDelta::days(31));
    sweep(&app.app).await.unwrap();
    let connection = app.database.connect().await;
    let rows = personal_access_token::Entity::find().all(&connection).await;
    connection.close().await.unwrap();
    assert_eq!(rows.unwrap().len(), 0);
}

#[tokio::test]
async fn a_password_reset_revokes_tokens_and_a_password_change_does_not() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let client = token(&ana, &[TasksRead]).await;
    let change = json!({
        "current_password": crate::harness::PASSWORD,
        "new_password": "seventeen green umbrellas",
    });
    ana.post("/v1/me/password/change", change).await.is(204);
    client.get("/tasks").await.is(200);
    app.mails().await;
    let forgotten = json!({ "email": ana.email });
    let anybody = app.anybody();
    anybody.post("/v1/password-resets", forgotten).await;
    let token = app.mail().await.token();
    let reset = json!({ "token": token, "password": "eighteen green umbrellas" });
    anybody
        .post("/v1/password-resets/confirm", reset)
        .await
        .is(204);
    client.get("/tasks").await.is_problem(401, "invalid_token");
    app.mails().await;
}

/// The operations that accept no personal access token, on purpose. A new operation declares its
/// scopes, or is listed here, or is open to everybody.
const FOR_PEOPLE: &[&str] = &[
    "accept_invitation",
    "activate_proxy",
    "approve_invitation",
    "approve_join_request",
    "archive_circle",
    "cancel_account_deletion",
    "cancel_circle_deletion",
    "change_password",
    "confirm_totp",
    "create_absence",
    "create_circle",
    "create_invitation",
    "create_join_link",
    "create_join_request",
    "create_member",
    "create_passkey",
    "create_passkey_challenge",
    "create_personal_access_token",
    "create_personal_link",
    "create_reauthentication_challenge",
    "decline_join_request",
    "delete_avatar",
    "delete_passkey",
    "delete_password",
    "delete_patient_photo",
    "delete_personal_link",
    "end_absence",
    "end_other_sessions",
    "end_session",
    "end_succession",
    "enroll_totp",
    "export_account",
    "export_calendar",
    "get_absence",
    "get_sign_in_methods",
    "leave_circle",
    "list_absences",
    "list_activity",
    "list_invitations",
    "list_join_links",
    "list_join_requests",
    "list_passkeys",
    "list_personal_access_tokens",
    "list_security_events",
    "list_sessions",
    "mark_activity_seen",
    "mark_all_notifications_read",
    "mark_circle_in_memory",
    "mark_notification_read",
    "name_proxy",
    "pause_circle",
    "propose_invitation",
    "reauthenticate",
    "reinstate_member",
    "reject_invitation",
    "remove_member",
    "remove_totp",
    "replace_recovery_codes",
    "request_email_change",
    "request_succession",
    "resend_invitation",
    "resume_circle",
    "revoke_join_link",
    "revoke_personal_access_token",
    "revoke_proxy",
    "revoke_response_links",
    "schedule_account_deletion",
    "schedule_circle_deletion",
    "set_avatar",
    "set_email_details",
    "set_patient_photo",
    "sign_out",
    "suspend_member",
    "unarchive_circle",
    "update_absence",
    "update_account",
    "update_circle",
    "update_member",
    "update_member_topics",
    "update_notification_settings",
    "update_passkey",
    "update_session",
    "withdraw_invitation",
];

#[test]
fn every_operation_declares_whether_it_accepts_a_token() {
    let document = kith::api::operations();
    let mut for_people = Vec::new();
    for item in document["paths"].as_object().unwrap().values() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let needed = NeededScopes::of(operation).0.map(TokenScopes::all);
            let open = operation["security"] == json!([{}]);
            assert!(
                !(open && needed.is_some()),
                "{id} is open to everybody: remove the scopes from the `security(…)` of its `#[utoipa::path]`"
            );
            assert_eq!(
                operation["x-required-scopes"],
                json!(needed),
                "{id}: base/src/http/openapi/scopes.rs writes other scopes than the `security(…)` of its `#[utoipa::path]` says"
            );
            if let Some(needed) = needed {
                let tokens = &operation["security"][1]["personal_access_token"];
                assert_eq!(
                    tokens,
                    &json!([]),
                    "{id}: base/src/http/openapi/scopes.rs does not say that the operation accepts a token"
                );
                let all_read = needed.iter().all(|scope| scope.as_str().ends_with(":read"));
                assert_eq!(
                    all_read,
                    method == "get",
                    "{id}: {needed:?} in the `security(…)` of its `#[utoipa::path]`: a GET needs only read \
                     scopes, and every other operation needs a write scope"
                );
            } else if !open {
                for_people.push(id);
            }
        }
    }
    for_people.sort_unstable();
    assert_eq!(
        for_people, FOR_PEOPLE,
        "the operations (left) that no personal access token may use. For a new operation: write its scopes \
         in the `security(…)` of its `#[utoipa::path]`, or, if it is for people only, add it to FOR_PEOPLE in \
         tests/api/accounts/personal_access_tokens.rs"
    );
}
