//! The page behind the button in an email about a thing. It answers for the member to whom the email
//! went, without signing in, and through the same rules as the app.
//!
//! A person who gets the email forwarded can open the page, too. So it shows no more than the email
//! may say: when the thing is, the question, and what the member has answered. It names whose answer
//! it would be, and the coordinators whom members can call. Opening it changes nothing.

mod answer;
mod open;
mod page;
mod revoke;

pub use answer::{Answered, answer_response};
pub use page::{Button, Contact, ResponsePage, response_page};
pub use revoke::*;
