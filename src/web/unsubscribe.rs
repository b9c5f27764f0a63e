//! The page of the unsubscribe link, which turns emails of the same categories off.

use axum::http::StatusCode;

use super::{Link, PageResult, page};
use crate::app::App;
use crate::http::extract::AnonymousRequest;
use crate::notify::notifications::{self, Unsubscription};

#[derive(askama::Template)]
#[template(path = "web/templates/unsubscribe.html")]
struct UnsubscribePage {
    found: Unsubscription,
    done: bool,
}

/// Asks whether these emails should stop. Says whose emails they are, and what they are about.
pub async fn show_unsubscription(app: App, link: Link) -> PageResult {
    let found = notifications::describe_unsubscription(&app, &link.token, &link.about).await?;
    let done = found.is_off;
    Ok(page(StatusCode::OK, &UnsubscribePage { found, done }))
}

/// Turns these emails off. Email programs send this POST by themselves, too (RFC 8058). The same
/// link with `undo=true` turns on again what a link has turned off.
pub async fn unsubscribe(app: App, request: AnonymousRequest, link: Link) -> PageResult {
    if link.undo {
        notifications::resubscribe(&app, &request, &link.token, &link.about).await?;
    } else {
        notifications::unsubscribe(&app, &request, &link.token, &link.about).await?;
    }
    let found = notifications::describe_unsubscription(&app, &link.token, &link.about).await?;
    let done = true;
    Ok(page(StatusCode::OK, &UnsubscribePage { found, done }))
}
