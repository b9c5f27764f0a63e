//! The facts of a request that are known before its handler runs.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};

use serde_json::Value;

use crate::http::canonical::{canonical_body, canonical_path};
use crate::http::edition::Edition;
use crate::http::packed_tags::plain_list;
use crate::http::rate_limits::RateLimitStatuses;
use crate::platform::crypto::keys::Keys;
use crate::platform::db::KeyedRequest;
use crate::problem::Problem;

/// The header with the id of a request.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The header that makes it safe to send a request twice.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The facts of one request, shared by its extractors and its transaction.
#[derive(Debug)]
pub struct RequestInfo {
    /// Identifies the request in logs, problems and the change log.
    pub id: String,
    pub method: Method,
    /// With ids in their usual spelling, so that two paths with the same meaning are equal.
    pub path: String,
    /// The query as it was sent.
    query: Option<String>,
    pub idempotency_key: Option<String>,
    /// `If-Match` as it was sent.
    if_match: Option<String>,
    /// `If-None-Match` as it was sent.
    if_none_match: Option<String>,
    /// The /24 of an IPv4 address or the /48 of an IPv6 address.
    pub address_prefix: Option<String>,
    /// The client as the network shows it: an IPv4 address, or the /64 of an IPv6 address.
    pub client: Option<String>,
    /// A keyed hash of the body, set by the extractor that read it if the request has a key.
    body_hash: OnceLock<Vec<u8>>,
    /// Set if the caller may write, but not read the answer.
    answer_is_hidden: OnceLock<()>,
    /// The body of a create in which the client chose the id, in its canonical form.
    chosen: OnceLock<Vec<u8>>,
    /// The quotas that the request was counted against.
    pub rate_limit_statuses: RateLimitStatuses,
    keys: Keys,
    edition: Edition,
    /// The public address of this server.
    server: OnceLock<Arc<str>>,
}

impl RequestInfo {
    /// Reads the head of a request.
    pub fn read(
        id: String,
        method: Method,
        uri: &Uri,
        headers: &HeaderMap,
        address: Option<IpAddr>,
        keys: &Keys,
        edition: &Edition,
    ) -> Result<Arc<Self>, Problem> {
        let text = |name: &HeaderName| read_header(headers, name);
        let idempotency_key = text(&IDEMPOTENCY_KEY)?;
        if let Some(key) = &idempotency_key {
            let printable = key.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
            if key.is_empty() || key.len() > 255 || !printable {
                return Err(Problem::Malformed(
                    "Idempotency-Key must have 1 to 255 printable ASCII characters.".into(),
                ));
            }
        }
        let if_match = text(&header::IF_MATCH)?;
        if let Some(header) = &if_match {
            versions(header)?;
        }
        let if_none_match = text(&header::IF_NONE_MATCH)?;
        Ok(Arc::new(Self {
            id,
            method,
            path: canonical_path(uri.path()),
            query: uri.query().map(str::to_owned),
            idempotency_key,
            if_match,
            if_none_match,
            address_prefix: address.map(prefix),
            client: address.map(name_client),
            body_hash: OnceLock::new(),
            answer_is_hidden: OnceLock::new(),
            chosen: OnceLock::new(),
            rate_limit_statuses: RateLimitStatuses::default(),
            keys: keys.clone(),
            edition: edition.clone(),
            server: OnceLock::new(),
        }))
    }

