//! The structs against the database that the apps' migrations make.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::Path;

use migrations_common::app::App;
use migrations_common::testing::TestDatabase;
use postgres::{Client, NoTls};
use shared_models::core::{Account, Address, Invoice, Order, User};
use shared_models::{ALL, Table, TableInfo};

/// `core` as both apps leave it.
fn core() -> (TestDatabase, Client) {
    let apps = Path::new(env!("CARGO_MANIFEST_DIR")).join("../apps");
    let app = |name: &str| App::from_disk(name, name, &apps.join(name)).expect("valid");
    let place = TestDatabase::create().expect("a server");
    let report = place
        .migrate("core", &[&app("app1"), &app("app2")])
        .expect("migrated");
    assert_eq!(report.exit_code(), 0, "{report:#?}");
    let client = Client::connect(&place.url(), NoTls).expect("connects");
    (place, client)
}

/// One line a column: `email text not null`, and an enum's labels.
fn in_catalog(client: &mut Client, table: &str) -> Vec<String> {
    let query = "
        select a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
            || coalesce((select ' ' || string_agg(e.enumlabel, '|' order by e.enumsortorder)
                         from pg_enum e where e.enumtypid = a.atttypid), '')
        from pg_attribute a
        where a.attrelid = $1::text::regclass and a.attnum > 0 and not a.attisdropped
        order by a.attnum";
    let rows = client.query(query, &[&table]).expect("the table is there");
    rows.iter().map(|row| row.get(0)).collect()
}

fn in_rust(table: &TableInfo) -> Vec<String> {
    let line = |column: &shared_models::Column| {
        let not_null = if column.nullable { "" } else { " not null" };
        let labels = if column.labels.is_empty() {
            String::new()
        } else {
            format!(" {}", column.labels.join("|"))
        };
        format!("{} {}{not_null}{labels}", column.name, column.sql_type)
    };
    table.columns.iter().map(line).collect()
}

#[test]
fn every_struct_is_its_table() {
    let (_place, mut client) = core();
    for table in ALL {
        assert_eq!(
            in_rust(table),
            in_catalog(&mut client, table.name),
            "{}",
            table.name
        );
    }
}

#[test]
fn every_shared_file_has_its_struct_and_an_owner() {
    let mut found = Vec::new();
    for entry in
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("core")).expect("there")
    {
        let path = entry.expect("readable").path();
        let text = std::fs::read_to_string(&path).expect("text");
        assert!(
            text.lines().any(|line| line.starts_with("-- owner: app")),
            "{} has no owner",
            path.display()
        );
        found.push(
            path.file_stem()
                .expect("named")
                .to_string_lossy()
                .into_owned(),
        );
    }
    found.sort();
    let structs: Vec<&str> = ALL.iter().map(|table| table.name).collect();
    assert_eq!(found, structs);
}

/// The shared files, applied by themselves, make the tables that the migrations make.
#[test]
fn every_shared_file_is_its_table() {
    let (_place, mut migrated) = core();
    let alone = TestDatabase::create().expect("a server");
    let mut described = Client::connect(&alone.url(), NoTls).expect("connects");
    for table in ["accounts", "addresses", "users", "orders", "invoices"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("core/{table}.sql"));
        let text = std::fs::read_to_string(file).expect("there");
        described
            .batch_execute(&text)
            .unwrap_or_else(|error| panic!("{table}: {error}"));
    }
    for table in ALL {
        let facts = |client: &mut Client| {
            (
                in_catalog(client, table.name),
                constraints(client, table.name),
            )
        };
        assert_eq!(
            facts(&mut described),
            facts(&mut migrated),
            "{}",
            table.name
        );
    }
}

/// Constraints, indexes, triggers and policies, by their definitions.
fn constraints(client: &mut Client, table: &str) -> Vec<String> {
    let query = "
        select pg_get_constraintdef(oid) from pg_constraint where conrelid = $1::text::regclass
        union all select pg_get_indexdef(indexrelid) from pg_index where indrelid = $1::text::regclass
        union all select pg_get_triggerdef(oid) from pg_trigger where tgrelid = $1::text::regclass and not tgisinternal
        union all select polname || ' ' || pg_get_expr(polqual, polrelid) from pg_policy where polrelid = $1::text::regclass
        order by 1";
    let rows = client.query(query, &[&table]).expect("the table is there");
    rows.iter()
        .map(|row| row.get::<_, Option<String>>(0).unwrap_or_default())
        .collect()
}

#[test]
fn rows_are_read_as_structs() {
    let (_place, mut client) = core();
    client
        .batch_execute(
            "insert into accounts (name, country) values ('Acme', 'DE');
             insert into users (account_id, email) select id, 'a@example.org' from accounts;
             insert into orders (account_id, user_id, subtotal_cents) select account_id, id, 1200 from users;",
        )
        .expect("rows of the least that is required");
    let (account, user, order): (Account, User, Order) =
        (one(&mut client), one(&mut client), one(&mut client));
    assert_eq!(
        (account.name.as_str(), user.email.as_str()),
        ("Acme", "a@example.org")
    );
    assert_eq!(
        (user.account_id, order.account_id),
        (account.id, account.id)
    );
    for name in [Address::NAME, Invoice::NAME] {
        assert_eq!(
            client
                .query(&format!("select * from {name}"), &[])
                .expect("there")
                .len(),
            0
        );
    }
}

fn one<T: Table>(client: &mut Client) -> T {
    let row = client
        .query_one(&format!("select * from {}", T::NAME), &[])
        .expect("a row");
    T::from_row(&row).expect("fits")
}
