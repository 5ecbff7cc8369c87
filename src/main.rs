//! Arguments to a face; the only place that ends the process.

#![allow(
    clippy::disallowed_methods,
    reason = "arguments are read here and the process is ended here, nowhere else"
)]

fn main() {}