    /// Whether its method only reads.
    pub fn reads(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD | Method::OPTIONS)
    }

    /// Remembers the public address of this server.
    pub fn note_server(&self, address: &Arc<str>) {
        self.server.get_or_init(|| address.clone());
    }

    /// The public address of this server, with which the addresses in an answer begin.
    pub fn server(&self) -> Arc<str> {
        self.server.get().cloned().unwrap_or_default()
    }

    /// Remembers a hash of the body, to compare it with the body of a repeated request. Only a
    /// request with an idempotency key is compared.
    pub fn note_body(&self, body: &[u8]) {
        if self.idempotency_key.is_some() {
            self.body_hash.get_or_init(|| self.keys.body_tag(body));
        }
    }

    /// The idempotency key that the transaction stores, so that an equal request gets the same
    /// answer. The body must have been read before.
    pub fn key_to_claim(&self) -> Option<KeyedRequest> {
        let key = self.idempotency_key.clone()?;
        (!self.reads()).then(|| KeyedRequest {
            key,
            method: self.method.to_string(),
            path: self.path.clone(),
            body_hash: self.content_hash(),
        })
    }

    /// A keyed hash of what the request says: its body, and its query, in which `?clear=notes` and
    /// `?keep_other_sessions=true` say something too.
    fn content_hash(&self) -> Vec<u8> {
        let body_hash = self.body_hash.get().cloned().unwrap_or_default();
        match self.query.as_deref() {
            None | Some("") => body_hash,
            Some(query) => self.keys.body_tag(&[&body_hash, query.as_bytes()].concat()),
        }
    }

    /// Hides the answer, for a caller who may write but not read it.
    pub fn hide_answer(&self) {
        self.answer_is_hidden.get_or_init(|| ());
    }

    /// Whether the answer is sent without its body.
    pub fn is_answer_hidden(&self) -> bool {
        self.answer_is_hidden.get().is_some()
    }

    /// Remembers the body of a create in which the client chose the id.
    pub fn note_meaning(&self, body: &Value) {
        if body.get("id").is_some_and(|id| !id.is_null()) {
            let meaning = format!("{} {}", self.path, canonical_body(body));
            self.chosen.get_or_init(|| meaning.into_bytes());
        }
    }

    /// The hash that is stored with a row whose id the client chose. It recognizes a repeated
    /// create, even much later.
    pub fn sent_hash(&self) -> Option<Vec<u8>> {
        let chosen = self.chosen.get()?;
        Some(short(self.keys.body_tag(chosen)))
    }

    /// Whether this request equals the request that created the row. The secret key may have
    /// changed since then.
    pub fn says_again(&self, sent_hash: Option<&[u8]>) -> bool {
        let (Some(sent), Some(chosen)) = (sent_hash, self.chosen.get()) else {
            return false;
        };
        let before = self.keys.previous_body_tag(chosen).map(short);
        sent == short(self.keys.body_tag(chosen)) || before.is_some_and(|before| sent == before)
    }

    /// Refuses the request if its `If-Match` names another version than the current one, or a
    /// version of another generation of the database. The transaction has checked the generation.
    pub fn check_version(&self, current: i32) -> Result<(), Problem> {
        let Some(header) = &self.if_match else {
            return Ok(());
        };
        match versions(&self.edition.now().unseal_match(header))? {
            Some(seen) if !seen.contains(&current) => Err(Problem::Stale),
            _ => Ok(()),
        }
    }

    /// Answers with 304 if the client has the answer with this tag already.
    pub fn unless_seen(&self, etag: &str) -> Result<(), Problem> {
        let weak = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        let seen = self
            .if_none_match
            .as_deref()
            .map(|header| self.edition.now().unseal_seen(header))
            .is_some_and(|seen| seen == "*" || seen.split(',').any(|tag| weak(tag) == weak(etag)));
        match HeaderValue::try_from(etag) {
            Ok(etag) if seen => Err(Problem::NotModified(etag)),
            _ => Ok(()),
        }
    }
}

/// Shortens a hash: it only has to tell apart the few bodies that come with the same id.
fn short(mut hash: Vec<u8>) -> Vec<u8> {
    hash.truncate(16);
    hash
}

/// The version parts of entity tags, or `None` for `*`. A tag of another server matches nothing.
fn versions(header: &str) -> Result<Option<Vec<i32>>, Problem> {
    if header.trim() == "*" {
        return Ok(None);
    }
    let version = |tag: &str| {
        let tag = tag.trim();
        let inner = tag
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .ok_or_else(|| {
                let what = "Send in If-Match the ETag of an answer, like \"3-1a2b\", or a version in quotes, like \"3\".";
                Problem::Malformed(what.into())
            })?;
        let number = inner.split('-').next().and_then(|n| n.parse().ok());
        Ok(number.unwrap_or(-1))
    };
    header
        .split(',')
        .map(version)
        .collect::<Result<_, _>>()
        .map(Some)
}

/// Reads a header as one text. Changes that a proxy made to entity tags are undone.
fn read_header(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, Problem> {
    let lines = headers.get_all(name).iter().map(HeaderValue::to_str);
    let lines: Vec<_> = lines
        .collect::<Result<_, _>>()
        .map_err(|_| Problem::Malformed(format!("The header {name} must be ASCII.")))?;
    let text = (!lines.is_empty()).then(|| lines.join(", "));
    let has_tags = [header::IF_MATCH, header::IF_NONE_MATCH].contains(name);
    Ok(text.map(|text| if has_tags { plain_list(&text) } else { text }))
}

/// The name of a client for counting: its IPv4 address, or the /64 network of its IPv6 address,
/// which is usually one household.
pub fn name_client(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

fn prefix(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_compares_the_version_part_only() {
        assert_eq!(
            versions(r#""3-1.2221.9f3ac1-17.4""#).unwrap(),
            Some(vec![3])
        );
        assert_eq!(versions(r#""3", "4-0""#).unwrap(), Some(vec![3, 4]));
        assert_eq!(versions(r#""4.2221.9f3ac1-17.4""#).unwrap(), Some(vec![-1]));
        assert_eq!(versions("*").unwrap(), None);
        assert!(versions("3").is_err());
    }

    #[test]
    fn an_address_is_kept_as_its_prefix() {
        assert_eq!(prefix("203.0.113.9".parse().unwrap()), "203.0.113.0/24");
        assert_eq!(
            prefix("::ffff:203.0.113.9".parse().unwrap()),
            "203.0.113.0/24"
        );
        assert_eq!(
            prefix("2001:db8:1:2::3".parse().unwrap()),
            "2001:db8:1::/48"
        );
    }
}
