//! The link in every mail that switches mails like it off, without signing in.

use sea_orm::ActiveEnum;

use super::preferences::{delivery_of, put_delivery};
use crate::access::{CircleGlance, CircleWrite};
use crate::answer::Done;
use crate::app::App;
use crate::entity::change::Way;
use crate::entity::ids::{CircleId, MemberId};
use crate::entity::mail_token::MailTokenKind;
use crate::entity::membership;
use crate::entity::notification_preference::{NotificationCategory, NotificationDelivery};
use crate::extract::Asked;
use crate::mail_tokens::{self, Subject};
use crate::problem::Problem;

/// One token a member, good for every mail: it does not end.
pub async fn make_unsubscribe_token(
    app: &App,
    write: &CircleWrite,
    member: &membership::Model,
) -> Result<(), Problem> {
    let subject = Subject::member(member.circle_id, member.id);
    let kind = MailTokenKind::Unsubscribe;
    if mail_tokens::newest(write.tx(), kind, subject)
        .await?
        .is_none()
    {
        mail_tokens::issue(app, write.tx(), kind, subject, write.now(), None).await?;
    }
    Ok(())
}

/// The link that switches mails about these categories off.
pub async fn unsubscribe_link(
    app: &App,
    write: &CircleWrite,
    member: &membership::Model,
    about: &[NotificationCategory],
) -> Result<String, Problem> {
    let subject = Subject::member(member.circle_id, member.id);
    let token = mail_tokens::newest(write.tx(), MailTokenKind::Unsubscribe, subject)
        .await?
        .ok_or_else(|| Problem::Internal(anyhow::anyhow!("the unsubscribe token is gone")))?;
    let mut link = mail_tokens::link(app, "unsubscribe", &token);
    for category in about {
        link += "&about=";
        link += category.as_str();
    }
    Ok(link)
}

/// Who an unsubscribe link is about, for its page.
#[derive(Debug)]
pub struct Unsubscription {
    pub alias: String,
    pub is_off: bool,
}

/// Describes what the link would do, without doing it.
pub async fn describe_unsubscription(
    app: &App,
    token: &str,
    about: &[String],
) -> Result<Unsubscription, Problem> {
    let (circle_id, member) = find(app, token).await?;
    let glance = CircleGlance::at(app, circle_id).await?;
    let member = glance.find_one::<membership::Entity>(member).await?;
    let member = member.ok_or(Problem::NotFound)?;
    let mut is_off = true;
    for category in categories(about)? {
        let wish = delivery_of(glance.db(), &member, category).await?;
        is_off &= wish == NotificationDelivery::Off;
    }
    Ok(Unsubscription {
        alias: glance.circle().alias.clone(),
        is_off,
    })
}

/// Switches a member's mails about these categories off.
pub async fn unsubscribe(
    app: &App,
    request: &Asked,
    token: &str,
    about: &[String],
) -> Result<(), Problem> {
    let (circle_id, member) = find(app, token).await?;
    let write = app
        .begin_circle_write(circle_id, Way::Mail, Some(request.0.clone()))
        .await?;
    for category in categories(about)? {
        put_delivery(&write, member, category, NotificationDelivery::Off).await?;
    }
    write.commit(Done).await?;
    Ok(())
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

/// Whose mails the link is about.
async fn find(app: &App, token: &str) -> Result<(CircleId, MemberId), Problem> {
    let now = app.clock().now();
    let token = mail_tokens::require(app.reader(), MailTokenKind::Unsubscribe, token, now).await?;
    let circle_id = token.circle_id.ok_or(Problem::Gone)?;
    Ok((circle_id, MemberId(token.subject_id)))
}
