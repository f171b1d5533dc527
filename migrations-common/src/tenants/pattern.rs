//! Tenants from the names of a server's schemas or databases.

use super::ask;
use super::trust::Row;
use super::{Asking, Counter, Unit};
use crate::config::Text;
use crate::connect::Parameters;
use crate::problem::Problem;
use crate::sql::quote;

/// The schemas or databases whose names match.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// `%` stands for any characters, or for none; everything else, also `_`, for itself.
    pub pattern: Text,
    /// Where it is looked up: the schemas of this database, or the databases of its server.
    pub parameters: Parameters,
    /// What is looked up.
    pub what: What,
}

/// Else an operator or a table of the database could come before the catalog's.
const SETTINGS: &str = "set local search_path = pg_catalog, pg_temp";

/// What a [`Pattern`] is matched with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Schemas but PostgreSQL's own.
    Schemas,
    /// Databases that accept connections and are no templates.
    Databases,
}

impl Pattern {
    /// Sorted by their names, byte by byte, whatever the database's collation is.
    pub(super) fn rows(&self, asking: &Asking<'_>) -> Result<Vec<Row>, Problem> {
        let named = match self.what {
            What::Schemas => format!("the schemas like `{}`", self.pattern.value),
            What::Databases => format!("the databases like `{}`", self.pattern.value),
        };
        let answer =
            ask::ask(&self.parameters, asking, SETTINGS, &self.query()).map_err(|unanswered| {
                let what = format!("cannot list {named} on {}", self.parameters.display());
                unanswered.into_problem("tenants-pattern", &what, self.pattern.place.clone())
            })?;
        let counter = Counter::new(Unit::Row, &named);
        let row = |(index, row)| Row {
            name: ask::text(row, 0).and_then(|name| name.ok_or(ask::NULL)),
            url: None,
            origin: counter.origin(index + 1),
            place: Some(self.pattern.place.clone()),
        };
        Ok(answer.rows.iter().enumerate().map(row).collect())
    }

    fn query(&self) -> String {
        let (name, table, condition) = match self.what {
            What::Schemas => (
                "nspname",
                "pg_namespace",
                r"nspname not like 'pg\_%' and nspname <> 'information_schema'",
            ),
            What::Databases => (
                "datname",
                "pg_database",
                "datallowconn and not datistemplate",
            ),
        };
        format!(
            "select {name} from pg_catalog.{table} where {name} like {} and {condition} order by {name} collate \"C\"",
            quote::literal(&like(&self.pattern.value))
        )
    }
}

/// `pattern` for LIKE, to which `_` and `\` mean something too.
fn like(pattern: &str) -> String {
    pattern.replace('\\', r"\\").replace('_', r"\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_percent_sign_means_something() {
        assert_eq!(like(r"a_b\c%'"), r"a\_b\\c%'");
    }
}
