//! The history table: found, read for many targets at once, written. The only module that writes it.
//!
//! The format is refinery's: `version`, `name`, `applied_on` (RFC 3339) and `checksum`, the last three as text.
