//! The engine against a real server: one throw-away cluster for the whole run, a database for each test.

mod smoke;
mod support;
