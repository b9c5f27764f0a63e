//! Kith: care coordination for families with a seriously ill relative.
//!
//! This page is the map of the crate. The modules below are layers, from the bottom up: a module
//! uses only modules that are declared before it. The test
//! `no_module_uses_a_module_that_is_declared_after_it` (`tests/api/structure/layers.rs`) reads this
//! order. The lowest layers are in `base/src/lib.rs`.
//!
//! # Where to read on
//!
//! - [`api`] lists every route, and follows one request from the socket to the email.
//!   [`background`] lists every job.
//! - [`access::permission`] says who may do what. [`access::visibility`] says who sees which rows.
//! - [`features::tasks`] is the feature to imitate. [`entity`] is the data model.
//! - Six mechanisms carry the rest: [what a caller sees](access::visibility), the
//!   transaction ([`access::CircleWrite`] inside a circle, [`platform::db::Transaction`]
//!   underneath), the [queue](platform::queue), the [change log](access::change_log),
//!   [reminders](notify::reminders), and the [data map](privacy::DATA_MAP).

// The lowest layers, a crate of its own in `base/`: settings, the data model, problems, the
// database, the queue, mail, keys, time, text, HTTP, due dates.
pub use kith_base::{app, config, entity, http, platform, problem, row, schedule};

// Who the caller is, and what the caller may see and do.
pub mod auth;

pub mod access;

// What members are told by email, and what their apps are told.
pub mod notify;

pub mod sync;

// What a family shares: one folder for each area of the API.
pub mod features;

// Which data is kept, exported and erased.
pub mod privacy;

// The pages that emails link to.
pub mod web;

// Every route, and every job.
pub mod api;

pub mod background;

// The operator's commands, and a demo family.
pub mod admin;

pub mod demo;
