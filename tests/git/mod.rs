//! The program as a part of git: merges by value, with git itself driving.

mod cases;
mod conflicts;
mod diff;
mod groups;
mod history;
mod merge;
mod mismatch;
mod place;
mod resolve;
mod setup;
mod staging;
