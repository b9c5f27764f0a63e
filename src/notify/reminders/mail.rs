//! Sends reminders, each to one member. An email says what is true when it is sent: when the thing
//! is, and how long before that. Its words are in `base/src/platform/mail/templates/reminder.*`.
//!
//! Many jobs run together. This node has places for some dozens of emails. Whenever places are free,
//! as many letters are written with few statements (`mail/letters.rs`), then sent at the same time.
//! What came of them is recorded many at a time (`mail/outcomes.rs`), and only then their places
//! are free again. So a letter is sent as soon as it is written, and a crash doubles no more
//! emails than there are places. No circle is locked while the mail server is called.

mod answers;
mod contacts;
mod letters;
mod outcomes;
mod words;

use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinSet;

use self::letters::{Addressed, Asked, Prepared, WriteLetters};
use self::outcomes::{RecordOutcomes, Sent, record};
use crate::access::{CircleWrite, in_circles};
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::delivery;
use crate::entity::ids::{CircleId, DeliveryId, JobId};
use crate::http::response::NoContent;
use crate::notify::posting::{Outcome, deliver};
use crate::platform::mail::SendError;
use crate::platform::queue::{Ends, Failure, Leased, RunMany};
use crate::problem::Problem;

/// Sends one delivery and records the outcome.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailReminder {
    pub circle_id: CircleId,
    pub delivery_id: DeliveryId,
}

impl RunMany<App> for MailReminder {
    async fn run_many(app: &App, mut waiting: Vec<(Self, Leased)>, ends: &Ends) {
        let mut sending = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                Some(first) = sending.join_next() => {
                    // What was sent while the last outcomes were recorded is recorded together.
                    let mut sent = vec![first];
                    sent.extend(std::iter::from_fn(|| sending.try_join_next()));
                    let sent = sent.into_iter().filter_map(Result::ok).collect();
                    record_outcomes(app, sent, ends).await;
                }
                places = take_places(app, waiting.len()), if !waiting.is_empty() => {
                    let some = waiting.drain(..places.len()).collect();
                    let letters = write_letters(app, some, ends).await;
                    for ((lease, addressed), place) in letters.into_iter().zip(places) {
                        let app = app.clone();
                        sending.spawn(async move {
                            let answer = send(&app, &lease, &addressed).await;
                            AfterSend {
                                lease,
                                addressed,
                                answer,
                                place,
                            }
                        });
                    }
                }
                else => return,
            }
        }
    }

    /// Ends the delivery of a dead job.
    async fn give_up(&self, app: &App, lease: &Leased) -> Result<(), Problem> {
        let write =
            CircleWrite::begin_as_system(app, self.circle_id, ActorKind::System, None).await?;
        // Another server has the job: it records what comes of it.
        if !lease.is_held(write.tx()).await? {
            return Ok(());
        }
        let delivery = write.require::<delivery::Entity>(self.delivery_id).await?;
        let end = Outcome::when_given_up(delivery.reason);
        record(&write, &[self.delivery_id], end.state, end.reason, 0).await?;
        write.commit(NoContent).await?;
        Ok(())
    }
}

/// Waits for a place, and takes with it those that are free, up to `most`.
async fn take_places(app: &App, most: usize) -> Vec<OwnedSemaphorePermit> {
    let places = app.mailer().places();
    let first = places.clone().acquire_owned().await;
    let others = std::iter::from_fn(|| places.clone().try_acquire_owned().ok());
    first.into_iter().chain(others).take(most).collect()
}

