//! The program in a terminal, as a person meets it.

mod editor;
mod harness;
