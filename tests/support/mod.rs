//! Shared code of the tests of the real program (`e2e`, `field` and `proof`): the server in its
//! own folder, its database, a mail server, an HTTP client, and the people who use them.
//!
//! It is a folder that each of the three includes, and not a crate: Cargo tells only the tests
//! of the package `kith` where the program is (`CARGO_BIN_EXE_kith`), and a crate would be
//! built for `--test api` too, which does not use it.

#![allow(dead_code, reason = "each of the three uses a part of it")]

pub mod client;
pub mod clock;
pub mod database;
pub mod figure;
pub mod mail;
pub mod people;
pub mod server;
pub mod smtp;
