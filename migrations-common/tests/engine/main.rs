//! The engine against a real server: one throw-away cluster for the whole run, a database for each test.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod control;
mod cut;
mod history;
mod plan;
mod refinery;
mod session_state;
mod smoke;
mod support;
mod units;
mod verification;
