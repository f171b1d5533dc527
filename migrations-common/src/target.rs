//! Where migrations run: an app's database in an environment, with the schema and the history table there.

use std::ops::Deref;
use std::sync::Arc;

use crate::app::Database;
use crate::config::Limits;
use crate::connect::Parameters;
use crate::history::HistoryTable;
use crate::lock::LockKey;
use crate::placeholder::Values;

/// One concrete (server, database, schema) with its own history table.
#[derive(Clone, Debug)]
pub struct Target {
    /// What it is, wherever it is.
    pub scope: Scope,
    /// The environment's name.
    pub environment: String,
    /// How to connect.
    pub parameters: Parameters,
    /// How to connect around a pooler.
    pub direct: Option<Parameters>,
    /// Whether it is made when it is not there: a database of the embedded server. Until then it is empty.
    pub made_on_demand: bool,
}

/// A target without the way to it: all that is needed to write its SQL.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The app's database: its migrations and config.
    pub database: Arc<Database>,
    /// Where its history is.
    pub history: HistoryTable,
    /// Timeouts in force while its migrations run.
    pub limits: Limits,
    /// What `${…}` stands for.
    pub values: Values,
}

impl Deref for Target {
    type Target = Scope;
    fn deref(&self) -> &Scope {
        &self.scope
    }
}

impl Scope {
    /// What the config of `database` says, with `values` for its placeholders.
    pub fn of(database: &Arc<Database>, values: Values) -> Self {
        let config = &database.config;
        Scope {
            history: HistoryTable {
                schema: config.schema.clone(),
                name: config.history_table.clone(),
            },
            limits: config.limits,
            database: Arc::clone(database),
            values,
        }
    }

    /// Its name among the targets of its database: the schema.
    #[expect(clippy::misnamed_getters, reason = "a target is called by its schema")]
    pub fn name(&self) -> &str {
        &self.history.schema
    }

    /// `app1 core (public)`: how messages call it.
    pub fn label(&self) -> String {
        format!(
            "{} {} ({})",
            self.database.app,
            self.database.config.name,
            self.name()
        )
    }

    /// The key of its lock.
    pub fn lock(&self) -> LockKey {
        LockKey::of(&self.history)
    }

    /// The schemas that unqualified names are looked up in, the first of them where they are made.
    ///
    /// `pg_temp` comes last: else a temporary table would shadow a real one.
    pub fn search_path(&self) -> Vec<&str> {
        let configured = self.database.config.search_path.iter().map(String::as_str);
        std::iter::once(self.history.schema.as_str())
            .chain(configured)
            .chain(["pg_temp"])
            .collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::app::{App, Embedded};
    use crate::environment::Environment;

    /// `app1 core (public)` with migrations 1 and 2.
    pub(crate) fn target() -> Target {
        let app = App::embedded(&Embedded {
            name: "app1",
            path: "apps/app1",
            files: &[
                ("migrations.toml", b"[databases.core]"),
                ("migrations/core/V1__a.sql", b"create table a ();"),
                (
                    "migrations/core/V2__b.sql",
                    b"create table b (); create table c ()",
                ),
            ],
        })
        .expect("valid");
        Target {
            scope: Scope::of(&app.databases[0], Values::new()),
            environment: "dev".to_owned(),
            parameters: Parameters::from_url(
                "postgres://app@localhost/core",
                &Environment::default(),
            )
            .expect("valid"),
            direct: None,
            made_on_demand: false,
        }
    }
}
