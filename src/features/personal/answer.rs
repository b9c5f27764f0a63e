//! What a member answers on their personal page.

use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::page::closed;
use super::{check_managed, led_to};
use crate::access::{CircleWrite, members_with_grants};
use crate::app::App;
use crate::auth::mail_tokens;
use crate::entity::change::ActorKind;
use crate::entity::ids::{AppointmentId, NeedId, TaskId};
use crate::entity::mail_token::MailTokenKind;
use crate::entity::membership::{self, MemberState};
use crate::features::appointments::answer_appointment;
use crate::features::needs::answer_need;
use crate::features::participation::LinkAnswer;
use crate::features::tasks::answer_task;
use crate::http::extract::AnonymousRequest;
use crate::http::response::NoContent;
use crate::problem::Problem;

/// Writes an answer about a thing of this kind. The rules are those of any member; those who relied
/// on the member are told. Returns whether it was written: a circle that has ended asks for nothing.
pub async fn answer_personal(
    app: &App,
    request: &AnonymousRequest,
    token: &str,
    (kind, id): (&str, Uuid),
    answer: LinkAnswer,
) -> Result<bool, Problem> {
    let of_link = MailTokenKind::PersonalLink;
    let now = app.clock().now();
    let early = mail_tokens::require(app.reader(), of_link, token, now).await?;
    let (circle_id, member_id) = led_to(&early)?;
    let request = Some(request.0.clone());
    let by_link = ActorKind::PersonalLink;
    let mut write = CircleWrite::begin_as_system(app, circle_id, by_link, request).await?;
    // It may have been voided while this waited for the lock.
    mail_tokens::require(write.tx(), of_link, token, write.now()).await?;
    let this_one = Condition::all().add(membership::Column::Id.eq(member_id));
    let found = members_with_grants(&write, this_one).await?.pop();
    let (member, grants) = found.ok_or(Problem::Gone)?;
    check_managed(&member)?;
    if member.state != MemberState::Active {
        return Err(Problem::Gone);
    }
    if closed(write.scope()).is_some() {
        // The page says why.
        return Ok(false);
    }
    write.act_as(member.id);
    write.see_as(&member, &grants);
    let write = match kind {
        "task" => answer_task(write, TaskId(id), answer).await?,
        "need" => answer_need(write, NeedId(id), answer).await?,
        "appointment" => answer_appointment(write, AppointmentId(id), answer).await?,
        _ => return Err(Problem::NotFound),
    };
    write.commit(NoContent).await?;
    Ok(true)
}
