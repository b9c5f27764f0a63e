//! Letters, and the MIME messages that are made of them.

use askama::Template;
use chrono::{DateTime, Utc};
use lettre::message::header::{
    ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue,
};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use uuid::Uuid;

use super::calendar_files::{CalendarFile, body_of};
use crate::platform::language::Language;

/// An email before it is sent: its subject, and its words as text and as HTML.
pub trait Letter {
    /// The language in which it is written.
    fn language(&self) -> Language;
    fn subject(&self) -> String;
    fn text(&self) -> askama::Result<String>;
    fn html(&self) -> askama::Result<String>;

    /// The calendar files that it carries.
    fn calendar_files(&self) -> &[CalendarFile] {
        &[]
    }
}

/// The sender of all emails, and where replies go.
#[derive(Clone, Debug)]
pub struct Sender {
    pub from: Mailbox,
    /// Without it, every email says that nobody reads replies.
    pub reply_to: Option<Mailbox>,
}

impl From<Mailbox> for Sender {
    fn from(from: Mailbox) -> Self {
        Self {
            from,
            reply_to: None,
        }
    }
}

/// An email to a single person, ready to be sent.
#[derive(Clone, Debug)]
pub struct MailMessage {
    pub to: lettre::Address,
    pub from: lettre::Address,
    pub message_id: String,
    pub bytes: Vec<u8>,
}

/// The end of the footer in `layout.html`. The sentence about replies is put before it.
const FOOTER_END: &str = "</p>\n</body>";

/// A header that lettre has no type for.
#[derive(Clone)]
struct Raw<const NAME: usize>(String);

const HEADERS: [&str; 3] = [
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
];

impl<const NAME: usize> Header for Raw<NAME> {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str(HEADERS[NAME])
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

impl MailMessage {
    /// Composes a message. The Message-ID is made of `id`, so that a message that is sent again has
    /// the same one.
    pub fn compose(
        sender: &Sender,
        to: &str,
        id: Uuid,
        date: DateTime<Utc>,
        letter: &impl Letter,
        unsubscribe: Option<&str>,
    ) -> anyhow::Result<Self> {
        let to: lettre::Address = to.parse()?;
        let from = &sender.from;
        let message_id = format!("<{id}@{}>", from.email.domain());
        let mut builder = lettre::Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to.clone()))
            .message_id(Some(message_id.clone()))
            .date(date.into())
            .subject(letter.subject())
            .header(Raw::<2>("auto-generated".into()));
        if let Some(reply_to) = &sender.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        if let Some(link) = unsubscribe {
            builder = builder
                .header(Raw::<0>(format!("<{link}>")))
                .header(Raw::<1>("List-Unsubscribe=One-Click".into()));
        }
        let part = |kind: ContentType, body: String| {
            SinglePart::builder()
                .header(kind)
                .header(ContentTransferEncoding::QuotedPrintable)
                .body(body)
        };
        let (mut text, mut html) = (letter.text()?, letter.html()?);
        if sender.reply_to.is_none() {
            let nobody_reads = letter.language().say("email-no-replies");
            text = format!("{}\n\n{nobody_reads}\n", text.trim_end());
            let end = format!(" {}{FOOTER_END}", nobody_reads.html());
            html = html.replace(FOOTER_END, &end);
        }
        let words = MultiPart::alternative()
            .singlepart(part(ContentType::TEXT_PLAIN, text))
            .singlepart(part(ContentType::TEXT_HTML, html));
        let message = builder.multipart(body_of(words, letter.calendar_files())?)?;
        Ok(Self {
            from: from.email.clone(),
            to,
            message_id,
            bytes: message.formatted(),
        })
    }
}

/// Renders a template of a letter.
pub(super) fn render(template: &impl Template) -> askama::Result<String> {
    template.render()
}
