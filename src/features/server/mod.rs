//! What an app asks a server before anybody signs in.

mod get;

pub use get::*;
