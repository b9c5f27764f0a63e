//! One email with all notifications that wait for one member. It says what is true when it is sent:
//! two moves are told once, and something that was canceled before its first email is not told.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, QueryFilter, QueryOrder, Select};
use serde::{Deserialize, Serialize};

use super::addressee::{Addressee, addressee_of, told_anyway};
use super::calendar::{Invited, calendar_file_of};
use super::line::{ToldLine, line_of};
use super::respond::{Answerable, RespondLinks};
use super::settings::{Choices, choices_of, delivery_or_default};
use super::unsubscribe::unsubscribe_link;
use super::waits::{may_mail, wait};
use crate::access::{Absences, CircleWrite, levels_of};
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::delivery::{DeliveryReason, DeliveryState};
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::membership::{self, AccessLevel, MemberState};
use crate::entity::notification::{self, Column};
use crate::entity::user;
use crate::http::response::NoContent;
use crate::notify::details::said_of;
use crate::notify::may_send::{MaySend, Person, first_of, why_none};
use crate::notify::posting::{Outcome, deliver};
use crate::notify::subject::{SubjectId, state_of};
use crate::platform::language::Language;
use crate::platform::mail::{
    NotificationLine, Notifications, SendError, WithCalendarFiles, plain_label,
};
use crate::platform::queue::{Failure, Leased, Run};
use crate::platform::time::civil::ReaderZone;
use crate::problem::Problem;

/// Sends all notifications that wait for a member, and records the outcome.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailNotifications {
    pub circle_id: CircleId,
    pub member_id: MemberId,
}

/// Does the same when quiet hours end or a digest is due. It is a job of its own, because an equal job
/// would keep what happens meanwhile from being sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailWaiting {
    pub circle_id: CircleId,
    pub member_id: MemberId,
    /// When it runs.
    pub at: DateTime<Utc>,
}

impl Run<App> for MailNotifications {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        mail_waiting(app, lease, self.circle_id, self.member_id).await
    }

    async fn give_up(&self, app: &App, lease: &Leased) -> Result<(), Problem> {
        end_all(app, lease, self.circle_id, self.member_id).await
    }
}

impl Run<App> for MailWaiting {
    async fn run(&self, app: &App, lease: &Leased) -> Result<(), Failure> {
        mail_waiting(app, lease, self.circle_id, self.member_id).await
    }

    async fn give_up(&self, app: &App, lease: &Leased) -> Result<(), Problem> {
        end_all(app, lease, self.circle_id, self.member_id).await
    }
}

