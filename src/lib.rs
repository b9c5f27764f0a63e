//! Kith: care coordination for families with a seriously ill relative.
//!
//! The map of the house, from the ground up; what stands higher uses what stands lower,
//! never the other way round:
//!
//! - [`config`]: the settings. [`entity`]: the data model, one file a table.
//!   [`problem`]: everything that can go wrong.
//! - [`platform`]: the database, the queue, mail, keys, time, text.
//! - [`app`]: what all requests share. [`http`]: from a socket to a handler and back.
//! - [`schedule`]: moments, windows, due dates.
//! - [`auth`]: who is calling. [`access`]: what they may see and do.
//! - [`notify`]: what people are told. [`sync`]: what programs are told.
//! - [`features`]: one folder for each thing a family shares.
//! - [`privacy`]: what is kept, exported, erased. [`web`]: the pages that mails link to.
//! - [`api`]: every route. [`background`]: every job. [`admin`]: the operator's commands.
//!   [`demo`]: a family that lives in all of it.

#[macro_use]
pub mod entity;

pub mod config;
pub mod problem;

pub mod platform;

pub mod app;
pub mod http;
pub mod schedule;

pub mod access;
pub mod auth;

pub mod notify;
pub mod sync;

pub mod features;

pub mod privacy;
pub mod web;

pub mod api;
pub mod background;

pub mod admin;
pub mod demo;
