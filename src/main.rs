//! Arguments to a face; the only place that ends the process.

fn main() {}
