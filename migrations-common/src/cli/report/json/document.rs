//! A document that is written entry by entry: of ten thousand targets, one is in memory at a time.

use std::io::{self, Write};

use serde_json::Value;

/// The version of the contract.
const SCHEMA_VERSION: u64 = 1;

/// An object of which some is written.
pub(super) struct Document<'w> {
    out: &'w mut dyn Write,
}

impl<'w> Document<'w> {
    /// Begins one that tells the version of the contract.
    pub(super) fn begin(out: &'w mut dyn Write) -> io::Result<Self> {
        write!(out, "{{\"schema_version\":{SCHEMA_VERSION}")?;
        Ok(Document { out })
    }

    /// Adds one value.
    pub(super) fn entry(&mut self, key: &str, value: impl Into<Value>) -> io::Result<()> {
        self.key(key)?;
        self.value(&value.into())
    }

    /// Adds a list, each value as it comes.
    pub(super) fn list(
        &mut self,
        key: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> io::Result<()> {
        self.key(key)?;
        self.out.write_all(b"[")?;
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.out.write_all(b",")?;
            }
            self.value(&value)?;
        }
        self.out.write_all(b"]")
    }

    /// Ends it, and its line.
    pub(super) fn end(self) -> io::Result<()> {
        self.out.write_all(b"}\n")
    }

    fn key(&mut self, key: &str) -> io::Result<()> {
        write!(self.out, ",{}:", Value::from(key))
    }

    fn value(&mut self, value: &Value) -> io::Result<()> {
        serde_json::to_writer(&mut *self.out, value).map_err(io::Error::from)
    }
}
