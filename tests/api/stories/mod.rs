//! Stories of families, each from its first day to its last, through the API and the emails. A
//! story says what a family relies on; the tests of the operations say how.

mod absence;
mod chemo_cycle;
mod handover;
mod hospital_corridor;
mod last_days;
mod neighbors_ride;
mod night_nurse;
mod two_zones;

use chrono::{DateTime, TimeDelta, Utc};

use crate::harness::{Mail, TestApp};

/// Advances the clock to a moment, in one step.
pub fn advance_to(app: &TestApp, moment: &str) {
    let moment: DateTime<Utc> = moment.parse().unwrap();
    let by = moment - app.now();
    assert!(by >= TimeDelta::zero(), "{moment} is over");
    app.advance(by);
}

/// The emails until a moment, as `instant recipient subject`. Time passes in steps, as it does for
/// the jobs of the server.
pub async fn mails_until(app: &TestApp, moment: &str, step: TimeDelta) -> Vec<String> {
    let moment: DateTime<Utc> = moment.parse().unwrap();
    let mut mails = Vec::new();
    while app.now() < moment {
        app.advance(step);
        let at = app.now().format("%m-%d %H:%M");
        let sent = app.mails().await;
        mails.extend(sent.iter().map(|mail| format!("{at} {}", line(mail))));
    }
    mails
}

/// An email as `recipient subject`.
pub fn line(mail: &Mail) -> String {
    let name = mail.to.split('@').next().unwrap();
    format!("{name} {}", mail.header("Subject"))
}
