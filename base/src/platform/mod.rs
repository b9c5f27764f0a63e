//! What knows nothing of families: the database, the queue, mail, keys, time and text.
//!
//! [`db`] opens transactions, [`queue`] does work after them, [`mail`] is sent,
//! [`crypto`] holds keys and seals secrets, [`time`] is the one clock and civil time,
//! [`text`] bounds and cleans what people send.

pub mod crypto;
pub mod db;
pub mod files;
pub mod logging;
pub mod mail;
pub mod queue;
pub mod text;
pub mod time;
