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

/// Deletes kept answers after a day; registrations, codes, tickets and mailed tokens
/// a week after their end, resets a week after they were asked for, changes of
/// address after two months; sessions a month after they were ended or their last
/// possible day, personal access tokens and invitations a month after theirs; refresh
/// tokens a month after they and their successors were used; jobs that failed for
/// good after a month; counters of tries when they are forgotten, devices that did
/// not sign in for a year, events of accounts after 400 days and those of no
/// account after one, signing keys a day after their end, challenges of passkeys
/// and shares of quotas with their time.
///
/// Each in a unit of its own: what has grown too long to be deleted at once keeps
/// nothing else. The first failure is answered at the end.
pub async fn forget_what_ended(app: &App) -> Result<(), Problem> {
    let now = Unit::begin(app).await?.now();
    let mut sweep = Sweep {
        app,
        failures: Vec::new(),
    };
    let before = |days| now - TimeDelta::days(days);
    sweep
        .delete::<idempotency_record::Entity>(idempotency_record::Column::CreatedAt.lt(before(1)))
        .await;
    sweep
        .delete::<registration::Entity>(registration::Column::ExpiresAt.lt(before(7)))
        .await;
    sweep
        .delete::<password_reset::Entity>(password_reset::Column::AskedAt.lt(before(7)))
        .await;
    sweep
        .delete::<mail_token::Entity>(mail_token::Column::ExpiresAt.lt(before(7)))
        .await;
    sweep
        .delete::<sign_in_code::Entity>(sign_in_code::Column::ExpiresAt.lt(before(7)))
        .await;
    sweep
        .delete::<sign_in_ticket::Entity>(sign_in_ticket::Column::ExpiresAt.lt(before(7)))
        .await;
    let ended = Condition::any()
        .add(session::Column::EndedAt.lt(before(30)))
        .add(session::Column::ExpiresAt.lt(before(30)));
    sweep.delete::<session::Entity>(ended).await;
    sweep
        .delete::<refresh_token::Entity>(accounts::long_used(before(30)))
        .await;
    sweep
        .delete::<email_change::Entity>(email_change::Column::AskedAt.lt(before(60)))
        .await;
    let ended = Condition::all()
        .add(invitation::Column::State.ne(InvitationState::Open))
        .add(invitation::Column::UpdatedAt.lt(before(30)));
    let expired = invitation::Column::ExpiresAt.lt(before(30));
    sweep
        .delete::<invitation::Entity>(Condition::any().add(expired).add(ended))
        .await;
    let failed = Condition::all()
        .add(job::Column::State.eq(JobState::Dead))
        .add(job::Column::RunAt.lt(before(30)));
    sweep.delete::<job::Entity>(failed).await;
    sweep
        .delete::<known_device::Entity>(known_device::Column::LastUsedAt.lt(before(365)))
        .await;
    let of_nobody = Condition::all()
        .add(account_event::Column::UserId.is_null())
        .add(account_event::Column::At.lt(before(1)));
    let old = account_event::Column::At.lt(before(400));
    sweep
        .delete::<account_event::Entity>(Condition::any().add(old).add(of_nobody))
        .await;
    let over = passkey_challenge::Column::ExpiresAt.lt(now);
    sweep.delete::<passkey_challenge::Entity>(over).await;
    let counted = throttle::Column::ForgetAt;
    let counted = Condition::any()
        .add(counted.is_null())
        .add(counted.lte(now));
    sweep.delete::<throttle::Entity>(counted).await;
    sweep
        .delete::<rate_window::Entity>(rate_window::Column::EndsAt.lte(now))
        .await;

    let unit = Unit::begin(app).await?;
    accounts::forget_ended_tokens(&unit).await?;
    signing::forget_ended_keys(&unit, before(1)).await?;
    unit.commit(Done).await?;
    sweep.failures.into_iter().next().map_or(Ok(()), Err)
}

struct Sweep<'a> {
    app: &'a App,
    failures: Vec<Problem>,
}

impl Sweep<'_> {
    async fn delete<E: EntityTrait>(&mut self, which: impl IntoCondition) {
        let deleted = delete::<E>(self.app, which.into_condition()).await;
        self.failures.extend(deleted.err());
    }
}

#[expect(clippy::disallowed_methods, reason = "what has ended, of everybody")]
async fn delete<E: EntityTrait>(app: &App, which: Condition) -> Result<(), Problem> {
    let unit = Unit::begin(app).await?;
    E::delete_many().filter(which).exec(unit.tx()).await?;
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
