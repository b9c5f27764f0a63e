//! The page of the API's documentation: Swagger UI with an own frame. Everything comes from this
//! server.

use utoipa_swagger_ui::Config;

use crate::http::static_file::{Freshness, StaticFile};

/// The files of Swagger UI that the page uses, and their media types.
const VENDORED: [(&str, &str, &str); 2] = [
    (
        "/docs/swagger-ui.css",
        "swagger-ui.css",
        "text/css; charset=utf-8",
    ),
    (
        "/docs/swagger-ui-bundle.js",
        "swagger-ui-bundle.js",
        "text/javascript; charset=utf-8",
    ),
];

/// The files under `/docs`, by path. `openapi` is the path of the document, as a browser asks for
/// it.
pub fn docs(openapi: &str) -> Vec<(&'static str, StaticFile)> {
    let html = "text/html; charset=utf-8";
    let page = include_str!("templates/docs/index.html");
    let page = StaticFile::new(html, page, Freshness::Asked);
    let script = include_str!("templates/docs/initializer.js");
    let address = serde_json::Value::from(openapi).to_string();
    let script = script.replace("\"../openapi.json\"", &address);
    let mut files = vec![
        ("/docs/", page.clone()),
        ("/docs/index.html", page),
        (
            "/docs/swagger-initializer.js",
            StaticFile::new("text/javascript; charset=utf-8", script, Freshness::AnHour),
        ),
        (
            "/docs/docs.css",
            StaticFile::new(
                "text/css; charset=utf-8",
                include_str!("templates/docs/docs.css"),
                Freshness::AnHour,
            ),
        ),
        (
            "/docs/icon.svg",
            StaticFile::new(
                "image/svg+xml",
                include_str!("templates/docs/icon.svg"),
                Freshness::AnHour,
            ),
        ),
    ];
    for (path, name, kind) in VENDORED {
        let config = std::sync::Arc::new(Config::default());
        // Without the file the page would be empty: a test opens each of them.
        if let Ok(Some(file)) = utoipa_swagger_ui::serve(name, config) {
            let bytes = file.bytes.into_owned();
            files.push((path, StaticFile::new(kind, bytes, Freshness::AnHour)));
        }
    }
    files
}
