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
mod idle;
mod locked;
mod outside;
mod mouse;
mod secrecy;
mod settings;
mod sizes;
mod values;
mod unlock;
mod ways_out;
