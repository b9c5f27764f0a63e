//! The routes that are not in the document: pages for people, the document itself, and the health
//! of the server.

#![expect(
    clippy::disallowed_methods,
    reason = "this is where the routes of pages are registered"
)]

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;

use crate::app::App;
use crate::http::base_path::BasePath;
use crate::http::{middleware, openapi, readiness};
use crate::web;

/// The pages to which emails lead, and those about problems.
pub(super) fn pages() -> Router<App> {
    Router::new()
        .route("/verify", get(web::show_verification).post(web::verify))
        .route("/reset", get(web::show_reset).post(web::reset))
        .route(
            "/confirm-email",
            get(web::show_email_change).post(web::confirm_email),
        )
        .route(
            "/undo-email",
            get(web::show_email_undo).post(web::undo_email),
        )
        .route(
            "/invitation",
            get(web::show_invitation).post(web::answer_invitation),
        )
        .route(
            "/unsubscribe",
            get(web::show_unsubscription).post(web::unsubscribe),
        )
        .route(
            "/personal",
            get(web::show_personal).post(web::answer_personal),
        )
        .route(
            "/respond",
            get(web::show_response).post(web::answer_response),
        )
        .route("/join", get(web::show_join_link))
        .route("/problems", get(web::list_problem_codes))
        .route("/problems/{code}", get(web::show_problem_code))
        .route("/pages/style.css", web::style().served())
}

/// The document, and the pages that show it.
pub(super) fn documentation(base: &BasePath) -> Router<App> {
    let server = base.of_server().to_owned();
    let documents = Router::new()
        .route("/", get(middleware::lead_to_docs))
        .route("/docs", get(middleware::lead_to_docs))
        .route(
            "/openapi.json",
            openapi::served(move || super::document_at(&server)),
        );
    let pages = web::docs(&base.join("/openapi.json")).into_iter();
    let pages = pages.fold(Router::new(), |pages, (path, file)| {
        pages.route(path, file.served())
    });
    documents.merge(pages.layer(from_fn(middleware::docs_policy)))
}

/// Whether the server lives, and is ready.
pub(super) fn health() -> Router<App> {
    Router::new()
        .route("/livez", get(middleware::livez))
        .route("/readyz", get(readiness::readyz))
}
