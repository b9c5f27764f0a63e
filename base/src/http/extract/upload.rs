//! A body that is a file. It is not in the slot of its request while it arrives, because a phone
//! with a bad connection takes half a minute to send a picture.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header;
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::shape_of;
use crate::app::{App, SharedState};
use crate::http::request::RequestInfo;
use crate::platform::gate::step_out;
use crate::problem::Problem;

/// How many files may be in memory at once. The next one is answered with 503.
const AT_ONCE: usize = 8;
/// How long a file may take to arrive. The answer is 503 by then.
const PATIENCE: Duration = Duration::from_secs(30);
/// Of a file that is too large, so many times the limit is read and thrown away. A connection that
/// is closed while the client still sends would lose the answer that says why.
const THROWN_AWAY: usize = 8;

/// A file, of any media type: what it is says its content. Its largest size is in the document
/// (`x-max-bytes`). Extract it after the caller, so that it is not read for strangers.
#[derive(Debug)]
pub struct Upload {
    pub bytes: Bytes,
    /// Held as long as the file is in memory.
    _place: OwnedSemaphorePermit,
}

/// The places for files in memory.
struct Places(Arc<Semaphore>);

impl SharedState for Places {
    fn begin(_: &App) -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl FromRequest<App> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let encoding = request.headers().get(header::CONTENT_ENCODING);
        if encoding.is_some_and(|encoding| encoding != "identity") {
            let detail = "The file is compressed. Send it without a Content-Encoding.";
            return Err(Problem::UnsupportedPicture(detail));
        }
        let places = app.shared::<Places>().0.clone();
        let place = places.try_acquire_owned();
        let place = place.map_err(|_| Problem::Unavailable)?;
        let info = request.extensions().get::<Arc<RequestInfo>>().cloned();
        let limit = shape_of(request.extensions()).body_limit();
        let arrives = tokio::time::timeout(PATIENCE, receive(request.into_body(), limit));
        let bytes = step_out(arrives).await;
        let bytes = bytes.map_err(|_| Problem::Unavailable)??;
        if let Some(info) = info {
            info.note_body(&bytes);
        }
        Ok(Self {
            bytes,
            _place: place,
        })
    }
}

async fn receive(mut body: Body, limit: usize) -> Result<Bytes, Problem> {
    let (mut file, mut thrown_away) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let ended = |_| Problem::Malformed("The body ended too early. Send it again.".into());
        let Ok(data) = frame.map_err(ended)?.into_data() else {
            continue;
        };
        if thrown_away == 0 && file.len() + data.len() <= limit {
            file.extend_from_slice(&data);
            continue;
        }
        thrown_away += std::mem::take(&mut file).len() + data.len();
        if thrown_away > THROWN_AWAY * limit {
            break;
        }
    }
    if thrown_away > 0 {
        return Err(Problem::TooLarge(limit));
    }
    Ok(file.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(number: usize) -> Body {
        let chunks = (0..number).map(|_| Ok::<_, std::io::Error>("1234567890"));
        Body::from_stream(futures_util::stream::iter(chunks))
    }

    #[tokio::test]
    async fn a_file_may_be_as_large_as_the_limit_and_no_larger() {
        assert_eq!(receive(chunks(10), 100).await.unwrap().len(), 100);
        for (number, limit) in [(10, 99), (11, 100), (1000, 100)] {
            let refused = receive(chunks(number), limit).await.unwrap_err();
            assert!(matches!(refused, Problem::TooLarge(at) if at == limit));
        }
    }
}
