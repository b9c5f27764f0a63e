//! The page of the link in every mail that switches mails like it off.

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

/// Asks whether such mails are to stop, and says whose and which.
pub async fn show_unsubscription(app: App, link: Link) -> PageResult {
    let found = notifications::describe_unsubscription(&app, &link.token, &link.about).await?;
    let done = found.is_off;
    Ok(page(StatusCode::OK, &UnsubscribePage { found, done }))
}

/// Stops such mails; also what a mail program posts by itself (RFC 8058). What was stopped
/// by a link begins again by the same one, with `undo=true`.
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
