//! One email with all notifications that wait for one member. It says what is true when it is sent:
//! two moves are told once, and something that was canceled before its first email is not told.

use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, QueryOrder, Select};
use serde::{Deserialize, Serialize};

use super::line::line_of;
use super::settings::delivery_of;
use super::unsubscribe::unsubscribe_link;
use crate::access::{Absences, CircleWrite};
use crate::app::App;
use crate::auth::require_user;
use crate::entity::change::ActorKind;
use crate::entity::delivery::{DeliveryReason, DeliveryState};
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::{self, MemberState};
use crate::entity::notification::{self, Column};
use crate::entity::notification_setting::NotificationDelivery;
use crate::entity::user::{self, UserState};
use crate::http::response::NoContent;
use crate::notify::posting::{Outcome, deliver};
use crate::notify::subject::SubjectId;
use crate::platform::mail::{Notifications, plain_label};
use crate::platform::queue::{Failure, Leased, Run};
use crate::platform::time::civil::ReaderZone;
use crate::problem::Problem;

/// Sends all notifications that wait for a member, and records the outcome.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailNotifications {
    pub circle_id: CircleId,
    pub member_id: MemberId,
}

impl Run<App> for MailNotifications {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        let (circle_id, member_id) = (self.circle_id, self.member_id);
        claim_waiting(app, lease, circle_id, member_id).await?;
        let write = CircleWrite::begin_as_system(app, circle_id, ActorKind::System, None).await?;
        let waiting = carried_by(&write, lease, member_id).await?;
        let was_unknown = waiting
            .iter()
            .any(|notification| notification.state == DeliveryState::Unknown);
        let written = write_letter(app, &write, member_id, waiting).await?;
        // This stores what was skipped, and releases the lock before the mail server is called.
        write.commit(NoContent).await?;
        let Some((to, letter)) = written else {
            return Ok(());
        };

        let unsubscribe = letter.unsubscribe.clone();
        let sent = deliver(app, lease.id.0, &to, &letter, Some(&unsubscribe)).await;
        let outcome = Outcome::of(sent, was_unknown);
        let write = CircleWrite::begin_as_system(app, circle_id, ActorKind::System, None).await?;
        if lease.is_held(write.tx()).await? {
            for notification in carried_by(&write, lease, member_id).await? {
                record(&write, &notification, outcome.state, outcome.reason, 1).await?;
            }
            write.commit(NoContent).await?;
        }
        outcome.failure.map_or(Ok(()), Err)
    }

    /// Ends the notifications of a dead job. Notifications for another email still wait.
    async fn give_up(&self, app: &App, lease: &Leased) -> Result<(), Problem> {
        let write =
            CircleWrite::begin_as_system(app, self.circle_id, ActorKind::System, None).await?;
        for notification in carried_by(&write, lease, self.member_id).await? {
            let end = Outcome::when_given_up(notification.reason);
            record(&write, &notification, end.state, end.reason, 0).await?;
        }
        write.commit(NoContent).await?;
        Ok(())
    }
}

/// Claims the notifications for this email: all that wait and are in no other email. The claim is
/// committed first. So a job that dies ends only its own notifications, and if the email is sent
/// a second time, it says the same as the first time.
async fn claim_waiting(
    app: &App,
    lease: &Leased,
    circle_id: CircleId,
    member_id: MemberId,
) -> Result<(), Problem> {
    let write = CircleWrite::begin_as_system(app, circle_id, ActorKind::System, None).await?;
    if !carried_by(&write, lease, member_id).await?.is_empty() {
        return Ok(());
    }
    let waiting = find_waiting(&write, member_id)
        .filter(Column::JobId.is_null())
        .all(write.tx())
        .await?;
    for notification in waiting {
        let mut row = notification.clone().into_active_model();
        row.job_id = Set(Some(lease.id));
        write
            .update::<notification::Entity>(&notification, row)
            .await?;
    }
    write.commit(NoContent).await?;
    Ok(())
}

/// The notifications of this email that still wait, the oldest first.
async fn carried_by(
    write: &CircleWrite,
    lease: &Leased,
    member_id: MemberId,
) -> Result<Vec<notification::Model>, Problem> {
    let carried = find_waiting(write, member_id).filter(Column::JobId.eq(lease.id));
    Ok(carried.all(write.tx()).await?)
}

fn find_waiting(write: &CircleWrite, member_id: MemberId) -> Select<notification::Entity> {
    write
        .find::<notification::Entity>()
        .filter(Column::MemberId.eq(member_id))
        .filter(Column::State.is_in([DeliveryState::Queued, DeliveryState::Unknown]))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
}

