//! What a member answers on their personal page.

use sea_orm::ActiveEnum;
use uuid::Uuid;

use super::acting::{ByLink, answer_by_link};
use super::check_managed;
use super::page::HANDOVER;
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::ids::HandoverId;
use crate::entity::mail_token::{MailTokenKind, RespondSubject};
use crate::features::handovers::answer_handover;
use crate::features::participation::{LinkAnswer, LinkReach};
use crate::http::extract::AnonymousRequest;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Writes an answer about a thing of this kind. The page asks only for what the member was asked to
/// do. Returns whether it was written: a circle that has ended asks for nothing.
pub async fn answer_personal(
    app: &App,
    request: &AnonymousRequest,
    token: &str,
    (kind, id): (&str, Uuid),
    answer: LinkAnswer,
) -> Result<bool, Problem> {
    let link = ByLink {
        app,
        request,
        token,
        kind: MailTokenKind::PersonalLink,
        actor_kind: ActorKind::PersonalLink,
    };
    let Some((write, member)) = link.begin().await? else {
        return Ok(false);
    };
    check_managed(&member)?;
    // The page asks only for what the member was asked to do.
    if answer == LinkAnswer::Claim {
        return Err(Problem::NotFound);
    }
    let write = if kind == HANDOVER {
        answer_handover(write, HandoverId(id), answer).await?
    } else {
        let subject = RespondSubject::try_from_value(&kind.to_owned());
        let subject = subject.map_err(|_| Problem::NotFound)?;
        answer_by_link(write, (subject, id), answer, LinkReach::Everyday).await?
    };
    write.commit(NoContent).await?;
    Ok(true)
}
