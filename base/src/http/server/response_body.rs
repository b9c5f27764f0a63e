//! Limits the bytes of responses that clients have not read yet, of all clients and of each client.
//! A client that does not read its responses soon gets no new ones.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, Request, Response, Version, header};
use axum::response::IntoResponse;
use hyper::body::{Frame, Incoming, SizeHint};
use tower::ServiceExt;
use tower_http::timeout::RequestBodyDeadlineLayer;

use super::connection_limits::RequestInFlight;
use super::fair_share::{ByteBudget, FairShare, HeldBytes};
use super::response_timeout::ResponseTimer;
use super::{BODY, Refusal, hosts};
use crate::config::TrustedProxy;
use crate::http::middleware::put_headers;
use crate::http::proxies::client_address;
use crate::http::request::{X_REQUEST_ID, name_client};
use crate::problem::{Problem, ProblemBody};

/// The limit for the bytes of all responses that wait to be read.
const UNREAD: FairShare = FairShare {
    limit: 64 * 1024 * 1024,
    max_per_client: 16 * 1024 * 1024,
};
/// A larger response is passed on in chunks, as the client reads it.
const CHUNK: usize = 16 * 1024;
/// How much of a response the HTTP library may still hold when all of it was passed on.
const TAIL: usize = 1024;

/// Answers requests, and counts the bytes that wait to be read.
#[derive(Clone, Debug)]
pub struct Responder {
    router: Router,
    unread: Arc<ByteBudget>,
    trusted: Arc<[TrustedProxy]>,
}

impl Responder {
    pub fn new(router: Router, trusted: &[TrustedProxy]) -> Self {
        Self {
            router,
            unread: ByteBudget::new(UNREAD),
            trusted: trusted.into(),
        }
    }

    /// Answers a request from a peer.
    pub async fn respond(
        self,
        mut request: Request<Incoming>,
        peer: IpAddr,
        in_flight: RequestInFlight,
    ) -> Result<Response<ResponseBody>, Infallible> {
        let version = request.version();
        let reads = request.method().is_safe();
        let client = client_address(&self.trusted, peer, request.headers());
        let client = name_client(client);
        if let Err(fault) = hosts::check(&request) {
            request.extensions_mut().insert(Refusal::Host(fault));
        } else if !self.unread.has_room(&client) {
            request.extensions_mut().insert(Refusal::Busy);
        }
        let service = tower::ServiceBuilder::new()
            .layer(RequestBodyDeadlineLayer::new(BODY))
            .service(self.router);
        let Ok(response) = service.oneshot(request).await;
        let bytes = size_of(&response);
        let held = match self.unread.take(&client, bytes) {
            // The change is already in the database, so the client must learn about it.
            None if !reads => Some(self.unread.take_anyway(&client, bytes)),
            held => held,
        };
        let response = if held.is_some() || bytes <= CHUNK {
            response
        } else {
            metrics::counter!("answers_refused_total").increment(1);
            let id = response.headers().get(X_REQUEST_ID).cloned();
            drop(response);
            refuse(id).await
        };
        Ok(response.map(|body| ResponseBody {
            body,
            rest: Bytes::new(),
            keeps_tail: version == Version::HTTP_2,
            timer: ResponseTimer::begin(),
            _held: held,
            _in_flight: in_flight,
        }))
    }
}

fn size_of(response: &Response<Body>) -> usize {
    let bytes = response.body().size_hint().lower();
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// 503 with the same request id, in place of a response that there is no room for.
async fn refuse(id: Option<HeaderValue>) -> Response<Body> {
    let mut refusal = Problem::Unavailable.into_response();
    if let Some(mut problem) = refusal.extensions_mut().remove::<ProblemBody>() {
        let text = id.as_ref().and_then(|id| id.to_str().ok());
        problem.request_id = text.map(str::to_owned);
        *refusal.body_mut() = problem.render().into_body();
        refusal.headers_mut().remove(header::CONTENT_LENGTH);
    }
    if let Some(id) = id {
        refusal.headers_mut().insert(X_REQUEST_ID, id);
    }
    put_headers(refusal).await
}

/// The body of a response. It counts as unread until it is dropped.
#[derive(Debug)]
pub struct ResponseBody {
    body: Body,
    rest: Bytes,
    /// The last byte, which is passed on alone. HTTP/2 asks for it only when the window had room
    /// for everything before it, so the library holds nothing when the body is dropped.
    keeps_tail: bool,
    timer: ResponseTimer,
    _held: Option<HeldBytes>,
    _in_flight: RequestInFlight,
}

impl ResponseBody {
    fn next_chunk(&mut self) -> Bytes {
        let all = self.rest.len();
        let keeps_tail = self.keeps_tail && all > TAIL && self.body.is_end_stream();
        let most = if keeps_tail { all - 1 } else { all };
        self.rest.split_to(most.min(CHUNK))
    }
}

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.timer.restart();
        if self.rest.is_empty() {
            let frame = match std::task::ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => frame,
                ended => return Poll::Ready(ended),
            };
            match frame.into_data() {
                Ok(data) => self.rest = data,
                Err(other) => return Poll::Ready(Some(Ok(other))),
            }
        }
        let chunk = self.next_chunk();
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (of_body, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        if let Some(upper) = of_body.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(of_body.lower() + rest);
        hint
    }
}
