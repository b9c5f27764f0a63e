//! Registering, signing in, refreshing, one's own profile.

use axum::http::Method;
use chrono::TimeDelta;
use kith::entity::refresh_token;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

use crate::harness::{Client, PASSWORD, TestApp};

fn wish(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "name": "Ana Test", "time_zone": "Europe/Berlin" })
}

async fn register(anybody: &Client, email: &str) -> String {
    let answer = anybody.post("/v1/registrations", wish(email)).await.is(202);
    let id = answer["id"].as_str().unwrap();
    format!("/v1/registrations/{id}")
}

fn wrong(code: &str) -> Value {
    json!({ "code": if code == "000000" { "000001" } else { "000000" } })
}

#[tokio::test]
async fn a_code_from_the_mail_makes_the_account_and_signs_in() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let path = register(&anybody, "Ana@Test.Example").await;
    let mail = app.mail().await;
    assert_eq!(mail.to, "ana@test.example");
    assert_eq!(mail.header("Subject"), "Confirm your e-mail address");
    insta::assert_snapshot!(
        mail.text.replace(&mail.code(), "123456").replace(&mail.token(), "TOKEN"),
        @r"
    Hello Ana Test,

    somebody, probably you, registered this address with Kith.

    Type this code in the app that asked for it:

    Code: 123456

    Or open this page and confirm there:

    https://kith.example/verify?token=TOKEN

    The code is good for 15 minutes, the page for 24 hours. If it was not you,
    do nothing: without a confirmation there is no account.
    "
    );

    let confirm = format!("{path}/confirm");
    let tokens = anybody
        .post(&confirm, json!({ "code": mail.code() }))
        .await
        .is(201);
    let me = app.client(&tokens).get("/v1/me").await.is(200);
    assert_eq!(me["email"], "ana@test.example");
    let again = anybody.post(&confirm, json!({ "code": mail.code() })).await;
    assert_eq!(again.is(200), json!({ "already_in": true }));
}

#[tokio::test]
async fn a_name_makes_no_link_in_a_strangers_mail() {
    let app = TestApp::start().await;
    for name in ["Win at https://evil.example <b>", "evil.example"] {
        let mut wish = wish("stranger@test.example");
        wish["name"] = json!(name);
        let refused = app.anybody().post("/v1/registrations", wish).await;
        assert_eq!(refused.is_invalid(), ["/name holds_link"]);
    }
    for name in [
        "A.J. Kim",
        "Dr.Müller",
        "St.Mary",
        "Anna-B.Meier",
        "Ana <b>",
    ] {
        let mut wish = wish("stranger@test.example");
        wish["name"] = json!(name);
        app.anybody().post("/v1/registrations", wish).await.is(202);
        let mail = app.mail().await;
        let hello = format!("Hello {name},");
        assert!(mail.text.starts_with(&hello), "{}", mail.text);
        assert!(!mail.html.contains("<b>"));
        app.advance(TimeDelta::days(1));
    }
}

#[tokio::test]
async fn there_is_no_account_before_the_address_is_proven() {
    let app = TestApp::start().await;
    register(&app.anybody(), "ana@test.example").await;
    let credentials = json!({ "email": "ana@test.example", "password": PASSWORD });
    app.anybody()
        .post("/v1/sessions", credentials)
        .await
        .is_problem(401, "wrong_credentials");
}

