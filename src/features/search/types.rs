//! The schemas of the search, and how its query is read.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::entity::ids::{CircleId, ThreadId};
use crate::entity::topic_grant::Topic;
use crate::entity::wire_enum;
use crate::http::pagination::{list_query, page_of};
use crate::platform::text::words::{self, Wanted};
use crate::platform::time::civil::Day;
use crate::platform::time::timestamps::in_milliseconds;
use crate::problem::{FieldErrorCode, Problem};

/// How many characters a query has at most.
const MOST_CHARACTERS: usize = 100;
/// How many words a query has at most.
const MOST_WORDS: usize = 10;
/// How many words are looked for: a run of Chinese or Japanese characters counts as several.
const MOST_TERMS: usize = 20;

list_query! {
    /// What to search for.
    pub struct SearchQuery {
        /// The words to look for: at most 10 of them, with at most 100 characters. Accents and
        /// case do not matter. A hit has all of them. The last word may be the beginning of a
        /// longer one, if it has at least three letters.
        #[param(min_length = 1, max_length = 100)]
        pub q: String,
        /// Only hits of these types. Default: all.
        #[serde(default, rename = "type")]
        #[param(inline)]
        pub kind: Vec<SearchKind>,
    }
}

impl SearchQuery {
    /// The words that are looked for; at least one.
    pub(super) fn wanted(&self) -> Result<Vec<Wanted>, Problem> {
        let refused = |code, detail: &str| Err(Problem::query("q", code, detail));
        if words::count_characters(&self.q) > MOST_CHARACTERS {
            return refused(FieldErrorCode::TooLong, "Send at most 100 characters.");
        }
        match words::count_words(&self.q) {
            0 => {
                let detail = "Send at least one word: a letter, a digit or an emoji.";
                refused(FieldErrorCode::TooShort, detail)
            }
            1..=MOST_WORDS => Ok(words::wanted(&self.q, MOST_TERMS)),
            _ => refused(FieldErrorCode::TooLong, "Send at most 10 words."),
        }
    }

    /// Whether hits of this kind are looked for.
    pub(super) fn asks_for(&self, kind: SearchKind) -> bool {
        self.kind.is_empty() || self.kind.contains(&kind)
    }
}

wire_enum! {
    /// What was found.
    SearchKind {
        /// A task, by its title and notes.
        Task = "task",
        /// An appointment, by its title, location, preparation and outcome.
        Appointment = "appointment",
        /// A message, by its text.
        Message = "message",
    }
}

/// A task, an appointment or a message that was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "type": "message",
    "id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c51",
    "circle_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c3d",
    "title": "Visits at the hospital",
    "title_matches": [],
    "excerpt": "She slept well. The nurse comes at ten.",
    "excerpt_matches": [{ "start": 20, "length": 5 }],
    "topic": "daily",
    "series_id": null,
    "scheduled_on": null,
    "scheduled_at": null,
    "thread_id": "0199d7a0-5f6b-7cc0-8f0e-3c1f6a1b2c50",
    "created_at": "2027-01-02T12:00:00.000Z"
})))]
pub struct SearchHit {
    /// What was found.
    #[serde(rename = "type")]
    pub kind: SearchKind,
    /// The id of the task, the appointment or the message.
    pub id: Uuid,
    /// The circle that it belongs to.
    pub circle_id: CircleId,
    /// The title of the task, of the appointment, or of the thread of the message; for a comment,
    /// that of its task or appointment. Null if the thread has none.
    pub title: Option<String>,
    /// Where the title has the words. Titles of threads are not searched.
    pub title_matches: Vec<TextMatch>,
    /// The part of the text that has the first of the words, in one line, with `…` where it was
    /// cut. Null if only the title has the words.
    pub excerpt: Option<String>,
    /// Where the excerpt has the words.
    pub excerpt_matches: Vec<TextMatch>,
    /// What it is about; null for a message in a direct thread.
    pub topic: Option<Topic>,
    /// The series whose task or appointment it is; null if it does not repeat, and for a message.
    pub series_id: Option<Uuid>,
    /// The date of the appointment, or the date when the task is due, if it has no time of day.
    pub scheduled_on: Option<Day>,
    /// When the appointment starts, or when the task is due.
    #[serde(serialize_with = "in_milliseconds")]
    pub scheduled_at: Option<DateTime<Utc>>,
    /// The thread of the message; null for anything else.
    pub thread_id: Option<ThreadId>,
    /// When it was created, or when the message was written. Hits are sorted by it.
    #[serde(serialize_with = "in_milliseconds")]
    pub created_at: DateTime<Utc>,
}

/// A place in a text, in characters (Unicode code points).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "start": 20, "length": 5 })))]
pub struct TextMatch {
    /// How many characters are before it.
    pub start: usize,
    /// How many characters it has.
    pub length: usize,
}

page_of!(SearchHitPage, SearchHit);
