//! The same operation by us and by the real sops, each opening what the other wrote.

mod cases;
mod codes;
mod commands;
mod damage;
mod edits;
mod roundtrip;
