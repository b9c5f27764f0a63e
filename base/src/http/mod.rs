//! HTTP: the server with its limits, the layers around every request, reading requests (headers,
//! bodies, pages) and writing answers.

pub mod admission;
pub mod base_path;
pub mod canonical;
pub mod compression;
pub mod cors;
mod cursor;
pub mod edition;
pub mod entity_tag;
pub mod extract;
pub mod file_address;
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
pub mod static_file;
