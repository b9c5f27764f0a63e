//! What waits to be taken, bounded: over all clients, and for each of them. A
//! client that takes nothing of its answers is soon refused new ones.

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

use super::patience::Waiting;
use super::places::Busy;
use super::shares::{Room, Share, Shares};
use super::{BODY, Refusal, hosts};
use crate::config::TrustedProxy;
use crate::http::layers::put_headers;
use crate::http::proxies::client_address;
use crate::http::request::{X_REQUEST_ID, name_client};
use crate::problem::{Problem, ProblemBody};

/// Of all answers that wait to be taken, in bytes.
const WAITING: Room = Room {
    limit: 64 * 1024 * 1024,
    most: 16 * 1024 * 1024,
};
/// Larger answers are handed on piece by piece, as they are taken.
const PIECE: usize = 16 * 1024;
/// What of an answer the HTTP library may keep when everything was handed to it.
const TAIL: usize = 1024;

/// Answers requests, and keeps count of what waits.
#[derive(Clone, Debug)]
pub struct Answers {
    router: Router,
    waiting: Arc<Shares>,
    trusted: Arc<[TrustedProxy]>,
}

impl Answers {
    pub fn new(router: Router, trusted: &[TrustedProxy]) -> Self {
        Self {
            router,
            waiting: Shares::new(WAITING),
            trusted: trusted.into(),
        }
    }

    /// The answer to a request that came from a peer.
    pub async fn answer(
        self,
        mut request: Request<Incoming>,
        peer: IpAddr,
        busy: Busy,
    ) -> Result<Response<Taken>, Infallible> {
        let version = request.version();
        let reads = request.method().is_safe();
        let client = client_address(&self.trusted, peer, request.headers());
        let client = name_client(client);
        if let Err(fault) = hosts::check(&request) {
            request.extensions_mut().insert(Refusal::Host(fault));
        } else if !self.waiting.has_room(&client) {
            request.extensions_mut().insert(Refusal::Busy);
        }
        let service = tower::ServiceBuilder::new()
            .layer(RequestBodyDeadlineLayer::new(BODY))
            .service(self.router);
        let Ok(response) = service.oneshot(request).await;
        let bytes = size_of(&response);
        let share = match self.waiting.take(&client, bytes) {
            // What was written was written: its answer is given.
            None if !reads => Some(self.waiting.take_anyway(&client, bytes)),
            share => share,
        };
        let response = if share.is_some() || bytes <= PIECE {
            response
        } else {
            metrics::counter!("answers_refused_total").increment(1);
            let id = response.headers().get(X_REQUEST_ID).cloned();
            drop(response);
            refuse(id).await
        };
        Ok(response.map(|body| Taken {
            body,
            rest: Bytes::new(),
            keeps_tail: version == Version::HTTP_2,
            waiting: Waiting::begin(),
            _share: share,
            _busy: busy,
        }))
    }
}

fn size_of(response: &Response<Body>) -> usize {
    let bytes = response.body().size_hint().lower();
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// 503 in place of an answer that there is no room for, under the same name.
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

/// The body of an answer, which knows that it waits.
#[derive(Debug)]
pub struct Taken {
    body: Body,
    rest: Bytes,
    /// The last byte is handed on by itself: HTTP/2 asks for it when the window
    /// has had room for all before it, and then has nothing left to keep.
    keeps_tail: bool,
    waiting: Waiting,
    _share: Option<Share>,
    _busy: Busy,
}

impl Taken {
    fn next_piece(&mut self) -> Bytes {
        let all = self.rest.len();
        let keeps_tail = self.keeps_tail && all > TAIL && self.body.is_end_stream();
        let most = if keeps_tail { all - 1 } else { all };
        self.rest.split_to(most.min(PIECE))
    }
}

impl HttpBody for Taken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.waiting.goes_on();
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
        let piece = self.next_piece();
        Poll::Ready(Some(Ok(Frame::data(piece))))
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
