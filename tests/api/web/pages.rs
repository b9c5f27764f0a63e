//! The pages behind mailed links: opening a page changes nothing, its button acts once, and
//! text that people wrote is escaped.

use axum::http::{Request, header};
use chrono::TimeDelta;
use kith::entity::change::{self, ActorKind};
use kith::entity::ids::MemberId;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use serde_json::json;

use crate::harness::{Client, PASSWORD, Person, Reply, TestApp};

/// Presses the button under a form.
pub async fn submit(by: &Client, path: &str, form: &str) -> Reply {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.to_owned().into())
        .unwrap();
    by.app.send(request).await
}

/// The heading. Panics if the status is another one, or if the page allows scripts or more.
#[track_caller]
pub fn heading(reply: &Reply, status: u16) -> &str {
    assert_eq!(reply.status.as_u16(), status, "{}", reply.text);
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(
        reply.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'"
    );
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("x-robots-tag"), "noindex");
    assert_eq!(reply.header("referrer-policy"), "no-referrer");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    for hostile in ["<script", "<img", "style="] {
        assert!(!reply.text.contains(hostile), "{hostile}: {}", reply.text);
    }
    let (_, rest) = reply.text.split_once("<h1>").unwrap();
    rest.split_once("</h1>").unwrap().0
}

async fn register(by: &Client, name: &str) -> String {
    let wish = json!({
        "email": "ben@test.example", "password": PASSWORD, "name": name,
        "time_zone": "Europe/Berlin",
    });
    by.post("/v1/registrations", wish).await.is(202);
    by.app.mail().await.link("verify")
}

/// Invites Ben and returns the link to the page of the invitation.
pub async fn invite(by: &Person, note: &str) -> String {
    let guest = json!({ "email": "ben@test.example", "access": "helper", "note": note });
    by.post("/invitations", guest).await.is(201);
    by.app.mail().await.link("invitation")
}

async fn sign_in(by: &Client, password: &str) -> Reply {
    let credentials = json!({ "email": "ben@test.example", "password": password });
    by.post("/v1/sessions", credentials).await
}

#[tokio::test]
async fn an_address_is_confirmed_by_the_button_and_not_by_opening_the_page() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let link = register(&anybody, "Ben").await;
    for _ in 0..3 {
        let page = anybody.get(&link).await;
        assert_eq!(heading(&page, 200), "Confirm your address");
        assert!(page.text.contains("ben@test.example"));
    }
    sign_in(&anybody, PASSWORD)
        .await
        .is_problem(401, "wrong_credentials");
    let page = submit(&anybody, &link, "").await;
    assert_eq!(heading(&page, 200), "Your address is confirmed");
    assert_eq!(page.header("set-cookie"), "");
    sign_in(&anybody, PASSWORD).await.session();
    for again in [anybody.get(&link).await, submit(&anybody, &link, "").await] {
        assert_eq!(heading(&again, 200), "Your address is confirmed");
    }
}

#[tokio::test]
async fn an_address_that_got_an_account_meanwhile_is_not_confirmed_again() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let first = register(&anybody, "Ben").await;
    let second = register(&anybody, "Bob").await;
    heading(&submit(&anybody, &first, "").await, 200);
    let page = submit(&anybody, &second, "").await;
    assert_eq!(heading(&page, 410), "This link no longer works");
}

#[tokio::test]
async fn a_new_person_joins_a_circle_with_the_form_of_the_page() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let link = invite(&ana, "Hi Ben").await;
    let anybody = app.anybody();
    for _ in 0..3 {
        let page = anybody.get(&link).await;
        let title = heading(&page, 200);
        assert!(title.starts_with("Ana Test invites you to Ana"), "{title}");
        assert!(page.text.contains("Hi Ben") && page.text.contains("name=\"password\""));
        // The circle's time zone is preselected.
        assert!(page.text.contains("<option selected>Europe/Berlin"));
        for said in [
            "<li>You see what is about everyday life, but not what is about family, health or \
             decisions.</li>",
            "<li>You can claim tasks, suggest tasks and write messages.</li>",
            "You can answer until Tue 8 December 2026, 09:00 <small>(Europe/Berlin, UTC+1)</small>.",
            "At least 12 characters.",
        ] {
            assert!(page.text.contains(said), "{said}: {}", page.text);
        }
    }
    let members = ana.get("/members").await.is(200);
    assert_eq!(members["data"].as_array().unwrap().len(), 1);

    let form =
        "name=+Ben+D%C3%ADaz+&password=correct+horse+battery+staple&time_zone=Europe%2FBerlin";
    let page = submit(&anybody, &link, form).await;
    assert_eq!(heading(&page, 200), "Welcome");
    let tokens = sign_in(&anybody, PASSWORD).await.session();
    let me = app.client(&tokens).get("/v1/me").await.is(200);
    assert_eq!(
        (&me["name"], &me["time_zone"]),
        (&json!("Ben Díaz"), &json!("Europe/Berlin"))
    );
    let members = ana.get("/members").await.is(200);
    let mut names = members["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["name"]);
    assert!(names.any(|name| name == "Ben Díaz"), "{members}");
    for again in [
        anybody.get(&link).await,
        submit(&anybody, &link, form).await,
    ] {
        assert_eq!(heading(&again, 200), "Welcome");
    }
}

