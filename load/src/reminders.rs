//! Many reminders that are due at the same moment: how fast Kith fires them and hands over the
//! emails, and whether other requests notice.

use std::cell::Cell;
use std::time::{Duration, Instant};

use anyhow::ensure;
use chrono::{DateTime, SecondsFormat, SubsecRound, TimeDelta, Utc};
use kith::entity::reminder::{self, ReminderKind, ReminderState};
use kith::entity::task::TaskState;
use kith::platform::time::clock::Clock;
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};

use crate::data::{TASKS, circle_id, due_of, id, is_assigned, state_of, task_id};
use crate::database::Place;
use crate::measure::{peak_mib, prepare_cores, sign_in_again};
use crate::offer::{Offer, Summary, offer, offer_for};
use crate::requests::Round;
use crate::servers::{Kith, pin_database};
use crate::sink::Sink;

/// How long the quiet server is measured.
const QUIET: Duration = Duration::from_secs(10);
/// How often the progress is read.
const GLANCE: Duration = Duration::from_millis(500);
/// Another offset than the reminders of the data have.
const OFFSET: i32 = 60;
/// The load of other people meanwhile: lists of fifty tasks.
pub const OTHERS: Offer = Offer {
    connections: 64,
    per_second: Some(100.0),
};

/// What was found.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reminders {
    /// How many were due.
    pub due: u64,
    /// How many were fired in the time of the measurement.
    pub fired: u64,
    pub deliveries: u64,
    /// From the first reminder that fired to the last.
    pub firing_seconds: f64,
    /// Emails that the sink accepted.
    pub mails: u64,
    /// From the first reminder that fired to the last email, or to the end of the measurement.
    pub mailing_seconds: f64,
    /// Lists of other people: without reminders, while they fire, and while the rest of the
    /// emails is sent.
    pub quiet: Summary,
    pub while_firing: Summary,
    pub while_mailing: Summary,
    pub peak_mib: f64,
}

impl Reminders {
    #[expect(clippy::cast_precision_loss, reason = "some hundred thousand")]
    pub fn fired_per_second(&self) -> f64 {
        self.fired as f64 / self.firing_seconds
    }

    #[expect(clippy::cast_precision_loss, reason = "some hundred thousand")]
    pub fn mails_per_second(&self) -> f64 {
        self.mails as f64 / self.mailing_seconds
    }
}

/// Makes so many reminders due at once, and follows them for at most `limit`.
pub async fn measure(
    place: &Place,
    kith: Kith<'_>,
    count: u64,
    limit: Duration,
) -> anyhow::Result<Reminders> {
    prepare_cores()?;
    let sink = Sink::start()?;
    // They wait for a moment long after this run. The server gets the true moment when it runs.
    let waiting = Clock::real().now().trunc_subsecs(0) + TimeDelta::days(3000);
    let rows = planned(place.circles(), count, waiting);
    let due = rows.len() as u64;
    ensure!(due > 0, "no reminder is planned");
    let mut insert = place.insert().await?;
    insert.put(rows.into_iter()).await?;
    insert.finish().await?;
    pin_database(place).await?;

    let server = kith.start(place, &sink.settings()).await?;
    let mut round = Round::default();
    sign_in_again(&server, place, &mut round).await?;
    let lists = |number, to: &mut Vec<u8>| round.list(number, to);
    let quiet = offer_for(QUIET, server.address, OTHERS, lists).await;

    let moment = Clock::real().now();
    let make_due = format!(
        "UPDATE reminders SET fire_at = '{}' WHERE fire_at = '{}'",
        stored(moment),
        stored(waiting)
    );
    place.run(&make_due).await?;
    let left = format!(
        "SELECT CAST(count(*) AS text) FROM reminders WHERE state = 'planned' AND fire_at = '{}'",
        stored(moment)
    );

    let begun = Instant::now();
    let stop = Cell::new(false);
    let watch_firing = async {
        let (mut first, mut planned) = (None, due);
        while planned > 0 && begun.elapsed() < limit {
            tokio::time::sleep(GLANCE).await;
            let before = Instant::now();
            planned = place.read(&left).await?.parse()?;
            if planned < due {
                first.get_or_insert(before.checked_sub(GLANCE).unwrap_or(before));
            }
        }
        stop.set(true);
        anyhow::Ok((first.unwrap_or(begun), Instant::now(), planned))
    };
    let others = offer(server.address, OTHERS, lists, &stop);
    let (fired, while_firing) = tokio::join!(watch_firing, others);
    let (first, last, planned) = fired?;

    let waiting_mails = "SELECT CAST(count(*) AS text) FROM deliveries WHERE state = 'queued'";
    let stop = Cell::new(false);
    let watch_mails = async {
        while begun.elapsed() < limit {
            tokio::time::sleep(2 * GLANCE).await;
            if place.read(waiting_mails).await? == "0" {
                break;
            }
        }
        stop.set(true);
        anyhow::Ok((Instant::now(), sink.accepted()))
    };
    let others = offer(server.address, OTHERS, lists, &stop);
    let (mailed, while_mailing) = tokio::join!(watch_mails, others);
    let (mailed, mails) = mailed?;
    let deliveries = place
        .read("SELECT CAST(count(*) AS text) FROM deliveries")
        .await?;
    Ok(Reminders {
        due,
        fired: due - planned,
        deliveries: deliveries.parse()?,
        firing_seconds: (last - first).as_secs_f64(),
        mails,
        mailing_seconds: (mailed - first).as_secs_f64(),
        quiet: Summary::of(&quiet, 200),
        while_firing: Summary::of(&while_firing, 200),
        while_mailing: Summary::of(&while_mailing, 200),
        peak_mib: peak_mib(&server)?,
    })
}

/// A time as Kith stores it in SQLite. PostgreSQL reads it, too.
fn stored(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// Reminders of open tasks that somebody has claimed, spread over all circles.
fn planned(circles: u64, count: u64, fire_at: DateTime<Utc>) -> Vec<reminder::ActiveModel> {
    let now = Clock::real().now().trunc_subsecs(6);
    let is_open = |task: &u64| {
        let ahead = due_of(*task, now) > (now + TimeDelta::hours(6)).naive_utc();
        ahead && state_of(*task) == TaskState::Open && is_assigned(*task)
    };
    let tasks: Vec<u64> = (0..TASKS).filter(is_open).collect();
    let of_task = |task: u64, circle: u64| reminder::ActiveModel {
        circle_id: Set(circle_id(circle)),
        id: Set(id(15, circle * TASKS + task)),
        kind: Set(ReminderKind::TaskDue),
        task_id: Set(Some(task_id(circle, task))),
        appointment_id: Set(None),
        need_id: Set(None),
        member_id: Set(None),
        schedule_version: Set(1),
        offset_minutes: Set(OFFSET),
        fire_at: Set(fire_at),
        not_after: Set(fire_at + TimeDelta::hours(1)),
        state: Set(ReminderState::Planned),
        sent_early: Set(false),
        version: Set(1),
        created_at: Set(now),
        created_by_member_id: Set(None),
        updated_at: Set(now),
    };
    let every = tasks
        .iter()
        .flat_map(|task| (0..circles).map(move |circle| of_task(*task, circle)));
    every
        .take(usize::try_from(count).unwrap_or(usize::MAX))
        .collect()
}
