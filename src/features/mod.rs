//! One folder for each thing a family shares; a folder is a tag of the API.

pub mod accounts;
pub mod appointments;
pub mod circles;
pub mod me;
pub mod needs;
pub mod participation;
pub mod roles;
pub mod server_info;
pub mod tasks;
pub mod threads;
pub mod zone_rules;
