//! What `check` found.

use super::Severity;
use crate::migration::Migration;
use crate::problem::Problem;
use crate::track::SeriesName;

/// Something that a team has to talk about before it merges.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Whether it fails the check.
    pub severity: Severity,
    /// What, where, and the ways out.
    pub problem: Problem,
    /// Whose migration it is about, if it is one app's.
    pub app: Option<String>,
    /// The database: a shared one by the name that apps meet under, else as its app calls it.
    pub database: Option<String>,
    /// The table, or what else it is about.
    pub table: Option<String>,
    /// Every app that has to do with it.
    pub apps: Vec<String>,
    /// `commutes`, `order`, `unknown` or `contradictory`.
    pub verdict: Option<&'static str>,
}

/// What `check` looked at, and what it found.
#[derive(Clone, Debug, Default)]
pub struct Check {
    /// Errors first.
    pub findings: Vec<Finding>,
    /// Every migration that is new somewhere.
    pub new_migrations: Vec<NewMigration>,
    /// The branches that were compared.
    pub refs: Vec<ComparedRef>,
    /// How many shared tables the new migrations touch.
    pub shared_tables: usize,
}

/// A migration that is new.
#[derive(Clone, Debug)]
pub struct NewMigration {
    /// Where it belongs.
    pub series: SeriesName,
    /// The migration.
    pub migration: std::sync::Arc<Migration>,
    /// The branch that it is new on; none in the working tree.
    pub on: Option<String>,
}

/// A branch that was compared.
#[derive(Clone, Debug)]
pub struct ComparedRef {
    /// As a person writes it.
    pub name: String,
    /// Its commit.
    pub commit: String,
    /// `base` or `against`.
    pub role: &'static str,
    /// Whether its migrations may be run.
    pub trusted: bool,
}

impl Finding {
    /// A finding that fails the check.
    pub fn error(problem: Problem) -> Self {
        Finding {
            severity: Severity::Error,
            problem,
            app: None,
            database: None,
            table: None,
            apps: Vec::new(),
            verdict: None,
        }
    }

    /// The same, failing nothing.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// With the app that it is about, and the database.
    #[must_use]
    pub fn of(mut self, app: &str, database: &str) -> Self {
        self.app = Some(app.to_owned());
        self.database = Some(database.to_owned());
        self.apps.push(app.to_owned());
        self
    }

    /// With the table that it is about.
    #[must_use]
    pub fn about(mut self, table: impl Into<String>) -> Self {
        self.table = Some(table.into());
        self
    }

    /// With another app that has to do with it.
    #[must_use]
    pub fn with(mut self, app: &str) -> Self {
        if !self.apps.iter().any(|known| known == app) {
            self.apps.push(app.to_owned());
        }
        self
    }
}

impl Check {
    /// Whether something fails the check.
    pub fn fails(&self) -> bool {
        (self.findings.iter()).any(|finding| finding.severity == Severity::Error)
    }
}
