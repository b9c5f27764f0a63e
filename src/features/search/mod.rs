//! The search in tasks, appointments and messages: in one circle, or in all circles of the caller.
//!
//! # What it guarantees
//!
//! - A hit is a row that the caller sees. Each kind is selected by
//!   [`MyCircles::select`](crate::access::MyCircles::select), like every other view of a person, and
//!   the words are only joined to it. Nothing is counted or cut off before that, so no answer depends
//!   on what the caller does not see.
//! - Both databases give the same answers in the same order: words are made by
//!   [`words`](crate::platform::text::words), are stored by the doors that write
//!   ([`Searchable`](crate::access::Searchable)), and are compared byte by byte.
//! - Every word of the query must be found, the last one also as the beginning of a longer word. Hits
//!   that have all words in their title come first, and then the newest.
//!
//! # What it costs
//!
//! One statement. It reads the words that fit one word of the query, the longest, by their key, and
//! looks up each other word for the rows that are left. So its work grows with the number of rows
//! that have this word, and not with all that was ever written: on SQLite some ten microseconds for
//! each of them. In a circle with 30,000 messages, three letters fit some hundred words and take
//! milliseconds; a word that most messages have takes a quarter of a second. One letter alone would
//! fit every message and take longer, so a beginning needs three. On SQLite a search does not run on
//! the thread that serves other requests. Texts are read only of the hits that are shown.
//!
//! `index_circles.rs` indexes what was stored before there was an index, or by older rules.

mod excerpt;
mod index_circles;
mod search_circle;
mod search_my_circles;
mod store;
mod types;

pub use index_circles::index_circles;
pub use search_circle::*;
pub use search_my_circles::*;
pub use types::*;
