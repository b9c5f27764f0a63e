//! How the succession of a circle is found and described.

use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, Select};

use super::rules::{SuccessionFacts, SuccessionVerb};
use super::types::Succession;
use crate::access::{CircleScope, CircleWrite, Verb};
use crate::entity::succession::{self, Column, SuccessionState};
use crate::problem::Problem;

/// The states of a succession that is not decided yet.
const OPEN: [SuccessionState; 2] = [SuccessionState::Proposed, SuccessionState::Requested];

/// The succession as its reader sees it.
pub(super) fn show_succession(scope: &CircleScope, row: &succession::Model) -> Succession {
    let facts = SuccessionFacts {
        scope,
        succession: row,
    };
    Succession {
        actions: SuccessionVerb::actions(&facts),
        id: row.id,
        circle_id: row.circle_id,
        version: row.version,
        member_id: row.member_id,
        requested_by_member_id: row.created_by_member_id,
        supported_by_member_id: row.supported_by_member_id,
        state: row.state,
        grant_at: row.grant_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// The open one first, then the newest. A circle has at most one open one.
pub(super) fn open_first(rows: Select<succession::Entity>) -> Select<succession::Entity> {
    rows.order_by_desc(Column::State.is_in(OPEN))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
}

/// The succession that is not decided yet. A circle has at most one.
pub(super) async fn open_succession(
    write: &CircleWrite,
) -> Result<Option<succession::Model>, Problem> {
    in_state(write, &OPEN).await
}

/// The succession that is granted unless a coordinator objects.
pub(in crate::features::circles) async fn requested_succession(
    write: &CircleWrite,
) -> Result<Option<succession::Model>, Problem> {
    in_state(write, &[SuccessionState::Requested]).await
}

async fn in_state(
    write: &CircleWrite,
    states: &[SuccessionState],
) -> Result<Option<succession::Model>, Problem> {
    let rows = write.find::<succession::Entity>();
    let rows = rows.filter(Column::State.is_in(states.iter().copied()));
    Ok(open_first(rows).one(write.tx()).await?)
}
