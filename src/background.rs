//! Every job of the queue, and every loop with its interval.
//!
//! A job is named only here. Its line makes it a [`Job`](crate::platform::queue::Job).

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, TryFutureExt};

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
        "mail_waiting" => notifications::MailWaiting,
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

/// Well below a minute: a level that is over must not be used for long.
const SOON: Duration = Duration::from_secs(5);
const MINUTELY: Duration = Duration::from_mins(1);
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
    spawn(|app| every(app, SOON, IN_SECONDS).boxed());
    spawn(|app| every(app, MINUTELY, IN_MINUTES).boxed());
    spawn(|app| every(app, HOURLY, IN_AN_HOUR).boxed());
}

/// A piece of work: what it does, for the log, and the function.
type Work = (
    &'static str,
    for<'a> fn(&'a App) -> BoxFuture<'a, Result<(), Problem>>,
);

/// Every five seconds.
const IN_SECONDS: &[Work] = &[("end topic levels that are over", |app| {
    circles::end_grants(app).map_ok(drop).boxed()
})];

/// Every minute.
const IN_MINUTES: &[Work] = &[
    (
        "send reminders before the quiet hours in which they are due",
        |app| reminders::send_before_quiet_hours(app).map_ok(drop).boxed(),
    ),
    ("end handovers whose time is over", |app| {
        handovers::expire_handovers(app).map_ok(drop).boxed()
    }),
    ("end absences whose last day is over", |app| {
        absences::end_over_absences(app).map_ok(drop).boxed()
    }),
];

/// Every hour.
const IN_AN_HOUR: &[Work] = &[
    ("delete data whose time is over", |app| {
        retention::sweep(app).map_ok(drop).boxed()
    }),
    ("erase accounts and circles that are due", |app| {
        privacy::erase_due(app).map_ok(drop).boxed()
    }),
    ("delete files that no row names", |app| {
        privacy::sweep_files(app).map_ok(drop).boxed()
    }),
    ("end roles whose last day is over", |app| {
        roles::end_expired_assignments(app).map_ok(drop).boxed()
    }),
    ("let tasks lapse whose time is over", |app| {
        tasks::lapse_due_tasks(app).map_ok(drop).boxed()
    }),
    ("make the occurrences of series", |app| {
        series::extend_series(app).map_ok(drop).boxed()
    }),
    ("replace an old signing key", |app| {
        signing::rotate_when_due(app).map_ok(drop).boxed()
    }),
    // Where that failed at the start.
    ("adjust times to newer time zone rules", |app| {
        zone_rules::follow(app, zone_rules::version())
            .map_ok(drop)
            .boxed()
    }),
    ("index for the search what is not indexed", |app| {
        search::index_circles(app).map_ok(drop).boxed()
    }),
];

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

/// Does these pieces of work one after the other, and again after each pause, until the server stops.
/// One that fails does not stop the others.
async fn every(app: App, pause: Duration, all: &[Work]) {
    while !app.stopping().is_cancelled() {
        for (what, work) in all {
            if let Err(problem) = work(&app).await {
                tracing::warn!(
                    ?problem,
                    what,
                    "work in the background failed; it is tried again after the pause"
                );
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
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
