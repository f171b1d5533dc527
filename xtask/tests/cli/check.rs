//! `check`: repositories with branches that meet, and what the program says of them.

mod agreement;
mod branches;
mod environment;
mod ownership;
mod proof;
mod repository;
mod server;
mod threads;
mod transcript;
mod unread;
mod usage;
mod ways_out;
