//! The program in a terminal, as a person meets it.

mod adopt;
mod asked;
mod clipboard;
mod conflict;
mod editor;
mod faults;
mod files;
mod hands;
mod harness;
mod locked;
mod outside;
mod secrecy;
mod sizes;
mod values;
mod ways_out;
