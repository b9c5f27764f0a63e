//! The accept loop. The loop of axum has no deadlines for clients and no limit on connections. This
//! one has both, and finishes open requests before it stops.
//!
//! No client can block the server for others. Each address gets a fair share of the connections
//! (`connection_limits`) and of the response bytes that wait to be read (`response_body`), and
//! nothing waits forever (`deadlines` of the socket, `response_timeout`).

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

/// The time for the head of a request. A connection may also be idle so long between requests.
const HEADERS: Duration = Duration::from_secs(10);
const BODY: Duration = Duration::from_secs(30);
/// The time in which a client must read some of its answer.
const TAKING: Duration = Duration::from_secs(30);
const PING: Duration = Duration::from_secs(75);
const DRAIN: Duration = Duration::from_secs(25);
/// More than the application accepts, so that the application can answer with a problem.
const MAX_HEADERS: usize = 128;
const MAX_HEAD: u32 = 32 * 1024;
const MAX_STREAMS: u32 = 100;
/// For request bodies that are not read yet: one of the largest bodies, and several together.
const STREAM_WINDOW: u32 = 64 * 1024;
const CONNECTION_WINDOW: u32 = 256 * 1024;
const BUSY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    retry-after: 5\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// Why the application must refuse a request that the server has checked.
#[derive(Clone, Copy, Debug)]
pub enum Refusal {
    /// Its host is wrong. Says what to send.
    Host(&'static str),
    /// Its client does not read its responses.
    Busy,
}

/// Serves until `stop` is canceled, and then lets open requests finish for at most 25 seconds.
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
                // Usually there are no file handles left: wait until some connection ends.
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
                tracing::debug!("closed a connection, because its client did not read its answer");
            }
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(DRAIN, connections.wait())
        .await
        .is_err()
    {
        tracing::warn!("some connections were still open when the server stopped");
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

/// Answers the requests of a connection until it ends or must end.
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
