//! Tests of the lowest layer: database, queue, mail transport, files, logs.

mod busy_writer;
mod change_log;
mod durability;
mod files;
mod jobs;
mod mail_faults;
mod mail_refusals;
mod plans;
mod read_pool;
mod rows;
mod schema;
pub mod traces;
