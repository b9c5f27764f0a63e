//! What a member can answer by a link, without signing in: a member without an account on their
//! personal page, and every member from the emails about a thing.

use std::slice::from_ref;

use chrono::{DateTime, NaiveDate, Utc};

use super::part::{Part, Row, part_of, parts_of};
use crate::access::SystemCircleView;
use crate::entity::ids::MemberId;
use crate::notify::subject::{Stage, Subject};
use crate::platform::time::civil::Moment;
use crate::problem::Problem;

/// How many things of a kind a personal page shows at most.
pub const AT_MOST: u64 = 100;

/// An answer by a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkAnswer {
    Accept,
    Tentative,
    Decline,
    Claim,
    Release,
    Complete,
}

/// Which things a link reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkReach {
    /// Those about everyday life: others may read the page and name any thing there.
    Everyday,
    /// The thing to which its token is bound, if the member sees it.
    Seen,
}

impl LinkAnswer {
    /// The answer of a button.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "accept" => Some(Self::Accept),
            "tentative" => Some(Self::Tentative),
            "decline" => Some(Self::Decline),
            "claim" => Some(Self::Claim),
            "release" => Some(Self::Release),
            "complete" => Some(Self::Complete),
            _ => None,
        }
    }

    /// The name of the answer, as a button sends it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Tentative => "tentative",
            Self::Decline => "decline",
            Self::Claim => "claim",
            Self::Release => "release",
            Self::Complete => "complete",
        }
    }
}

/// How a thing and a member's part in it are now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkStatus {
    /// It waits for approval.
    Proposed,
    /// The member is asked and has not answered.
    Asked,
    Accepted,
    Tentative,
    Declined,
    /// The member's part is done, and others still do theirs.
    PartDone,
    /// It needs people, and the member could claim it.
    Open,
    /// Enough members have said yes.
    Covered,
    /// The member has no part in it and cannot claim it.
    NotAsked,
    Done,
    /// It is canceled, or nobody needs it any more.
    Off,
    /// Its time has passed.
    Over,
}

/// A thing as the page of a link shows it, and the answers that are open to the member now.
#[derive(Debug)]
pub struct LinkItem {
    /// The key of the question to a member who is asked. It does not name the thing.
    pub question: &'static str,
    /// Whether members attend it, and do not do it.
    pub is_visit: bool,
    pub moment: Option<Moment>,
    /// The last date, if it takes several days.
    pub last_day: Option<NaiveDate>,
    pub status: LinkStatus,
    pub answers: Vec<LinkAnswer>,
}

/// What the answers about work depend on beside the row and the state of the member's part.
#[derive(Clone, Copy, Debug)]
pub struct WorkFacts {
    /// Whether the member's part is done.
    pub part_is_done: bool,
    /// Whether the member may claim such work now.
    pub may_claim: bool,
    /// Whether members say that such work is done.
    pub is_completed: bool,
}

impl LinkItem {
    /// A thing in a status, with the answers that are open then.
    pub fn of<E: Subject>(row: &E::Model, status: LinkStatus, answers: &[LinkAnswer]) -> Self {
        Self {
            question: E::QUESTION,
            is_visit: E::IS_VISIT,
            moment: E::moment(row),
            last_day: E::last_day(row),
            status,
            answers: answers.to_vec(),
        }
    }

    /// Work, depending on the state of the member's part in it.
    pub fn of_work<P: Part<Parent: Subject>>(
        view: &SystemCircleView<'_>,
        row: &Row<P::Parent>,
        state: Option<P::State>,
        facts: WorkFacts,
    ) -> Self {
        let (status, answers) = work_status::<P>(view, row, state, facts);
        Self::of::<P::Parent>(row, status, answers)
    }
}

fn work_status<P: Part<Parent: Subject>>(
    view: &SystemCircleView<'_>,
    row: &Row<P::Parent>,
    state: Option<P::State>,
    facts: WorkFacts,
) -> (LinkStatus, &'static [LinkAnswer]) {
    use LinkAnswer::{Accept, Claim, Complete, Decline, Release};
    let zone = view.scope().time_zone();
    let has_passed = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at <= view.now());
    match P::Parent::stage(row) {
        Stage::Proposed => return (LinkStatus::Proposed, &[]),
        Stage::Done => return (LinkStatus::Done, &[]),
        Stage::Off => return (LinkStatus::Off, &[]),
        Stage::On if has_passed(P::Parent::over_at(row, zone)) => return (LinkStatus::Over, &[]),
        Stage::On => {}
    }
    if facts.part_is_done {
        return (LinkStatus::PartDone, &[]);
    }
    if state == Some(P::TAKEN) {
        let answers: &[LinkAnswer] = if facts.is_completed {
            &[Complete, Release]
        } else {
            &[Release]
        };
        return (LinkStatus::Accepted, answers);
    }
    if has_passed(P::Parent::too_late_at(row, zone)) {
        return (LinkStatus::Over, &[]);
    }
    match state {
        _ if !P::Parent::needs_people(row) => (LinkStatus::Covered, &[]),
        Some(state) if state == P::ASKED => (LinkStatus::Asked, &[Accept, Decline]),
        _ if !facts.may_claim => (LinkStatus::NotAsked, &[]),
        Some(_) => (LinkStatus::Declined, &[Claim]),
        None => (LinkStatus::Open, &[Claim]),
    }
}

/// The state of a member's part in a row: one query.
pub async fn state_in<P: Part>(
    view: &SystemCircleView<'_>,
    member: MemberId,
    row: &Row<P::Parent>,
) -> Result<Option<P::State>, Problem> {
    let parts = parts_of::<P>(view.db(), view.scope(), from_ref(row)).await?;
    Ok(part_of::<P>(&parts, member).map(P::state_of))
}

/// Rows with the state of the member's part in each: one query.
pub async fn with_my_state<P: Part>(
    view: &SystemCircleView<'_>,
    member: MemberId,
    rows: Vec<Row<P::Parent>>,
) -> Result<Vec<(Row<P::Parent>, P::State)>, Problem> {
    use crate::access::CircleOwned;
    let parts = parts_of::<P>(view.db(), view.scope(), &rows).await?;
    let mine = |row: Row<P::Parent>| {
        let id: uuid::Uuid = P::Parent::id_of(&row).into();
        let part = parts
            .iter()
            .find(|part| P::parent_of(part) == id && P::member_of(part) == member)?;
        Some((row, P::state_of(part)))
    };
    Ok(rows.into_iter().filter_map(mine).collect())
}
