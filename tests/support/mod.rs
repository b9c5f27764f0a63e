//! What the tests of the real program share (`e2e`, `field` and `proof`): the server in a
//! folder of its own, its database, a mail server, an HTTP client, and the people who use them.
//!
//! A folder that each of the three includes once, and no crate: only a test of the package
//! `kith` is told by Cargo where the program is (`CARGO_BIN_EXE_kith`), and a crate would be
//! built for `--test api` too, which uses none of it.

#![allow(dead_code, reason = "each of the three uses a part of it")]

pub mod client;
pub mod clock;
pub mod database;
pub mod figure;
pub mod mail;
pub mod people;
pub mod server;
pub mod smtp;
