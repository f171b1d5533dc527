//! The role that migrations run as.

use super::{prove, prove_on, shadow, words};
use crate::support::{TestDatabase, server};

#[test]
fn nothing_reaches_the_server_or_its_machine() {
    let superuser = &server().superuser;
    let mut shadow = shadow("");
    for statement in [
        "copy (select 1) to program 'true'",
        "copy (select 1) to '/tmp/x'",
        "create table c (a text); copy c from '/etc/passwd'",
        "create role r",
        "alter role current_user createdb",
        "alter role current_user superuser",
        "create database d",
        "-- migration: no-transaction\ncreate database d",
        "-- migration: no-transaction\nalter system set work_mem = '1MB'",
        "select lo_import('/etc/passwd')",
        "select pg_read_file('/etc/passwd')",
        "select pg_ls_dir('/')",
        &format!("set role {superuser}"),
        &format!("set session authorization {superuser}"),
        "create extension dblink",
        "create extension postgres_fdw",
        "create function f() returns int language c as 'x', 'y'",
        "set session_replication_role = replica",
        "set temp_file_limit = -1",
        "grant pg_execute_server_program to current_user",
        "select pg_reload_conf()",
        "create subscription s connection '' publication p with (connect = false)",
    ] {
        let proof = prove_on(&mut shadow, statement, "create table t ()");
        let words = words(&proof);
        assert!(
            words.starts_with("unproven: ") || words.starts_with("alone: "),
            "{statement}: {words}"
        );
        assert!(!words.contains("42601"), "{statement}: {words}");
    }
}

#[test]
fn what_is_reset_is_the_same_role() {
    let proof = prove(
        "",
        "reset session authorization; reset role;\n\
         do $$begin if (select rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls \
         from pg_roles where rolname = current_user) then raise 'rights'; end if; end$$",
        "do $$begin if pg_has_role('pg_execute_server_program', 'member') or pg_has_role('pg_read_server_files', 'member') \
         or pg_has_role('pg_write_server_files', 'member') then raise 'member'; end if; end$$",
    );
    assert_eq!(words(&proof), "equal", "{proof:#?}");
}

#[test]
fn what_needs_more_rights_is_unproven() {
    let proof = prove("", "select 1;\ncreate role r", "create table t ()");
    assert_eq!(
        words(&proof),
        "unproven: permission denied to create role; a proof runs without superuser rights at V1__a.sql:2:1"
    );
}

#[test]
fn roles_that_migrations_name_are_there_and_gone_afterwards() {
    let place = TestDatabase::new();
    let there = || {
        place.value("select string_agg(rolname, ',' order by rolname) from pg_roles where rolname like 'proof\\_%'")
    };
    let mut shadow = shadow("create table t (a int)");
    let proof = prove_on(
        &mut shadow,
        "grant select on t to proof_reader; grant create on schema public to proof_owner; alter table t owner to proof_owner",
        "grant insert on t to \"proof_wr\"\"iter\"",
    );
    assert_eq!(words(&proof), "equal", "{proof:#?}");
    assert_eq!(there(), "proof_owner,proof_reader,proof_wr\"iter");
    drop(shadow);
    assert_eq!(there(), "NULL");
}

#[test]
fn a_role_of_the_server_lends_no_rights() {
    let place = TestDatabase::new();
    let role = place.role();
    let proof = prove(
        "create table t (a int)",
        &format!("grant select on t to {role}"),
        "create table u ()",
    );
    assert_eq!(words(&proof), "equal");
    let proof = prove("", &format!("set role {role}"), "create table u ()");
    assert!(
        words(&proof).starts_with("unproven: permission denied"),
        "{proof:#?}"
    );
}

#[test]
fn what_a_role_sets_for_itself_ends_with_its_pair() {
    let mut shadow = shadow("");
    let set = "do $$begin execute format('alter role %I set default_transaction_isolation = serializable', current_user); end$$";
    let is_set = "do $$begin if current_setting('default_transaction_isolation') <> 'read committed' then raise 'set'; end if; end$$";
    for _ in 0..2 {
        let proof = prove_on(
            &mut shadow,
            set,
            "do $$begin perform nextval('nowhere'); end$$",
        );
        assert!(words(&proof).starts_with("alone: b"), "{proof:#?}");
        let proof = prove_on(
            &mut shadow,
            is_set,
            "-- migration: no-transaction\nselect 1",
        );
        assert_eq!(words(&proof), "equal", "{proof:#?}");
    }
}
