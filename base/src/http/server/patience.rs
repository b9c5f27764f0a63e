//! How long a client may take to take an answer. HTTP libraries wait without end
//! for one that keeps its HTTP/2 window shut: a stream whose patience has run out
//! is dropped, which resets it, and so is a connection of HTTP/1.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::rt::Executor;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// For some of an answer.
const SOME: Duration = Duration::from_secs(30);
/// For the whole of it.
const WHOLE: Duration = Duration::from_mins(5);

tokio::task_local! {
    static PATIENCE: Arc<Patience>;
}

/// One answer's time at a time.
#[derive(Debug, Default)]
struct Patience {
    until: Mutex<Option<Instant>>,
    begun: Notify,
}

impl Patience {
    fn set(&self, until: Option<Instant>) {
        let mut current = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        let begins = current.is_none();
        *current = until;
        // Who sleeps until an earlier time looks again then.
        if begins {
            self.begun.notify_one();
        }
    }

    fn until(&self) -> Option<Instant> {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn runs_out(&self) {
        loop {
            match self.until() {
                Some(until) if until <= Instant::now() => return,
                Some(until) => sleep_until(until).await,
                None => self.begun.notified().await,
            }
        }
    }
}

/// Runs a stream, or a connection of HTTP/1, as long as its answers are taken;
/// `None` if one was not.
pub async fn patiently<Work: Future>(work: Work) -> Option<Work::Output> {
    let patience = Arc::new(Patience::default());
    PATIENCE
        .scope(patience.clone(), async {
            tokio::select! {
                biased;
                outcome = work => Some(outcome),
                () = patience.runs_out() => None,
            }
        })
        .await
}

/// An answer that waits to be taken.
#[derive(Debug)]
pub struct Waiting {
    patience: Option<Arc<Patience>>,
    begun: Instant,
}

impl Waiting {
    /// Begins now, in the stream or connection that runs.
    pub fn begin() -> Self {
        let waiting = Self {
            patience: PATIENCE.try_with(Arc::clone).ok(),
            begun: Instant::now(),
        };
        waiting.goes_on();
        waiting
    }

    /// Some of it was taken.
    pub fn goes_on(&self) {
        if let Some(patience) = &self.patience {
            let until = (Instant::now() + SOME).min(self.begun + WHOLE);
            patience.set(Some(until));
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(patience) = &self.patience {
            patience.set(None);
        }
    }
}

/// Runs the streams of HTTP/2 connections, each with its own patience.
#[derive(Clone, Copy, Debug)]
pub struct Streams;

impl<Stream> Executor<Stream> for Streams
where
    Stream: Future + Send + 'static,
    Stream::Output: Send + 'static,
{
    fn execute(&self, stream: Stream) {
        tokio::spawn(async move {
            if patiently(stream).await.is_none() {
                metrics::counter!("answers_not_taken_total").increment(1);
                tracing::debug!("a client took nothing of an answer: its stream ends");
            }
        });
    }
}
