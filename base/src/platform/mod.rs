//! The parts of the server that know nothing of circles and care.
//!
//! [`db`] opens transactions, [`queue`] does work after them, [`mail`] sends emails, [`crypto`]
//! holds keys and seals secrets, [`time`] has the clock and wall times, [`text`] checks and cleans
//! what people send, [`gate`] limits how much is done at a time.

pub mod crypto;
pub mod db;
pub mod files;
pub mod gate;
pub mod logging;
pub mod mail;
pub mod queue;
pub mod text;
pub mod time;
