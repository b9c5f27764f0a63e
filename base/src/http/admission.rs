//! Decides which requests are worked on, if there are more than the server can do: see
//! [`gate`](crate::platform::gate). The others get 503 with `Retry-After`.
//!
//! Reads and writes have a gate each, because writes wait for each other and reads do not. `/livez`,
//! `/readyz`, metrics, the documentation and its files pass no gate: they cost nothing, and people
//! who watch a busy server need them most. Signing out passes none either: a person must always be
//! able to end a session that somebody else has.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use tokio_util::sync::CancellationToken;

use crate::app::{App, SharedState};
use crate::http::extract::BODY_LIMIT;
use crate::http::middleware::HungUp;
use crate::http::request::RequestInfo;
use crate::platform::gate::{Gate, Limits, hold};
use crate::problem::Problem;

/// So many reads work at a time for each core. Some of them wait for the database.
const READS_PER_CORE: usize = 4;
/// A server with one core still has several reads in PostgreSQL at a time.
const FEWEST_READS: usize = 8;
/// Ends a session, however much there is to do.
const SIGN_OUT: &str = "/v1/sessions/sign-out";
/// Writes of one circle wait for each other: one is in its transaction, and one prepares.
const WRITES_OF_A_CLIENT: usize = 2;

const READS: Limits = Limits {
    at_once: FEWEST_READS,
    per_client: FEWEST_READS / 2,
    patient: 32,
    patience: Duration::from_millis(200),
    longest: Duration::from_secs(2),
    waiting: 1024,
};

/// The gates of a server.
#[derive(Debug)]
pub struct Admission {
    reads: Arc<Gate>,
    writes: Arc<Gate>,
}

impl Admission {
    /// Gates with these limits.
    pub fn new(reads: Limits, writes: Limits) -> Self {
        Self {
            reads: Gate::new(reads),
            writes: Gate::new(writes),
        }
    }

    /// The limits for a machine with so many cores.
    fn of_cores(cores: usize) -> Self {
        let reads = FEWEST_READS.max(cores.saturating_mul(READS_PER_CORE));
        let reads = Limits {
            at_once: reads,
            per_client: reads / 2,
            ..READS
        };
        // On SQLite one writes and the others prepare. On PostgreSQL they do not take all
        // connections from the reads.
        let writes = Limits {
            at_once: reads.at_once / 2,
            per_client: WRITES_OF_A_CLIENT,
            ..READS
        };
        Self::new(reads, writes)
    }
}

impl SharedState for Admission {
    fn begin(_: &App) -> Self {
        Self::of_cores(std::thread::available_parallelism().map_or(1, usize::from))
    }
}

impl App {
    /// The gates that all requests pass.
    pub fn admission(&self) -> Arc<Admission> {
        self.shared()
    }
}

/// Works on a request when it is its turn, or answers 503 if the server has too much to do.
pub async fn admit(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(info) = request.extensions().get::<Arc<RequestInfo>>().cloned() else {
        return next.run(request).await;
    };
    if info.method == Method::POST && info.path == SIGN_OUT {
        return next.run(request).await;
    }
    let admission = app.admission();
    let (gate, kind) = if info.reads() {
        (&admission.reads, "read")
    } else {
        (&admission.writes, "write")
    };
    // A client that sends its body slowly must not have a slot meanwhile.
    let request = receive(request).await;
    let token = request.headers().get(header::AUTHORIZATION);
    let client = gate.client([
        info.client.as_deref().map(str::as_bytes),
        token.map(HeaderValue::as_bytes),
        circle_in(&info.path).map(str::as_bytes),
    ]);
    let begun = Instant::now();
    // A write runs in a task of its own, which does not end when its client hangs up. As long as
    // it waits in the line, it can.
    let hung_up = request.extensions().get::<HungUp>();
    let hung_up = hung_up.map_or_else(CancellationToken::new, |HungUp(token)| token.clone());
    let entered = hung_up.run_until_cancelled(gate.enter(client)).await;
    // Both may have happened at the same time.
    let slot = entered.flatten().filter(|_| !hung_up.is_cancelled());
    let waited = begun.elapsed();
    if let Some(slot) = slot {
        metrics::histogram!("request_wait_duration_seconds", "kind" => kind).record(waited);
        // A read of SQLite waits for nothing. It would be answered before those that have arrived
        // meanwhile could enter the line, and they would wait where nobody is fair: in the sockets.
        if kind == "read" {
            tokio::task::yield_now().await;
        }
        return hold(slot, next.run(request)).await;
    }
    metrics::counter!("requests_refused_total", "kind" => kind).increment(1);
    Problem::Unavailable.into_response()
}

