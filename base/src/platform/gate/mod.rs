//! Lets so many requests work at a time and makes the others wait, so that a server with too much
//! to do stays fast for those that it lets in.
//!
//! # What it guarantees
//!
//! - At most [`Limits::at_once`] requests work at a time. More would not be done sooner, because
//!   they share the same cores and the same database. Each would only take longer.
//! - A request that is let in has waited for about [`Limits::patient`] others at most, however
//!   many come. So its time is bounded by a number of requests, not by a time that fits only one
//!   machine: on a slow machine it is longer, as everything is.
//! - The rest is refused after [`Limits::patience`], instead of being done when nobody waits for
//!   it any more. A short line is not overload: those in it wait up to [`Limits::longest`], for
//!   example while a disk hangs.
//! - A client that sends much gets only what others leave. The next free slot goes to the waiting
//!   client that had least of the server lately, and one client never has more than
//!   [`Limits::per_client`] slots.
//! - A slot is free again when its request ends, however it ends: with an answer, by a panic, by a
//!   time limit, or because its client hung up.
//!
//! # How
//!
//! ```ignore
//! let client = gate.client([Some(address), token, circle]);
//! let Some(slot) = gate.enter(client).await else {
//!     return Problem::Unavailable.into_response();
//! };
//! hold(slot, work).await
//! ```
//!
//! Work that waits for something else than a core or the database, such as another thread that
//! hashes a password, [steps out](step_out) for that time. Others use its slot, and it continues
//! without waiting for a new one.
//!
//! # What goes wrong without it
//!
//! Three hundred requests at once take ten times as long as thirty, all of them. Their clients give
//! up and ask again, and the server works for nobody. One circle with a broken app makes all other
//! circles wait.

mod line;

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

use self::line::Line;
pub use self::line::{Client, Limits};

/// Admits requests. See the module.
#[derive(Debug)]
pub struct Gate {
    limits: Limits,
    hasher: RandomState,
    line: Mutex<Line>,
}

impl Gate {
    pub fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            hasher: RandomState::new(),
            line: Mutex::new(Line::new(limits)),
        })
    }

    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Names who asks, by what is known of them before anything was checked. Each part may be
    /// false: somebody can name a stranger's circle, but not ask from a stranger's address. So all
    /// parts count together. The last one that is known has the limit of slots.
    pub fn client(&self, parts: [Option<&[u8]>; 3]) -> Client {
        let hash = |kind: u8, part: Option<&[u8]>| Some(self.hasher.hash_one((kind, part?)));
        let [first, second, third] = parts;
        Client([hash(0, first), hash(1, second), hash(2, third)])
    }

    /// Waits for a slot. `None` if the client should try again later.
    pub async fn enter(self: &Arc<Self>, client: Client) -> Option<Slot> {
        let Err(mut place) = self.enter_or_queue(client) else {
            return Some(Slot::new(self, client));
        };
        let since = Instant::now();
        loop {
            match timeout(self.limits.patience, &mut place.turn).await {
                Ok(Ok(())) => return Some(place.into_slot()),
                Ok(Err(_pushed_out)) => return None,
                Err(_elapsed) => {
                    let behind = self.line().behind(place.number);
                    let is_late = since.elapsed() >= self.limits.longest;
                    // Without a number it has just been let in.
                    if behind.is_some_and(|behind| is_late || behind >= self.limits.patient) {
                        return None;
                    }
                }
            }
        }
    }

    fn enter_or_queue(self: &Arc<Self>, client: Client) -> Result<(), Place> {
        let mut line = self.line();
        if line.enter(client) {
            return Ok(());
        }
        let (send, turn) = oneshot::channel();
        let number = line.queue(client, send);
        Err(Place {
            gate: self.clone(),
            client,
            number,
            turn,
            is_left: false,
        })
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the line. Dropping it leaves the line, or gives back the slot that came too late.
#[derive(Debug)]
struct Place {
    gate: Arc<Gate>,
    client: Client,
    number: u64,
    turn: oneshot::Receiver<()>,
    is_left: bool,
}

impl Place {
    fn into_slot(mut self) -> Slot {
        self.is_left = true;
        Slot::new(&self.gate, self.client)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.is_left {
            return;
        }
        let mut line = self.gate.line();
        if !line.remove(self.number) && self.turn.try_recv().is_ok() {
            line.leave(self.client);
        }
    }
}

/// The right to work. Dropping it lets the next request in.
#[derive(Debug)]
pub struct Slot {
    gate: Arc<Gate>,
    client: Client,
}

impl Slot {
    fn new(gate: &Arc<Gate>, client: Client) -> Self {
        Self {
            gate: gate.clone(),
            client,
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.gate.line().leave(self.client);
    }
}

tokio::task_local! {
    static HELD: Held;
}

#[derive(Debug)]
struct Held(Mutex<Option<Slot>>);

impl Held {
    fn replace(&self, slot: Option<Slot>) -> Option<Slot> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *held, slot)
    }
}

/// Works with a slot, and gives it back at the end.
pub async fn hold<Work: Future>(slot: Slot, work: Work) -> Work::Output {
    let held = Held(Mutex::new(Some(slot)));
    HELD.scope(held, work).await
}

/// Waits for something else than a core or the database. Meanwhile others use the slot of this
/// request, if it has one. It gets a slot back at once, even if all are taken: what it has begun
/// should end soon.
pub async fn step_out<Wait: Future>(wait: Wait) -> Wait::Output {
    let slot = HELD.try_with(|held| held.replace(None)).ok().flatten();
    let Some(slot) = slot else {
        return wait.await;
    };
    let (gate, client) = (slot.gate.clone(), slot.client);
    drop(slot);
    let outcome = wait.await;
    gate.line().let_in(client);
    let slot = Slot::new(&gate, client);
    // It is the same task, so it still has the place for its slot.
    let _ = HELD.try_with(|held| held.replace(Some(slot)));
    outcome
}

#[cfg(test)]
mod tests;
