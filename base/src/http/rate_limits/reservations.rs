//! The table in which nodes reserve their shares of a window. It has one row for each subject and
//! window, but only for callers with many requests.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, Statement};

use crate::app::App;
use crate::http::response::NoContent;
use crate::platform::crypto::keys::sha256;
use crate::problem::Problem;

/// Adds `wanted` to the reserved number, and returns the sum.
pub async fn reserve(
    app: &App,
    subject: &str,
    ends_at: DateTime<Utc>,
    wanted: u32,
) -> Result<u32, Problem> {
    let transaction = app.begin().await?;
    let statement = Statement::from_sql_and_values(
        transaction.backend(),
        "INSERT INTO rate_windows (subject_hash, ends_at, reserved) VALUES ($1, $2, $3) \
         ON CONFLICT (subject_hash, ends_at) \
         DO UPDATE SET reserved = rate_windows.reserved + excluded.reserved \
         RETURNING reserved",
        [
            sha256(subject.as_bytes()).into(),
            ends_at.into(),
            i64::from(wanted).into(),
        ],
    );
    let row = transaction.tx().query_one_raw(statement).await?;
    let row = row.ok_or(Problem::Unavailable)?;
    let reserved: i64 = row.try_get("", "reserved")?;
    transaction.commit(NoContent).await?;
    Ok(u32::try_from(reserved).unwrap_or(u32::MAX))
}
