//! Environment variables as a value: read once, at the edge.

use std::collections::BTreeMap;

use crate::problem::Problem;
use crate::secret::Secret;

/// The variables that a run may use.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The variables in `pairs`.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Environment(pairs.into_iter().collect())
    }

    /// The value of `name`, if set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of `name`, or the content of the file that `<name>_FILE` names.
    pub fn secret(&self, name: &str) -> Result<Option<Secret>, Problem> {
        Ok(self.get(name).map(Secret::new))
    }
}
