//! A reading sees what the caller's transaction did, and leaves the session as it was.

use migrations_common::catalog::{compare, read, read_database_wide, read_server_wide};
use postgres::Client;

use super::{Specimen, words};

#[test]
fn a_transaction_that_is_rolled_back_is_seen_and_leaves_nothing() {
    let mut specimen = Specimen::new();
    let before = specimen.facts();
    specimen.run("begin; alter table member add column phone text");
    let inside = specimen.facts();
    specimen.run("rollback");
    assert_eq!(
        words(&compare(&before, &inside)),
        ["column member.phone is not expected"]
    );
    assert_eq!(specimen.facts(), before);
}

#[test]
fn a_transaction_of_the_driver_will_do() {
    let mut specimen = Specimen::new();
    let before = specimen.facts();
    let mut transaction = specimen.client.transaction().expect("begun");
    transaction
        .batch_execute("drop view open_letter")
        .expect("dropped");
    let inside = read(&mut transaction, "shop").expect("read");
    transaction.rollback().expect("rolled back");
    assert_eq!(
        words(&compare(&before, &inside)),
        ["view open_letter is missing"]
    );
}

#[test]
fn settings_are_as_they_were() {
    let mut specimen = Specimen::new();
    let client = &mut specimen.client;
    let odd = "set datestyle = 'German, DMY'; set intervalstyle = iso_8601; set timezone = 'Asia/Kolkata'; \
               set extra_float_digits = -3; set bytea_output = escape; set quote_all_identifiers = on; set jit = on; \
               set search_path = 'ext', \"odd \"\"'\\ name\", public";
    client.batch_execute(odd).expect("set");
    let outside = settings(client);
    read_all(client);
    assert_eq!(settings(client), outside);

    client
        .batch_execute("begin; set local search_path = shop; set local timezone = 'UTC+3'")
        .expect("begun");
    let inside = settings(client);
    read_all(client);
    assert_eq!(settings(client), inside);
    client.batch_execute("commit").expect("committed");
    assert_eq!(settings(client), outside);
}

#[test]
fn settings_do_not_show_in_facts() {
    let mut specimen = Specimen::new();
    let before = specimen.facts();
    specimen.run("set timezone = 'Asia/Kolkata'; set datestyle = 'German'; set quote_all_identifiers = on; set search_path = ext");
    assert_eq!(words(&compare(&before, &specimen.facts())), [""; 0]);
    assert_eq!(specimen.facts(), before);
}

#[test]
fn a_transaction_that_has_failed_is_the_callers_to_end() {
    let mut specimen = Specimen::new();
    let client = &mut specimen.client;
    let before = settings(client);
    client
        .batch_execute("begin; savepoint a; select 1 / 0")
        .expect_err("divided by zero");
    let error = read(client, "shop").expect_err("refused");
    assert_eq!(error.sqlstate.as_deref(), Some("25P02"));
    client.batch_execute("rollback to a").expect("rolled back");
    assert_eq!(settings(client), before);
    assert!(read(client, "shop").is_ok());
}

#[test]
fn a_role_that_may_not_use_the_schema_is_refused() {
    let mut specimen = Specimen::new();
    specimen.run("set role specimen_reader");
    let error = read(&mut specimen.client, "shop").expect_err("refused");
    assert_eq!(error.sqlstate.as_deref(), Some("42501"));
    assert_eq!(error.message, "permission denied for schema \"shop\"");
}

#[test]
fn a_role_with_few_rights_reads_the_same() {
    let mut specimen = Specimen::new();
    specimen.run("grant usage on schema shop to specimen_reader");
    let facts = specimen.facts();
    let database_wide = read_database_wide(&mut specimen.client).expect("read");
    specimen.run("set role specimen_reader");
    assert_eq!(specimen.facts(), facts);
    assert_eq!(
        read_database_wide(&mut specimen.client).expect("read"),
        database_wide
    );
    assert!(read_server_wide(&mut specimen.client).is_ok());
}

/// A function that fits better than PostgreSQL's own would be called in its place if the query were parsed with the
/// schema in `search_path`: `relname` is of type name.
#[test]
fn functions_of_the_schema_are_not_called() {
    let mut specimen = Specimen::new();
    let before = specimen.facts();
    specimen.run(
        "create function quote_ident(name) returns text language sql as $$ select 'mine' $$; \
         create function eq(oid, regclass) returns boolean language sql as $$ select false $$; \
         create operator = (leftarg = oid, rightarg = regclass, function = eq)",
    );
    specimen.run("set search_path = shop");
    assert_eq!(
        words(&compare(&before, &specimen.facts())),
        [
            "function eq(oid, regclass) is not expected",
            "function quote_ident(name) is not expected",
            "operator = (oid, regclass) is not expected",
        ]
    );
}

#[test]
fn temporary_tables_do_not_hide_real_ones() {
    let mut specimen = Specimen::new();
    let before = specimen.facts();
    specimen
        .run("create temporary table member (id int); create temporary view letter as select 1");
    assert_eq!(specimen.facts(), before);
}

fn read_all(client: &mut Client) {
    read(client, "shop").expect("read");
    read_database_wide(client).expect("read");
    read_server_wide(client).expect("read");
}

fn settings(client: &mut Client) -> Vec<(String, String)> {
    let rows = client
        .query("select name, setting from pg_settings order by name", &[])
        .expect("answers");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}