#[tokio::test]
async fn the_answer_does_not_tell_whether_an_address_is_known() {
    let app = TestApp::start().await;
    app.person("Ana").await;
    let anybody = app.anybody();
    let known = anybody
        .post("/v1/registrations", wish("ana@test.example"))
        .await;
    let unknown = anybody
        .post("/v1/registrations", wish("new@test.example"))
        .await;
    let mask = |reply: &crate::harness::Reply| {
        let mut body = reply.json();
        body["id"] = json!("masked");
        let headers: Vec<_> = reply.headers.keys().map(ToString::to_string).collect();
        (reply.status, headers, body)
    };
    assert_eq!(mask(&known), mask(&unknown));

    let mails = app.mails().await;
    let to = |email: &str| mails.iter().find(|mail| mail.to == email).unwrap();
    assert_eq!(
        to("ana@test.example").header("Subject"),
        "You already have an account"
    );
    assert_eq!(
        to("new@test.example").header("Subject"),
        "Confirm your e-mail address"
    );

    let unknown = json!({ "email": "nobody@test.example", "password": PASSWORD });
    let wrong = json!({ "email": "ana@test.example", "password": "not the password" });
    let unknown = anybody
        .post("/v1/sessions", unknown)
        .await
        .is_problem(401, "wrong_credentials");
    let wrong = anybody
        .post("/v1/sessions", wrong)
        .await
        .is_problem(401, "wrong_credentials");
    assert_eq!(unknown["detail"], wrong["detail"]);
    let detail = "The address and the password do not belong together.";
    assert_eq!(wrong["detail"], detail);
}

#[tokio::test]
async fn a_registration_of_a_known_address_can_never_be_confirmed() {
    let app = TestApp::start().await;
    app.person("Ana").await;
    let path = register(&app.anybody(), "ana@test.example").await;
    app.mails().await;
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    let code = app
        .app
        .keys()
        .code(kith::entity::ids::RegistrationId(id), 1);
    let confirm = format!("{path}/confirm");
    app.anybody()
        .post(&confirm, json!({ "code": code }))
        .await
        .is_problem(410, "gone");
}

#[tokio::test]
async fn a_code_has_five_tries_and_a_new_one_voids_it() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let path = register(&anybody, "ana@test.example").await;
    let confirm = format!("{path}/confirm");
    let first = app.mail().await.code();
    for _ in 0..5 {
        let reply = anybody.post(&confirm, wrong(&first)).await;
        let problem = reply.is_problem(401, "wrong_credentials");
        let detail = "This code is not right. Use the code of the newest mail.";
        assert_eq!(problem["detail"], detail);
    }
    let right = json!({ "code": first });
    let gone = anybody.post(&confirm, right.clone()).await;
    let detail = gone.is_problem(410, "gone")["detail"].to_string();
    assert!(detail.contains("Too many wrong codes"), "{detail}");

    anybody.act(&format!("{path}/resend")).await.is(202);
    let second = app.mail().await.code();
    if first != second {
        anybody
            .post(&confirm, right)
            .await
            .is_problem(401, "wrong_credentials");
    }
    anybody
        .post(&confirm, json!({ "code": second }))
        .await
        .is(201);
}

#[tokio::test]
async fn a_code_is_good_for_fifteen_minutes() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let path = register(&anybody, "ana@test.example").await;
    let code = json!({ "code": app.mail().await.code() });
    app.advance(TimeDelta::minutes(15));
    anybody
        .post(&format!("{path}/confirm"), code)
        .await
        .is_problem(410, "gone");
}

#[tokio::test]
async fn a_registration_gets_five_codes() {
    let app = TestApp::start().await;
    let path = register(&app.anybody(), "ana@test.example").await;
    for _ in 1..5 {
        app.anybody().act(&format!("{path}/resend")).await.is(202);
        app.mails().await;
    }
    let reply = app.anybody().act(&format!("{path}/resend")).await;
    reply.is_problem(409, "too_many_codes");
}

#[tokio::test]
async fn signups_can_be_closed() {
    let app = TestApp::start_with(false).await;
    let reply = app
        .anybody()
        .post("/v1/registrations", wish("ana@test.example"))
        .await;
    reply.is_problem(403, "signups_closed");
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let other = json!({ "email": ana.email, "password": PASSWORD, "device_label": "Tablet" });
    let other = app.client(&app.anybody().post("/v1/sessions", other).await.is(201));
    ana.act("/v1/sessions/sign-out").await.is(204);
    ana.get("/v1/me").await.is_problem(401, "unauthenticated");
    let refresh = json!({ "refresh_token": ana.tokens["refresh_token"] });
    app.anybody()
        .post("/v1/sessions/refresh", refresh)
        .await
        .is_problem(401, "unauthenticated");
    other.get("/v1/me").await.is(200);
}

