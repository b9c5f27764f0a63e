//! Kith: care coordination for families with a seriously ill relative.
//!
//! This is the map of the house. The modules below stand in layers, from the ground up: a
//! module uses what is declared before it, never what is declared after it. The test
//! `no_module_uses_one_that_is_declared_after_it` (`tests/api/structure/layers.rs`) reads this order;
//! that of the ground floor stands in `base/src/lib.rs`.
//!
//! # Where to read on
//!
//! - [`api`] lists every route, and walks with one request from the socket to the mail.
//!   [`background`] lists every job.
//! - [`access::permission`] says who may do what, [`access::visibility`] who sees which rows.
//! - [`features::tasks`] is the feature to imitate; [`entity`] is the data model.
//! - Six mechanisms carry the rest: [what a caller sees](access::visibility), the
//!   transaction ([`access::CircleWrite`] inside a circle, [`platform::db::Transaction`]
//!   underneath), the [queue](platform::queue), the [change log](access::change_log),
//!   [reminders](notify::reminders), and the [data map](privacy::DATA_MAP).

// The ground floor, a crate of its own in `base/`: settings, the data model, problems; the
// database, the queue, mail, keys, time, text; from a socket to a handler and back; due dates.
pub use kith_base::{app, config, entity, http, platform, problem, schedule};

// Who is calling, and then what they may see and do.
pub mod auth;

pub mod access;

// What people are told, and what programs are told.
pub mod notify;

pub mod sync;

// What a family shares: one folder for each area of the API.
pub mod features;

// What is kept, exported and erased.
pub mod privacy;

// The pages that mails link to.
pub mod web;

// Every route, and every job.
pub mod api;

pub mod background;

// The operator's commands, and a family that lives in all of it.
pub mod admin;

pub mod demo;
