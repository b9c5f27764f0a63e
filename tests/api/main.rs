//! Kith through its router: on SQLite, or on the PostgreSQL of
//! `TEST_DATABASE_URL`. One binary, a database for each test.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, and looks behind the fence"
)]

mod database;
mod harness;
mod mail_server;

mod account_log;
mod accounts;
mod addresses;
mod admin;
mod again;
mod answers;
mod appointments;
mod base_path;
mod bounds;
mod busy_writer;
mod circles;
mod clock_changes;
mod contract;
mod cors;
mod demo;
mod departures;
mod differential;
mod durability;
mod email_change;
mod faults;
mod figures;
mod files;
mod forgetting;
mod generous;
mod headers;
mod input;
mod invitations;
mod jobs;
mod late_reminders;
mod limits;
mod log;
mod many_circles;
mod matrix;
mod messages;
mod named_files;
mod needs;
mod notices;
mod open_offers;
mod overlaps;
mod packed_tags;
mod pages;
mod paper;
mod passkeys;
mod passwords;
mod personal_tokens;
mod platform;
mod privacy;
mod rate_limits;
mod recent_proof;
mod refusals;
mod reminders;
mod restore;
mod roles;
mod schema;
mod second_factor;
mod server_info;
mod sessions;
mod settings;
mod signing;
mod sockets;
mod sweeps;
mod tasks;
mod threads;
mod throttle;
mod timestamps;
mod token_attacks;
mod traces;
mod views;
mod windows;
