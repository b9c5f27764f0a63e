//! Calendar files in emails (RFC 6047).
//!
//! An email about one event carries its file twice, because mail programs look in different places:
//! beside the words, where Gmail, Apple Mail and Outlook find it and show the event, and as
//! `invite.ics`, for all others. They show one event of an email and not several. So an email about
//! several events carries a file for each, and none beside the words: nobody answers for one event
//! and believes that it was for all.

use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType};
use lettre::message::{MultiPart, SinglePart};

use super::compose::Letter;
use crate::platform::ical::Method;
use crate::platform::language::Language;

/// A calendar file of an email.
#[derive(Clone, Debug)]
pub struct CalendarFile {
    pub method: Method,
    pub calendar: String,
}

/// A letter that carries calendar files.
#[derive(Clone, Debug)]
pub struct WithCalendarFiles<L> {
    pub letter: L,
    pub files: Vec<CalendarFile>,
}

impl<L: Letter> Letter for WithCalendarFiles<L> {
    fn language(&self) -> Language {
        self.letter.language()
    }

    fn subject(&self) -> String {
        self.letter.subject()
    }

    fn text(&self) -> askama::Result<String> {
        self.letter.text()
    }

    fn html(&self) -> askama::Result<String> {
        self.letter.html()
    }

    fn calendar_files(&self) -> &[CalendarFile] {
        &self.files
    }
}

/// The body of an email: its words, and its calendar files.
pub(super) fn body_of(words: MultiPart, files: &[CalendarFile]) -> anyhow::Result<MultiPart> {
    let words = match files {
        [] => return Ok(words),
        [only] if only.method != Method::Publish => {
            let kind = format!(
                "text/calendar; charset=utf-8; method={}",
                only.method.as_str()
            );
            words.singlepart(part_of(only, ContentType::parse(&kind)?, None))
        }
        _ => words,
    };
    let mut body = MultiPart::mixed().multipart(words);
    for (number, file) in (1..).zip(files) {
        // The name is the same in all emails: it must not say what the event is.
        let name = if files.len() == 1 {
            "invite.ics".to_owned()
        } else {
            format!("invite-{number}.ics")
        };
        let kind = ContentType::parse(&format!("application/ics; name=\"{name}\""))?;
        let attached = ContentDisposition::attachment(&name);
        body = body.singlepart(part_of(file, kind, Some(attached)));
    }
    Ok(body)
}

/// In base64, so that no mail server changes the ends of the lines.
fn part_of(
    file: &CalendarFile,
    kind: ContentType,
    attached: Option<ContentDisposition>,
) -> SinglePart {
    let mut part = SinglePart::builder()
        .header(kind)
        .header(ContentTransferEncoding::Base64);
    if let Some(attached) = attached {
        part = part.header(attached);
    }
    part.body(file.calendar.clone())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::platform::mail::{AccountExists, MailMessage, Mailbox, Sender};

    /// The types of all parts of an email with these files, in their order.
    fn parts(methods: &[Method]) -> Vec<String> {
        let file = |method: &Method| CalendarFile {
            method: *method,
            calendar: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".into(),
        };
        let letter = WithCalendarFiles {
            letter: AccountExists {
                language: Language::ENGLISH,
                name: "Ben".into(),
            },
            files: methods.iter().map(file).collect(),
        };
        let sender = Sender::from("Kith <kith@example.org>".parse::<Mailbox>().unwrap());
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let to = "ben@example.org";
        let mail = MailMessage::compose(&sender, to, Uuid::nil(), at, &letter, None).unwrap();
        let raw = String::from_utf8(mail.bytes).unwrap().replace("\r\n ", " ");
        let kinds = raw.lines().filter_map(|line| {
            let kind = line.strip_prefix("Content-Type: ")?;
            Some(kind.split("; boundary").next()?.trim().to_owned())
        });
        kinds.collect()
    }

    const WORDS: [&str; 3] = [
        "multipart/alternative",
        "text/plain; charset=utf-8",
        "text/html; charset=utf-8",
    ];

    #[test]
    fn an_email_without_a_calendar_file_has_only_its_words() {
        assert_eq!(parts(&[]), WORDS);
    }

    #[test]
    fn one_event_is_beside_the_words_and_attached_and_several_are_only_attached() {
        let file = |name: &str| format!("application/ics; name=\"{name}\"");
        let [outer, text, html] = WORDS.map(str::to_owned);
        let mixed = "multipart/mixed".to_owned();
        let words = [mixed, outer, text, html];
        for (method, name) in [(Method::Request, "REQUEST"), (Method::Cancel, "CANCEL")] {
            let invitation = format!("text/calendar; charset=utf-8; method={name}");
            let one = [&words[..], &[invitation, file("invite.ics")]].concat();
            assert_eq!(parts(&[method]), one);
        }
        let several = [&words[..], &[file("invite-1.ics"), file("invite-2.ics")]].concat();
        assert_eq!(parts(&[Method::Request, Method::Cancel]), several);
        // The events of a series are shown by no mail program as an invitation.
        let series = [&words[..], &[file("invite.ics")]].concat();
        assert_eq!(parts(&[Method::Publish]), series);
    }
}
