//! What an operator can see of the emails in the queue, and the emails that failed for good, which
//! can be tried once more.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};
use serde::Deserialize;

use crate::app::App;
use crate::entity::delivery::{self, DeliveryState};
use crate::entity::ids::{CircleId, JobId, MemberId};
use crate::entity::job::{self, JobState};
use crate::entity::notification;
use crate::http::response::NoContent;
use crate::notify::notifications::{MailNotifications, MailWaiting};
use crate::notify::reminders::MailReminder;
use crate::platform::db::{Reads, Transaction};
use crate::problem::Problem;
use crate::row::Row;

/// How many emails are listed, or tried again, at once.
const MOST: u64 = 500;
/// How the payload of a job that sends an email begins.
const OF_AN_EMAIL: &str = r#"{"kind":"mail_"#;

/// An email in the queue.
#[derive(Clone, Debug, PartialEq, Eq, Row)]
pub struct MailLine {
    pub id: JobId,
    pub payload: String,
    pub state: JobState,
    /// How often it failed. Failures of the mail server itself do not count.
    pub attempts: i32,
    pub created_at: DateTime<Utc>,
    /// When it is tried next, or would have been.
    pub run_at: DateTime<Utc>,
    pub last_error: Option<String>,
}

impl MailLine {
    /// The line above the others.
    pub const HEAD: &str = "id\temail\tstate\tattempts\tcreated\tdue\tlast error";
}

/// Columns with tabs between them: people can read them, and `cut` can split them. Nobody is named.
impl fmt::Display for MailLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let kind = self.payload.strip_prefix(OF_AN_EMAIL).unwrap_or_default();
        let kind = kind.split('"').next().unwrap_or_default();
        let state = match self.state {
            JobState::Queued => "waits",
            JobState::Dead => "failed",
        };
        let error = self.last_error.as_deref().unwrap_or("-");
        write!(
            f,
            "{}\t{kind}\t{state}\t{}\t{}\t{}\t{}",
            self.id,
            self.attempts,
            time(self.created_at),
            time(self.run_at),
            error.replace(['\t', '\r', '\n'], " "),
        )
    }
}

/// The emails in the queue, those that failed first, then by when they are due: the first five
/// hundred of them.
pub async fn list_mails(app: &App, only_failed: bool) -> Result<Vec<MailLine>, Problem> {
    let only = if only_failed {
        " AND state = 'dead'"
    } else {
        ""
    };
    let sql = format!(
        "SELECT id, payload, state, attempts, created_at, run_at, last_error FROM jobs \
         WHERE payload LIKE '{OF_AN_EMAIL}%'{only} ORDER BY state, run_at, id LIMIT {MOST}"
    );
    let statement = Statement::from_string(app.reader().get_database_backend(), sql);
    Ok(app.reader().for_long_statements().rows(statement).await?)
}

/// What an email records about itself elsewhere.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Recorded {
    MailReminder(MailReminder),
    MailNotifications(MailNotifications),
    MailWaiting(MailWaiting),
    #[serde(other)]
    Nowhere,
}

/// Tries emails that failed for good again: one, or the five hundred oldest. Returns how many.
/// As always, an email that is of no use any more is not sent.
#[expect(
    clippy::disallowed_methods,
    reason = "the queue belongs to no circle, and the operator decides for all circles at once"
)]
pub async fn resend(app: &App, only: Option<JobId>) -> Result<usize, Problem> {
    let transaction = Transaction::begin(app).await?;
    let mut failed = job::Entity::find()
        .filter(job::Column::State.eq(JobState::Dead))
        .filter(job::Column::Payload.starts_with(OF_AN_EMAIL));
    if let Some(id) = only {
        failed = failed.filter(job::Column::Id.eq(id));
    }
    let failed = failed
        .order_by_asc(job::Column::RunAt)
        .limit(MOST)
        .all(transaction.tx())
        .await?;
    if only.is_some() && failed.is_empty() {
        return Err(Problem::NotFound);
    }
    if failed.is_empty() {
        return Ok(0);
    }
    for job in &failed {
        match serde_json::from_str(&job.payload) {
            Ok(Recorded::MailReminder(mail)) => reopen_delivery(&transaction, &mail).await?,
            Ok(Recorded::MailNotifications(mail)) => {
                let to = (mail.circle_id, mail.member_id);
                reopen_notifications(&transaction, job.id, to).await?;
            }
            Ok(Recorded::MailWaiting(mail)) => {
                let to = (mail.circle_id, mail.member_id);
                reopen_notifications(&transaction, job.id, to).await?;
            }
            Ok(Recorded::Nowhere) | Err(_) => {}
        }
    }
    job::Entity::update_many()
        .set(job::ActiveModel {
            state: Set(JobState::Queued),
            attempts: Set(0),
            run_at: Set(transaction.now()),
            leased_until: Set(None),
            last_error: Set(None),
            ..Default::default()
        })
        .filter(job::Column::Id.is_in(failed.iter().map(|job| job.id)))
        .exec(transaction.tx())
        .await?;
    transaction.commit(NoContent).await?;
    Ok(failed.len())
}

/// The states of what could not be sent.
const ENDED: [DeliveryState; 2] = [DeliveryState::Failed, DeliveryState::Bounced];

#[expect(
    clippy::disallowed_methods,
    reason = "the operator decides for all circles"
)]
async fn reopen_delivery(transaction: &Transaction, mail: &MailReminder) -> Result<(), Problem> {
    use delivery::Column;
    delivery::Entity::update_many()
        .set(delivery::ActiveModel {
            state: Set(DeliveryState::Queued),
            reason: Set(None),
            updated_at: Set(transaction.now()),
            ..Default::default()
        })
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::CircleId.eq(mail.circle_id))
        .filter(Column::Id.eq(mail.delivery_id))
        .filter(Column::State.is_in(ENDED))
        .exec(transaction.tx())
        .await?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the operator decides for all circles"
)]
async fn reopen_notifications(
    transaction: &Transaction,
    job: JobId,
    (circle_id, member_id): (CircleId, MemberId),
) -> Result<(), Problem> {
    use notification::Column;
    notification::Entity::update_many()
        .set(notification::ActiveModel {
            state: Set(DeliveryState::Queued),
            reason: Set(None),
            updated_at: Set(transaction.now()),
            ..Default::default()
        })
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::CircleId.eq(circle_id))
        .filter(Column::MemberId.eq(member_id))
        .filter(Column::JobId.eq(job))
        .filter(Column::State.is_in(ENDED))
        .exec(transaction.tx())
        .await?;
    Ok(())
}
