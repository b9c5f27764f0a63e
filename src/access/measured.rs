//! What `benches/` measures of this module.

use chrono::{DateTime, Utc};
use sea_orm::QueryResult;

use super::circle::{ProofRow, read_scope};
use super::scope::CircleScope;
use crate::auth::{AccessToken, Credential};
use crate::problem::Problem;
use crate::row::{Cells, Row};

/// The scope that the rows of a proof prove, as each request in a circle reads it.
pub fn decode_proof(
    token: AccessToken,
    rows: &[QueryResult],
    now: DateTime<Utc>,
) -> Result<CircleScope, Problem> {
    let rows = rows
        .iter()
        .map(|row| ProofRow::read(&mut Cells::of_orm(row)));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let first = rows.first().ok_or(Problem::NotFound)?;
    let proof = Credential::Session(token).check(&first.credential, now)?;
    read_scope(&proof, &rows, now)?.ok_or(Problem::NotFound)
}
