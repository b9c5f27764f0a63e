//! The link in an email that answers about one thing, without signing in. `features/responses` is
//! the page behind it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::access::CircleWrite;
use crate::app::App;
use crate::auth::mail_tokens::{self, ResponseOf};
use crate::entity::ids::MemberId;
use crate::entity::mail_token;
use crate::notify::subject::SubjectId;
use crate::platform::time::civil::{Moment, end_of_day};
use crate::problem::Problem;

/// An answer that an email asks for: whose it is, about what, and when that is.
#[derive(Clone, Copy, Debug)]
pub struct Answerable {
    pub member: MemberId,
    pub about: SubjectId,
    pub moment: Option<Moment>,
    /// The last date, if it takes several days.
    pub last_day: Option<NaiveDate>,
}

impl Answerable {
    fn of(self) -> Option<ResponseOf> {
        let (subject, id) = self.about.answered()?;
        Some(ResponseOf {
            subject,
            id,
            member: self.member,
        })
    }

    /// When it ends at the latest, as far as an email knows.
    fn ends_at(self, zone: &str) -> Option<DateTime<Utc>> {
        let last = self.last_day.map(Moment::On).or(self.moment)?;
        Some(match last {
            Moment::At(at) => at,
            Moment::On(day) => end_of_day(day, zone),
        })
    }
}

/// The tokens of the links in some emails of a circle.
pub struct RespondLinks {
    tokens: HashMap<ResponseOf, mail_token::Model>,
}

impl RespondLinks {
    /// Reads them, and makes those that are missing: one statement each, up to five hundred answers.
    /// Nothing is read if nobody is asked for an answer.
    pub async fn read(write: &CircleWrite, answers: &[Answerable]) -> Result<Self, Problem> {
        let zone = write.scope().time_zone();
        let with_end = |answer: &Answerable| Some((answer.of()?, answer.ends_at(zone)));
        let wanted: Vec<_> = answers.iter().filter_map(with_end).collect();
        let (transaction, circle_id) = (write.transaction(), write.circle_id());
        let tokens = mail_tokens::response_tokens(transaction, circle_id, &wanted).await?;
        Ok(Self { tokens })
    }

    /// The link that answers for a member about a thing. None if nobody answers about it.
    pub fn of(&self, app: &App, member: MemberId, about: SubjectId) -> Option<String> {
        let (subject, id) = about.answered()?;
        let of = ResponseOf {
            subject,
            id,
            member,
        };
        let token = self.tokens.get(&of)?;
        Some(mail_tokens::link(app, "respond", token))
    }
}
