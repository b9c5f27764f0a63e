//! What an operator does: settings, commands, restoring, the demo.

mod accounts_and_keys;
mod commands;
mod demo;
mod restore;
mod settings;
