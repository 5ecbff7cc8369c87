//! Tests of the editor as a whole, without a terminal.

mod asking;
mod docs;
mod edits;
mod formats;
mod frame;
mod guard;
mod macros;
mod relock;
mod saving;
mod screens;
mod secrecy;
mod values;
mod walking;
