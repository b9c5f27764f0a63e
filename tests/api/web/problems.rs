//! The pages that explain problems. The `type` of a problem is the address of its page.

use kith::problem::ProblemCode;
use regex::Regex;
use serde_json::json;

use crate::harness::{Reply, TestApp};

/// The heading. Panics if the page has another status, cannot be cached as it should be, or allows
/// scripts or more.
#[track_caller]
fn heading(reply: &Reply, status: u16, caching: &str) -> String {
    assert_eq!(reply.status, status, "{}", reply.text);
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(reply.header("cache-control"), caching);
    let policy = reply.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"));
    for hostile in ["<script", "style="] {
        assert!(!reply.text.contains(hostile), "{hostile}: {}", reply.text);
    }
    let (_, rest) = reply.text.split_once("<h1>").unwrap();
    rest.split_once("</h1>").unwrap().0.to_owned()
}

#[tokio::test]
async fn every_code_has_a_page_that_says_what_it_means_and_what_to_do() {
    let app = TestApp::start().await;
    let anybody = app.anybody();
    let list = anybody.get("/problems").await;
    assert_eq!(heading(&list, 200, "public, max-age=3600"), "Problems");
    let style = Regex::new(r#"<link rel="stylesheet" href="([^"]+)""#).unwrap();
    for code in ProblemCode::ALL {
        let (name, text) = (code.as_str(), code.text());
        assert!(list.text.contains(&format!("href=\"problems/{name}\"")));
        let page = anybody.get(&code.path()).await;
        assert_eq!(heading(&page, 200, "public, max-age=3600"), text.title);
        let status = format!("<code>{name}</code>, status {}", text.status.as_u16());
        assert!(page.text.contains(&status), "{}", page.text);
        // What stands between backticks is shown as code.
        let plain = page.text.replace("<code>", "`").replace("</code>", "`");
        for part in [text.meaning, text.remedy] {
            assert!(plain.contains(part), "{part}: {}", page.text);
        }
        assert_eq!(
            &style.captures(&page.text).unwrap()[1],
            "../pages/style.css"
        );
    }
    let unknown = anybody.get("/problems/no_such_code").await;
    assert_eq!(heading(&unknown, 404, "no-store"), "Unknown code");
}

#[tokio::test]
async fn the_type_of_a_problem_leads_to_its_page_also_below_a_path() {
    for (public_url, base) in [
        ("https://example.org", ""),
        ("https://example.org/kith", "/kith"),
    ] {
        let app = TestApp::start_as(|parts| parts.public_url = public_url.into()).await;
        let anybody = app.anybody();
        let credentials = json!({ "email": "nobody@test.example", "password": "wrong" });
        let reply = anybody.post("/v1/sessions", credentials).await;
        let problem = reply.is_problem(401, "wrong_credentials");
        let place = problem["type"].as_str().unwrap();
        assert_eq!(place, format!("{base}/problems/wrong_credentials"));
        let page = anybody.get(place).await;
        let title = heading(&page, 200, "public, max-age=3600");
        assert_eq!(problem["title"], title);
        // The links of the page are relative, so that they work below every path.
        let style = format!("{base}/pages/style.css");
        assert_eq!(anybody.get(&style).await.status, 200);
    }
}

#[test]
fn the_document_lists_every_code() {
    let document = kith::api::document();
    let schema = &document["components"]["schemas"]["ProblemCode"];
    let codes: Vec<_> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
    // Open: servers can get new codes.
    assert_eq!(schema["type"], "string");
    assert_eq!(schema["x-extensible-enum"], json!(codes));
    let problem = &document["components"]["schemas"]["Problem"];
    assert_eq!(
        problem["properties"]["code"]["$ref"],
        "#/components/schemas/ProblemCode"
    );
}

/// The codes that descriptions of operations name, such as `409 `overlap``.
#[test]
fn every_code_that_a_description_names_is_in_the_table_with_its_status() {
    let named = Regex::new(r"(?m)^- (4\d\d) ((?:`\w+`(?:, | or )?)+)").unwrap();
    let code = Regex::new(r"`(\w+)`").unwrap();
    let document = kith::api::document();
    let mut checked = 0;
    let items = document["paths"].as_object().unwrap().values();
    for operation in items.flat_map(|item| item.as_object().unwrap().values()) {
        let text = operation["description"].as_str().unwrap_or_default();
        for line in named.captures_iter(text).filter(|line| &line[1] != "422") {
            for name in code.captures_iter(&line[2]) {
                let id = &operation["operationId"];
                let known = ProblemCode::read(&name[1])
                    .unwrap_or_else(|| panic!("{id}: {} is no problem code", &name[1]));
                assert_eq!(known.text().status.as_str(), &line[1], "{id}: {}", &name[1]);
                checked += 1;
            }
        }
    }
    assert!(checked > 60, "{checked}");
}
