//! The name of a relation, a type or a routine, and the schemas in which it may be found.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A name as PostgreSQL compares it: folded and without quotes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name {
    /// Where it is looked for, in this order: one schema if the name was qualified or is being made, else the search path.
    pub schemas: Vec<String>,
    /// The name itself.
    pub name: String,
}

impl Name {
    /// A name in one schema.
    pub fn qualified(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Name {
            schemas: vec![schema.into()],
            name: name.into(),
        }
    }

    /// Whether both may mean the same object: equal names, and a schema that both may be found in.
    pub fn may_be(&self, other: &Name) -> bool {
        self.name == other.name
            && (self.schemas.iter()).any(|schema| other.schemas.contains(schema))
    }

    /// Keeps only the first schema in which `exists` knows it; nothing changes if it is known in none.
    pub fn settle(&mut self, exists: impl Fn(&str, &str) -> bool) {
        if self.schemas.len() > 1
            && let Some(found) = (self.schemas.iter()).find(|schema| exists(schema, &self.name))
        {
            self.schemas = vec![found.clone()];
        }
    }
}

/// As people say it: without a schema that goes without saying.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.schemas {
            [only] if only != "public" => write!(f, "{only}.{}", self.name),
            _ => f.write_str(&self.name),
        }
    }
}
