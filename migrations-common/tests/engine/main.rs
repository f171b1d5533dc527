//! The engine against a real server: one throw-away cluster for the whole run, a database for each test.

mod broken;
mod control;
mod cut;
mod history;
mod locks;
mod plan;
mod proxy;
mod refinery;
mod session_state;
mod smoke;
mod support;
mod units;
mod verification;