/// The circle that a path names.
fn circle_in(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/v1/circles/")?;
    rest.split('/').next().filter(|circle| !circle.is_empty())
}

/// Waits for the body. Of a body that is larger than usual, the rest comes later.
async fn receive(request: Request) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    let (parts, mut rest) = request.into_parts();
    // Only the bytes are kept. A client can send each in a frame of its own, and a frame takes
    // many times its place.
    let (mut data, mut end, mut is_whole) = (Vec::<u8>::new(), None, false);
    while data.len() <= BODY_LIMIT {
        let Some(frame) = rest.frame().await else {
            is_whole = true;
            break;
        };
        match frame.map(Frame::into_data) {
            Ok(Ok(bytes)) => data.extend_from_slice(&bytes),
            Ok(Err(trailers)) => end = Some(Ok(trailers)),
            Err(error) => end = Some(Err(error)),
        }
        // Nothing follows trailers or an error.
        if end.is_some() {
            is_whole = true;
            break;
        }
    }
    let received = Received {
        data: data.into(),
        end,
        is_whole,
        rest,
    };
    Request::from_parts(parts, Body::new(received))
}

/// A body whose beginning has arrived. It has the same bytes, and the same end.
#[derive(Debug)]
struct Received {
    data: Bytes,
    /// The trailers, or the error with which the body breaks off.
    end: Option<Result<Frame<Bytes>, axum::Error>>,
    /// Nothing more comes from `rest`.
    is_whole: bool,
    rest: Body,
}

impl HttpBody for Received {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if !self.data.is_empty() {
            let data = std::mem::take(&mut self.data);
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if self.is_whole {
            return Poll::Ready(self.end.take());
        }
        Pin::new(&mut self.rest).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_empty() && self.end.is_none() && self.is_whole
    }

    fn size_hint(&self) -> SizeHint {
        let received = u64::try_from(self.data.len()).unwrap_or(u64::MAX);
        if self.is_whole {
            return SizeHint::with_exact(received);
        }
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(received));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(received));
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_its_circle() {
        assert_eq!(circle_in("/v1/circles/c1/tasks"), Some("c1"));
        assert_eq!(circle_in("/v1/circles/c1"), Some("c1"));
        for path in ["/v1/circles", "/v1/circles/", "/v1/me", "/v1/invitations"] {
            assert_eq!(circle_in(path), None, "{path}");
        }
    }

    #[test]
    fn a_larger_machine_has_more_slots_and_no_client_has_all() {
        for (cores, reads, writes) in [(1, 8, 4), (2, 8, 4), (8, 32, 16)] {
            let admission = Admission::of_cores(cores);
            let [of_reads, of_writes] = [admission.reads.limits(), admission.writes.limits()];
            assert_eq!((of_reads.at_once, of_writes.at_once), (reads, writes));
            assert!(of_reads.per_client < reads && of_writes.per_client < writes);
        }
    }

    #[tokio::test]
    async fn a_body_that_has_arrived_reads_as_it_was_sent() {
        for bytes in [1, BODY_LIMIT, 3 * BODY_LIMIT] {
            let chunks: Vec<_> = (0..bytes)
                .map(|number| {
                    Ok::<_, std::io::Error>(vec![u8::try_from(number % 251).unwrap_or(0)])
                })
                .collect();
            let sent: Vec<u8> = chunks.iter().flatten().flatten().copied().collect();
            let stream = futures_util::stream::iter(chunks);
            let request = Request::new(Body::from_stream(stream));
            let body = receive(request).await.into_body();
            let read = body.collect().await.unwrap().to_bytes();
            assert!(read == sent, "{bytes}");
        }
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_still_breaks_off() {
        let chunks = [Ok("{"), Err(std::io::Error::other("gone"))];
        let stream = futures_util::stream::iter(chunks);
        let request = Request::new(Body::from_stream(stream));
        let body = receive(request).await.into_body();
        assert!(body.collect().await.is_err());
    }

    #[tokio::test]
    async fn chunks_without_a_byte_are_no_body() {
        let chunks = [Ok::<_, std::io::Error>(""), Ok("")];
        let stream = futures_util::stream::iter(chunks);
        let request = Request::new(Body::from_stream(stream));
        let body = receive(request).await.into_body();
        assert!(body.is_end_stream());
        assert_eq!(body.size_hint().exact(), Some(0));
    }
}
