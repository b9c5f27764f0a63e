//! How long a client may take to read a response. HTTP libraries wait forever for a client that
//! keeps its HTTP/2 window closed. When the time is up, the stream of HTTP/2 is dropped, which
//! resets it. With HTTP/1 the connection is dropped.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::rt::Executor;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// The time for the next piece of a response.
const PROGRESS: Duration = Duration::from_secs(30);
/// The time for the whole response.
const TOTAL: Duration = Duration::from_mins(5);

tokio::task_local! {
    static RESPONSE_TIMEOUT: Arc<ResponseTimeout>;
}

/// When the current response runs out of time, if there is one.
#[derive(Debug, Default)]
struct ResponseTimeout {
    until: Mutex<Option<Instant>>,
    begun: Notify,
}

impl ResponseTimeout {
    fn set(&self, until: Option<Instant>) {
        let mut current = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        let was_unset = current.is_none();
        *current = until;
        // A task that sleeps until an earlier time checks again when it wakes.
        if was_unset {
            self.begun.notify_one();
        }
    }

    fn until(&self) -> Option<Instant> {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn expires(&self) {
        loop {
            match self.until() {
                Some(until) if until <= Instant::now() => return,
                Some(until) => sleep_until(until).await,
                None => self.begun.notified().await,
            }
        }
    }
}

/// Runs a stream, or a connection of HTTP/1, as long as its client reads the responses. Returns
/// `None` if a response ran out of time.
pub async fn with_response_timeout<Work: Future>(work: Work) -> Option<Work::Output> {
    let timeout = Arc::new(ResponseTimeout::default());
    RESPONSE_TIMEOUT
        .scope(timeout.clone(), async {
            tokio::select! {
                biased;
                outcome = work => Some(outcome),
                () = timeout.expires() => None,
            }
        })
        .await
}

/// Measures the time of one response until it is dropped.
#[derive(Debug)]
pub struct ResponseTimer {
    timeout: Option<Arc<ResponseTimeout>>,
    begun: Instant,
}

impl ResponseTimer {
    /// Starts now, for the current stream or connection.
    pub fn begin() -> Self {
        let timer = Self {
            timeout: RESPONSE_TIMEOUT.try_with(Arc::clone).ok(),
            begun: Instant::now(),
        };
        timer.restart();
        timer
    }

    /// The client has read a piece.
    pub fn restart(&self) {
        if let Some(timeout) = &self.timeout {
            let until = (Instant::now() + PROGRESS).min(self.begun + TOTAL);
            timeout.set(Some(until));
        }
    }
}

impl Drop for ResponseTimer {
    fn drop(&mut self) {
        if let Some(timeout) = &self.timeout {
            timeout.set(None);
        }
    }
}

/// Runs the streams of HTTP/2 connections, each with a timeout of its own.
#[derive(Clone, Copy, Debug)]
pub struct StreamExecutor;

impl<Stream> Executor<Stream> for StreamExecutor
where
    Stream: Future + Send + 'static,
    Stream::Output: Send + 'static,
{
    fn execute(&self, stream: Stream) {
        tokio::spawn(async move {
            if with_response_timeout(stream).await.is_none() {
                metrics::counter!("answers_not_taken_total").increment(1);
                tracing::debug!("closed a stream, because its client did not read its answer");
            }
        });
    }
}