#[tokio::test]
async fn an_access_token_ends_after_ten_minutes_and_is_renewed() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    app.advance(TimeDelta::seconds(600 + 30));
    ana.get("/v1/me").await.is_problem(401, "unauthenticated");
    let tokens = refresh(&app.anybody(), &ana.tokens).await.is(200);
    app.client(&tokens).get("/v1/me").await.is(200);
}

async fn refresh(anybody: &Client, tokens: &Value) -> crate::harness::Reply {
    let body = json!({ "refresh_token": tokens["refresh_token"] });
    anybody.post("/v1/sessions/refresh", body).await
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_session() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let second = refresh(&anybody, &ana.tokens).await.is(200);
    app.client(&second).get("/v1/me").await.is(200);
    refresh(&anybody, &ana.tokens)
        .await
        .is_problem(401, "unauthenticated");
    app.client(&second)
        .get("/v1/me")
        .await
        .is_problem(401, "unauthenticated");
    refresh(&anybody, &second)
        .await
        .is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_lost_answer_is_forgiven_while_nothing_of_it_was_used() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let lost = refresh(&anybody, &ana.tokens).await.is(200);
    app.advance(TimeDelta::days(3));
    let third = refresh(&anybody, &ana.tokens).await.is(200);
    app.client(&third).get("/v1/me").await.is(200);
    refresh(&anybody, &third).await.is(200);
    // What was in the lost answer is dead: whoever shows it had not lost it.
    refresh(&anybody, &lost)
        .await
        .is_problem(401, "unauthenticated");
    app.client(&third)
        .get("/v1/me")
        .await
        .is_problem(401, "unauthenticated");
}

/// Whether anything of these tokens is still good.
async fn is_alive(app: &std::sync::Arc<TestApp>, tokens: &Value) -> bool {
    let asked = app.client(tokens).get("/v1/me").await;
    asked.status == 200 || refresh(&app.anybody(), tokens).await.status == 200
}

#[tokio::test]
async fn a_thief_who_is_first_is_found_out_by_their_first_use() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    for uses_access in [true, false] {
        let credentials = json!({ "email": ana.email, "password": PASSWORD });
        let stolen = anybody.post("/v1/sessions", credentials).await.is(201);
        let thief = refresh(&anybody, &stolen).await.is(200);
        let owner = refresh(&anybody, &stolen).await.is(200);
        app.client(&owner).get("/v1/me").await.is(200);
        let used = if uses_access {
            app.client(&thief).get("/v1/me").await
        } else {
            refresh(&anybody, &thief).await
        };
        used.is_problem(401, "unauthenticated");
        assert!(!is_alive(&app, &owner).await && !is_alive(&app, &thief).await);
    }
}

#[tokio::test]
async fn an_owner_who_is_first_ends_what_a_thief_got_by_going_on() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    for uses_access in [true, false] {
        let credentials = json!({ "email": ana.email, "password": PASSWORD });
        let stolen = anybody.post("/v1/sessions", credentials).await.is(201);
        let owner = refresh(&anybody, &stolen).await.is(200);
        let thief = refresh(&anybody, &stolen).await.is(200);
        let used = if uses_access {
            app.client(&owner).get("/v1/me").await
        } else {
            refresh(&anybody, &owner).await
        };
        used.is_problem(401, "unauthenticated");
        assert!(!is_alive(&app, &owner).await && !is_alive(&app, &thief).await);
    }
}

#[tokio::test]
async fn a_late_request_with_the_older_access_token_hides_no_theft() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let second = refresh(&anybody, &ana.tokens).await.is(200);
    app.client(&second).get("/v1/me").await.is(200);
    ana.get("/v1/me").await.is(200);
    refresh(&anybody, &ana.tokens)
        .await
        .is_problem(401, "unauthenticated");
    assert!(!is_alive(&app, &second).await);
}

#[tokio::test]
async fn a_late_request_with_the_older_access_token_is_no_theft() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    refresh(&anybody, &ana.tokens).await.is(200);
    ana.get("/v1/me").await.is(200);
    let third = refresh(&anybody, &ana.tokens).await.is(200);
    ana.get("/v1/me").await.is(200);
    assert!(is_alive(&app, &third).await);
}

