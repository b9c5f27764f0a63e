//! The link in every mail that switches mails like it off, without signing in.

use sea_orm::ActiveEnum;

use super::preferences::{delivery_of, put_delivery};
use crate::access::CircleWrite;
use crate::answer::Done;
use crate::app::App;
use crate::entity::change::Way;
use crate::entity::ids::MemberId;
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
    let (write, member) = open(app, None, token).await?;
    let member = write.require::<membership::Entity>(member).await?;
    let mut is_off = true;
    for category in categories(about)? {
        let wish = delivery_of(write.tx(), &member, category).await?;
        is_off &= wish == NotificationDelivery::Off;
    }
    Ok(Unsubscription {
        alias: write.circle().await?.alias,
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
    let (write, member) = open(app, Some(request), token).await?;
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

async fn open(
    app: &App,
    request: Option<&Asked>,
    token: &str,
) -> Result<(CircleWrite, MemberId), Problem> {
    let now = app.clock().now();
    let token = mail_tokens::require(app.reader(), MailTokenKind::Unsubscribe, token, now).await?;
    let circle_id = token.circle_id.ok_or(Problem::Gone)?;
    let request = request.map(|request| request.0.clone());
    let write = app
        .begin_circle_write(circle_id, Way::Mail, request)
        .await?;
    Ok((write, MemberId(token.subject_id)))
}
