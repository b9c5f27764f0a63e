//! Every job of the queue, and every loop and its timetable.
//!
//! A job is named here and nowhere else; the line makes it a [`Job`](crate::platform::queue::Job).

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::app::App;
use crate::auth::{self, signing};
use crate::features::{accounts, circles, roles, zone_rules};
use crate::notify::{notifications, reminders};
use crate::platform::queue::{self, Handler};
use crate::privacy::{self, retention};
use crate::problem::Problem;

queue::jobs! {
    /// Every job: its name in the table, and the type that does it. Jobs may still wait under
    /// a name when a new version starts: take a name away only when none can be left.
    pub static JOBS: &[Handler<App>] = {
        // Accounts.
        "mail_verification" => accounts::MailVerification,
        "mail_password_reset" => accounts::MailPasswordReset,
        "mail_account_event" => auth::MailAccountEvent,
        "mail_email_change" => accounts::MailEmailChange,
        "mail_email_changed" => accounts::MailEmailChanged,
        "mail_sign_in_code" => accounts::MailSignInCode,
        "mail_deletion" => privacy::MailDeletion,
        "mail_token_expiry" => accounts::MailTokenExpiry,
        // Circles.
        "mail_invitation" => circles::MailInvitation,
        "mail_circle_ending" => privacy::MailCircleEnding,
        "mail_reminder" => reminders::MailReminder,
        "mail_notifications" => notifications::MailNotifications,
    }
}

/// Runs the jobs that are due, until none is; answers what failed.
pub async fn run_due_jobs(app: &App) -> Result<Vec<String>, Problem> {
    queue::run_due_jobs(app, JOBS).await
}

const HOURLY: Duration = Duration::from_hours(1);
const AFTER_A_PANIC: Duration = Duration::from_secs(5);

/// Starts all of it; it ends when the server stops.
pub fn start(app: &App) {
    let spawn = |begin: fn(App) -> Loop| {
        let app = app.clone();
        let tasks = app.task_tracker().clone();
        tasks.spawn(keep_up(AFTER_A_PANIC, move || begin(app.clone())));
    };
    // At once when something was enqueued, and every five seconds.
    spawn(|app| {
        let stopping = app.stopping().clone();
        queue::work_off(app, JOBS, stopping).boxed()
    });
    // Every five seconds.
    spawn(|app| reminders::keep_firing(app).boxed());
    // Every five seconds: ends what members see until now.
    spawn(|app| circles::keep_ending_grants(app).boxed());
    // Every hour: deletes what has ended (`retention`), erases what is due, ends roles after
    // their last day, replaces old signing keys, tries again where newer rules of time
    // zones could not be followed at the start.
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
        if let Err(problem) = retention::sweep(&app).await {
            tracing::warn!(?problem, "what has ended could not be deleted");
        }
        if let Err(problem) = privacy::erase_due(&app).await {
            tracing::warn!(?problem, "what is due could not be erased");
        }
        if let Err(problem) = roles::end_expired_assignments(&app).await {
            tracing::warn!(?problem, "roles whose last day is over could not be ended");
        }
        if let Err(problem) = signing::rotate_when_due(&app).await {
            tracing::warn!(?problem, "the signing key could not be replaced");
        }
        if let Err(problem) = zone_rules::follow(&app, zone_rules::version()).await {
            tracing::warn!(?problem, "newer rules of time zones could not be followed");
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
            assert_eq!(runs.get(), 3, "twice it does not go well");
        })
        .await;
        assert_eq!(runs.get(), 3);
    }
}
