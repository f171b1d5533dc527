//! The history table: what it records, and where. The only modules that write it are below this one.
//!
//! The format is refinery's: `version`, `name`, `applied_on` (RFC 3339) and `checksum`, the last three as text.
//! What refinery has no column for, whether an `only-if` said no, stands in a nullable `outcome` column of tables
//! that we made, and in a table `<history table>_outcome` beside one that we took over.

mod catalog;
mod query;
mod read;
mod survey;
mod write;

use sha2::{Digest, Sha256};

use crate::config::VersionWidth;
use crate::migration::{Migration, Version};
use crate::problem::Problem;
use crate::sql::quote;

pub use read::read;
pub use survey::{Known, Seen, survey};
pub use write::{create, created_form, delete, insert, update};

/// A history table's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HistoryTable {
    /// Its schema; always written, so that no `search_path` can move it.
    pub schema: String,
    /// Its name.
    pub name: String,
}

/// A history table as found.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct History {
    /// How the table is made; `None` while there is none.
    pub form: Option<Form>,
    /// What it records, sorted by version.
    pub rows: Vec<Applied>,
}

/// How a history table is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Form {
    /// Width of its version column.
    pub width: VersionWidth,
    /// Where outcomes are recorded.
    pub outcomes: Outcomes,
}

/// Where a history table's outcomes are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcomes {
    /// In a column of its own: a table that we made.
    Column,
    /// In the table `<history table>_outcome`, which is there.
    Table,
    /// In that table, which nobody needed yet.
    NoTableYet,
}

/// One applied migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Its version.
    pub version: Version,
    /// Its name when it was applied.
    pub name: String,
    /// When, in RFC 3339.
    pub applied_on: String,
    /// refinery's checksum of the file that was applied.
    pub checksum: u64,
    /// `skipped` if an `only-if` said no.
    pub outcome: Option<String>,
}

/// What is recorded of a migration whose `only-if` said no.
pub const SKIPPED: &str = "skipped";

impl HistoryTable {
    /// Where an app's history is when its config says nothing else.
    pub fn by_default(app: &str, database: &str) -> Self {
        HistoryTable {
            schema: "public".to_owned(),
            name: default_name(app, database),
        }
    }

    /// Quoted and qualified.
    pub fn sql(&self) -> String {
        format!(
            "{}.{}",
            quote::identifier(&self.schema),
            quote::identifier(&self.name)
        )
    }

    /// The table beside it that holds outcomes, quoted and qualified.
    fn outcome_sql(&self) -> String {
        format!(
            "{}.{}",
            quote::identifier(&self.schema),
            quote::identifier(&outcome_name(&self.name))
        )
    }
}

/// `<app>_<database>_schema_history`.
pub fn default_name(app: &str, database: &str) -> String {
    format!("{app}_{database}_schema_history").replace('-', "_")
}

/// `<history table>_outcome`, within PostgreSQL's limit for names.
fn outcome_name(table: &str) -> String {
    const SUFFIX: &str = "_outcome";
    let most = crate::config::MAX_IDENTIFIER_BYTES - SUFFIX.len();
    format!(
        "{}{SUFFIX}",
        table
            .get(..table.floor_char_boundary(most))
            .unwrap_or(table)
    )
}

impl History {
    /// The newest version recorded.
    pub fn current(&self) -> Option<Version> {
        self.rows.last().map(|row| row.version)
    }

    /// The row of `version`.
    pub fn find(&self, version: Version) -> Option<&Applied> {
        self.rows
            .binary_search_by_key(&version, |row| row.version)
            .ok()
            .and_then(|i| self.rows.get(i))
    }

    /// Adds what [`insert`] records, as far as later guards look at it; `form` is the table's form by then.
    pub fn record(&mut self, form: Form, migration: &Migration, outcome: Option<&str>) {
        let outcomes = match (outcome, form.outcomes) {
            (Some(_), Outcomes::NoTableYet) => Outcomes::Table,
            (_, outcomes) => outcomes,
        };
        self.form = Some(Form { outcomes, ..form });
        let at = self
            .rows
            .partition_point(|row| row.version < migration.version);
        let row = Applied {
            version: migration.version,
            name: migration.name.clone(),
            applied_on: String::new(),
            checksum: migration.checksum(form.width),
            outcome: outcome.map(str::to_owned),
        };
        self.rows.insert(at, row);
    }

    /// Takes away what [`delete`] takes away.
    pub fn forget(&mut self, version: Version) {
        self.rows.retain(|row| row.version != version);
    }

    /// A digest of what is recorded. [`fingerprint_sql`] makes the same one on the server.
    pub fn fingerprint(&self) -> String {
        let rows: Vec<String> = self
            .rows
            .iter()
            .map(|row| format!("{}:{}", row.version, row.checksum))
            .collect();
        hexadecimal(&Sha256::digest(rows.join(",")))
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// An expression for the digest of the rows of `table`.
pub fn fingerprint_sql(table: &HistoryTable) -> String {
    format!(
        "(select encode(sha256(convert_to(coalesce(string_agg(version || ':' || checksum, ',' order by version), ''), 'UTF8')), 'hex') from {})",
        table.sql()
    )
}

/// A row that no run of ours or of refinery's wrote.
fn malformed(table: &HistoryTable, version: &str, what: &str) -> Problem {
    Problem::verification(
        "malformed-history",
        format!("the row of version {version} in {} {what}", table.sql()),
    )
    .note("refinery and this tool write a name, an RFC 3339 time and a checksum in decimal digits")
    .help("correct the row by hand")
}
