//! Tenants from a function of the app's own.

use std::fmt;
use std::sync::Arc;

use super::trust::Row;
use super::{Counter, Unit};
use crate::problem::Problem;
use crate::secret::Secret;

/// What a function returns: a name, and a URL where a tenant may have one.
pub type Named = Vec<(String, Option<String>)>;

/// A function of the app crate.
#[derive(Clone)]
pub struct Function {
    /// What messages call it.
    pub name: String,
    /// The function.
    pub call: Arc<dyn Fn() -> Result<Named, Problem> + Send + Sync>,
}

impl Function {
    pub(super) fn rows(&self) -> Result<Vec<Row>, Problem> {
        let counter = Counter::new(Unit::Entry, &format!("what `{}` returns", self.name));
        let row = |(index, (name, url)): (usize, (String, Option<String>))| Row {
            name: Ok(name),
            url: url.map(Secret::new),
            origin: counter.origin(index + 1),
            place: None,
        };
        Ok((self.call)()?.into_iter().enumerate().map(row).collect())
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Function({})", self.name)
    }
}
