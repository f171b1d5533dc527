//! `cargo xtask` as a person runs it: the built program, workspaces in temporary directories, a real server.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod bad_input;
mod check;
mod concurrency;
mod crash;
mod development;
mod discovery;
mod fleet;
mod layouts;
mod offline;
mod readme;
mod runs;
mod signals;
mod support;
