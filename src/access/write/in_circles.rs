//! Work of Kith itself in many circles. A transaction costs more than the work that a single
//! reminder needs, so one transaction goes through several circles.
//!
//! What fails must not delay the rest: if anything in such a transaction fails, nothing of it
//! happens, and each circle of it has its turn alone. If the circle fails again, each of its tasks
//! has its turn alone. But if the circle is locked for long or the database is busy, that says
//! nothing about a single task: then all of them fail, and the caller tries them again later.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;

use super::CircleWrite;
use crate::app::App;
use crate::entity::change::ActorKind;
use crate::entity::ids::CircleId;
use crate::http::response::NoContent;
use crate::platform::db::Transaction;
use crate::problem::Problem;

/// How long one transaction goes on to other circles. Requests wait for it: on SQLite all that
/// write, on PostgreSQL those in the same circles.
const GOES_ON: Duration = Duration::from_millis(10);

/// What is done in each circle.
pub trait CircleStep: Sync {
    /// What is to be done in a circle: a list of these.
    type Task: Send + Sync;
    /// What comes of it.
    type Done: Send;

    /// Does tasks in one circle: all or none.
    fn step(
        &self,
        write: &mut CircleWrite,
        tasks: &[Self::Task],
    ) -> impl Future<Output = Result<Self::Done, Problem>> + Send;
}

/// What came of some tasks of one circle. After a failure it is a single task.
pub struct StepEnd<S: CircleStep> {
    pub tasks: Vec<S::Task>,
    pub result: Result<S::Done, Problem>,
}

/// Does a step in each of these circles. The order of tasks within a circle stays.
pub async fn in_circles<S: CircleStep>(
    app: &App,
    step: &S,
    mut work: Vec<(CircleId, Vec<S::Task>)>,
) -> Vec<StepEnd<S>> {
    // Transactions that lock several circles lock them in the same order.
    work.sort_by_key(|(circle_id, _)| *circle_id);
    let mut ends = Vec::new();
    let mut locked = None;
    while !work.is_empty() {
        let (tried, done) = several(app, step, &work).await;
        let rest = work.split_off(tried);
        let mut done = done.unwrap_or_default().into_iter();
        for (circle_id, tasks) in std::mem::replace(&mut work, rest) {
            match done.next().flatten() {
                Some(done) => ends.push(StepEnd {
                    tasks,
                    result: Ok(done),
                }),
                None if locked == Some(circle_id) => ends.extend(unavailable::<S>(tasks)),
                None => {
                    let had_its_turn = one_circle(app, step, circle_id, tasks, &mut ends).await;
                    locked = (!had_its_turn).then_some(circle_id);
                }
            }
        }
    }
    ends
}

/// The sum of what was done in circles. What failed is logged with `what` it is; the caller finds it
/// again later.
pub fn count_done<S: CircleStep<Done = usize>>(ends: Vec<StepEnd<S>>, what: &'static str) -> usize {
    let count = |end: StepEnd<S>| {
        end.result.unwrap_or_else(|problem| {
            let tasks = end.tasks.len();
            tracing::warn!(
                ?problem,
                tasks,
                what,
                "work in a circle failed; it is tried again later"
            );
            0
        })
    };
    ends.into_iter().map(count).sum()
}

/// Goes through circles in one transaction, until it has taken long enough. Returns how many
/// circles it tried, and what came of each unless anything failed.
async fn several<S: CircleStep>(
    app: &App,
    step: &S,
    work: &[(CircleId, Vec<S::Task>)],
) -> (usize, Option<Vec<Option<S::Done>>>) {
    let mut tried = 0;
    let went = AssertUnwindSafe(async {
        let transaction = Arc::new(Transaction::begin_without_time_limit(app).await?);
        let began = Instant::now();
        let mut done = Vec::new();
        for (index, (circle_id, tasks)) in work.iter().enumerate() {
            tried += 1;
            let write = CircleWrite::join_if_free(&transaction, *circle_id).await?;
            let Some(mut write) = write else {
                done.push(None);
                continue;
            };
            done.push(Some(step.step(&mut write, tasks).await?));
            write.number_changes();
            drop(write);
            let next = work.get(index + 1);
            if next.is_some_and(|(next, _)| next == circle_id) {
                // The next group is of the same circle, and must read its last number.
                transaction.send_later().await?;
            }
            if began.elapsed() >= GOES_ON {
                break;
            }
        }
        Transaction::unshare(transaction)?
            .commit_without_replay()
            .await?;
        Ok::<_, Problem>(done)
    });
    let done = went.catch_unwind().await;
    (tried.max(1), done.ok().and_then(Result::ok))
}

/// Does the tasks of one circle in one transaction. If that fails, each in a transaction of its
/// own, unless the circle is locked or the database is busy: each would wait as long again. Returns
/// whether the circle had its turn.
async fn one_circle<S: CircleStep>(
    app: &App,
    step: &S,
    circle_id: CircleId,
    tasks: Vec<S::Task>,
    ends: &mut Vec<StepEnd<S>>,
) -> bool {
    match alone(app, step, circle_id, &tasks).await {
        Err(Problem::Unavailable) => {
            ends.extend(unavailable::<S>(tasks));
            return false;
        }
        Err(_) if tasks.len() > 1 => {
            for task in tasks {
                let tasks = vec![task];
                let result = alone(app, step, circle_id, &tasks).await;
                ends.push(StepEnd { tasks, result });
            }
        }
        result => ends.push(StepEnd { tasks, result }),
    }
    true
}

/// The ends of tasks whose circle cannot be worked on now.
fn unavailable<S: CircleStep>(tasks: Vec<S::Task>) -> impl Iterator<Item = StepEnd<S>> {
    tasks.into_iter().map(|task| StepEnd {
        tasks: vec![task],
        result: Err(Problem::Unavailable),
    })
}

async fn alone<S: CircleStep>(
    app: &App,
    step: &S,
    circle_id: CircleId,
    tasks: &[S::Task],
) -> Result<S::Done, Problem> {
    let work = AssertUnwindSafe(async {
        let transaction = Transaction::begin_without_time_limit(app).await?;
        let mut write =
            CircleWrite::join_transaction(transaction, circle_id, ActorKind::System, None).await?;
        let done = step.step(&mut write, tasks).await?;
        write.commit(NoContent).await?;
        Ok(done)
    });
    work.catch_unwind()
        .await
        .unwrap_or_else(|_| Err(Problem::internal(anyhow::anyhow!("it panicked"))))
}
