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
mod history;
mod idle;
mod killed;
mod locked;
mod mouse;
mod outside;
mod plans;
mod recipients;
mod resolve;
mod review;
mod rules;
mod secrecy;
mod settings;
mod sizes;
mod unlock;
mod values;
mod ways_out;
