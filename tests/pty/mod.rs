//! The program in a terminal, as a person meets it.

mod harness;
