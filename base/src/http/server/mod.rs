//! The accept loop. axum's own has no deadlines for its clients and no cap on
//! connections; this one has both, and drains when asked to stop.
//!
//! A client cannot take the server away from others: connections have places, of
//! which each address gets a share (`places`); so have the bytes of answers that
//! wait to be taken (`answers`); and nothing waits for ever (`deadlines`, `patience`).

mod answers;
mod deadlines;
mod hosts;
mod patience;
mod places;
mod shares;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::answers::Answers;
use self::deadlines::Deadlines;
use self::patience::{Streams, patiently};
use self::places::{Place, Places};
use crate::config::TrustedProxy;
use crate::http::proxies::is_trusted;

/// For a request's head; a connection that is kept open may be silent as long.
const HEADERS: Duration = Duration::from_secs(10);
const BODY: Duration = Duration::from_secs(30);
/// For a client to take some of its answer.
const TAKING: Duration = Duration::from_secs(30);
const PING: Duration = Duration::from_secs(75);
const DRAIN: Duration = Duration::from_secs(25);
/// More than the application takes, which says so in words.
const MAX_HEADERS: usize = 128;
const MAX_HEAD: u32 = 32 * 1024;
const MAX_STREAMS: u32 = 100;
/// Of request bodies that nobody has read yet: the largest body, and some of them.
const STREAM_WINDOW: u32 = 64 * 1024;
const CONNECTION_WINDOW: u32 = 256 * 1024;
const BUSY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    retry-after: 5\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// Why the application refuses a request that the server has looked at.
#[derive(Clone, Copy, Debug)]
pub enum Refusal {
    /// Its host; says what is wrong with it.
    Host(&'static str),
    /// Its client does not take the answers it has.
    Busy,
}

/// Serves until `stop` is cancelled, then drains for at most 25 seconds.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    trusted: &[TrustedProxy],
    stop: CancellationToken,
) {
    let server = Arc::new(builder());
    let places = Places::new();
    let answers = Answers::new(router, trusted);
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file handles, mostly: wait for some connection to end.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Some(place) = places.take(peer.ip(), is_trusted(trusted, peer.ip())) else {
            metrics::counter!("connections_refused_total").increment(1);
            let _ = stream.try_write(BUSY);
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (server, answers) = (server.clone(), answers.clone());
        let stop = stop.clone();
        connections.spawn(async move {
            let work = attend(&server, answers, stream, peer, place, stop);
            if patiently(work).await.is_none() {
                tracing::debug!("a client took nothing of its answer: its connection ends");
            }
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(DRAIN, connections.wait())
        .await
        .is_err()
    {
        tracing::warn!("some connections did not end in time");
    }
}

fn builder() -> auto::Builder<Streams> {
    let mut server = auto::Builder::new(Streams);
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD as usize)
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(HEADERS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD);
    server
}

/// Answers a connection's requests until it ends, or has to.
async fn attend(
    server: &auto::Builder<Streams>,
    answers: Answers,
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    stop: CancellationToken,
) {
    let service = service_fn(|mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        answers.clone().answer(request, peer.ip(), place.busy())
    });
    let stream = TokioIo::new(Deadlines::new(stream, HEADERS, TAKING));
    let mut connection = std::pin::pin!(server.serve_connection(stream, service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        farewell = until_it_has_to_end(&place, &stop) => {
            connection.as_mut().graceful_shutdown();
            let rest = tokio::time::timeout(farewell, connection.as_mut());
            rest.await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Answers how long the connection may take to end.
async fn until_it_has_to_end(place: &Place, stop: &CancellationToken) -> Duration {
    tokio::select! {
        farewell = place.ends() => farewell,
        () = stop.cancelled() => DRAIN,
    }
}
