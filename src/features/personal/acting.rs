//! How a link acts for a member: on the personal page, and from an email. The rules are those of any
//! member, and those who relied on the member are told.

use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::led_to;
use super::page::closed;
use crate::access::{CircleWrite, members_with_grants};
use crate::app::App;
use crate::auth::mail_tokens;
use crate::entity::change::ActorKind;
use crate::entity::ids::{AppointmentId, NeedId, TaskId};
use crate::entity::mail_token::{MailTokenKind, RespondSubject};
use crate::entity::membership::{self, MemberState};
use crate::features::appointments::answer_appointment;
use crate::features::needs::answer_need;
use crate::features::participation::{LinkAnswer, LinkReach};
use crate::features::tasks::answer_task;
use crate::http::extract::AnonymousRequest;
use crate::problem::Problem;

/// A request by a link.
pub(in crate::features) struct ByLink<'a> {
    pub app: &'a App,
    pub request: &'a AnonymousRequest,
    pub token: &'a str,
    pub kind: MailTokenKind,
    pub actor_kind: ActorKind,
}

impl ByLink<'_> {
    /// Begins a transaction in which the member of the link acts. None if the circle asks for
    /// nothing any more: the page says why.
    pub(in crate::features) async fn begin(
        &self,
    ) -> Result<Option<(CircleWrite, membership::Model)>, Problem> {
        let now = self.app.clock().now();
        let early = mail_tokens::require(self.app.reader(), self.kind, self.token, now).await?;
        let (circle_id, member_id) = led_to(&early)?;
        let request = Some(self.request.0.clone());
        let by_link = self.actor_kind;
        let mut write = CircleWrite::begin_as_system(self.app, circle_id, by_link, request).await?;
        // It may have been voided while this waited for the lock.
        mail_tokens::require(write.tx(), self.kind, self.token, write.now()).await?;
        let this_one = Condition::all().add(membership::Column::Id.eq(member_id));
        let found = members_with_grants(&write, this_one).await?.pop();
        let (member, grants) = found.ok_or(Problem::Gone)?;
        if member.state != MemberState::Active {
            return Err(Problem::Gone);
        }
        if closed(write.scope()).is_some() {
            return Ok(None);
        }
        write.act_as(member.id);
        write.see_as(&member, &grants);
        Ok(Some((write, member)))
    }
}

/// Writes an answer about a thing, in a transaction in which the member acts.
pub(in crate::features) async fn answer_by_link(
    write: CircleWrite,
    (subject, id): (RespondSubject, Uuid),
    answer: LinkAnswer,
    reach: LinkReach,
) -> Result<CircleWrite, Problem> {
    match subject {
        RespondSubject::Task => answer_task(write, TaskId(id), answer, reach).await,
        RespondSubject::Need => answer_need(write, NeedId(id), answer).await,
        RespondSubject::Appointment => answer_appointment(write, AppointmentId(id), answer).await,
    }
}
