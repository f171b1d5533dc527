//! The developer and CI runner.
fn main() {}
