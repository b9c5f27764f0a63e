//! The pages that mails link to.

pub mod pages;
