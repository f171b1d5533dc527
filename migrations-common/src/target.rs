//! Where migrations run: an app's database in an environment, with the schema and the history table there.

use std::ops::Deref;
use std::sync::Arc;

use crate::app::Series;
use crate::config::Limits;
use crate::connect::Parameters;
use crate::history::{HistoryTable, Seen};
use crate::lock::LockKey;
use crate::placeholder::Values;
use crate::tenants::Origin;
use crate::track::Track;

/// One concrete (server, database, schema) with its own history table.
#[derive(Clone, Debug)]
pub struct Target {
    /// What it is, wherever it is.
    pub scope: Scope,
    /// The environment's name.
    pub environment: Arc<str>,
    /// How to connect.
    pub parameters: Arc<Parameters>,
    /// How to connect around a pooler.
    pub direct: Option<Arc<Parameters>>,
    /// Connections to its server at a time.
    pub max_connections: usize,
    /// Whether it is made when it is not there: a database of the embedded server, and a schema in it. Until then it
    /// is empty.
    pub made_on_demand: bool,
    /// Where its tenant or shard was named, for messages: `row 17 of the query`.
    pub origin: Option<Origin>,
}

/// A target without the way to it: all that is needed to write its SQL.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Its migrations and config.
    pub series: Arc<Series>,
    /// The tenant's or shard's name, where there are several targets.
    pub tenant: Option<String>,
    /// Where its history is.
    pub history: HistoryTable,
    /// Timeouts in force while its migrations run.
    pub limits: Limits,
    /// What `${…}` stands for.
    pub values: Values,
}

impl Target {
    /// Whether it is a tenant whose schema ought to be there, and is not.
    pub fn lacks_schema(&self, seen: &Seen) -> bool {
        self.series.track == Some(Track::Tenant) && !seen.schema_exists && !self.made_on_demand
    }
}

impl Deref for Target {
    type Target = Scope;
    fn deref(&self) -> &Scope {
        &self.scope
    }
}

impl Scope {
    /// The only target of `series` in a database, with `values` for its placeholders.
    pub fn of(series: &Arc<Series>, values: Values) -> Self {
        let config = &series.config;
        Scope {
            history: HistoryTable {
                schema: config.schema.clone(),
                name: config.history_table.clone(),
            },
            tenant: None,
            limits: config.limits,
            series: Arc::clone(series),
            values,
        }
    }

    /// The same for one of several targets, called `tenant`: what stands in its own schema or database.
    pub fn of_tenant(series: &Arc<Series>, tenant: &str, values: Values) -> Self {
        let mut scope = Scope::of(series, values);
        scope.values.insert("tenant".to_owned(), tenant.to_owned());
        scope.tenant = Some(tenant.to_owned());
        if series.track == Some(Track::Tenant) {
            tenant.clone_into(&mut scope.history.schema);
            scope.values.insert("schema".to_owned(), tenant.to_owned());
        }
        scope
    }

    /// Its name among the targets of its series: the tenant or shard, else the schema.
    pub fn name(&self) -> &str {
        self.tenant.as_deref().unwrap_or(&self.history.schema)
    }

    /// `app1 core (public)`: how messages call it.
    pub fn label(&self) -> String {
        let name = match self.series.track {
            Some(Track::Global) => Track::Global.word(),
            _ => self.name(),
        };
        format!("{} {} ({name})", self.series.app, self.series.config.name)
    }

    /// The key of its lock.
    pub fn lock(&self) -> LockKey {
        LockKey::of(&self.history)
    }

    /// The schemas that unqualified names are looked up in, the first of them where they are made.
    ///
    /// `pg_temp` comes last: else a temporary table would shadow a real one.
    pub fn search_path(&self) -> Vec<&str> {
        let configured = self.series.config.search_path.iter().map(String::as_str);
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
            scope: Scope::of(&app.series[0], Values::new()),
            environment: "dev".into(),
            parameters: Arc::new(
                Parameters::from_url("postgres://app@localhost/core", &Environment::default())
                    .expect("valid"),
            ),
            direct: None,
            max_connections: 8,
            made_on_demand: false,
            origin: None,
        }
    }
}
