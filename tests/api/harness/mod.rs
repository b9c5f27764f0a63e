//! The application of a test and the people who use it. `TestApp` is the real router on its own
//! database. A `Client` sends requests to it, as a `Person` or as nobody, and gets a `Reply` or
//! a `Mail`.

pub mod database;
pub mod figures;
pub mod mail_server;
pub mod plans;

mod app;
mod client;
mod mail;
mod people;
mod response;

pub use app::{TestApp, send_to, sender};
pub use client::Client;
pub use mail::Mail;
pub use people::{PASSWORD, Person, refresh};
pub use response::Reply;