/// Sends what waits for a member and may be sent now, and records the outcome.
async fn mail_waiting(
    app: &App,
    lease: &Leased,
    circle_id: CircleId,
    member_id: MemberId,
) -> Result<(), Failure> {
    claim_waiting(app, lease, circle_id, member_id).await?;
    let write = CircleWrite::begin_as_system(app, circle_id, ActorKind::System, None).await?;
    let waiting = carried_by(&write, lease, member_id).await?;
    let was_unknown = waiting
        .iter()
        .any(|notification| notification.state == DeliveryState::Unknown);
    let written = write_letter(app, &write, member_id, waiting).await?;
    // This stores what was skipped or waits on, and releases the lock before the mail server is
    // called.
    write.commit(NoContent).await?;
    let Some((to, letter)) = written else {
        return Ok(());
    };

    let unsubscribe = letter.letter.unsubscribe.clone();
    let sent = deliver(app, lease.id.0, &to, &letter, Some(&unsubscribe)).await;
    if let Err(SendError::Held(why)) = sent {
        return Err(Failure::Postpone(why));
    }
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
async fn end_all(
    app: &App,
    lease: &Leased,
    circle_id: CircleId,
    member_id: MemberId,
) -> Result<(), Problem> {
    let write = CircleWrite::begin_as_system(app, circle_id, ActorKind::System, None).await?;
    // Another server has the job: it records what comes of it.
    if !lease.is_held(write.tx()).await? {
        return Ok(());
    }
    for notification in carried_by(&write, lease, member_id).await? {
        let end = Outcome::when_given_up(notification.reason);
        record(&write, &notification, end.state, end.reason, 0).await?;
    }
    write.commit(NoContent).await?;
    Ok(())
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
) -> Result<Option<(String, WithCalendarFiles<Notifications>)>, Problem> {
    if waiting.is_empty() {
        return Ok(None);
    }
    // Read under the lock: a circle that has just fallen silent sends nothing that waits.
    if let Some(silence) = write.scope().silence() {
        skip_all(write, &waiting, silence).await?;
        return Ok(None);
    }
    let member = write.require::<membership::Entity>(member_id).await?;
    let addressee = addressee_of(write, &member).await?;
    let Some(Addressee { user, contact }) =
        addressee.filter(|_| member.state == MemberState::Active)
    else {
        skip_all(write, &waiting, DeliveryReason::NoAccount).await?;
        return Ok(None);
    };
    let chosen = choices_of(write.tx(), member.circle_id, member.id).await?;
    let wishes = Wishes {
        account: &user,
        chosen: &chosen,
        access: member.access,
    };
    let mut wanted = wanted(write, &member, contact.as_ref(), wishes, waiting).await?;
    if wanted.is_empty() {
        return Ok(None);
    }
    let circle = write.circle().await?;
    let language = Language::first_of([user.locale.as_deref(), circle.locale.as_deref()]);
    let zone = ReaderZone::in_circle(&user.time_zone, write.scope().time_zone());
    let zone = zone.in_language(language);
    let for_whom = contact.is_some().then(|| {
        let somebody = language.say("somebody-after-for").to_string();
        plain_label(&member.name, &somebody)
    });
    let invited = Invited::by(app, &circle, member_id, for_whom.as_deref(), &user.email);
    let invited = invited.in_language(language);
    let reader = contact.as_ref().unwrap_or(&member);
    // Only who chose to be told details is read once more, with what they see.
    let reader = match reader.email_detail {
        Some(_) => levels_of(write, &[reader.id]).await?.pop(),
        None => None,
    };
    let mut told = Vec::new();
    let mut files = Vec::new();
    let mut categories = Vec::new();
    while let Some(about) = wanted.first().map(SubjectId::of_notification) {
        let (about_it, rest) = wanted.into_iter().partition::<Vec<_>, _>(|notification| {
            SubjectId::of_notification(notification) == about
        });
        wanted = rest;
        let subject = match about {
            Some(id) => state_of(write, id, member_id).await?,
            None => None,
        };
        let said = subject.as_ref().and_then(|subject| {
            let reader = reader.as_ref()?;
            said_of(&subject.details, subject.topic, &circle, reader, language)
        });
        let (subject_now, said) = (subject.as_ref(), said.as_deref());
        match line_of(write, &member, &about_it, subject_now, said, zone).await? {
            Ok(line) => {
                let moment = subject.as_ref().and_then(|subject| subject.moment);
                let verdict = |notification: &notification::Model| {
                    may_mail(
                        write,
                        wishes.person(notification, false),
                        notification,
                        moment,
                    )
                };
                if let MaySend::Later(at, reason) = first_of(about_it.iter().map(verdict)) {
                    wait(write, member_id, &about_it, at, reason).await?;
                    continue;
                }
                told.push(line);
                files.extend(calendar_file_of(write, &invited, &about_it).await?);
                categories.extend(about_it.iter().map(|notification| notification.category));
            }
            Err(reason) => skip_all(write, &about_it, reason).await?,
        }
    }
    if told.is_empty() {
        return Ok(None);
    }
    let lines = with_links(app, write, told, language).await?;
    categories.sort_unstable();
    categories.dedup();
    let letter = Notifications {
        unsubscribe: unsubscribe_link(app, write, &member, &categories).await?,
        language,
        alias: circle.alias,
        for_whom,
        name: contact.map_or(member.name, |contact| contact.name),
        lines,
    };
    Ok(Some((user.email, WithCalendarFiles { letter, files })))
}

/// Each line with the link of its button, if the member can answer.
async fn with_links(
    app: &App,
    write: &CircleWrite,
    told: Vec<ToldLine>,
    language: Language,
) -> Result<Vec<NotificationLine>, Problem> {
    let answers: Vec<Answerable> = told.iter().filter_map(|told| told.answer).collect();
    let links = RespondLinks::read(write, &answers).await?;
    let with_link = |told: ToldLine| NotificationLine {
        respond: told
            .answer
            .and_then(|answer| links.of(app, answer.member, answer.about))
            .map(|link| language.in_link(link)),
        ..told.line
    };
    Ok(told.into_iter().map(with_link).collect())
}

/// The account to which a member's emails go, and which of them the member wants.
#[derive(Clone, Copy)]
struct Wishes<'a> {
    account: &'a user::Model,
    chosen: &'a Choices,
    access: AccessLevel,
}

impl<'a> Wishes<'a> {
    /// Who gets the email with a notification.
    fn person(self, notification: &notification::Model, is_away: bool) -> Person<'a> {
        Person {
            account: self.account,
            is_away: is_away && !notification.kind.is_told_to_absent(),
            wish: delivery_or_default(self.chosen, notification.category, self.access),
        }
    }
}

/// The notifications that the member still wants and may be told. The others are skipped.
async fn wanted(
    write: &CircleWrite,
    member: &membership::Model,
    contact: Option<&membership::Model>,
    wishes: Wishes<'_>,
    waiting: Vec<notification::Model>,
) -> Result<Vec<notification::Model>, Problem> {
    let absences = Absences::of(write, &[member.id]).await?;
    let is_away = absences.is_away(member.id);
    let mut wanted = Vec::new();
    for notification in waiting {
        let about = SubjectId::of_notification(&notification);
        let reason = if about.is_some_and(|about| about.is_held(write.scope())) {
            Some(DeliveryReason::CirclePaused)
        } else if let Some(reason) = told_anyway(write, contact, &notification).await? {
            Some(reason)
        } else {
            why_none(wishes.person(&notification, is_away).email_facts())
        };
        match reason {
            Some(reason) => skip(write, &notification, reason).await?,
            None => wanted.push(notification),
        }
    }
    Ok(wanted)
}

async fn skip_all(
    write: &CircleWrite,
    notifications: &[notification::Model],
    reason: DeliveryReason,
) -> Result<(), Problem> {
    for notification in notifications {
        skip(write, notification, reason).await?;
    }
    Ok(())
}

async fn skip(
    write: &CircleWrite,
    notification: &notification::Model,
    reason: DeliveryReason,
) -> Result<(), Problem> {
    // The email may have been sent: that is recorded in another way than a skip.
    let (state, reason) = if notification.state == DeliveryState::Unknown {
        (DeliveryState::Failed, DeliveryReason::ServerSilent)
    } else if reason == DeliveryReason::AddressRefused {
        (DeliveryState::Bounced, reason)
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