#[tokio::test]
async fn of_many_uses_of_one_refresh_token_at_once_one_leaf_lives() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let anybody = app.anybody();
    let uses = (0..20).map(|_| refresh(&anybody, &ana.tokens));
    let replies = futures_util::future::join_all(uses).await;
    assert!(replies.iter().any(|reply| reply.status == 200));
    let connection = app.database.connect().await;
    let leaves = refresh_token::Entity::find().filter(refresh_token::Column::UsedAt.is_null());
    assert_eq!(leaves.count(&connection).await.unwrap(), 1);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn an_idle_session_ends_after_ninety_days_and_any_after_a_year() {
    let app = TestApp::start().await;
    let mut tokens = app.person("Ana").await.tokens;
    let anybody = app.anybody();
    for _ in 0..4 {
        app.advance(TimeDelta::days(89));
        tokens = refresh(&anybody, &tokens).await.is(200);
    }
    app.advance(TimeDelta::days(9));
    refresh(&anybody, &tokens)
        .await
        .is_problem(401, "unauthenticated");

    let idle = app.person("Ben").await.tokens;
    app.advance(TimeDelta::days(90));
    refresh(&anybody, &idle)
        .await
        .is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_profile_is_changed_by_its_owner() {
    let app = TestApp::start().await;
    let ana = app.person("Ana").await;
    let changes = json!({ "name": " Ana  Díaz ", "time_zone": "america/new_york" });
    let me = ana.patch("/v1/me", changes).await.is(200);
    assert_eq!(me["name"], "Ana  Díaz");
    assert_eq!(me["time_zone"], "America/New_York");
    assert_eq!(me["version"], 2);
    let fields = ana
        .patch("/v1/me", json!({ "name": null }))
        .await
        .is_invalid();
    assert_eq!(fields, ["/name wrong_type"]);
}

#[tokio::test]
async fn an_unchanged_profile_is_304_for_its_owner() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("Ana").await, app.person("Ben").await);
    let etag = ana.get("/v1/me").await.header("etag").to_owned();
    let ask = async |by: &Client| {
        let seen = ("if-none-match", etag.as_str());
        let reply = by.with(seen, &Method::GET, "/v1/me", None).await;
        reply.status.as_u16()
    };
    assert_eq!((ask(&ana).await, ask(&ben).await), (304, 200));
    let changed = ana.patch("/v1/me", json!({ "name": "Ana Díaz" })).await;
    assert_eq!(ask(&ana).await, 200);
    let read = ana.get("/v1/me").await;
    assert_eq!(changed.header("etag"), read.header("etag"));
}

#[tokio::test]
async fn a_password_is_twelve_to_256_characters_of_anything() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let words: Vec<_> = (0..30).map(|n| format!("{n} Schirme 😀 ")).collect();
    let phrase = words.concat();
    let begins = |length| phrase.chars().take(length).collect::<String>();
    for (password, good) in [
        (begins(11), false),
        (begins(12), true),
        (begins(256), true),
        (begins(257), false),
    ] {
        let mut wish = wish("ana@test.example");
        wish["password"] = json!(password);
        let reply = anybody.post("/v1/registrations", wish).await;
        assert_eq!(reply.status == 202, good, "{}", reply.text);
    }
    app.mails().await;
}

#[tokio::test]
async fn two_people_who_race_for_one_address_get_one_account() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let mut confirmations = Vec::new();
    for _ in 0..5 {
        let path = register(&anybody, "ana@test.example").await;
        let code = app.mail().await.code();
        confirmations.push((format!("{path}/confirm"), json!({ "code": code })));
    }
    let confirm = confirmations.into_iter().map(|(path, code)| {
        let anybody = anybody.clone();
        async move { anybody.post(&path, code).await.status.as_u16() }
    });
    let mut statuses = futures_util::future::join_all(confirm).await;
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201, "{statuses:?}");
    assert!(
        statuses[1..].iter().all(|s| matches!(s, 409 | 410)),
        "{statuses:?}"
    );
}
