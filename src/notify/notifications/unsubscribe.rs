//! The unsubscribe link is in every reminder and notification. It turns emails of the same
//! categories off, without signing in.

use std::collections::HashMap;

use sea_orm::ActiveEnum;

use super::settings::{choices_of, delivery_or_default, put_delivery};
use crate::access::{CircleWrite, SystemCircleView};
use crate::app::App;
use crate::auth::mail_tokens;
use crate::auth::require_user;
use crate::auth::{Event, note_event};
use crate::entity::change::ActorKind;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::mail_token::{self, MailTokenKind};
use crate::entity::membership;
use crate::entity::notification_setting::{NotificationCategory, NotificationDelivery};
use crate::entity::security_event::SecurityEventKind;
use crate::http::extract::AnonymousRequest;
use crate::http::response::NoContent;
use crate::platform::language::Language;
use crate::problem::Problem;

/// Makes a token for each member who has none. It is the same in every email and does not expire.
/// It is one statement, however many members there are, and it is sent when the transaction commits.
pub async fn make_unsubscribe_tokens(
    write: &CircleWrite,
    members: &[MemberId],
) -> Result<(), Problem> {
    let kind = MailTokenKind::Unsubscribe;
    let circle_id = write.circle_id();
    mail_tokens::issue_missing(write.transaction(), kind, circle_id, members).await
}

/// Makes a token for each of these members, of whom it is known that they have none.
pub(super) fn make_new_unsubscribe_tokens(write: &CircleWrite, members: &[MemberId]) {
    let kind = MailTokenKind::Unsubscribe;
    let circle_id = write.circle_id();
    mail_tokens::issue_all_later(write.transaction(), kind, circle_id, members);
}

/// Voids the tokens of members without an account who get another contact: the links in emails to the
/// former contact must not turn off the emails that the new one gets.
pub fn void_unsubscribe_tokens(write: &CircleWrite, members: &[MemberId]) {
    let kind = MailTokenKind::Unsubscribe;
    let circle_id = write.circle_id();
    mail_tokens::void_all_later(write.transaction(), kind, circle_id, members);
}

/// The link that turns emails of these categories off.
pub async fn unsubscribe_link(
    app: &App,
    write: &CircleWrite,
    member: &membership::Model,
    about: &[NotificationCategory],
) -> Result<String, Problem> {
    let tokens = unsubscribe_tokens(write, [member.id]).await?;
    link_of(app, tokens.get(&member.id), about)
}

/// The tokens of members: one statement, however many there are. Who has none gets one: it was voided
/// after the email was queued, because a member without an account has one now, or was suspended.
pub async fn unsubscribe_tokens(
    write: &CircleWrite,
    members: impl IntoIterator<Item = MemberId>,
) -> Result<HashMap<MemberId, mail_token::Model>, Problem> {
    let kind = MailTokenKind::Unsubscribe;
    let circle_id = write.circle_id();
    let members: Vec<MemberId> = members.into_iter().collect();
    let tokens =
        mail_tokens::newest_of_members(write.tx(), kind, circle_id, members.clone()).await?;
    let mut without = members.clone();
    without.retain(|member| !tokens.contains_key(member));
    if without.is_empty() {
        return Ok(tokens);
    }
    make_unsubscribe_tokens(write, &without).await?;
    write.transaction().send_later().await?;
    Ok(mail_tokens::newest_of_members(write.tx(), kind, circle_id, members).await?)
}

/// The link with a member's token.
pub fn link_of(
    app: &App,
    token: Option<&mail_token::Model>,
    about: &[NotificationCategory],
) -> Result<String, Problem> {
    let token =
        token.ok_or_else(|| Problem::internal(anyhow::anyhow!("the unsubscribe token is gone")))?;
    let mut link = mail_tokens::link(app, "unsubscribe", token);
    for category in about {
        link += "&about=";
        link += category.as_str();
    }
    Ok(link)
}

/// What the page of an unsubscribe link shows.
#[derive(Debug)]
pub struct Unsubscription {
    /// The language of the page.
    pub language: Language,
    pub alias: String,
    /// The first name of the member who gets these emails.
    pub name: String,
    /// Their address, masked: the member recognizes it, and nobody else learns it.
    pub address: String,
    /// What the emails are about.
    pub kinds: Vec<String>,
    pub is_off: bool,
    /// Whether a link turned them off. Only then can the link turn them on again.
    pub can_undo: bool,
    /// The address to which a request to turn them off is posted.
    pub turn_off: String,
    /// The address to which a request to turn them on again is posted.
    pub undo: String,
}

