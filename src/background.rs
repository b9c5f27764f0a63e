//! Every job of the queue, and every loop with its interval.
//!
//! A job is named only here. Its line makes it a [`Job`](crate::platform::queue::Job).

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::app::App;
use crate::auth::{self, signing};
use crate::features::{
    absences, accounts, circles, handovers, roles, search, series, tasks, zone_rules,
};
use crate::notify::{notifications, reminders};
use crate::platform::queue::{self, Handler};
use crate::privacy::{self, retention};
use crate::problem::Problem;

queue::jobs! {
    /// Every job: its name in the table, and the type that does it. Remove a name only when no
    /// job with it can be waiting any more: the queue may hold jobs of the version before.
    pub static JOBS: &[Handler<App>] = {
        // Accounts.
        "mail_verification" => accounts::MailVerification,
        "mail_password_reset" => accounts::MailPasswordReset,
        "mail_security_event" => auth::MailSecurityEvent,
        "mail_email_change" => accounts::MailEmailChange,
        "mail_email_changed" => accounts::MailEmailChanged,
        "mail_sign_in_code" => accounts::MailSignInCode,
        "mail_deletion" => privacy::MailDeletion,
        "mail_token_expiry" => accounts::MailTokenExpiry,
        // Circles.
        "mail_invitation" => circles::MailInvitation,
        "mail_circle_state" => circles::MailCircleState,
        "mail_leadership" => circles::MailLeadership,
        "grant_succession" => circles::GrantSuccession,
        "mail_circle_ending" => privacy::MailCircleEnding,
        "mail_notifications" => notifications::MailNotifications,
        // Reminders: thousands of them are due at nine o'clock.
        together {
            "mail_reminder" => reminders::MailReminder,
        }
    }
}

/// Runs the jobs that are due until none is left. Returns what failed.
pub async fn run_due_jobs(app: &App) -> Result<Vec<String>, Problem> {
    queue::run_due_jobs(app, JOBS).await
}

const HOURLY: Duration = Duration::from_hours(1);
const AFTER_A_PANIC: Duration = Duration::from_secs(5);

/// Starts all loops. They end when the server stops.
pub fn start(app: &App) {
    let spawn = |begin: fn(App) -> Loop| {
        let app = app.clone();
        let tasks = app.task_tracker().clone();
        tasks.spawn(keep_up(AFTER_A_PANIC, move || begin(app.clone())));
    };
    // As soon as a job is enqueued, and every five seconds.
    spawn(|app| {
        let stopping = app.stopping().clone();
        queue::work_off(app, JOBS, stopping).boxed()
    });
    // Every five seconds.
    spawn(|app| reminders::keep_firing(app).boxed());
    // Every five seconds: ends topic levels that have expired.
    spawn(|app| circles::keep_ending_grants(app).boxed());
    // Every minute: ends handovers whose time is over.
    spawn(|app| handovers::keep_expiring(app).boxed());
    // Every minute: ends absences whose last day is over.
    spawn(|app| absences::keep_ending(app).boxed());
    // Every hour: deletes data whose time is over (`retention`), erases accounts and circles whose
    // deletion is due, ends roles after their last day, replaces old signing keys, follows newer
    // time zone rules where that failed at the start, and indexes what is not indexed for the search.
    // deletion is due, ends roles after their last day, lets tasks lapse, makes the occurrences of
    // series, replaces old signing keys, follows newer time zone rules where that failed at the start,
    // and indexes what is not indexed for the search.
    // deletion is due, deletes files that no row names, ends roles after their last day, makes the
    // occurrences of series, replaces old signing keys, follows newer time zone rules where that
    // failed at the start, and indexes what is not indexed for the search.
    spawn(|app| tidy_up(app).boxed());
}

/// Work that goes on until the server stops.
type Loop = BoxFuture<'static, ()>;

/// Runs a loop to its end. A loop that panics begins again after a pause.
async fn keep_up<Work: Future<Output = ()>>(pause: Duration, begin: impl Fn() -> Work) {
    while AssertUnwindSafe(begin()).catch_unwind().await.is_err() {
        metrics::counter!("background_panics_total").increment(1);
        tracing::error!("a background loop panicked; it starts again");
        tokio::time::sleep(pause).await;
    }
}

async fn tidy_up(app: App) {
    while !app.stopping().is_cancelled() {
        if let Err(problem) = retention::sweep(&app).await {
            tracing::warn!(
                ?problem,
                "data whose time is over could not be deleted; the next try is in an hour"
            );
        }
        if let Err(problem) = privacy::erase_due(&app).await {
            tracing::warn!(
                ?problem,
                "accounts or circles that are due could not be erased; the next try is in an hour"
            );
        }
        if let Err(problem) = privacy::sweep_files(&app).await {
            tracing::warn!(
                ?problem,
                "files that nothing needs could not be deleted; the next try is in an hour"
            );
        }
        if let Err(problem) = roles::end_expired_assignments(&app).await {
            tracing::warn!(
                ?problem,
                "roles whose last day is over could not be ended; the next try is in an hour"
            );
        }
        if let Err(problem) = tasks::lapse_due_tasks(&app).await {
            tracing::warn!(
                ?problem,
                "tasks whose time is over could not lapse; the next try is in an hour"
            );
        }
        if let Err(problem) = series::extend_series(&app).await {
            tracing::warn!(
                ?problem,
                "the occurrences of series could not be made; the next try is in an hour"
            );
        }
        if let Err(problem) = signing::rotate_when_due(&app).await {
            tracing::warn!(
                ?problem,
                "the signing key could not be replaced; the next try is in an hour"
            );
        }
        if let Err(problem) = zone_rules::follow(&app, zone_rules::version()).await {
            tracing::warn!(
                ?problem,
                "times could not be adjusted to newer time zone rules; the next try is in an hour"
            );
        }
        if let Err(problem) = search::index_circles(&app).await {
            tracing::warn!(
                ?problem,
                "not everything could be indexed for the search; the next try is in an hour"
            );
        }
        tokio::select! {
            () = tokio::time::sleep(HOURLY) => {}
            () = app.stopping().cancelled() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_job_has_a_name_of_its_own() {
        let names: BTreeSet<_> = JOBS.iter().map(Handler::name).collect();
        assert_eq!(
            names.len(),
            JOBS.len(),
            "two lines of `JOBS` in src/background.rs begin with the same name; choose another \
             name for the newer job: {names:?}"
        );
    }

    #[tokio::test]
    async fn a_loop_that_panics_begins_again() {
        let runs = Cell::new(0);
        keep_up(Duration::ZERO, async || {
            runs.set(runs.get() + 1);
            assert_eq!(runs.get(), 3, "the first two runs panic");
        })
        .await;
        assert_eq!(runs.get(), 3);
    }
}
