//! Tests of the pages: those that mails link to, and those about problems.

mod invitation;
mod languages;
pub mod pages;
mod problems;
pub mod respond;
mod respond_closed;
