//! The layers that every request passes before and after its handler.

use std::future::{Ready, ready};
use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use uuid::Uuid;

use crate::app::App;
use crate::http::edition::TagEnd;
use crate::http::proxies::client_address;
use crate::http::request::{RequestInfo, X_REQUEST_ID};
use crate::http::server::Refusal;
use crate::problem::{Problem, ProblemBody};

/// After this time the answer is 503. A write still runs to its end.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The longest path and query, in bytes.
pub const MAX_URI: usize = 8 * 1024;
/// The largest headers, names and values together, in bytes. The accept loop limits the head as a
/// whole.
pub const MAX_HEADERS: usize = 16 * 1024;
pub const MAX_HEADER_COUNT: usize = 100;

/// Gives the request its id, runs it, measures it, and adds the headers of every answer. A panic
/// becomes a 500, and a client that disconnects does not stop a write.
pub async fn handle(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(&app, &request);
    let method = request.method().clone();
    let address = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(peer)| {
            app.unheeded_proxies()
                .notice(&app, peer.ip(), request.headers());
            client_address(app.trusted_proxies(), peer.ip(), request.headers())
        });
    let span = tracing::info_span!("request", id, %method, route = tracing::field::Empty);

    // Taken before anything is read, because the database may be replaced during the request.
    let tag_end = app.edition().now();
    let mut response = match prepare(&app, &mut request, &id, address) {
        Ok(()) => run(&app, request, next).instrument(span.clone()).await,
        Err(problem) => problem.into_response(),
    };

    let route = response
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    finish(&app, &mut response, &id, &tag_end);
    let status = response.status().as_u16();
    let elapsed = started.elapsed();
    metrics::histogram!(
        "http_request_duration_seconds",
        "method" => method_label(&method),
        "route" => route.clone(),
        "status" => status.to_string(),
    )
    .record(elapsed);
    span.record("route", &route);
    span.in_scope(|| {
        let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status, millis, "answered");
    });
    response
}

fn request_id(app: &App, request: &Request) -> String {
    request
        .headers()
        .get(X_REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            (1..=100).contains(&id.len()) && id.bytes().all(allowed)
        })
        .map_or_else(|| app.clock().new_id::<Uuid>().to_string(), str::to_owned)
}

fn prepare(
    app: &App,
    request: &mut Request,
    id: &str,
    address: Option<IpAddr>,
) -> Result<(), Problem> {
    match request.extensions().get::<Refusal>() {
        Some(Refusal::Host(fault)) => return Err(Problem::Malformed((*fault).into())),
        Some(Refusal::Busy) => return Err(Problem::Unavailable),
        None => {}
    }
    let uri = request.uri();
    if uri
        .path_and_query()
        .is_some_and(|text| text.as_str().len() > MAX_URI)
    {
        return Err(Problem::UriTooLong);
    }
    let headers = request.headers();
    let sizes = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len());
    if headers.len() > MAX_HEADER_COUNT || sizes.sum::<usize>() > MAX_HEADERS {
        return Err(Problem::HeadersTooLarge);
    }
    let info = RequestInfo::read(
        id.to_owned(),
        request.method().clone(),
        uri,
        request.headers(),
        address,
        app.keys(),
        &app.edition(),
    )?;
    info.note_server(app.public_address());
    request.extensions_mut().insert(info);
    Ok(())
}

/// In the extensions of a write: canceled when nobody waits for its answer any more. A write that
/// has not begun by then need not begin.
#[derive(Clone, Debug)]
pub struct HungUp(pub CancellationToken);

/// Runs the inner layers and the handler. A request that may write runs in its own task, so that a
/// client that disconnects cannot stop it in the middle, and shutting down waits for it.
async fn run(app: &App, mut request: Request, next: Next) -> Response {
    let reads = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let hung_up = CancellationToken::new();
    if !reads {
        request.extensions_mut().insert(HungUp(hung_up.clone()));
    }
    // Dropped with this future, when the client hangs up or has waited too long.
    let _waits = hung_up.drop_guard();
    let guarded = async move { AssertUnwindSafe(next.run(request)).catch_unwind().await };
    let outcome = if reads {
        tokio::time::timeout(TIME_LIMIT, guarded).await
    } else {
        let task = app.task_tracker().spawn(guarded.in_current_span());
        let joined = async {
            match task.await {
                Ok(outcome) => outcome,
                Err(error) => Err(error.into_panic()),
            }
        };
        tokio::time::timeout(TIME_LIMIT, joined).await
    };
    match outcome {
        Ok(Ok(response)) => response,
        Ok(Err(_panic)) => Problem::internal(anyhow::anyhow!("a handler panicked")).into_response(),
        Err(_late) => Problem::Unavailable.into_response(),
    }
}

/// Puts the route's name where [`handle`] finds it. It must run inside the router.
pub async fn note_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

/// Adds the headers of every answer, also of the answers that a layer gives.
pub async fn put_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("authorization"));
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_unclear = kind.starts_with("text/") && !kind.contains("charset=");
    let clear = HeaderValue::try_from(format!("{kind}; charset=utf-8"));
    if let Some(kind) = clear.ok().filter(|_| is_unclear) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    response
}

const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (
        header::STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=63072000; includeSubDomains"),
    ),
];

/// Adds the request's id, also inside a problem, and the end of the entity tag.
fn finish(app: &App, response: &mut Response, id: &str, tag_end: &TagEnd) {
    if let Some(mut body) = response.extensions_mut().remove::<ProblemBody>() {
        body.request_id = Some(id.to_owned());
        body.kind = app.base_path().join(&body.kind);
        let rendered = body.render();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = rendered.into_body();
    }
    let tag = response.headers().get(header::ETAG);
    let tag = tag.and_then(|tag| tag.to_str().ok());
    let sealed = tag.map(|tag| HeaderValue::try_from(tag_end.seal(tag)));
    if let Some(Ok(sealed)) = sealed {
        response.headers_mut().insert(header::ETAG, sealed);
    }
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    app.base_path().put_on(response);
}

/// Names only known methods, so that clients cannot add labels to a metric.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The answer if no route matches the path.
pub fn not_found() -> Ready<Problem> {
    ready(Problem::NotFound)
}

/// The answer if the route does not have the method.
pub fn method_not_allowed() -> Ready<Problem> {
    ready(Problem::MethodNotAllowed)
}

/// Redirects a person who opens the server's address to its documentation.
pub fn lead_to_docs() -> Ready<Redirect> {
    ready(Redirect::temporary("/docs/"))
}

/// Says only that the process runs.
pub fn livez() -> Ready<StatusCode> {
    ready(StatusCode::NO_CONTENT)
}

/// The documentation page has its own scripts and styles, so it needs a wider policy.
pub async fn docs_policy(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
             form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
        ),
    );
    response
}
