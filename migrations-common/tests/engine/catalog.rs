//! Facts read from a real schema, and the words for what differs.

mod changes;
mod database_wide;
mod order;
mod session;
mod specimen;
mod tenants;
mod versions;

use migrations_common::catalog::{self, Difference, Facts};
use migrations_common::sql::quote;
use postgres::Client;

use crate::support::TestDatabase;

/// A database with the specimen in schema `shop`.
struct Specimen {
    client: Client,
}

impl Specimen {
    fn new() -> Self {
        Specimen::in_schemas(&["shop"])
    }

    /// The same in each of `schemas`.
    fn in_schemas(schemas: &[&str]) -> Self {
        let mut client = TestDatabase::new().client();
        client
            .batch_execute(
                "do $$ begin create role specimen_reader; exception when duplicate_object or unique_violation then end $$; \
                 do $$ begin create role specimen_owner; exception when duplicate_object or unique_violation then end $$; \
                 create schema ext; create extension btree_gist schema ext; create extension pg_trgm schema ext; \
                 create foreign data wrapper specimen_wrapper; create server specimen_server foreign data wrapper specimen_wrapper",
            )
            .expect("runs");
        for schema in schemas {
            make(&mut client, schema);
        }
        Specimen { client }
    }

    fn run(&mut self, sql: &str) {
        self.client
            .batch_execute(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    fn facts(&mut self) -> Facts {
        catalog::read(&mut self.client, "shop").expect("read")
    }
}

/// Makes the specimen in `schema`, and leaves `search_path` at it.
fn make(client: &mut Client, schema: &str) {
    let schema = quote::identifier(schema);
    let specimen = include_str!("catalog/specimen.sql").replace(":schema", &schema);
    client
        .batch_execute(&format!(
            "create schema {schema}; set search_path = {schema}, ext, pg_temp; {specimen}"
        ))
        .unwrap_or_else(|error| panic!("{error:?}"));
}

fn words(differences: &[Difference]) -> Vec<String> {
    differences.iter().map(Difference::to_string).collect()
}
