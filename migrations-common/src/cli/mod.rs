//! What xtask and every app binary share: flags, commands, reporters.

pub mod report;
