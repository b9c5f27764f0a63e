//! Answers that tell the truth: tags that change with what they stand for, creates
//! and changes that are repeated, and what the reader may do.

mod actions;
mod limits;
mod lists;
mod own_ids;
mod repeated;
mod tags;
mod tokens;
mod unchanged;
