//! The pictures of people: the avatar of an account, which members of shared circles see, and the
//! photo of a patient.
//!
//! What is sent is decoded, cut to a square and written again in two sizes, so that nothing is
//! stored that a camera has written into it. The files are in the
//! [store](crate::platform::storage); the row of the account or of the circle names them.
//!
//! Answers have an address for each picture, and `get_picture` serves it. How an address proves who
//! may look is in [`file_address`](crate::http::file_address).

mod delete_avatar;
mod delete_patient_photo;
mod get_avatar;
mod get_picture;
mod set_avatar;
mod set_patient_photo;
mod store;
mod types;

pub use delete_avatar::*;
pub use delete_patient_photo::*;
pub use get_avatar::*;
pub use get_picture::*;
pub use set_avatar::*;
pub use set_patient_photo::*;
pub(crate) use store::read;
pub use types::*;
