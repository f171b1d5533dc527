//! The least that any tool could do: one look at who is behind, then all of a schema's migrations in one batch and one
//! transaction, without a lock, without a check, without a word about how far it is.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use migrations_common::sql::quote;
use postgres::{Client, SimpleQueryMessage};

use super::spread::spread;
use super::{Candidate, FLOOR, History, Migrate};
use crate::Failure;
use crate::place::{Place, connect};
use crate::workload::Files;

/// The floor.
pub(crate) struct Floor;

const TABLE: &str = "schema_history";

/// History tables in one round trip, each with a statement of its own. As one `union all` of a hundred they take three
/// times as long, longer than refinery's loop, which would be no floor.
const CHUNK: usize = 100;

/// Versions and their SQL, in order.
type Migrations = Vec<(i64, String)>;

impl Candidate for Floor {
    fn name(&self) -> &'static str {
        FLOOR
    }

    fn history(&self) -> History {
        History {
            table: TABLE,
            version: "version",
            only_newest: false,
        }
    }

    fn prepare(&self, place: &Place, files: &Files, workers: usize) -> Result<Migrate, Failure> {
        let mut migrations = Migrations::new();
        for (version, name) in &files.names {
            let sql = std::fs::read_to_string(files.migrations().join(name))?;
            migrations.push((*version, sql));
        }
        let (parameters, schemas) = (place.parameters.clone(), place.schemas.clone());
        Ok(Box::new(move || {
            let mut client = connect(&parameters)?;
            let histories = histories(&mut client)?;
            let behind: Vec<&String> = schemas
                .iter()
                .filter(|schema| !is_at_head(histories.get(*schema), &migrations))
                .collect();
            // What it keeps of a thousand tables makes each later change of a table a third dearer for the server.
            let open = (workers == 1).then_some(client);
            spread(&parameters, workers, open, &behind, |client, schema| {
                let batch = batch(schema, histories.get(*schema), &migrations)?;
                Ok(client.batch_execute(&batch)?)
            })
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
                "select {}, string_agg(version::text, ' ') from {}.{TABLE}",
                quote::literal(schema),
                quote::identifier(schema)
            ));
        }
    }
    let mut found = HashMap::new();
    for selects in selects.chunks(CHUNK) {
        for message in client.simple_query(&selects.join("; "))? {
            if let SimpleQueryMessage::Row(row) = message {
                let schema = row.get(0).unwrap_or_default().to_owned();
                let versions = row.get(1).unwrap_or_default().split(' ');
                let versions: Result<HashSet<i64>, _> = versions.map(str::parse).collect();
                found.insert(schema, versions?);
            }
        }
    }
    Ok(found)
}

fn is_at_head(applied: Option<&HashSet<i64>>, migrations: &Migrations) -> bool {
    applied.is_some_and(|applied| {
        let mut versions = migrations.iter().map(|(version, _)| version);
        versions.all(|version| applied.contains(version))
    })
}

/// Everything for one schema.
fn batch(
    schema: &str,
    applied: Option<&HashSet<i64>>,
    migrations: &Migrations,
) -> Result<String, Failure> {
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
    for (version, sql) in migrations {
        if !applied.is_some_and(|applied| applied.contains(version)) {
            writeln!(batch, "{sql}\n; insert into {TABLE} values ({version});")?;
        }
    }
    batch.push_str("commit");
    Ok(batch)
}