/// Writes the letter. Notifications that are of no use any more are skipped.
async fn write_letter(
    app: &App,
    write: &CircleWrite,
    member_id: MemberId,
    waiting: Vec<notification::Model>,
) -> Result<Option<(String, Notifications)>, Problem> {
    if waiting.is_empty() {
        return Ok(None);
    }
    // Read under the lock: a circle that has just fallen silent sends nothing that waits.
    if let Some(silence) = write.scope().silence() {
        for notification in waiting {
            skip(write, &notification, silence).await?;
        }
        return Ok(None);
    }
    let member = write.require::<membership::Entity>(member_id).await?;
    let addressee = addressee_of(write, &member).await?;
    let Some(Addressee { user, contact }) =
        addressee.filter(|_| member.state == MemberState::Active)
    else {
        for notification in waiting {
            skip(write, &notification, DeliveryReason::NoAccount).await?;
        }
        return Ok(None);
    };
    let absences = Absences::of(write, &[member_id]).await?;
    if absences.is_away(member_id) {
        for notification in waiting {
            skip(write, &notification, DeliveryReason::Away).await?;
        }
        return Ok(None);
    }
    let mut wanted = Vec::new();
    for notification in waiting {
        let about = SubjectId::of_notification(&notification);
        if about.is_some_and(|about| about.is_held(write.scope())) {
            skip(write, &notification, DeliveryReason::CirclePaused).await?;
            continue;
        }
        if let Some(reason) = told_anyway(write, contact.as_ref(), &notification).await? {
            skip(write, &notification, reason).await?;
            continue;
        }
        match delivery_of(write.tx(), &member, notification.category).await? {
            NotificationDelivery::Email => wanted.push(notification),
            NotificationDelivery::Off => {
                skip(write, &notification, DeliveryReason::TurnedOff).await?;
            }
        }
    }

    let zone = ReaderZone::in_circle(&user.time_zone, write.scope().time_zone());
    let mut lines = Vec::new();
    let mut categories = Vec::new();
    while let Some(about) = wanted.first().map(SubjectId::of_notification) {
        let (about_it, rest) = wanted.into_iter().partition::<Vec<_>, _>(|notification| {
            SubjectId::of_notification(notification) == about
        });
        wanted = rest;
        match line_of(write, &member, &about_it, zone).await? {
            Ok(line) => {
                lines.push(line);
                categories.extend(about_it.iter().map(|notification| notification.category));
            }
            Err(reason) => {
                for notification in about_it {
                    skip(write, &notification, reason).await?;
                }
            }
        }
    }
    if lines.is_empty() {
        return Ok(None);
    }
    categories.sort_unstable();
    categories.dedup();
    let letter = Notifications {
        unsubscribe: unsubscribe_link(app, write, &member, &categories).await?,
        alias: write.circle().await?.alias,
        for_whom: contact
            .is_some()
            .then(|| plain_label(&member.name, "somebody")),
        name: contact.map_or(member.name, |contact| contact.name),
        lines,
    };
    Ok(Some((user.email, letter)))
}

async fn skip(
    write: &CircleWrite,
    notification: &notification::Model,
    reason: DeliveryReason,
) -> Result<(), Problem> {
    // The email may have been sent: that is recorded in another way than a skip.
    let (state, reason) = if notification.state == DeliveryState::Unknown {
        (DeliveryState::Failed, DeliveryReason::ServerSilent)
    } else {
        (DeliveryState::Skipped, reason)
    };
    record(write, notification, state, Some(reason), 0).await
}

async fn record(
    write: &CircleWrite,
    notification: &notification::Model,
    state: DeliveryState,
    reason: Option<DeliveryReason>,
    attempts: i32,
) -> Result<(), Problem> {
    let mut row = notification.clone().into_active_model();
    row.state = Set(state);
    row.reason = Set(reason);
    row.attempts = Set(notification.attempts + attempts);
    if state == DeliveryState::Sent {
        row.sent_at = Set(Some(write.now()));
    }
    write
        .update::<notification::Entity>(notification, row)
        .await?;
    Ok(())
}

/// Why the contact of a member without an account is not told something once more.
async fn told_anyway(
    write: &CircleWrite,
    contact: Option<&membership::Model>,
    notification: &notification::Model,
) -> Result<Option<DeliveryReason>, Problem> {
    let Some(contact) = contact else {
        return Ok(None);
    };
    if notification.created_by_member_id == Some(contact.id) {
        return Ok(Some(DeliveryReason::OwnAction));
    }
    if !notification.kind.is_about_the_thing() {
        return Ok(None);
    }
    let told = [
        DeliveryState::Queued,
        DeliveryState::Unknown,
        DeliveryState::Sent,
    ];
    let own = write
        .find::<notification::Entity>()
        .filter(Column::MemberId.eq(contact.id))
        .filter(Column::Kind.eq(notification.kind))
        .filter(Column::CreatedAt.eq(notification.created_at))
        .filter(Column::State.is_in(told))
        .all(write.tx())
        .await?;
    let about = SubjectId::of_notification(notification);
    let same = |other: &&notification::Model| SubjectId::of_notification(other) == about;
    let Some(own) = own.iter().find(same) else {
        return Ok(None);
    };
    // What still waits may be skipped, and then nobody would be told.
    let is_told = own.state != DeliveryState::Queued || gets(write, contact, own).await?;
    Ok(is_told.then_some(DeliveryReason::SameEmail))
}

/// Whether a member gets emails now, and those of this category.
async fn gets(
    write: &CircleWrite,
    member: &membership::Model,
    notification: &notification::Model,
) -> Result<bool, Problem> {
    let absences = Absences::of(write, &[member.id]).await?;
    let delivery = delivery_of(write.tx(), member, notification.category).await?;
    Ok(!absences.is_away(member.id) && delivery != NotificationDelivery::Off)
}

/// The account to which a member's emails go, if it is active.
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

/// Who gets the emails of a member.
pub struct Addressee {
    pub user: user::Model,
    /// The contact of a member without an account, whose account this is.
    pub contact: Option<membership::Model>,
}

/// Who gets the emails of a member: the member, or the contact of a member without an account.
/// None if that account is not active.
pub async fn addressee_of(
    write: &CircleWrite,
    member: &membership::Model,
) -> Result<Option<Addressee>, Problem> {
    let contact = match member.contact_member_id {
        Some(contact) if member.is_managed() => {
            let contact = write.find_one::<membership::Entity>(contact).await?;
            contact.filter(|contact| contact.state == MemberState::Active)
        }
        _ => None,
    };
    let user = account_of(write, contact.as_ref().unwrap_or(member)).await?;
    Ok(user.map(|user| Addressee { user, contact }))
}
