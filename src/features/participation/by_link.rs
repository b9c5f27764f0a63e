//! What a member without an account can answer on their personal page.

use crate::access::SystemCircleView;
use crate::entity::ids::MemberId;
use crate::problem::Problem;

use super::part::{Part, Row, parts_of};

/// How many things of a kind a personal page shows at most.
pub const AT_MOST: u64 = 100;

/// An answer on a personal page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkAnswer {
    Accept,
    Decline,
    Release,
    Complete,
}

impl LinkAnswer {
    /// The answer of a button.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "accept" => Some(Self::Accept),
            "decline" => Some(Self::Decline),
            "release" => Some(Self::Release),
            "complete" => Some(Self::Complete),
            _ => None,
        }
    }
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
