//! How much an email says of what it is about. It says nothing unless the reader chose otherwise for
//! the circle: other people may read a mailbox. Of a health topic it says nothing without a second
//! yes. And the patient can forbid it for the whole circle.
//!
//! It is decided when the email is written. Subjects never say it, because phones show them on a
//! locked screen.

use crate::access::MemberLevels;
use crate::entity::circle;
use crate::entity::membership::EmailDetail;
use crate::entity::topic_grant::Topic;
use crate::platform::language::Language;
use crate::platform::mail::plain_label;

/// What a thing is, for readers who chose to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// The key of its kind, such as `what-ride`. `None` if the sentence of the email says it anyway.
    pub kind: Option<&'static str>,
    pub title: Option<String>,
    pub place: Option<String>,
}

impl Details {
    /// A thing of which only the kind is ever said.
    pub fn of_kind(key: &'static str) -> Self {
        Self {
            kind: Some(key),
            ..Self::default()
        }
    }

    fn in_words(&self, detail: EmailDetail, language: Language) -> Option<String> {
        let kind = language.say(self.kind?);
        match detail {
            EmailDetail::Nothing => None,
            EmailDetail::Kind => Some(kind.to_string()),
            EmailDetail::Title => {
                let title = self.title.as_deref().unwrap_or_default();
                let name = plain_label(title, &kind.to_string());
                let place = self.place.as_deref().unwrap_or_default();
                let place = plain_label(place, "");
                if place.is_empty() {
                    return Some(name);
                }
                let what = language.say("what-in-place").with("what", &name);
                Some(what.with("place", &place).to_string())
            }
        }
    }
}

/// What the email to a reader says of a thing. `None`: nothing. The reader is the member to whose
/// address it goes: who gets the emails of a member without an account reads nothing that they do not
/// see for themselves. A thing without a topic is seen by everybody.
pub fn said_of(
    details: &Details,
    topic: Option<Topic>,
    circle: &circle::Model,
    reader: &MemberLevels,
    language: Language,
) -> Option<String> {
    let lacks_second_yes = topic == Some(Topic::Health) && reader.row.email_health_since.is_none();
    if circle.email_details_forbidden || lacks_second_yes || !reader.sees(topic) {
        return None;
    }
    details.in_words(reader.row.email_detail?, language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_says_more_than_the_one_before() {
        let said = |title: Option<&str>, place: Option<&str>| {
            let details = Details {
                kind: Some("what-appointment"),
                title: title.map(str::to_owned),
                place: place.map(str::to_owned),
            };
            let said = EmailDetail::ALL.iter().map(|detail| {
                details
                    .in_words(*detail, Language::ENGLISH)
                    .unwrap_or_default()
            });
            said.collect::<Vec<_>>()
        };
        assert_eq!(
            said(Some("Scan"), Some("Ward 5")),
            ["", "an appointment", "Scan (Ward 5)"]
        );
        assert_eq!(said(Some("Scan"), None), ["", "an appointment", "Scan"]);
        assert_eq!(
            said(None, Some("The station")),
            ["", "an appointment", "an appointment (The station)"]
        );
        // What an email program would make a link of is left out.
        assert_eq!(
            said(Some("https://x.example/a"), Some("www.x.example")),
            ["", "an appointment", "an appointment"]
        );
        assert_eq!(
            Details::default().in_words(EmailDetail::Title, Language::ENGLISH),
            None
        );
    }
}
