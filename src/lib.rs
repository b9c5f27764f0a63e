//! Kith: care coordination for families with a seriously ill relative.
//!
//! Read in this order:
//!
//! - [`entity`] is the data model, [`api`] the list of routes, [`background`]
//!   the list of jobs, and `access/permission.rs` says who may do what.
//! - A folder for each thing a family shares: [`accounts`], [`circles`],
//!   [`roles`], [`tasks`], [`appointments`], [`messages`]; what they share with
//!   each other: [`commitments`], [`reminders`], [`notices`], [`views`].
//! - The platform they stand on: [`access`] proves, [`changes`] logs, [`db`]
//!   opens the unit of work, [`signing`] holds the keys of access tokens, [`jobs`] work off, [`mail`] is sent.
//!
//! [`demo`] lets a family live in all of it. CONTRIBUTING.md walks one request through the house.

#[macro_use]
pub mod entity;

pub mod api;
pub mod background;
pub mod base_path;

pub mod accounts;
pub mod appointments;
pub mod circles;
pub mod messages;
pub mod roles;
pub mod tasks;

pub mod commitments;
pub mod notices;
pub mod reminders;

pub mod feed;
pub mod pages;
pub mod privacy;
pub mod views;

pub mod admin;
pub mod demo;

pub mod access;
pub mod changes;
pub mod jobs;
pub mod mail;
pub mod mail_tokens;
pub mod rate_limits;
pub mod sweeps;
pub mod throttle;

pub mod db;

pub mod app;
pub mod clock;
pub mod config;
pub mod files;
pub mod keys;
pub mod logging;
pub mod sealed;
pub mod sent;
pub mod signing;

pub mod answer;
pub mod cors;
pub mod document;
pub mod edition;
pub mod entity_tag;
pub mod excerpt;
pub mod extract;
pub mod health;
pub mod layers;
pub mod limits;
pub mod packed_tags;
pub mod page;
pub mod problem;
pub mod proxies;
pub mod readiness;
pub mod request;
pub mod restore;
pub mod server;
pub mod server_info;
pub mod text;
pub mod timestamps;
pub mod wall_time;
pub mod window;
pub mod zone_rules;
