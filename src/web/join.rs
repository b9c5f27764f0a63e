//! The page of a join link. It says who invites and what to do; the app does the rest.

use axum::http::StatusCode;
use axum::response::Response;

use super::{Link, MessagePage, PageProblem, message, page};
use crate::app::App;
use crate::entity::join_link::JoinLinkState;
use crate::features::circles;
use crate::platform::mail::plain_label;

/// Shows what the link offers, or why it does not work.
pub async fn show_join_link(app: App, link: Link) -> Result<Response, PageProblem> {
    let offer = circles::join_link_offer(&app, &link.token).await?;
    let language = link.language(None);
    let over = |title, text| Ok(message(language, title, text));
    match offer.state {
        JoinLinkState::Open => {}
        JoinLinkState::Expired => return over("page-link-expired", "page-link-expired-text"),
        JoinLinkState::UsedUp => return over("page-link-used-up", "page-link-used-up-text"),
        JoinLinkState::Closed => return over("page-link-closed", "page-link-closed-text"),
        JoinLinkState::Revoked => return over("page-link-revoked", "page-link-revoked-text"),
    }
    let somebody = language.say("somebody-first").to_string();
    let inviter = plain_label(&offer.invited_by_name, &somebody);
    let text = if offer.needs_approval {
        language.say("page-link-text-approval")
    } else {
        language.say("page-link-text")
    };
    let text = text.with("inviter", &inviter);
    let template = MessagePage {
        language,
        title: language.say("page-link").to_string(),
        text: text.with("alias", &offer.circle_alias).to_string(),
    };
    Ok(page(StatusCode::OK, &template))
}
