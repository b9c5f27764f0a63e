//! Who takes part in an item: a member who holds a task, has claimed a need, or has not declined an
//! appointment. Each feature knows its own ([`Reminded::parts`]).
//!
//! [`Reminded::parts`]: crate::notify::subject::Reminded::parts

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use crate::access::CircleWrite;
use crate::entity::ids::MemberId;
use crate::notify::subject::{self, SubjectId};
use crate::problem::Problem;

/// A member's part in an item.
pub type PartKey = (SubjectId, MemberId);

/// The state of a member's part.
#[derive(Clone, Copy, Debug)]
pub struct PartStatus {
    /// Whether the member said yes, and was not only asked.
    pub said_yes: bool,
    /// When the member said yes, or was asked.
    pub at: DateTime<Utc>,
}

/// All members' parts in these subjects.
pub async fn members_with_parts(
    write: &CircleWrite,
    subjects: &[SubjectId],
) -> Result<HashSet<PartKey>, Problem> {
    Ok(part_statuses(write, subjects).await?.into_keys().collect())
}

/// All members' parts in these subjects, with their states.
pub async fn part_statuses(
    write: &CircleWrite,
    subjects: &[SubjectId],
) -> Result<HashMap<PartKey, PartStatus>, Problem> {
    let parts = subject::parts_of(write, subjects).await?;
    Ok(parts.into_iter().collect())
}
