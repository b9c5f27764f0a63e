//! What people have taken on or are asked for, over all kinds of things.

mod open_offers;
mod overlaps;
