//! What a member answers by a link in an email.

use super::open::{Opened, open};
use crate::access::CircleWrite;
use crate::app::App;
use crate::auth::mail_tokens::ResponseOf;
use crate::auth::{Event, note_event};
use crate::entity::change::ActorKind;
use crate::entity::ids::{AppointmentId, NeedId, TaskId};
use crate::entity::mail_token::{MailTokenKind, RespondSubject};
use crate::entity::security_event::SecurityEventKind;
use crate::entity::{appointment, need, task};
use crate::features::participation::{LinkAnswer, LinkReach};
use crate::features::personal::{ByLink, answer_by_link};
use crate::http::extract::AnonymousRequest;
use crate::http::response::NoContent;
use crate::notify::subject::Subject;
use crate::platform::time::civil::Moment;
use crate::problem::Problem;

/// What came of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    Written,
    /// The answer is not open now, or was given already. The page says why.
    NotOpen,
    /// The thing has another time than the page showed. Nothing was written.
    Moved,
}

/// Writes an answer about the thing of a link. `shown` is the time that the page showed: a page that
/// stays open says yes to no other time. The owner of the account sees in their security events that
/// a link answered, and from where.
pub async fn answer_response(
    app: &App,
    request: &AnonymousRequest,
    token: &str,
    answer: LinkAnswer,
    shown: &str,
) -> Result<Answered, Problem> {
    let Opened::Item(link) = open(app, token, None).await? else {
        return Ok(Answered::NotOpen);
    };
    if !link.item.answers.contains(&answer) {
        return Ok(Answered::NotOpen);
    }
    if !shown.is_empty() && link.shown().is_none_or(|when| when != shown) {
        return Ok(Answered::Moved);
    }
    let by_link = ByLink {
        app,
        request,
        token,
        kind: MailTokenKind::Respond,
        actor_kind: ActorKind::EmailLink,
    };
    let Some((write, _)) = by_link.begin().await? else {
        return Ok(Answered::NotOpen);
    };
    // It may have moved while this waited for the lock.
    if moment_of(&write, link.of).await? != link.item.moment {
        return Ok(Answered::Moved);
    }
    let about = (link.of.subject, link.of.id);
    let write = answer_by_link(write, about, answer, LinkReach::Seen).await?;
    let event = Event {
        actor_kind: ActorKind::EmailLink,
        ..Event::of(SecurityEventKind::RespondedByLink, link.user.id, &request.0)
    };
    note_event(write.transaction(), event);
    write.commit(NoContent).await?;
    Ok(Answered::Written)
}

/// When the thing is now.
async fn moment_of(write: &CircleWrite, of: ResponseOf) -> Result<Option<Moment>, Problem> {
    Ok(match of.subject {
        RespondSubject::Task => {
            let row = write.require::<task::Entity>(TaskId(of.id)).await?;
            task::Entity::moment(&row)
        }
        RespondSubject::Need => {
            let row = write.require::<need::Entity>(NeedId(of.id)).await?;
            need::Entity::moment(&row)
        }
        RespondSubject::Appointment => {
            let row = write.require::<appointment::Entity>(AppointmentId(of.id));
            appointment::Entity::moment(&row.await?)
        }
    })
}
