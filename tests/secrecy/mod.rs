//! A planted secret is found nowhere but where it was asked for.

mod characters;
mod command_line;
mod memory;
