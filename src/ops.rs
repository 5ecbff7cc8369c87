//! Use cases, one verb a file: everything both faces can do.

pub mod adopt;
mod carry;
pub mod caution;
pub mod config;
pub mod decrypt;
pub mod demo;
pub mod draft;

pub mod edit;
pub mod encrypt;
pub mod exec;
pub mod extract;
pub mod filestatus;
pub mod generate;
pub mod groups;
pub mod kubernetes;
pub mod like;
pub mod open;
pub mod path;
pub mod plain;
pub mod protect;
mod rekey;
pub mod rewrite;
pub mod rotate;
pub mod save;
pub mod scan;
pub mod sealed;
pub mod set;
pub mod siblings;
pub mod start;
pub mod style;
mod subtree;
mod terms;
pub mod unlock;
pub mod unset;
pub mod updatekeys;
