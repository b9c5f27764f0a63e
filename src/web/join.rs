//! The page of a join link. It says who invites and what to do; the app does the rest.

use axum::response::Response;

use super::{Link, PageProblem, message};
use crate::app::App;
use crate::entity::join_link::JoinLinkState;
use crate::features::circles;
use crate::platform::mail::plain_label;

/// Shows what the link offers, or why it does not work.
pub async fn show_join_link(app: App, link: Link) -> Result<Response, PageProblem> {
    let offer = circles::join_link_offer(&app, &link.token).await?;
    let ask = "Ask the member who gave it to you for a new one.";
    let over = |title, why: &str| Ok(message(title, &format!("{why} {ask}")));
    match offer.state {
        JoinLinkState::Open => {}
        JoinLinkState::Expired => {
            return over("This link has expired", "Its time is over.");
        }
        JoinLinkState::UsedUp => {
            return over(
                "This link is used up",
                "As many people as it allows have used it.",
            );
        }
        JoinLinkState::Closed => {
            return Ok(message(
                "Nobody can join any more",
                "The link worked, but this circle takes nobody in any more. If you have questions, \
                 ask the member who gave it to you.",
            ));
        }
        JoinLinkState::Revoked => {
            return over("This link was revoked", "It does not work any more.");
        }
    }
    let inviter = plain_label(&offer.invited_by_name, "Somebody");
    let then = if offer.needs_approval {
        "A coordinator lets you in."
    } else {
        "You are in the circle at once."
    };
    let alias = offer.circle_alias;
    let text = format!(
        "{inviter} invites you to {alias}. Open your app, sign in or create an account, and open \
         this link there. {then}"
    );
    Ok(message("You are invited to a circle", &text))
}
