//! The catalog of a whole database, to be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use postgres::{Client, SimpleQueryMessage};

use crate::catalog::{self, Difference, Facts};
use crate::connect::{ServerError, problem_of};

/// A fact that depends on the order. Its left side is that of the first order, what the words call expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactDifference {
    /// The schema that it is in; `None` for what is in none.
    pub schema: Option<String>,
    /// The fact, and how it differs.
    pub difference: Difference,
}

/// All facts: each schema's, and those of the database.
pub(super) struct Picture {
    schemas: BTreeMap<String, Facts>,
    database: Facts,
}

/// What two pictures have otherwise.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub(super) differences: Vec<FactDifference>,
    /// Differences of column positions alone.
    pub(super) positions: Vec<FactDifference>,
}

/// All schemas, also those that only one of the sides made.
const SCHEMAS: &str = "select nspname from pg_catalog.pg_namespace \
    where nspname operator(pg_catalog.!~) '^pg_' and nspname <> 'information_schema'";

impl Picture {
    pub(super) fn read(client: &mut Client) -> Result<Picture, ServerError> {
        let messages = client
            .simple_query(SCHEMAS)
            .map_err(|error| problem_of(&error))?;
        let mut schemas = BTreeMap::new();
        for message in messages {
            if let SimpleQueryMessage::Row(row) = message {
                let name = row.try_get(0).ok().flatten().unwrap_or_default().to_owned();
                let facts = catalog::read(client, &name)?;
                schemas.insert(name, facts);
            }
        }
        Ok(Picture {
            schemas,
            database: catalog::read_database_wide(client)?,
        })
    }

    pub(super) fn compare(&self, other: &Picture) -> Compared {
        let mut compared = Compared::default();
        let names: BTreeSet<&String> = self.schemas.keys().chain(other.schemas.keys()).collect();
        let none = Facts::default();
        for name in names {
            let of = |picture: &Picture| picture.schemas.get(name).unwrap_or(&none).clone();
            compared.add(Some(name), &of(self), &of(other));
        }
        compared.add(None, &self.database, &other.database);
        compared
    }
}

impl Compared {
    fn add(&mut self, schema: Option<&String>, left: &Facts, right: &Facts) {
        if left == right {
            return;
        }
        let located = |difference| FactDifference {
            schema: schema.cloned(),
            difference,
        };
        let (left_only, right_only) = (
            left.without_column_positions(),
            right.without_column_positions(),
        );
        let differences = catalog::compare(&left_only, &right_only);
        if differences.is_empty() {
            let positions = catalog::compare(left, right);
            self.positions.extend(positions.into_iter().map(located));
        }
        self.differences
            .extend(differences.into_iter().map(located));
    }
}

impl fmt::Display for FactDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}: {}", self.difference),
            None => self.difference.fmt(f),
        }
    }
}
