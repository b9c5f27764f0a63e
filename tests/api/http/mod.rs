//! What every operation shares on its way from the socket to the answer.

mod addresses;
mod admission;
mod base_path;
mod compression;
mod cors;
mod entity_tags;
mod headers;
mod idempotency;
mod limits;
mod packed_tags;
mod rate_limits;
mod sockets;
