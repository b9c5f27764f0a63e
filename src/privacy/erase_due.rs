//! When what is to be erased is due, and the sweep that looks for it.

use chrono::TimeDelta;

use super::account_deletion::erase_due_accounts;
use super::circle_deletion::erase_due_circles;
use crate::app::App;
use crate::platform::db::REWRITTEN_AT_ONCE;
use crate::problem::Problem;

/// How long people can change their mind about what is to be erased.
pub const GRACE: TimeDelta = TimeDelta::days(14);

/// Erases the accounts and circles whose time has come. What fails is tried again
/// the next time. Answers how many were erased.
pub async fn erase_due(app: &App) -> Result<usize, Problem> {
    let accounts = erase_due_accounts(app).await;
    let circles = erase_due_circles(app).await;
    // What was erased is overwritten at once, also where the rest could not be looked up.
    app.shred_deleted(REWRITTEN_AT_ONCE).await?;
    Ok(accounts? + circles?)
}
