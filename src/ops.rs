//! Use cases, one verb a file: everything both faces can do.

pub mod open;
pub mod save;
pub mod start;
