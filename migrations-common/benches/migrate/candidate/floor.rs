//! The least that any tool could do: all of a schema's migrations in one batch and one transaction, without a lock,
//! without a check, without a word about how far it is.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use migrations_common::app::App;
use migrations_common::sql::quote;
use postgres::{Client, SimpleQueryMessage};

use super::{Candidate, FLOOR, Migrate};
use crate::Failure;
use crate::place::{Place, connect};
use crate::workload::Files;

/// The floor.
pub(crate) struct Floor;

const TABLE: &str = "schema_history";

/// Versions and their SQL, in order.
type Migrations = Vec<(i64, String)>;

impl Candidate for Floor {
    fn name(&self) -> &'static str {
        FLOOR
    }

    fn history_table(&self) -> &'static str {
        TABLE
    }

    fn prepare(&self, place: &Place, files: &Files) -> Result<Migrate, Failure> {
        // Only to read the files; nothing of the engine runs.
        let app = App::from_disk("bench", "apps/bench", &files.app)?;
        let migrations: Migrations = app
            .series
            .iter()
            .flat_map(|series| &series.migrations)
            .map(|migration| (migration.version, migration.source.text.to_string()))
            .collect();
        let (parameters, schemas) = (place.parameters.clone(), place.schemas.clone());
        Ok(Box::new(move || {
            let mut client = connect(&parameters)?;
            let histories = histories(&mut client)?;
            for schema in &schemas {
                if let Some(batch) = batch(schema, histories.get(schema), &migrations)? {
                    client.simple_query(&batch)?;
                }
            }
            Ok(())
        }))
    }
}

/// What each schema with a history table has applied.
fn histories(client: &mut Client) -> Result<HashMap<String, HashSet<i64>>, Failure> {
    let existing = format!(
        "select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relname = '{TABLE}'"
    );
    let mut selects = Vec::new();
    for message in client.simple_query(&existing)? {
        if let SimpleQueryMessage::Row(row) = message {
            let schema = row.get(0).unwrap_or_default();
            selects.push(format!(
                "select {}, version from {}.{TABLE}",
                quote::literal(schema),
                quote::identifier(schema)
            ));
        }
    }
    let mut found: HashMap<String, HashSet<i64>> = HashMap::new();
    for message in client.simple_query(&selects.join(" union all "))? {
        if let SimpleQueryMessage::Row(row) = message {
            let schema = row.get(0).unwrap_or_default().to_owned();
            let version = row.get(1).unwrap_or_default().parse()?;
            found.entry(schema).or_default().insert(version);
        }
    }
    Ok(found)
}

/// Everything for one schema; `None` at the head.
fn batch(
    schema: &str,
    applied: Option<&HashSet<i64>>,
    migrations: &Migrations,
) -> Result<Option<String>, Failure> {
    let pending: Vec<&(i64, String)> = migrations
        .iter()
        .filter(|(version, _)| !applied.is_some_and(|applied| applied.contains(version)))
        .collect();
    if pending.is_empty() {
        return Ok(None);
    }
    let mut batch = format!(
        "begin; set local search_path = {};\n",
        quote::identifier(schema)
    );
    if applied.is_none() {
        writeln!(
            batch,
            "create table {TABLE} (version int8 primary key, applied_at timestamptz not null default now());"
        )?;
    }
    for (version, sql) in pending {
        writeln!(batch, "{sql}\n; insert into {TABLE} values ({version});")?;
    }
    batch.push_str("commit");
    Ok(Some(batch))
}