#[tokio::test]
async fn an_invalid_form_is_shown_again_and_creates_nothing() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let link = invite(&ana, "Hi").await;
    let anybody = app.anybody();
    for (form, error) in [
        ("", "id=\"name-error\">Must not be empty."),
        ("", "id=\"password-error\">At least 12 characters."),
        (
            "name=Ben&password=short-secret&time_zone=nowhere",
            "id=\"time_zone-error\">This server knows no such time zone",
        ),
        (
            "name=Ben&password=short&time_zone=UTC",
            "id=\"password-error\">At least 12 characters.",
        ),
        (
            "name=a%00b&password=long-enough-secret&time_zone=UTC",
            "id=\"name-error\">Contains a control",
        ),
    ] {
        let page = submit(&anybody, &link, form).await;
        heading(&page, 422);
        assert!(page.text.contains(error), "{error}: {}", page.text);
        // A screen reader reads the sentence with its field.
        let (id, _) = error.split_once("\">").unwrap();
        let id = id.trim_start_matches("id=\"");
        let fields = page
            .text
            .split('<')
            .filter(|tag| tag.contains("aria-invalid"));
        let mut names = fields.filter_map(|tag| tag.split("aria-describedby=\"").nth(1));
        assert!(names.any(|names| names.contains(id)), "{id}: {}", page.text);
        assert!(!page.text.contains("short") && !page.text.contains("secret"));
    }
    let hostile =
        "name=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&password=x&time_zone=Europe%2FParis";
    let page = submit(&anybody, &link, hostile).await;
    heading(&page, 422);
    assert!(page.text.contains("<option selected>Europe/Paris"));
    let members = ana.get("/members").await.is(200);
    assert_eq!(members["data"].as_array().unwrap().len(), 1);
    heading(&anybody.get(&link).await, 200);
}

#[tokio::test]
async fn a_person_with_an_account_joins_with_one_button_and_is_not_signed_in() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let ben = app.person("Ben").await;
    let link = invite(&ana, "Hi").await;
    let anybody = app.anybody();
    let page = anybody.get(&link).await;
    heading(&page, 200);
    assert!(!page.text.contains("<input"), "{}", page.text);
    // A name and a password in the form do not change the account.
    let form = "name=Mallory&password=another+good+password&time_zone=UTC";
    let page = submit(&anybody, &link, form).await;
    assert_eq!(heading(&page, 200), "Welcome");
    assert_eq!(page.header("set-cookie"), "");
    let circle = format!("/v1/circles/{}", ana.circle_id());
    assert_eq!(ben.get(&circle).await.is(200)["my_access"], "helper");
    let me = ben.get("/v1/me").await.is(200);
    assert_eq!(
        (&me["name"], &me["version"]),
        (&json!("Ben Test"), &json!(1))
    );
    let other = sign_in(&anybody, "another good password").await;
    other.is_problem(401, "wrong_credentials");
}

#[tokio::test]
async fn a_person_who_joins_by_a_link_is_logged_as_the_actor() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    app.person("Ben").await;
    let link = invite(&ana, "Hi").await;
    heading(&submit(&app.anybody(), &link, "").await, 200);
    let connection = app.database.connect().await;
    let log = change::Entity::find().order_by_desc(change::Column::Seq);
    let log = log.all(&connection).await.unwrap();
    connection.close().await.unwrap();
    let [joined, accepted, ..] = &log[..] else {
        panic!("expected two changes: {log:#?}")
    };
    assert_eq!((&*accepted.verb, &*joined.verb), ("accepted", "joined"));
    let member = Some(MemberId(joined.subject_id));
    for line in [accepted, joined] {
        assert_eq!(
            (line.actor_kind, line.actor_member_id),
            (ActorKind::EmailLink, member)
        );
        assert!(line.request_id.is_some());
    }
}

