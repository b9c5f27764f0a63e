//! Threads for work that takes a core for long: the hash of a password takes some hundredths of a
//! second, a picture a second. When many people sign in or send pictures at the same time, all other
//! requests would wait for cores. So each kind of work has few threads, and where the system allows
//! it they have a lower priority than the others.
//!
//! Each thread keeps its memory and uses it again. If the memory of hashes went back to the
//! allocator, each thread that ever hashed would keep several times as much.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use tokio::sync::{Semaphore, oneshot};

use crate::platform::gate::step_out;
use crate::problem::Problem;

type Work<M> = Box<dyn FnOnce(&mut M) + Send>;

/// What the threads do, and how many there are. `M` is the memory that each of them keeps.
pub struct WorkKind<M> {
    /// What the threads do, like `hashes passwords`.
    pub deed: &'static str,
    /// The name of the threads. The system shows 15 characters of it.
    pub name: &'static str,
    /// The metric that counts the requests that found no place.
    pub refused: &'static str,
    pub threads: usize,
    /// How many requests may wait for a thread. The next one is answered with 503.
    pub queue: usize,
    /// Gives back the memory that a thread should not keep after its work.
    pub tidy: fn(&mut M, usize),
    /// How much a thread keeps, for `tidy`.
    pub kept: usize,
}

/// Threads that start with the first work and end when this is dropped.
pub struct Workers<M> {
    kind: Arc<WorkKind<M>>,
    /// The requests that wait or are worked on.
    places: Semaphore,
    work: OnceLock<Sender<Work<M>>>,
}

impl<M: Default + 'static> Workers<M> {
    pub fn new(kind: WorkKind<M>) -> Self {
        Self {
            places: Semaphore::new(kind.queue),
            kind: Arc::new(kind),
            work: OnceLock::new(),
        }
    }

    /// Runs `work` on one of the threads, in the order of the calls. Meanwhile the request lends
    /// its slot to others.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut M) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let Ok(_place) = self.places.try_acquire() else {
            metrics::counter!(self.kind.refused).increment(1);
            return Err(Problem::Unavailable);
        };
        let (answer, done) = oneshot::channel();
        let work: Work<M> = Box::new(move |memory| {
            // Perhaps nobody waits for it now.
            if !answer.is_closed() {
                let _ = answer.send(work(memory));
            }
        });
        let threads = self.work.get_or_init(|| self.start());
        let deed = self.kind.deed;
        threads
            .send(work)
            .map_err(|_| Problem::internal(anyhow::anyhow!("no thread {deed}")))?;
        let done = step_out(done).await;
        done.map_err(|_| Problem::internal(anyhow::anyhow!("a thread that {deed} has panicked")))
    }

    fn start(&self) -> Sender<Work<M>> {
        let (send, receive) = mpsc::channel();
        let receive = Arc::new(Mutex::new(receive));
        for _ in 0..self.kind.threads {
            let (receive, kind) = (receive.clone(), self.kind.clone());
            let thread = thread::Builder::new().name(self.kind.name.into());
            let started = thread.spawn(move || work_off(&receive, &kind));
            if let Err(error) = started {
                tracing::error!(%error, "a thread that {} could not be started", self.kind.deed);
            }
        }
        send
    }
}

/// Works until nobody can send work any more.
fn work_off<M: Default>(receive: &Mutex<Receiver<Work<M>>>, kind: &WorkKind<M>) {
    lower_priority(kind.deed);
    let mut memory = M::default();
    loop {
        let next = receive
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(work) = next else { return };
        // A panic drops the sender of the result, so the request learns of it.
        let _ = std::panic::catch_unwind(AssertUnwindSafe(|| work(&mut memory)));
        (kind.tidy)(&mut memory, kind.kept);
    }
}

/// Gives this thread about a quarter of a core that another thread wants, too.
#[cfg(target_os = "linux")]
fn lower_priority(deed: &str) {
    // On Linux, each thread has a priority of its own.
    if let Err(error) = rustix::process::nice(5) {
        tracing::debug!(%error, "a thread that {deed} keeps its priority");
    }
}

/// In other systems this would slow the whole process.
#[cfg(not(target_os = "linux"))]
fn lower_priority(_: &str) {}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUE: usize = 64;

    fn one_thread() -> Workers<()> {
        Workers::new(WorkKind {
            deed: "works",
            name: "kith-test",
            refused: "test_work_refused_total",
            threads: 1,
            queue: QUEUE,
            tidy: |(), _| (),
            kept: 0,
        })
    }

    #[tokio::test]
    async fn a_panic_costs_one_request_and_no_thread() {
        let workers = one_thread();
        let panics: Result<(), _> = workers.run(|()| panic!("in a work")).await;
        assert!(matches!(panics, Err(Problem::Internal(_))));
        assert_eq!(workers.run(|()| 7).await.ok(), Some(7));
        assert_eq!(workers.places.available_permits(), QUEUE);
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_forgets_who_has_left() {
        let workers = one_thread();
        let (open, closed) = mpsc::channel::<()>();
        let stuck = workers.run(move |()| closed.recv().is_ok());
        let waiting: Vec<_> = (1..QUEUE).map(|_| workers.run(|()| true)).collect();
        let mut all = Box::pin(futures_util::future::join(
            stuck,
            futures_util::future::join_all(waiting),
        ));
        assert!(futures_util::FutureExt::now_or_never(all.as_mut()).is_none());
        assert!(matches!(
            workers.run(|()| true).await,
            Err(Problem::Unavailable)
        ));
        drop(all);
        open.send(()).unwrap();
        assert_eq!(workers.run(|()| 7).await.ok(), Some(7));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_threads_have_a_lower_priority_and_the_others_keep_theirs() {
        let priority = || rustix::process::nice(0).unwrap();
        let before = priority();
        let workers = one_thread();
        let lowered = workers.run(move |()| priority()).await.unwrap();
        assert_eq!((lowered, priority()), ((before + 5).min(19), before));
    }
}
