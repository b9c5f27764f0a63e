//! One mail with all that waits for one person, written from what is true
//! when it is sent: what was moved twice is told once, what was called off
//! before anybody heard of it not at all.

use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, QueryOrder, Select};
use serde::{Deserialize, Serialize};

use super::line::line_of;
use super::news::About;
use super::preferences::delivery_of;
use super::unsubscribe::unsubscribe_link;
use crate::access::CircleWrite;
use crate::app::App;
use crate::auth::require_user;
use crate::entity::change::ActorKind;
use crate::entity::delivery::DeliveryState;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::{self, MemberState};
use crate::entity::notice::{self, Column};
use crate::entity::notification_preference::NotificationDelivery;
use crate::entity::user::{self, UserState};
use crate::http::response::Done;
use crate::notify::posting::{Outcome, deliver};
use crate::platform::mail::News;
use crate::platform::queue::{Failure, Leased, Run};
use crate::problem::Problem;

/// Mails what waits for a member, and writes down how it ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailNotices {
    pub circle_id: CircleId,
    pub member_id: MemberId,
}

impl Run<App> for MailNotices {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let (circle_id, member_id) = (self.circle_id, self.member_id);
        claim_waiting(app, lease, circle_id, member_id).await?;
        let write = app
            .begin_circle_write(circle_id, ActorKind::System, None)
            .await?;
        let waiting = carried_by(&write, lease, member_id).await?;
        let was_unknown = waiting
            .iter()
            .any(|notice| notice.state == DeliveryState::Unknown);
        let written = write_letter(app, &write, member_id, waiting).await?;
        // Skips are kept; the mail server is not talked to under the lock.
        write.commit(Done).await?;
        let Some((to, letter)) = written else {
            return Ok(());
        };

        let unsubscribe = letter.unsubscribe.clone();
        let sent = deliver(app, lease.id.0, &to, &letter, Some(&unsubscribe)).await;
        let outcome = Outcome::of(sent, was_unknown);
        let write = app
            .begin_circle_write(circle_id, ActorKind::System, None)
            .await?;
        if lease.is_held(write.tx()).await? {
            for notice in carried_by(&write, lease, member_id).await? {
                record(&write, &notice, outcome.state, outcome.reason, 1).await?;
            }
            write.commit(Done).await?;
        }
        outcome.failure.map_or(Ok(()), Err)
    }

    /// Ends the notices of a job that is dead; what waits for another mail goes on waiting.
    async fn give_up(&self, app: &App, lease: &Leased) -> Result<(), Problem> {
        let write = app
            .begin_circle_write(self.circle_id, ActorKind::System, None)
            .await?;
        for notice in carried_by(&write, lease, self.member_id).await? {
            let end = Outcome::when_given_up(notice.reason.as_deref());
            record(&write, &notice, end.state, end.reason, 0).await?;
        }
        write.commit(Done).await?;
        Ok(())
    }
}

/// Decides what this mail carries: all that waits and is in no other. That is
/// kept before anything can go wrong, so that a job that dies takes only its own
/// notices with it, and a second copy of a mail says what the first one said.
async fn claim_waiting(
    app: &App,
    lease: &Leased,
    circle_id: CircleId,
    member_id: MemberId,
) -> Result<(), Problem> {
    let write = app
        .begin_circle_write(circle_id, ActorKind::System, None)
        .await?;
    if !carried_by(&write, lease, member_id).await?.is_empty() {
        return Ok(());
    }
    let waiting = find_waiting(&write, member_id)
        .filter(Column::JobId.is_null())
        .all(write.tx())
        .await?;
    for notice in waiting {
        let mut row = notice.clone().into_active_model();
        row.job_id = Set(Some(lease.id));
        write.update::<notice::Entity>(&notice, row).await?;
    }
    write.commit(Done).await?;
    Ok(())
}

/// What this mail carries and has not ended, oldest first.
async fn carried_by(
    write: &CircleWrite,
    lease: &Leased,
    member_id: MemberId,
) -> Result<Vec<notice::Model>, Problem> {
    let mine = find_waiting(write, member_id).filter(Column::JobId.eq(lease.id));
    Ok(mine.all(write.tx()).await?)
}

