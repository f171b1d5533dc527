//! The variables and parameters of a body, which its queries name as they do columns.

use std::collections::{BTreeMap, BTreeSet};

/// The names that are variables in the body that is read now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables {
    /// By name, whether a column of the same name is meant rather than the variable.
    names: BTreeMap<String, bool>,
    /// What may stand before a variable: the routine's name, a block's label.
    qualifiers: BTreeSet<String>,
    /// `#variable_conflict use_column`, and always so in LANGUAGE sql.
    pub(crate) columns_first: bool,
}

impl Variables {
    /// A name that is a variable from here on.
    pub(crate) fn declare(&mut self, name: impl Into<String>) {
        self.names.insert(name.into(), self.columns_first);
    }

    /// Declares anew what has been declared, once it is known whether columns come first.
    pub(crate) fn redeclare(&mut self) {
        for hidden in self.names.values_mut() {
            *hidden = self.columns_first;
        }
    }

    /// A name that qualifies variables from here on.
    pub(crate) fn label(&mut self, name: impl Into<String>) {
        self.qualifiers.insert(name.into());
    }

    /// Whether a column hides the variable `name`; `None` if there is no such variable.
    pub(crate) fn hidden_by_columns(&self, name: &str) -> Option<bool> {
        self.names.get(name).copied()
    }

    /// Whether `name` before a dot is a record or a label.
    pub(crate) fn qualify(&self, name: &str) -> bool {
        self.names.contains_key(name) || self.qualifiers.contains(name)
    }
}
