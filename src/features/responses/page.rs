//! What the page of a link in an email shows.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use super::open::{OpenLink, Opened, open};
use crate::app::App;
use crate::entity::mail_token::RespondSubject;
use crate::entity::membership::{self, AccessLevel, Column, MemberState};
use crate::features::participation::{LinkAnswer, LinkItem, LinkStatus};
use crate::platform::db::ReadRows;
use crate::platform::language::Language;
use crate::platform::time::civil::ReaderTime;
use crate::problem::Problem;

/// How many coordinators the page names at most.
const COORDINATORS: u64 = 3;

/// What the page shows.
#[derive(Debug)]
pub struct ResponsePage {
    /// The language of the page.
    pub language: Language,
    /// The neutral name of the circle.
    pub alias: String,
    /// Whose answer it is, by their first name. None if there is nothing to answer any more.
    pub name: Option<String>,
    /// Whether that is a member without an account, whose contact got the email.
    pub is_for_another: bool,
    pub when: Option<ReaderTime>,
    /// The same as the page sends it back.
    pub shown: Option<String>,
    /// The key of how it is now.
    pub status: &'static str,
    /// The key of what else to know.
    pub hint: Option<&'static str>,
    pub buttons: Vec<Button>,
    pub coordinators: Vec<Contact>,
}

/// A button of the page.
#[derive(Debug)]
pub struct Button {
    pub answer: &'static str,
    /// The key of its label.
    pub label: &'static str,
    pub is_yes: bool,
}

/// A coordinator who shares their phone number with the circle.
#[derive(Debug)]
pub struct Contact {
    pub name: String,
    pub phone: String,
    /// The number as a link dials it.
    pub dials: String,
}

/// Reads what the page of a link shows. Nothing changes. `wished` is the language that the reader
/// wishes: it counts if the owner of the account chose none.
pub async fn response_page(
    app: &App,
    token: &str,
    wished: Option<Language>,
) -> Result<ResponsePage, Problem> {
    match open(app, token, wished).await? {
        Opened::Item(link) => of_item(&link).await,
        Opened::Closed {
            language,
            alias,
            reason,
        } => Ok(ResponsePage {
            language,
            alias,
            name: None,
            is_for_another: false,
            when: None,
            shown: None,
            status: reason,
            hint: None,
            buttons: Vec::new(),
            coordinators: Vec::new(),
        }),
    }
}

async fn of_item(link: &OpenLink<'_>) -> Result<ResponsePage, Problem> {
    let OpenLink {
        view, member, item, ..
    } = link;
    let is_held = view.scope().is_paused() && link.of.subject == RespondSubject::Task;
    let first_name = member.name.split_whitespace().next().unwrap_or_default();
    Ok(ResponsePage {
        language: link.language,
        alias: view.circle().alias.clone(),
        name: Some(first_name.to_owned()),
        is_for_another: member.is_managed(),
        when: link.when(),
        shown: link.shown(),
        status: in_words(item),
        hint: is_held.then_some("personal-paused"),
        buttons: item
            .answers
            .iter()
            .map(|answer| button(*answer, item))
            .collect(),
        coordinators: coordinators(link).await?,
    })
}

/// The key of how a thing and the member's part in it are, without a word of what it is.
fn in_words(item: &LinkItem) -> &'static str {
    match item.status {
        LinkStatus::Proposed => "respond-proposed",
        LinkStatus::Asked => item.question,
        LinkStatus::Accepted => "personal-mine",
        LinkStatus::Tentative => "personal-said-unsure",
        LinkStatus::Declined if item.is_visit => "respond-declined-visit",
        LinkStatus::Declined => "respond-declined",
        LinkStatus::PartDone => "respond-part-done",
        LinkStatus::Open => "respond-open",
        LinkStatus::Covered => "respond-covered",
        LinkStatus::NotAsked => "respond-not-asked",
        LinkStatus::Done => "respond-done",
        LinkStatus::Off => "respond-canceled",
        LinkStatus::Over => "respond-over",
    }
}

fn button(answer: LinkAnswer, item: &LinkItem) -> Button {
    let label = match answer {
        LinkAnswer::Accept if item.is_visit => "respond-yes-come",
        LinkAnswer::Accept => "personal-yes",
        LinkAnswer::Tentative => "respond-unsure",
        LinkAnswer::Decline if item.is_visit => "respond-no-come",
        LinkAnswer::Decline => "personal-no",
        LinkAnswer::Claim => "respond-claim",
        LinkAnswer::Release => "personal-release",
        LinkAnswer::Complete => "personal-done",
    };
    Button {
        answer: answer.name(),
        label,
        is_yes: matches!(
            answer,
            LinkAnswer::Accept | LinkAnswer::Claim | LinkAnswer::Complete
        ),
    }
}

/// The other coordinators who share their phone number with the circle.
async fn coordinators(link: &OpenLink<'_>) -> Result<Vec<Contact>, Problem> {
    let coordinators = link
        .view
        .find::<membership::Entity>()
        .filter(Column::State.eq(MemberState::Active))
        .filter(Column::Access.eq(AccessLevel::Coordinator))
        .filter(Column::Phone.is_not_null())
        .filter(Column::Id.ne(link.member.id))
        .order_by_asc(Column::JoinedAt)
        .order_by_asc(Column::Id)
        .limit(COORDINATORS)
        .read(link.view.db())
        .await?;
    let contact = |row: membership::Model| {
        let phone = row.phone?;
        let is_dialed = |letter: &char| letter.is_ascii_digit() || *letter == '+';
        Some(Contact {
            dials: phone.chars().filter(is_dialed).collect(),
            name: row.name,
            phone,
        })
    };
    Ok(coordinators.into_iter().filter_map(contact).collect())
}