#[tokio::test]
async fn a_disabled_account_cannot_join_a_circle() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    app.person("Ben").await;
    let link = invite(&ana, "Hi").await;
    let connection = app.database.connect().await;
    let disable = "UPDATE users SET state = 'disabled' WHERE email = 'ben@test.example'";
    connection.execute_unprepared(disable).await.unwrap();
    connection.close().await.unwrap();
    let page = submit(&app.anybody(), &link, "").await;
    assert_eq!(heading(&page, 410), "This link no longer works");
    let members = ana.get("/members").await.is(200);
    assert_eq!(members["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_page_of_an_invitation_says_why_it_cannot_be_accepted() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let (ben, cem) = (app.person("Ben").await, app.person("Cem").await);
    let as_patient = json!({ "access": "helper", "as_patient": true });
    let mut guest = as_patient.clone();
    guest["email"] = json!(ben.email);
    ana.post("/invitations", guest).await.is(201);
    let link = app.mail().await.link("invitation");
    app.join(&ana, &cem, as_patient).await;
    let page = submit(&app.anybody(), &link, "").await;
    assert_eq!(heading(&page, 409), "That did not work");
    assert!(
        page.text
            .contains("The patient is a member of this circle already.")
    );
    cem.post(&ana.path("/leave"), json!({})).await.is(200);
    heading(&submit(&app.anybody(), &link, "").await, 200);
}

#[tokio::test]
async fn the_link_of_an_ended_invitation_does_not_work_even_while_its_page_is_open() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let link = invite(&ana, "Hi").await;
    let anybody = app.anybody();
    heading(&anybody.get(&link).await, 200);
    let newer = invite(&ana, "Hi again").await;
    let form = "name=Ben&password=long+enough+secret&time_zone=UTC";
    let page = submit(&anybody, &link, form).await;
    assert_eq!(heading(&page, 410), "This link no longer works");
    app.advance(TimeDelta::days(7));
    for late in [
        anybody.get(&newer).await,
        submit(&anybody, &newer, form).await,
    ] {
        assert_eq!(heading(&late, 410), "This link no longer works");
    }
}

#[tokio::test]
async fn pages_escape_text_that_people_wrote() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let hostile = "</h1><script>alert('1')</script><img src=x onerror=alert(1)>";
    let own = format!("/members/{}", ana.member_id);
    ana.patch(&own, json!({ "name": hostile })).await.is(200);
    let alias = json!({ "alias": "<script>alert(1) \"&' <img src=x onerror=x>" });
    ana.patch("", alias).await.is(200);
    let note = "</blockquote><form action=\"https://evil.example\"><script>steal()</script>";
    let link = invite(&ana, note).await;
    let page = app.anybody().get(&link).await;
    let title = heading(&page, 200);
    assert!(
        title.contains("&#60;script&#62;alert(1) &#34;&#38;&#39;"),
        "{title}"
    );
    assert!(!page.text.contains("</blockquote><form action"));
    // One to join, one to decline.
    assert_eq!(page.text.matches("<form").count(), 2);

    let link = register(&app.anybody(), "<script>alert(1)").await;
    let page = app.anybody().get(&link).await;
    assert_eq!(heading(&page, 200), "Confirm your address");
    assert!(page.text.contains("&#60;script&#62;alert(1)"));
}

#[tokio::test]
async fn a_token_opens_its_own_page_only() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let invitation = invite(&ana, "Hi").await;
    let verify = register(&app.anybody(), "Ben").await;
    let token = |link: &str| link.split_once('=').unwrap().1.to_owned();
    let anybody = app.anybody();
    for (page, token) in [
        ("verify", token(&invitation)),
        ("reset", token(&invitation)),
        ("invitation", token(&verify)),
        ("unsubscribe", token(&invitation)),
        ("verify", "none".to_owned()),
        ("invitation", String::new()),
        ("unsubscribe", "%00%ff'\"<script>".to_owned()),
    ] {
        let link = format!(
            "/{page}?token={}",
            token.replace(['\'', '"', '<', '>'], "_")
        );
        for reply in [anybody.get(&link).await, submit(&anybody, &link, "").await] {
            assert_eq!(heading(&reply, 410), "This link no longer works", "{link}");
        }
    }
    heading(&anybody.get(&invitation).await, 200);
    heading(&anybody.get(&verify).await, 200);
}

#[tokio::test]
async fn an_incomplete_link_asks_to_be_opened_again() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    for page in ["/verify", "/reset", "/invitation", "/unsubscribe?tok"] {
        for reply in [anybody.get(page).await, submit(&anybody, page, "").await] {
            assert_eq!(heading(&reply, 400), "This link is not complete");
        }
    }
    let json = anybody.post("/invitation?token=x", json!({})).await;
    assert_eq!(heading(&json, 415), "This link is not complete");
}

#[tokio::test]
async fn the_pages_use_a_style_sheet_of_this_server() {
    let app = TestApp::start().await;
    let style = app.anybody().get("/pages/style.css").await;
    assert_eq!(style.status, 200);
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert!(!style.text.contains("url(") && !style.text.contains("@import"));
}