/// Describes what the link would do, without doing it: in the language of the account, in the
/// one that the reader wishes, or in that of the circle.
pub async fn describe_unsubscription(
    app: &App,
    token: &str,
    about: &[String],
    wished: Option<Language>,
) -> Result<Unsubscription, Problem> {
    let (circle_id, member) = find(app, token).await?;
    let view = SystemCircleView::of(app, circle_id).await?;
    let member = view.find_one::<membership::Entity>(member).await?;
    let member = member.ok_or(Problem::NotFound)?;
    let chosen = choices_of(view.db(), member.circle_id, member.id).await?;
    let categories = categories(about)?;
    let is_off = |category: &NotificationCategory| {
        let wish = delivery_or_default(&chosen, *category, member.access);
        wish == NotificationDelivery::Off
    };
    let by_link = |category: &NotificationCategory| {
        chosen
            .get(category)
            .is_some_and(|row| row.unsubscribed_at.is_some())
    };
    let contact = match member.contact_member_id {
        Some(contact) if member.is_managed() => {
            view.find_one::<membership::Entity>(contact).await?
        }
        _ => None,
    };
    let user = match contact.as_ref().unwrap_or(&member).user_id {
        Some(id) => Some(require_user(view.db(), id).await?),
        None => None,
    };
    let language = Language::first_of([
        user.as_ref().and_then(|user| user.locale.as_deref()),
        wished.map(Language::tag),
        view.circle().locale.as_deref(),
    ]);
    let address = user.map(|user| masked(&user.email)).unwrap_or_default();
    let mut turn_off = format!("?token={token}");
    for category in about {
        turn_off += "&about=";
        turn_off += category;
    }
    let undo = format!("{turn_off}&undo=true");
    let first_name = member.name.split_whitespace().next().unwrap_or_default();
    let in_words = |category: &NotificationCategory| in_words(*category, first_name, language);
    Ok(Unsubscription {
        language,
        alias: view.circle().alias.clone(),
        name: first_name.to_owned(),
        address,
        kinds: categories.iter().flat_map(in_words).collect(),
        is_off: categories.iter().all(is_off),
        can_undo: categories.iter().any(by_link),
        turn_off,
        undo,
    })
}

/// `b…@example.org`.
fn masked(address: &str) -> String {
    let (person, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = person.chars().take(1).collect();
    format!("{first}…@{domain}")
}

/// What the emails of a category are about, one line for each thing. It must agree with the table
/// `rules!` in `who.rs`, and with the docs of the settings in `settings.rs`.
fn in_words(category: NotificationCategory, name: &str, language: Language) -> Vec<String> {
    let keys: &[&str] = match category {
        NotificationCategory::Reminders => &["about-reminders"],
        NotificationCategory::Assignments => &[
            "about-questions",
            "about-changes",
            "about-replies",
            "about-decisions",
            "about-people",
        ],
        NotificationCategory::Announcements => {
            &["about-appointments", "about-suggestions", "about-open-soon"]
        }
        NotificationCategory::Gaps => &["about-open", "about-declined-soon", "about-handed-over"],
    };
    let line = |key: &&str| language.say(key).with("name", name).to_string();
    keys.iter().map(line).collect()
}

/// Turns a member's emails of these categories off. The member sees in the app that a link did
/// this, and when.
pub async fn unsubscribe(
    app: &App,
    request: &AnonymousRequest,
    token: &str,
    about: &[String],
) -> Result<(), Problem> {
    let (write, member) = open(app, request, token).await?;
    let member = write.require::<membership::Entity>(member).await?;
    let chosen = choices_of(write.tx(), member.circle_id, member.id).await?;
    let mut has_changed = false;
    for category in categories(about)? {
        let wish = delivery_or_default(&chosen, category, member.access);
        if wish != NotificationDelivery::Off {
            let (off, at) = (NotificationDelivery::Off, Some(write.now()));
            put_delivery(&write, member.id, category, off, at).await?;
            has_changed = true;
        }
    }
    if has_changed {
        note(
            &write,
            &member,
            request,
            SecurityEventKind::EmailsUnsubscribed,
        );
    }
    write.commit(NoContent).await?;
    Ok(())
}

/// Turns on again what a link turned off. What the member turned off in the app stays off.
pub async fn resubscribe(
    app: &App,
    request: &AnonymousRequest,
    token: &str,
    about: &[String],
) -> Result<(), Problem> {
    let (write, member) = open(app, request, token).await?;
    let member = write.require::<membership::Entity>(member).await?;
    let chosen = choices_of(write.tx(), member.circle_id, member.id).await?;
    let mut has_changed = false;
    for category in categories(about)? {
        let row = chosen.get(&category);
        if row.is_some_and(|row| row.unsubscribed_at.is_some()) {
            let on = NotificationDelivery::Email;
            put_delivery(&write, member.id, category, on, None).await?;
            has_changed = true;
        }
    }
    if has_changed {
        note(
            &write,
            &member,
            request,
            SecurityEventKind::EmailsResubscribed,
        );
    }
    write.commit(NoContent).await?;
    Ok(())
}

fn note(
    write: &CircleWrite,
    member: &membership::Model,
    request: &AnonymousRequest,
    kind: SecurityEventKind,
) {
    if let Some(user_id) = member.user_id {
        let event = Event {
            actor_kind: ActorKind::EmailLink,
            ..Event::of(kind, user_id, &request.0)
        };
        note_event(write.transaction(), event);
    }
}

fn categories(about: &[String]) -> Result<Vec<NotificationCategory>, Problem> {
    let read = |name: &String| {
        NotificationCategory::try_from_value(name)
            .map_err(|_| Problem::Malformed("This link is not complete.".into()))
    };
    if about.is_empty() {
        return Err(Problem::Malformed("This link is not complete.".into()));
    }
    about.iter().map(read).collect()
}

/// The member whose emails the link is about.
async fn find(app: &App, token: &str) -> Result<(CircleId, MemberId), Problem> {
    let now = app.clock().now();
    let token = mail_tokens::require(app.reader(), MailTokenKind::Unsubscribe, token, now).await?;
    let circle_id = token.circle_id.ok_or(Problem::Gone)?;
    Ok((circle_id, MemberId(token.subject_id)))
}

async fn open(
    app: &App,
    request: &AnonymousRequest,
    token: &str,
) -> Result<(CircleWrite, MemberId), Problem> {
    let (circle_id, member) = find(app, token).await?;
    let request = Some(request.0.clone());
    let write = CircleWrite::begin_as_system(app, circle_id, ActorKind::EmailLink, request).await?;
    Ok((write, member))
}
