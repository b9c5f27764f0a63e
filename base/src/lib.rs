//! The ground floor of Kith: settings, the data model, and the way from a socket to a handler
//! and back. It knows no feature and nobody's rights, and it is a crate of its own so that a
//! change above it is compiled without it: that halves the time of a `cargo check`.
//!
//! The crate `kith` re-exports these modules and continues the list. They stand in the order of
//! the layers, as they do there: a module uses what is declared before it.

// The ground: settings as plain values, the data model, everything that can go wrong.
pub mod config;

pub mod entity;

pub mod problem;

// Nothing of the domain: the database, the queue, mail, keys, time, text.
pub mod platform;

// What all requests share, and the way from a socket to a handler and back.
pub mod app;

pub mod http;

// Moments, windows, due dates.
pub mod schedule;