fn find_waiting(write: &CircleWrite, member_id: MemberId) -> Select<notice::Entity> {
    write
        .find::<notice::Entity>()
        .filter(Column::MemberId.eq(member_id))
        .filter(Column::State.is_in([DeliveryState::Queued, DeliveryState::Unknown]))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
}

/// Writes the letter; what is not worth telling any more is skipped.
async fn write_letter(
    app: &App,
    write: &CircleWrite,
    member_id: MemberId,
    waiting: Vec<notice::Model>,
) -> Result<Option<(String, News)>, Problem> {
    if waiting.is_empty() {
        return Ok(None);
    }
    if write.scope().is_ending() {
        for notice in waiting {
            skip(write, &notice, "circle_ending").await?;
        }
        return Ok(None);
    }
    let member = write.require::<membership::Entity>(member_id).await?;
    let account = account_of(write, &member).await?;
    let Some(user) = account.filter(|_| member.state == MemberState::Active) else {
        for notice in waiting {
            skip(write, &notice, "no_account").await?;
        }
        return Ok(None);
    };
    let mut wanted = Vec::new();
    for notice in waiting {
        match delivery_of(write.tx(), &member, notice.category).await? {
            NotificationDelivery::Now => wanted.push(notice),
            NotificationDelivery::Off => skip(write, &notice, "switched_off").await?,
        }
    }

    let mut lines = Vec::new();
    let mut categories = Vec::new();
    while let Some(about) = wanted.first().map(about) {
        let (its, rest) = wanted
            .into_iter()
            .partition::<Vec<_>, _>(|notice| self::about(notice) == about);
        wanted = rest;
        match line_of(write, &member, &its, &user.time_zone).await? {
            Ok(line) => {
                lines.push(line);
                categories.extend(its.iter().map(|notice| notice.category));
            }
            Err(reason) => {
                for notice in its {
                    skip(write, &notice, reason).await?;
                }
            }
        }
    }
    if lines.is_empty() {
        return Ok(None);
    }
    categories.sort_unstable();
    categories.dedup();
    let letter = News {
        unsubscribe: unsubscribe_link(app, write, &member, &categories).await?,
        alias: write.circle().await?.alias,
        name: member.name,
        lines,
    };
    Ok(Some((user.email, letter)))
}

fn about(notice: &notice::Model) -> Option<About> {
    let task = notice.task_id.map(About::Task);
    let appointment = notice.appointment_id.map(About::Appointment);
    let need = notice.need_id.map(About::Need);
    let role = notice.role_id.map(About::Role);
    task.or(appointment).or(need).or(role)
}

async fn skip(
    write: &CircleWrite,
    notice: &notice::Model,
    reason: &'static str,
) -> Result<(), Problem> {
    // It may be out already: that is not the same as never sent.
    let (state, reason) = if notice.state == DeliveryState::Unknown {
        (DeliveryState::Failed, "no_answer")
    } else {
        (DeliveryState::Skipped, reason)
    };
    record(write, notice, state, Some(reason), 0).await
}

async fn record(
    write: &CircleWrite,
    notice: &notice::Model,
    state: DeliveryState,
    reason: Option<&str>,
    attempts: i32,
) -> Result<(), Problem> {
    let mut row = notice.clone().into_active_model();
    row.state = Set(state);
    row.reason = Set(reason.map(str::to_owned));
    row.attempts = Set(notice.attempts + attempts);
    if state == DeliveryState::Sent {
        row.sent_at = Set(Some(write.now()));
    }
    write.update::<notice::Entity>(notice, row).await?;
    Ok(())
}

/// The account a member's mails go to, if it is in use.
pub async fn account_of(
    write: &CircleWrite,
    member: &membership::Model,
) -> Result<Option<user::Model>, Problem> {
    match member.user_id {
        Some(id) => {
            let user = require_user(write.tx(), id).await?;
            Ok(Some(user).filter(|user| user.state == UserState::Active))
        }
        None => Ok(None),
    }
}
