//! The other table of contents: every background job and its timetable.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sea_orm::sea_query::IntoCondition;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::answer::Done;
use crate::app::App;
use crate::db::Unit;
use crate::entity::invitation::InvitationState;
use crate::entity::job::JobState;
use crate::entity::{
    account_event, email_change, idempotency_record, invitation, job, known_device, mail_token,
    passkey_challenge, password_reset, rate_window, refresh_token, registration, session,
    sign_in_code, sign_in_ticket, throttle,
};
use crate::problem::Problem;
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
/// mailed tokens a week after their end, changes of address after two months;
/// sessions, personal access tokens and invitations a month after theirs; refresh
/// tokens a month after they and their successors were used; jobs that failed for
/// good after a month; counters of tries when they are forgotten, devices that did
/// not sign in for a year, events of accounts after 400 days and those of no
/// account after one, signing keys a day after their end, challenges of passkeys
/// and shares of quotas with their time.
///
/// Each in a unit of its own: what has grown too long to be deleted at once keeps
/// nothing else.
pub async fn forget_what_ended(app: &App) -> Result<(), Problem> {
    let now = app.clock().now();
    let before = |days| now - TimeDelta::days(days);
    forget::<idempotency_record::Entity>(app, idempotency_record::Column::CreatedAt.lt(before(1)))
        .await?;
    forget::<registration::Entity>(app, registration::Column::ExpiresAt.lt(before(7))).await?;
    forget::<password_reset::Entity>(app, password_reset::Column::AskedAt.lt(before(7))).await?;
    forget::<mail_token::Entity>(app, mail_token::Column::ExpiresAt.lt(before(7))).await?;
    forget::<sign_in_code::Entity>(app, sign_in_code::Column::ExpiresAt.lt(before(7))).await?;
    forget::<sign_in_ticket::Entity>(app, sign_in_ticket::Column::ExpiresAt.lt(before(7))).await?;
    let ended = Condition::any()
        .add(session::Column::EndedAt.lt(before(30)))
        .add(session::Column::ExpiresAt.lt(before(30)));
    forget::<session::Entity>(app, ended).await?;
    forget::<refresh_token::Entity>(app, accounts::long_used(before(30))).await?;
    forget::<email_change::Entity>(app, email_change::Column::AskedAt.lt(before(60))).await?;
    let ended = Condition::all()
        .add(invitation::Column::State.ne(InvitationState::Open))
        .add(invitation::Column::UpdatedAt.lt(before(30)));
    let expired = invitation::Column::ExpiresAt.lt(before(30));
    forget::<invitation::Entity>(app, Condition::any().add(expired).add(ended)).await?;
    let failed = Condition::all()
        .add(job::Column::State.eq(JobState::Dead))
        .add(job::Column::RunAt.lt(before(30)));
    forget::<job::Entity>(app, failed).await?;
    forget::<known_device::Entity>(app, known_device::Column::LastUsedAt.lt(before(365))).await?;
    let of_nobody = Condition::all()
        .add(account_event::Column::UserId.is_null())
        .add(account_event::Column::At.lt(before(1)));
    let old = account_event::Column::At.lt(before(400));
    forget::<account_event::Entity>(app, Condition::any().add(old).add(of_nobody)).await?;
    let over = passkey_challenge::Column::ExpiresAt.lt(now);
    forget::<passkey_challenge::Entity>(app, over).await?;
    let counted = throttle::Column::ForgetAt;
    let counted = Condition::any()
        .add(counted.is_null())
        .add(counted.lte(now));
    forget::<throttle::Entity>(app, counted).await?;
    forget::<rate_window::Entity>(app, rate_window::Column::EndsAt.lte(now)).await?;

    let unit = Unit::begin(app).await?;
    accounts::forget_ended_tokens(&unit).await?;
    signing::forget_ended_keys(&unit, before(1)).await?;
    unit.commit(Done).await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "what has ended, of everybody")]
async fn forget<E: EntityTrait>(app: &App, which: impl IntoCondition) -> Result<(), Problem> {
    let unit = Unit::begin(app).await?;
    E::delete_many()
        .filter(which.into_condition())
        .exec(unit.tx())
        .await?;
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
