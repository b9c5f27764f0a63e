//! Tests of the pages that mails link to.

pub mod pages;
