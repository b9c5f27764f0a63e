//! From a socket to a handler and back: the server, its layers, how a request is read (headers,
//! bodies, pages) and how an answer is written.

pub mod base_path;
pub mod canonical;
pub mod cors;
mod cursor;
pub mod edition;
pub mod entity_tag;
pub mod extract;
pub mod metrics;
pub mod middleware;
pub mod openapi;
pub mod packed_tags;
pub mod pagination;
pub mod proxies;
pub mod rate_limits;
pub mod readiness;
pub mod request;
pub mod response;
pub mod server;
