//! The lowest layers of Kith: settings, the data model, the platform and HTTP. They know no
//! feature and no permission. They are a crate of their own so that a change above them does not
//! compile them again: that halves the time of a `cargo check`.
//!
//! The crate `kith` re-exports these modules and continues the list. As there, a module uses only
//! modules that are declared before it.

// `#[derive(Row)]` names this crate, and is used in it.
extern crate self as kith_base;

// Settings as plain values, the data model, all problems.
pub mod config;

// How a row of the database becomes a struct.
pub mod row;

pub mod entity;

pub mod problem;

// What does not know the domain: the database, the queue, mail, keys, time, text.
pub mod platform;

// What all requests share, and the path from a socket to a handler and back.
pub mod app;

pub mod http;

// Moments, windows, due dates.
pub mod schedule;
