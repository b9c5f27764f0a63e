//! Tests of assignments and offers of all kinds: tasks, needs, roles and appointments.

mod open_offers;
mod overlaps;
mod taking_over;