/// Writes the letters of these jobs. Jobs that have none end here.
async fn write_letters(
    app: &App,
    jobs: Vec<(MailReminder, Leased)>,
    ends: &Ends,
) -> Vec<(Leased, Addressed)> {
    let mut leases: HashMap<JobId, Leased> = HashMap::new();
    let mut by_circle: BTreeMap<CircleId, Vec<Asked>> = BTreeMap::new();
    for (job, lease) in jobs {
        if let Err(failure) = may_begin(app, &lease) {
            ends.report(lease, Err(failure));
            continue;
        }
        let asked = Asked {
            job: lease.id,
            delivery: job.delivery_id,
        };
        by_circle.entry(job.circle_id).or_default().push(asked);
        leases.insert(lease.id, lease);
    }
    let mut letters = Vec::new();
    for end in in_circles(app, &WriteLetters { app }, by_circle.into_iter().collect()).await {
        match end.result {
            Ok(prepared) => {
                for (job, prepared) in prepared {
                    let Some(lease) = leases.remove(&job) else {
                        continue;
                    };
                    match prepared {
                        Prepared::Letter(letter) => letters.push((lease, *letter)),
                        Prepared::Done => ends.report(lease, Ok(())),
                        Prepared::Gone => ends.report(lease, Err(Problem::NotFound.into())),
                    }
                }
            }
            Err(problem) => {
                let mut failure = Some(Failure::from(problem));
                for asked in end.tasks {
                    // After a failure it is a single job.
                    if let (Some(lease), Some(failure)) =
                        (leases.remove(&asked.job), failure.take())
                    {
                        ends.report(lease, Err(failure));
                    }
                }
            }
        }
    }
    letters
}

/// Whether the email of a job can be sent now. If not, its delivery stays as it is, and no attempt
/// is counted.
fn may_begin(app: &App, lease: &Leased) -> Result<(), Failure> {
    let why = if app.stopping().is_cancelled() {
        "the server is stopping"
    } else if !lease.can_begin() {
        "the emails before it took so long that its lease ends soon"
    } else {
        return Ok(());
    };
    Err(Failure::Postpone(anyhow::anyhow!(why)))
}

/// What the mail server said to a letter.
enum Answer {
    Sent(Result<(), SendError>),
    /// It was not asked.
    NotBegun(Failure),
    /// Nobody knows, because of a fault of Kith.
    Panicked,
}

/// A letter with what became of it. It has its place until that is recorded.
struct AfterSend {
    lease: Leased,
    addressed: Addressed,
    answer: Answer,
    place: OwnedSemaphorePermit,
}

async fn send(app: &App, lease: &Leased, addressed: &Addressed) -> Answer {
    if let Err(failure) = may_begin(app, lease) {
        return Answer::NotBegun(failure);
    }
    let Addressed { id, to, letter, .. } = addressed;
    let unsubscribe = Some(letter.unsubscribe.as_str());
    let send = AssertUnwindSafe(deliver(app, id.0, to, letter, unsubscribe));
    let answer = send.catch_unwind().await;
    match answer {
        Ok(Err(SendError::Held(why))) => Answer::NotBegun(Failure::Postpone(why)),
        Ok(answer) => Answer::Sent(answer),
        Err(_) => Answer::Panicked,
    }
}

async fn record_outcomes(app: &App, sent: Vec<AfterSend>, ends: &Ends) {
    let mut places = Vec::new();
    let mut results = HashMap::new();
    let mut by_circle: BTreeMap<CircleId, Vec<Sent>> = BTreeMap::new();
    for AfterSend {
        lease,
        addressed,
        answer,
        place,
    } in sent
    {
        places.push(place);
        let answer = match answer {
            Answer::Sent(answer) => answer,
            Answer::NotBegun(failure) => {
                ends.report(lease, Err(failure));
                continue;
            }
            Answer::Panicked => {
                let what = anyhow::anyhow!("it panicked");
                ends.report(lease, Err(Failure::Retry(what)));
                continue;
            }
        };
        let outcome = Outcome::of(answer, addressed.was_unknown);
        let sent = Sent {
            lease: lease.clone(),
            delivery: addressed.id,
            state: outcome.state,
            reason: outcome.reason,
        };
        by_circle.entry(addressed.circle_id).or_default().push(sent);
        results.insert(lease.id, outcome.failure.map_or(Ok(()), Err));
    }
    for end in in_circles(app, &RecordOutcomes, by_circle.into_iter().collect()).await {
        let mut failure = end.result.err().map(Failure::from);
        for Sent { lease, .. } in end.tasks {
            let result = results.remove(&lease.id).unwrap_or(Ok(()));
            ends.report(lease, failure.take().map_or(result, Err));
        }
    }
    drop(places);
}
