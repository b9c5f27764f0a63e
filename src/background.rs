//! The other table of contents: every background job and its timetable.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::answer::Done;
use crate::app::App;
use crate::db::Unit;
use crate::entity::{
    account_event, email_change, idempotency_record, known_device, mail_token, password_reset,
    rate_window, registration, session, sign_in_code, sign_in_ticket, throttle,
};
use crate::problem::Problem;
use crate::throttle::MEMORY;
use crate::{accounts, feed, jobs, privacy, reminders, roles, signing};

const HOURLY: Duration = Duration::from_hours(1);
const AFTER_A_PANIC: Duration = Duration::from_secs(5);

/// Starts all of it; it ends when the server stops.
pub fn start(app: &App) {
    let spawn = |begin: fn(App) -> Loop| {
        let app = app.clone();
        let tasks = app.tasks().clone();
        tasks.spawn(keep_up(AFTER_A_PANIC, move || begin(app.clone())));
    };
    // At once when something was enqueued, and every five seconds.
    spawn(|app| jobs::work_off(app).boxed());
    // Every five seconds.
    spawn(|app| reminders::keep_firing(app).boxed());
    // Every hour: deletes what has ended, erases what is due, ends roles after
    // their last day, replaces old signing keys.
    spawn(|app| tidy_up(app).boxed());
}

/// What goes on until the server stops.
type Loop = BoxFuture<'static, ()>;

/// Runs a loop to its end; one that panics begins again after a pause.
async fn keep_up<Work: Future<Output = ()>>(pause: Duration, begin: impl Fn() -> Work) {
    while AssertUnwindSafe(begin()).catch_unwind().await.is_err() {
        metrics::counter!("background_panics_total").increment(1);
        tracing::error!("a background loop panicked and begins again");
        tokio::time::sleep(pause).await;
    }
}

async fn tidy_up(app: App) {
    while !app.stopping().is_cancelled() {
        if let Err(problem) = forget_what_ended(&app).await {
            tracing::warn!(?problem, "what has ended could not be deleted");
        }
        if let Err(problem) = privacy::erase_what_is_due(&app).await {
            tracing::warn!(?problem, "what is due could not be erased");
        }
        if let Err(problem) = feed::prune_logs(&app).await {
            tracing::warn!(?problem, "old lines of the log could not be deleted");
        }
        if let Err(problem) = roles::end_what_is_over(&app).await {
            tracing::warn!(?problem, "roles whose last day is over could not be ended");
        }
        if let Err(problem) = signing::rotate_when_due(&app).await {
            tracing::warn!(?problem, "the signing key could not be replaced");
        }
        tokio::select! {
            () = tokio::time::sleep(HOURLY) => {}
            () = app.stopping().cancelled() => {}
        }
    }
}

/// Deletes kept answers after a day, registrations, resets, codes, tickets and
/// mailed tokens a week after their end, changes of address after a month,
/// sessions and personal access tokens a month after theirs; counters of tries
/// after a day, devices that did not sign in for a year, events of accounts after
/// 400 days and those of no account after one, signing keys a day after their
/// end, shares of quotas with their window.
#[expect(clippy::disallowed_methods, reason = "tables that belong to no circle")]
pub async fn forget_what_ended(app: &App) -> Result<(), Problem> {
    let unit = Unit::begin(app).await?;
    let now = unit.now();
    let before = |days| now - TimeDelta::days(days);
    idempotency_record::Entity::delete_many()
        .filter(idempotency_record::Column::CreatedAt.lt(before(1)))
        .exec(unit.tx())
        .await?;
    registration::Entity::delete_many()
        .filter(registration::Column::ExpiresAt.lt(before(7)))
        .exec(unit.tx())
        .await?;
    password_reset::Entity::delete_many()
        .filter(password_reset::Column::AskedAt.lt(before(7)))
        .exec(unit.tx())
        .await?;
    mail_token::Entity::delete_many()
        .filter(mail_token::Column::ExpiresAt.lt(before(7)))
        .exec(unit.tx())
        .await?;
    session::Entity::delete_many()
        .filter(
            Condition::any()
                .add(session::Column::EndedAt.lt(before(30)))
                .add(session::Column::ExpiresAt.lt(before(30))),
        )
        .exec(unit.tx())
        .await?;
    email_change::Entity::delete_many()
        .filter(email_change::Column::AskedAt.lt(before(30)))
        .exec(unit.tx())
        .await?;
    sign_in_code::Entity::delete_many()
        .filter(sign_in_code::Column::ExpiresAt.lt(before(7)))
        .exec(unit.tx())
        .await?;
    sign_in_ticket::Entity::delete_many()
        .filter(sign_in_ticket::Column::ExpiresAt.lt(before(7)))
        .exec(unit.tx())
        .await?;
    throttle::Entity::delete_many()
        .filter(throttle::Column::Until.lt(now - MEMORY))
        .exec(unit.tx())
        .await?;
    rate_window::Entity::delete_many()
        .filter(rate_window::Column::EndsAt.lte(now))
        .exec(unit.tx())
        .await?;
    known_device::Entity::delete_many()
        .filter(known_device::Column::LastUsedAt.lt(before(365)))
        .exec(unit.tx())
        .await?;
    account_event::Entity::delete_many()
        .filter(
            Condition::any()
                .add(account_event::Column::At.lt(before(400)))
                .add(
                    Condition::all()
                        .add(account_event::Column::UserId.is_null())
                        .add(account_event::Column::At.lt(before(1))),
                ),
        )
        .exec(unit.tx())
        .await?;
    accounts::forget_ended_tokens(&unit).await?;
    signing::forget_ended_keys(&unit, before(1)).await?;
    unit.commit(Done).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn a_loop_that_panics_begins_again() {
        let runs = Cell::new(0);
        keep_up(Duration::ZERO, async || {
            runs.set(runs.get() + 1);
            assert_eq!(runs.get(), 3, "twice it does not go well");
        })
        .await;
        assert_eq!(runs.get(), 3);
    }
}
