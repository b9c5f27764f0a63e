//! Attempts that are being judged at this moment.
//!
//! Each counts as wrong until it is known to be right, so that a thousand at the same time are
//! limited like a thousand in a row. But an attempt waits if it would be refused only because of
//! others that are not judged yet: so a phone, a tablet and a laptop can sign in at the same
//! time.

use std::collections::HashMap;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::AttemptKey;
use crate::app::{App, SharedState};
use crate::platform::gate::step_out;
use crate::problem::Problem;

/// How long an attempt waits for the attempts before it.
const PATIENCE: Duration = Duration::from_secs(5);

/// The attempts that are being judged, by the hash of their key. It knows only this process:
/// attempts that another node is judging count as wrong.
#[derive(Clone, Default)]
pub struct Turns(Arc<Mutex<HashMap<Vec<u8>, Arc<Judging>>>>);

#[derive(Default)]
struct Judging {
    /// Makes attempts count one after the other.
    counting: tokio::sync::Mutex<()>,
    attempts: AtomicUsize,
    /// Notified when no attempt is left, or one was right.
    ended: Notify,
}

struct Seat {
    turns: Turns,
    subject: Vec<u8>,
    judging: Arc<Judging>,
}

/// An attempt that is counted and being judged. Dropping it says that it is judged.
pub struct Turn {
    seat: Seat,
    beside: usize,
}

/// The future that counts an attempt.
pub type CountFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Problem>> + Send + 'a>>;

/// Counts an attempt. It may wait for others that are being judged.
pub async fn in_turn<'a, T>(
    app: &App,
    attempt_key: AttemptKey<'_>,
    count: impl Fn() -> CountFuture<'a, T>,
) -> Result<(T, Turn), Problem> {
    let seat = app.shared::<Turns>().seat(attempt_key.hash());
    let judging = seat.judging.clone();
    let patience = Instant::now() + PATIENCE;
    loop {
        let counting = judging.counting.lock().await;
        // Before the attempts are read: otherwise it could miss the end of one.
        let mut ended = pin!(judging.ended.notified());
        ended.as_mut().enable();
        let beside = judging.attempts.load(Ordering::SeqCst);
        match count().await {
            Ok(counted) => {
                judging.attempts.fetch_add(1, Ordering::SeqCst);
                return Ok((counted, Turn { seat, beside }));
            }
            Err(refused @ Problem::TooManyRequests { .. }) if beside > 0 => {
                drop(counting);
                if step_out(timeout_at(patience, ended)).await.is_err() {
                    return Err(refused);
                }
            }
            Err(problem) => return Err(problem),
        }
    }
}

impl Turns {
    fn seat(&self, subject: Vec<u8>) -> Seat {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let judging = all.entry(subject.clone()).or_default().clone();
        Seat {
            turns: self.clone(),
            subject,
            judging,
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut all = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One reference is in the table and one here: no other attempt waits or is judged.
        if Arc::strong_count(&self.judging) == 2 {
            all.remove(&self.subject);
        }
    }
}

impl Turn {
    /// How many of the counted failures are real ones, without the attempts that are still being
    /// judged beside this one.
    pub fn failures(&self, counted: i32) -> i32 {
        let beside = i32::try_from(self.beside).unwrap_or(i32::MAX);
        counted.saturating_sub(beside).max(0)
    }

    /// Says that the attempt was right and the count is deleted. Waiting attempts try again.
    pub fn was_right(self) {
        self.seat.judging.ended.notify_waiters();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let judging = &self.seat.judging;
        if judging.attempts.fetch_sub(1, Ordering::SeqCst) == 1 {
            judging.ended.notify_waiters();
        }
    }
}

impl SharedState for Turns {
    fn begin(_: &App) -> Self {
        Self::default()
    }
}
