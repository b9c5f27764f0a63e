//! Answers are correct: ETags change with their content, repeated creates and changes have one
//! effect, and `actions` lists what the reader can do.

mod actions;
mod limits;
mod lists;
mod own_ids;
mod repeated;
mod tags;
mod tokens;
mod transitions;
mod unchanged;
