//! Tests of the editor as a whole, without a terminal.

mod actions;
mod asking;
mod docs;
mod edits;
mod files;
mod finding;
mod formats;
mod frame;
mod guard;
mod history;
mod keys;
mod macros;
mod mouse;
mod outside;
mod relock;
mod review;
mod rules;
mod saving;
mod screens;
mod secrecy;
mod suspicious;
mod telling;
mod themes;
mod values;
mod walking;
mod why;
