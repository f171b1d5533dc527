//! The engine against a real server: one throw-away cluster for the whole run, a database for each test.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod broken;
mod catalog;
mod changes;
mod control;
mod cut;
mod fleet_source;
mod history;
mod indexes;
mod locks;
mod mistakes;
mod outside;
mod placeholders;
mod plan;
mod pooler;
mod proof;
mod proxy;
mod refinery;
mod requirements;
mod session_state;
mod smoke;
mod support;
mod survey;
mod tenants;
mod together;
mod tracks;
mod units;
mod verification;
