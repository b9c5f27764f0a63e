//! Each page in each language: that of the account, of the email, of the browser, or of the circle.

use axum::http::Method;
use serde_json::json;

use super::pages::{heading, invite, submit};
use super::respond::{link_to, offer};
use crate::harness::{Client, PASSWORD, Reply, TestApp};

async fn read_in(by: &Client, language: &str, path: &str) -> Reply {
    let header = ("accept-language", language);
    by.with(header, &Method::GET, path, None).await
}

/// Opens a page in English, Spanish and German, and compares the headings.
async fn has_headings(by: &Client, path: &str, status: u16, headings: [&str; 3]) {
    for (language, expected) in ["en", "es-MX,es;q=0.9", "fr, de;q=0.5"]
        .iter()
        .zip(headings)
    {
        let page = read_in(by, language, path).await;
        assert_eq!(heading(&page, status), expected, "{path}");
    }
    let spanish = read_in(by, "es", path).await;
    let begins = spanish.text.contains("<html lang=\"es\" dir=\"ltr\">");
    assert!(begins, "{}", spanish.text);
    assert!(!spanish.text.contains("Kith helps"), "{}", spanish.text);
}

#[tokio::test]
async fn the_pages_behind_links_follow_the_browser() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let anybody = app.anybody();

    let link = invite(&ana, "Please").await;
    let invites = [
        "Ana Test invites you to Ana&#39;s circle",
        "Ana Test te invita a Ana&#39;s circle",
        "Ana Test lädt dich ein: Ana&#39;s circle",
    ];
    has_headings(&anybody, &link, 200, invites).await;
    let page = read_in(&anybody, "es", &link).await;
    for part in [
        "Entras para ayudar, con la dirección <strong>ben@test.example</strong>.",
        "Ves lo que trata del día a día, pero no",
        "Puedes responder hasta el mar 8 de diciembre de 2026, 09:00",
        "Crear una cuenta y entrar",
        "No, gracias",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }

    let wish = json!({
        "email": "eva@test.example", "password": PASSWORD, "name": "Eva",
    });
    anybody.post("/v1/registrations", wish).await.is(202);
    let link = app.mail().await.link("verify");
    let verify = [
        "Confirm your address",
        "Confirma tu dirección",
        "Bestätige deine Adresse",
    ];
    has_headings(&anybody, &link, 200, verify).await;

    let forgotten = json!({ "email": ana.email });
    anybody.post("/v1/password-resets", forgotten).await;
    let link = app.mail().await.link("reset");
    let reset = [
        "Choose a new password",
        "Elige una contraseña nueva",
        "Wähle ein neues Passwort",
    ];
    has_headings(&anybody, &link, 200, reset).await;

    let join = json!({ "access": "helper" });
    let made = ana.post("/join-links", join).await.is(201);
    let url = made["url"].as_str().unwrap();
    let (_, path) = url.split_once("kith.example").unwrap();
    let joins = [
        "You are invited to a circle",
        "Te invitan a un círculo",
        "Du bist in einen Kreis eingeladen",
    ];
    has_headings(&anybody, path, 200, joins).await;
}

#[tokio::test]
async fn pages_about_links_that_do_not_work_follow_the_browser() {
    let app = TestApp::start().await;
    let gone = [
        "This link no longer works",
        "Este enlace ya no funciona",
        "Dieser Link gilt nicht mehr",
    ];
    has_headings(&app.anybody(), "/verify?token=nothing", 410, gone).await;
    let incomplete = [
        "This link is not complete",
        "Este enlace no está completo",
        "Dieser Link ist nicht vollständig",
    ];
    has_headings(&app.anybody(), "/verify", 400, incomplete).await;
}

#[tokio::test]
async fn the_language_of_the_account_counts_more_than_the_browser() {
    let app = TestApp::start().await;
    let [ana] = app.circle(["coordinator"]).await;
    let spanish = json!({ "locale": "es" });
    ana.patch("/v1/me", spanish).await.is(200);
    let forgotten = json!({ "email": ana.email });
    app.anybody().post("/v1/password-resets", forgotten).await;
    let mail = app.mail().await;
    let choose = "Elige aquí una contraseña nueva";
    assert!(mail.text.contains(choose), "{}", mail.text);
    let page = read_in(&app.anybody(), "de", &mail.link("reset")).await;
    assert_eq!(heading(&page, 200), "Elige una contraseña nueva");
}

#[tokio::test]
async fn the_page_of_an_answer_speaks_the_language_of_who_answers() {
    let app = TestApp::start().await;
    let [ana, ben] = app.circle(["coordinator", "caregiver"]).await;
    let task = json!({ "title": "Canary", "due_local": "2026-12-05T12:00" });
    offer(&ana, &ben.member_id, task).await;
    let link = link_to(&app, &ben).await;
    let anybody = app.anybody();
    for (language, parts) in [
        ("en", ["You answer as", "Yes, I will", "The app says"]),
        (
            "es",
            ["Respondes como", "Sí, lo haré", "La aplicación dice"],
        ),
        (
            "de",
            ["Du antwortest als", "Ja, das mache ich", "Die App sagt"],
        ),
    ] {
        let page = read_in(&anybody, language, &link).await;
        for part in parts {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
    }
    // The account counts more than the browser, and an answer is understood in every language.
    ben.patch("/v1/me", json!({ "locale": "es" })).await.is(200);
    let german = read_in(&anybody, "de", &link).await;
    assert!(german.text.contains("Respondes como"), "{}", german.text);
    let (_, shown) = german.text.split_once("name=\"when\" value=\"").unwrap();
    let (shown, _) = shown.split_once('"').unwrap();
    let form = format!("answer=accept&when={}", shown.replace(' ', "+"));
    let page = submit(&anybody, &link, &form).await;
    assert_eq!(heading(&page, 200), "Ana&#39;s circle");
    let said = "Gracias. Has dicho que sí.";
    assert!(page.text.contains(said), "{}", page.text);
    // A link that is off says so in the language of the browser.
    ben.delete("/v1/me/response-links").await.is(204);
    let off = read_in(&anybody, "de", &link).await;
    assert_eq!(heading(&off, 410), "Dieser Link gilt nicht mehr");
    assert!(off.text.contains("Er wurde abgeschaltet"), "{}", off.text);
}

#[tokio::test]
async fn a_page_is_in_the_language_of_the_email_with_its_link() {
    let app = TestApp::start().await;
    let wish = json!({
        "email": "eva@test.example", "password": PASSWORD, "name": "Eva", "locale": "de",
    });
    app.anybody().post("/v1/registrations", wish).await.is(202);
    let mail = app.mail().await;
    let link = mail.link("verify");
    assert!(link.ends_with("&lang=de"), "{link}");
    let anybody = app.anybody();
    let page = submit(&anybody, &link, "").await;
    assert_eq!(heading(&page, 200), "Deine Adresse ist bestätigt");
    let gone = anybody.get("/reset?token=nothing&lang=de").await;
    assert_eq!(heading(&gone, 410), "Dieser Link gilt nicht mehr");
}
