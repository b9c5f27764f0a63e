//! The ground floor: nothing here knows what a family is.
//!
//! [`db`] opens transactions, [`queue`] does work after them, [`mail`] leaves the house,
//! [`crypto`] holds keys and seals secrets, [`time`] is the one clock and the time of walls,
//! [`text`] bounds and cleans what people send.

pub mod crypto;
pub mod db;
pub mod files;
pub mod logging;
pub mod mail;
pub mod queue;
pub mod text;
pub mod time;
