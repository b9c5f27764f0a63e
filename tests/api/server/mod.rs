//! What a server says of itself.

mod read;
