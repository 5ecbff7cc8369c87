//! A planted secret is found nowhere but where it was asked for.

mod characters;
mod children;
mod command_line;
mod memory;
