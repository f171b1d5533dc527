//! Shared tables.
