//! The program in a terminal, as a person meets it.

mod adopt;
mod asked;
mod clipboard;
mod conflict;
mod editor;
mod faults;
mod hands;
mod harness;
mod locked;
mod secrecy;
mod sizes;
mod ways_out;
