//! The sweep that erases accounts and circles when their 14 days are over.

use chrono::TimeDelta;

use super::account_deletion::erase_due_accounts;
use super::circle_deletion::erase_due_circles;
use crate::app::App;
use crate::platform::db::REWRITTEN_AT_ONCE;
use crate::problem::Problem;

/// How long a scheduled deletion can be canceled.
pub const GRACE: TimeDelta = TimeDelta::days(14);

/// Erases the accounts and circles that are due. What fails is tried again in the next sweep.
/// Returns how many were erased.
pub async fn erase_due(app: &App) -> Result<usize, Problem> {
    let accounts = erase_due_accounts(app).await;
    let circles = erase_due_circles(app).await;
    // Before the errors are returned: what was erased is overwritten at once in any case.
    app.shred_deleted(REWRITTEN_AT_ONCE).await?;
    Ok(accounts? + circles?)
}
