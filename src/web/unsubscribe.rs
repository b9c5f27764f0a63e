//! The page of the unsubscribe link, which turns emails of the same categories off.

use axum::http::StatusCode;
use axum::response::Response;

use super::{Link, PageResult, page};
use crate::app::App;
use crate::http::extract::AnonymousRequest;
use crate::notify::notifications::{self, Unsubscription};
use crate::platform::language::Language;
use crate::problem::Problem;

#[derive(askama::Template)]
#[template(path = "web/templates/unsubscribe.html")]
struct UnsubscribePage {
    language: Language,
    found: Unsubscription,
    done: bool,
}

/// Asks whether these emails should stop. Says whose emails they are, and what they are about.
pub async fn show_unsubscription(app: App, link: Link) -> PageResult {
    let found = describe(&app, &link).await?;
    let done = found.is_off;
    Ok(unsubscribe_page(found, done))
}

/// Turns these emails off. Email programs send this POST by themselves, too (RFC 8058). The same
/// link with `undo=true` turns on again what a link has turned off.
pub async fn unsubscribe(app: App, request: AnonymousRequest, link: Link) -> PageResult {
    if link.undo {
        notifications::resubscribe(&app, &request, &link.token, &link.about).await?;
    } else {
        notifications::unsubscribe(&app, &request, &link.token, &link.about).await?;
    }
    Ok(unsubscribe_page(describe(&app, &link).await?, true))
}

async fn describe(app: &App, link: &Link) -> Result<Unsubscription, Problem> {
    notifications::describe_unsubscription(app, &link.token, &link.about, link.wished).await
}

fn unsubscribe_page(found: Unsubscription, done: bool) -> Response {
    let template = UnsubscribePage {
        language: found.language,
        found,
        done,
    };
    page(StatusCode::OK, &template)
}
