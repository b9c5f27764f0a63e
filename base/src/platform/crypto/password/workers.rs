//! The threads that hash passwords. A hash takes a core for some hundredths of a second. When many
//! people sign in at the same time, all other requests would wait for cores. So there are few
//! threads, and where the system allows it they have a lower priority than the others.
//!
//! Each thread keeps the memory of its hashes and uses it again. If it went back to the allocator,
//! each thread that ever hashed would keep several times as much.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use argon2::Block;
use tokio::sync::{Semaphore, oneshot};

use crate::platform::gate::step_out;
use crate::problem::Problem;

/// How many requests may wait for a thread. The next one is answered with 503.
const QUEUE: usize = 64;

type Work = Box<dyn FnOnce(&mut Vec<Block>) + Send>;

/// Threads that start with the first work and end when this is dropped.
pub(super) struct Workers {
    threads: usize,
    /// How many blocks a thread keeps: those of a new hash. An old hash may need more.
    kept_blocks: usize,
    /// The requests that wait or are worked on.
    places: Semaphore,
    work: OnceLock<Sender<Work>>,
}

impl Workers {
    pub(super) fn new(threads: usize, kept_blocks: usize) -> Self {
        Self {
            threads,
            kept_blocks,
            places: Semaphore::new(QUEUE),
            work: OnceLock::new(),
        }
    }

    /// Runs `work` on one of the threads, in the order of the calls. Meanwhile the request lends
    /// its slot to others.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let Ok(_place) = self.places.try_acquire() else {
            metrics::counter!("password_work_refused_total").increment(1);
            return Err(Problem::Unavailable);
        };
        let (answer, done) = oneshot::channel();
        let work: Work = Box::new(move |memory| {
            // Perhaps nobody waits for it now.
            if !answer.is_closed() {
                let _ = answer.send(work(memory));
            }
        });
        let threads = self.work.get_or_init(|| self.start());
        threads
            .send(work)
            .map_err(|_| Problem::internal(anyhow::anyhow!("no thread hashes passwords")))?;
        let done = step_out(done).await;
        done.map_err(|_| Problem::internal(anyhow::anyhow!("hashing a password has panicked")))
    }

    fn start(&self) -> Sender<Work> {
        let (send, receive) = mpsc::channel();
        let receive = Arc::new(Mutex::new(receive));
        for _ in 0..self.threads {
            let (receive, kept_blocks) = (receive.clone(), self.kept_blocks);
            let thread = thread::Builder::new().name("kith-passwords".into());
            let started = thread.spawn(move || work_off(&receive, kept_blocks));
            if let Err(error) = started {
                tracing::error!(%error, "a thread that hashes passwords could not be started");
            }
        }
        send
    }
}

/// Works until nobody can send work any more.
fn work_off(receive: &Mutex<Receiver<Work>>, kept_blocks: usize) {
    lower_priority();
    let mut memory = Vec::new();
    loop {
        let next = receive
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(work) = next else { return };
        // A panic drops the sender of the result, so the request learns of it.
        let _ = std::panic::catch_unwind(AssertUnwindSafe(|| work(&mut memory)));
        memory.truncate(kept_blocks);
        memory.shrink_to_fit();
    }
}

/// Gives this thread about a quarter of a core that another thread wants, too.
#[cfg(target_os = "linux")]
fn lower_priority() {
    // On Linux, each thread has a priority of its own.
    if let Err(error) = rustix::process::nice(5) {
        tracing::debug!(%error, "the threads that hash passwords keep their priority");
    }
}

/// In other systems this would slow the whole process.
#[cfg(not(target_os = "linux"))]
fn lower_priority() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_costs_one_request_and_no_thread() {
        let workers = Workers::new(1, 0);
        let panics: Result<(), _> = workers.run(|_| panic!("in a hash")).await;
        assert!(matches!(panics, Err(Problem::Internal(_))));
        assert_eq!(workers.run(|_| 7).await.ok(), Some(7));
        assert_eq!(workers.places.available_permits(), QUEUE);
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_forgets_who_has_left() {
        let workers = Workers::new(1, 0);
        let (open, closed) = mpsc::channel::<()>();
        let stuck = workers.run(move |_| closed.recv().is_ok());
        let waiting: Vec<_> = (1..QUEUE).map(|_| workers.run(|_| true)).collect();
        let mut all = Box::pin(futures_util::future::join(
            stuck,
            futures_util::future::join_all(waiting),
        ));
        assert!(futures_util::FutureExt::now_or_never(all.as_mut()).is_none());
        assert!(matches!(
            workers.run(|_| true).await,
            Err(Problem::Unavailable)
        ));
        drop(all);
        open.send(()).unwrap();
        assert_eq!(workers.run(|_| 7).await.ok(), Some(7));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_threads_have_a_lower_priority_and_the_others_keep_theirs() {
        let priority = || rustix::process::nice(0).unwrap();
        let before = priority();
        let workers = Workers::new(1, 0);
        let lowered = workers.run(move |_| priority()).await.unwrap();
        assert_eq!((lowered, priority()), ((before + 5).min(19), before));
    }
}
