//! Tests of the pages: those that mails link to, and those about problems.

mod invitation;
pub mod pages;
mod problems;
