//! Emails that come back because there is no such address. The circle sees it in the state of the
//! address, and after three of them it gets no more reminders and notifications. Emails about the
//! account, which its owner asks for, are still sent.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter};

use super::{AccountScope, lock_user_of};
use crate::app::App;
use crate::entity::user::{self, EmailState};
use crate::http::response::NoContent;
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// The emails that come back are counted from the first one on, for so long.
const COUNTED: TimeDelta = TimeDelta::days(30);

/// Counts an email to an address that came back because there is no such address. Returns the
/// state of the address, or none if no account has it.
pub async fn note_bounce(app: &App, email: &str) -> Result<Option<EmailState>, Problem> {
    let transaction = Transaction::begin(app).await?;
    let now = transaction.now();
    let Some(user) = lock_user_of(transaction.tx(), email).await? else {
        return Ok(None);
    };
    let counted_since = user.bouncing_since.filter(|since| now - *since < COUNTED);
    let (since, bounces) = match counted_since {
        Some(since) => (since, user.bounces.saturating_add(1)),
        // What was stopped stays stopped.
        None if EmailState::after(user.bounces) == EmailState::Stopped => (now, user.bounces),
        None => (now, 1),
    };
    let row = user::ActiveModel {
        bouncing_since: Set(Some(since)),
        bounces: Set(bounces),
        ..Default::default()
    };
    AccountScope::of(user.id).update_all_later::<user::Entity>(&transaction, row, Condition::all());
    transaction.commit(NoContent).await?;
    Ok(Some(EmailState::after(bounces)))
}

/// Forgets which emails came back: of one address, or of all. Returns of how many addresses.
#[expect(
    clippy::disallowed_methods,
    reason = "the operator decides for all accounts at once"
)]
pub async fn forget_bounces(app: &App, email: Option<&str>) -> Result<u64, Problem> {
    let transaction = Transaction::begin(app).await?;
    let mut which = Condition::all().add(user::Column::Bounces.gt(0));
    if let Some(email) = email {
        which = which.add(user::Column::Email.eq(email));
    }
    let forgotten = user::Entity::update_many()
        .col_expr(user::Column::Bounces, Expr::value(0))
        .col_expr(
            user::Column::BouncingSince,
            Expr::value(None::<DateTime<Utc>>),
        )
        .filter(which)
        .exec(transaction.tx())
        .await?;
    transaction.commit(NoContent).await?;
    Ok(forgotten.rows_affected)
}
