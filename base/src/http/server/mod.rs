//! The accept loop. axum's own has no deadlines for its clients and no cap on
//! connections; this one has both, and drains when asked to stop.
//!
//! No client can take the server away from others. Each address gets a fair share of the
//! connections (`connection_limits`) and of the bytes that wait to be read (`response_body`),
//! and nothing waits for ever (`deadlines` of the socket, `response_timeout`).

mod connection_limits;
mod deadlines;
mod fair_share;
mod hosts;
mod response_body;
mod response_timeout;

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

use self::connection_limits::{ConnectionLimits, ConnectionPermit};
use self::deadlines::Deadlines;
use self::response_body::Responder;
use self::response_timeout::{StreamExecutor, with_response_timeout};
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
    /// Its client does not read the responses that it was sent.
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
    let limits = ConnectionLimits::new();
    let responder = Responder::new(router, trusted);
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
        let Some(permit) = limits.take(peer.ip(), is_trusted(trusted, peer.ip())) else {
            metrics::counter!("connections_refused_total").increment(1);
            let _ = stream.try_write(BUSY);
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (server, responder) = (server.clone(), responder.clone());
        let stop = stop.clone();
        connections.spawn(async move {
            let work = attend(&server, responder, stream, peer, permit, stop);
            if with_response_timeout(work).await.is_none() {
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

fn builder() -> auto::Builder<StreamExecutor> {
    let mut server = auto::Builder::new(StreamExecutor);
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

/// Answers a connection's requests until it ends, or must end.
async fn attend(
    server: &auto::Builder<StreamExecutor>,
    responder: Responder,
    stream: TcpStream,
    peer: SocketAddr,
    permit: ConnectionPermit,
    stop: CancellationToken,
) {
    let service = service_fn(|mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        responder
            .clone()
            .respond(request, peer.ip(), permit.begin_request())
    });
    let stream = TokioIo::new(Deadlines::new(stream, HEADERS, TAKING));
    let mut connection = std::pin::pin!(server.serve_connection(stream, service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        grace = until_it_must_end(&permit, &stop) => {
            connection.as_mut().graceful_shutdown();
            let rest = tokio::time::timeout(grace, connection.as_mut());
            rest.await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Returns how long the connection may take to end.
async fn until_it_must_end(permit: &ConnectionPermit, stop: &CancellationToken) -> Duration {
    tokio::select! {
        grace = permit.must_end() => grace,
        () = stop.cancelled() => DRAIN,
    }
}
