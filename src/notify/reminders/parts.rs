//! Who takes part in something: holds a task, has not declined an appointment, has
//! taken a need. Each feature says it of its own ([`Reminded::parts`]).
//!
//! [`Reminded::parts`]: crate::notify::subject::Reminded::parts

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use crate::access::CircleWrite;
use crate::entity::ids::MemberId;
use crate::notify::subject::{self, SubjectId};
use crate::problem::Problem;

/// Somebody's part in something.
pub type Part = (SubjectId, MemberId);

/// How it stands with a part.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Whether they took it on, and were not only asked.
    pub said_yes: bool,
    /// Since when it stands like that.
    pub at: DateTime<Utc>,
}

/// Everybody's parts in these subjects.
pub async fn parts_of(
    write: &CircleWrite,
    subjects: &[SubjectId],
) -> Result<HashSet<Part>, Problem> {
    Ok(standings(write, subjects).await?.into_keys().collect())
}

/// Everybody's parts in these subjects and how they stand.
pub async fn standings(
    write: &CircleWrite,
    subjects: &[SubjectId],
) -> Result<HashMap<Part, Standing>, Problem> {
    let parts = subject::parts_of(write, subjects).await?;
    Ok(parts.into_iter().collect())
}
