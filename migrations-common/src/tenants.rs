//! Where an app's tenants are listed, and the list: by the config, a query, a pattern, a file, a command, or a function.

mod ask;
mod command;
mod file;
mod function;
#[cfg(feature = "cli")]
mod json;
mod lines;
mod mask;
mod name;
mod pattern;
mod query;
mod raw;
mod select;
mod trust;

use std::fmt;
use std::sync::Arc;

pub use command::{Command, Format};
pub use file::File;
pub use function::{Function, Named};
#[cfg(feature = "cli")]
pub use json::to_json;
pub use name::check as check_name;
pub use pattern::{Pattern, What};
pub use query::Query;
pub use select::{Glob, Selection, Slice};

use crate::config::Text;
use crate::interrupt::Interrupt;
use crate::placeholder::Values;
use crate::problem::{Kind, Problem, Problems};
use crate::secret::Secret;

/// One tenant or shard as its source names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its name: of its schema, of its database, or just what it is called.
    pub name: String,
    /// Where it lives, if its source says so.
    pub url: Option<Secret>,
    /// Where it was found, for messages.
    pub origin: Origin,
}

/// Where a tenant was found: `row 17 of the query`, `line 3 of tenants.txt`, `entry 2 of the list`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// What is counted.
    pub unit: Unit,
    /// Which one it is, from 1.
    pub number: usize,
    /// What it is one of.
    pub of: Arc<str>,
}

/// What a source is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// An element of a list.
    Entry,
    /// A line of text.
    Line,
    /// A row from a server.
    Row,
}

/// Where tenants are listed, with nothing of the config left to look up.
#[derive(Clone, Debug)]
pub enum Source {
    /// The list itself.
    List(Vec<Entry>),
    /// What a query answers.
    Query(Query),
    /// The schemas or databases of a name.
    Pattern(Pattern),
    /// What a file says.
    File(File),
    /// What a command writes.
    Command(Command),
    /// What a function returns.
    Function(Function),
}

/// One element of a list in the config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The tenant's name.
    pub name: Text,
    /// Where it lives, if the list says so.
    pub url: Option<Secret>,
}

/// Who asks for tenants, and what for.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The app's name, which its connections bear.
    pub app: &'a str,
    /// What `${…}` stands for.
    pub values: &'a Values,
    /// Whether a tenant may have a URL of its own: not where it is a schema of a database that is known.
    pub urls: bool,
    /// Ends a query or a command before its time.
    pub interrupt: &'a Interrupt,
}

/// The tenants that `source` lists, in its order. None at all is a list too.
///
/// The list is good as a whole or not at all: each name may be a schema's or a database's ([`check_name`]), and none is
/// there twice. A name is never read as SQL; it may hold quotes, blanks and semicolons.
///
/// # Errors
/// Everything that is wrong, each row named: `tenant-name`, `duplicate-tenant`, `tenant-url`. Or why there is no list:
/// `tenants-query`, `tenants-pattern`, `tenants-file`, `tenants-command`, `placeholder`, `connection-lost`, `interrupted`, those of
/// [`connect::open`](crate::connect::open), and those of a function. See [`may_be_made_later`].
pub fn list(source: &Source, asking: &Asking<'_>) -> Result<Vec<Tenant>, Problems> {
    let rows = match source {
        Source::List(entries) => entries_of(entries),
        Source::Query(query) => query.rows(asking)?,
        Source::Pattern(pattern) => pattern.rows(asking)?,
        Source::File(file) => file.rows()?,
        Source::Command(command) => command.rows(asking)?,
        Source::Function(function) => function.rows()?,
    };
    trust::trust(rows, asking.urls)
}

/// Whether a source could not be read because of something that a migration may yet make: a table, a column, a schema
/// or a database is not there. On a fresh database the global track makes what lists the tenants.
pub fn may_be_made_later(problem: &Problem) -> bool {
    // Appendix A of the manual: undefined_table, invalid_schema_name, undefined_column, invalid_catalog_name.
    matches!(
        problem.sqlstate.as_deref(),
        Some("42P01" | "3F000" | "42703" | "3D000")
    )
}

fn entries_of(entries: &[Entry]) -> Vec<trust::Row> {
    let counter = Counter::new(Unit::Entry, "the list");
    let row = |(index, entry): (usize, &Entry)| trust::Row {
        name: Ok(entry.name.value.clone()),
        url: entry.url.clone(),
        origin: counter.origin(index + 1),
        place: Some(entry.name.place.clone()),
    };
    entries.iter().enumerate().map(row).collect()
}

fn interrupted() -> Problem {
    Problem::new(Kind::Interrupted, "interrupted", "interrupted by a signal")
}

/// Makes the origins of one source.
struct Counter {
    unit: Unit,
    of: Arc<str>,
}

impl Counter {
    fn new(unit: Unit, of: &str) -> Self {
        Counter {
            unit,
            of: Arc::from(of),
        }
    }

    fn origin(&self, number: usize) -> Origin {
        Origin {
            unit: self.unit,
            number,
            of: Arc::clone(&self.of),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unit::Entry => "entry",
            Unit::Line => "line",
            Unit::Row => "row",
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} of {}", self.unit, self.number, self.of)
    }
}

#[cfg(test)]
mod tests;
