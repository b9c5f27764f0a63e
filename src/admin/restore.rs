//! A restored database does not know which emails were sent after its backup was made. The
//! operator can skip them, so that nobody gets them twice.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use crate::app::App;
use crate::entity::delivery::{self, DeliveryReason, DeliveryState};
use crate::entity::job::{self, JobState};
use crate::entity::notification;
use crate::entity::reminder::{self, ReminderState};
use crate::http::response::NoContent;
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// How many emails were skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkippedMails {
    /// Reminders that had not fired.
    pub reminders: u64,
    /// Emails that waited in the queue.
    pub queued: u64,
}

/// Skips the emails that were due before a moment: all of them or none. Later ones stay.
#[expect(
    clippy::disallowed_methods,
    reason = "the operator decides for all circles at once"
)]
pub async fn skip_mails(app: &App, before: DateTime<Utc>) -> Result<SkippedMails, Problem> {
    let transaction = Transaction::begin(app).await?;
    let waiting = [DeliveryState::Queued, DeliveryState::Unknown];
    let reminders = reminder::Entity::update_many()
        .set(reminder::ActiveModel {
            state: Set(ReminderState::Expired),
            updated_at: Set(transaction.now()),
            ..Default::default()
        })
        .col_expr(
            reminder::Column::Version,
            Expr::col(reminder::Column::Version).add(1),
        )
        .filter(reminder::Column::State.eq(ReminderState::Planned))
        .filter(reminder::Column::FireAt.lt(before))
        .exec(transaction.tx())
        .await?;
    delivery::Entity::update_many()
        .set(delivery::ActiveModel {
            state: Set(DeliveryState::Skipped),
            reason: Set(Some(DeliveryReason::Restored)),
            updated_at: Set(transaction.now()),
            ..Default::default()
        })
        .col_expr(
            delivery::Column::Version,
            Expr::col(delivery::Column::Version).add(1),
        )
        .filter(delivery::Column::State.is_in(waiting))
        .filter(delivery::Column::CreatedAt.lt(before))
        .exec(transaction.tx())
        .await?;
    notification::Entity::update_many()
        .set(notification::ActiveModel {
            state: Set(DeliveryState::Skipped),
            reason: Set(Some(DeliveryReason::Restored)),
            updated_at: Set(transaction.now()),
            ..Default::default()
        })
        .col_expr(
            notification::Column::Version,
            Expr::col(notification::Column::Version).add(1),
        )
        .filter(notification::Column::State.is_in(waiting))
        .filter(notification::Column::CreatedAt.lt(before))
        .exec(transaction.tx())
        .await?;
    // A job that is due later stays: newer notifications may wait for it. If none do, it ends by
    // itself.
    let queued = job::Entity::delete_many()
        .filter(job::Column::State.eq(JobState::Queued))
        .filter(job::Column::RunAt.lt(before))
        .exec(transaction.tx())
        .await?;
    transaction.commit(NoContent).await?;
    Ok(SkippedMails {
        reminders: reminders.rows_affected,
        queued: queued.rows_affected,
    })
}
