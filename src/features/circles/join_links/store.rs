//! How join links and join requests are found and described.

use chrono::{DateTime, Utc};

use super::rules::{JoinRequestFacts, JoinRequestVerb};
use super::types::{JoinLink, JoinRequest};
use crate::access::{CircleScope, Verb};
use crate::app::App;
use crate::auth::mail_tokens;
use crate::entity::ids::{CircleId, JoinLinkId, MailTokenId};
use crate::entity::join_link::JoinLinkState;
use crate::entity::mail_token::MailTokenKind;
use crate::entity::{join_link, join_request};
use crate::platform::db::Reads;
use crate::problem::{Conflict, Problem, ProblemCode};

/// A join link as a coordinator sees it.
pub(super) fn show_link(row: &join_link::Model, url: Option<String>) -> JoinLink {
    JoinLink {
        url,
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        access: row.access,
        max_uses: row.max_uses,
        uses: row.uses,
        needs_approval: row.needs_approval,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
        created_by_member_id: row.created_by_member_id,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// A join request as its reader sees it.
pub(super) fn show_request(scope: &CircleScope, row: join_request::Model) -> JoinRequest {
    let facts = JoinRequestFacts {
        scope,
        request: &row,
    };
    let actions = JoinRequestVerb::actions(&facts);
    JoinRequest {
        actions,
        ..show_own_request(row)
    }
}

/// A join request as the person sees it who asked. There is nothing left for them to do.
pub(super) fn show_own_request(row: join_request::Model) -> JoinRequest {
    JoinRequest {
        actions: Vec::new(),
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        join_link_id: row.join_link_id,
        name: row.name,
        note: row.note,
        state: row.state,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// The circle and the link to which a token leads, or 410 if the token is unknown. The link may not
/// be open any more.
pub(super) async fn led_to(
    connection: &impl Reads,
    token: &str,
) -> Result<(CircleId, JoinLinkId), Problem> {
    let token = mail_tokens::find(connection, MailTokenKind::JoinLink, token).await?;
    let token = token.ok_or(Problem::Gone)?;
    let circle_id = token.circle_id.ok_or(Problem::Gone)?;
    Ok((circle_id, JoinLinkId(token.subject_id)))
}

/// Whether people can use a link now.
pub(super) fn state_of(
    link: &join_link::Model,
    scope: &CircleScope,
    now: DateTime<Utc>,
) -> JoinLinkState {
    link.state_at(now, scope.silence().is_some())
}

/// Refuses a link that is not open, and says why.
pub(super) fn check_open(link: JoinLinkState) -> Result<(), Problem> {
    let detail = match link {
        JoinLinkState::Open => return Ok(()),
        JoinLinkState::Expired => "The time of this link is over. Ask for a new one.",
        JoinLinkState::UsedUp => {
            "As many people as this link allows have used it. Ask for a new one."
        }
        JoinLinkState::Closed => "Nobody can join this circle any more.",
        JoinLinkState::Revoked => "A coordinator has revoked this link. Ask for a new one.",
    };
    Err(Conflict::of(ProblemCode::JoinLinkClosed, detail).into())
}

/// The page that a link opens.
pub(super) fn url_of(app: &App, token: MailTokenId) -> String {
    mail_tokens::new_link(app, "join", token)
}
