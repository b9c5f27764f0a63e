//! The parts of the server that know nothing of circles and care.
//!
//! [`db`] opens transactions, [`queue`] does work after them, [`mail`] sends emails, [`crypto`]
//! holds keys and seals secrets, [`time`] has the clock and wall times, [`text`] checks and cleans
//! what people send, [`picture`] does so with pictures, [`language`] has the words of emails and
//! pages, [`ical`] writes calendar files, [`storage`] keeps files, [`gate`] and [`workers`] limit how
//! much is done at a time.

pub mod crypto;
pub mod db;
pub mod files;
pub mod gate;
pub mod ical;
pub mod language;
pub mod logging;
pub mod mail;
pub mod picture;
pub mod queue;
pub mod storage;
pub mod text;
pub mod time;
pub mod workers;
