//! Databases that are made and always dropped.

use std::path::Path;
use std::time::Duration;

use migrations_common::app::App;
use migrations_common::placeholder::Values;
use migrations_common::proof::DataVerdict;
use migrations_common::shadow::{Base, Limits, Shadow};
use migrations_common::target::Scope;

use postgres::{Client, NoTls};

use super::{prove_on, shadow, shadow_within, words};
use crate::support::{TestDatabase, app, server};

/// Names of databases and roles like `pattern`.
fn left(pattern: &str) -> String {
    TestDatabase::new().value(&format!(
        "select string_agg(name, ',' order by name) from \
         (select datname as name from pg_database union select rolname from pg_roles) x where name like '{pattern}'"
    ))
}

/// What this process, or another, left that began with the shadow's name.
fn of(shadow: &Shadow) -> String {
    format!("{}%", shadow.name())
}

#[test]
fn all_is_dropped_in_the_end() {
    let mut shadow = shadow("create table t (a int)");
    let pattern = of(&shadow);
    prove_on(
        &mut shadow,
        "alter table t rename a to b",
        "select a from t",
    );
    prove_on(
        &mut shadow,
        "insert into t values (1)",
        "insert into t values (2)",
    );
    assert_ne!(left(&pattern), "NULL");
    drop(shadow);
    assert_eq!(left(&pattern), "NULL");
}

#[test]
fn a_proof_leaves_no_copies_but_the_idle_one() {
    let mut shadow = shadow("create table t (a int)");
    for _ in 0..2 {
        prove_on(
            &mut shadow,
            "alter table t rename a to b",
            "select a from t",
        );
    }
    let databases = TestDatabase::new().value(&format!(
        "select count(*) from pg_database where datname like '{}'",
        of(&shadow)
    ));
    assert_eq!(databases, "1");
}

#[test]
fn a_base_that_does_not_run_leaves_nothing() {
    let base = "do $$begin raise '%', current_database(); end$$";
    let build = Shadow::build(server(), Base::Sql(base), &[], Limits::default());
    let problem = build.err().expect("refused");
    assert_eq!(problem.code, "shadow-base");
    let name = problem.message.rsplit(' ').next().expect("a name");
    assert!(name.starts_with("migrations_shadow_"), "{problem:#?}");
    assert_eq!(left(&format!("{name}%")), "NULL");
}

#[test]
fn what_the_dead_left_is_dropped_and_what_the_living_have_is_not() {
    let alive = shadow("create table t (a int)");
    let other = format!("migrations_shadow_1_{}_0", std::process::id());
    // Another process: a session with the lock, databases and roles.
    let mut client = Client::connect(&server().url("postgres"), NoTls).expect("connects");
    for statement in [
        format!("select pg_advisory_lock(hashtextextended('{other}', 0))"),
        format!("create role {other} login"),
        format!("create role {other}_reader"),
        format!("create role made_for_{other}"),
        format!("comment on role made_for_{other} is '{other}'"),
        format!("create database {other} owner {other} template template0 allow_connections false"),
        format!("create database {other}_1 owner {other} template template0"),
        "create database migrations_shadow_of_mine template template0".to_owned(),
    ] {
        client.batch_execute(&statement).expect("runs");
    }
    let pattern = format!("%{other}%");
    let all = left(&pattern);
    drop(shadow(""));
    assert_eq!(left(&pattern), all);
    assert_eq!(all.split(',').count(), 4, "{all}");
    drop(client);
    TestDatabase::new().wait_until(&format!(
        "not exists (select from pg_locks where locktype = 'advisory' \
         and (classid::int8 << 32 | objid::int8) = hashtextextended('{other}', 0))"
    ));
    drop(shadow(""));
    assert_eq!(left(&pattern), "NULL");
    assert_ne!(left(&of(&alive)), "NULL");
    assert_ne!(left("migrations\\_shadow\\_of\\_mine"), "NULL");
    let mut client = TestDatabase::new().client();
    client
        .batch_execute("drop database migrations_shadow_of_mine")
        .expect("runs");
}

#[test]
fn an_owner_without_its_session_is_dead() {
    let abandoned = shadow("create table t (a int)");
    let pattern = of(&abandoned);
    let place = TestDatabase::new();
    let ended = place.value(&format!(
        "select pg_terminate_backend(pid, 10000) from pg_locks where locktype = 'advisory' \
         and (classid::int8 << 32 | objid::int8) = hashtextextended('{}', 0)",
        abandoned.name()
    ));
    assert_eq!(ended, "true");
    drop(shadow(""));
    assert_eq!(left(&pattern), "NULL");
    drop(abandoned);
}

#[test]
fn the_engine_replays_a_base_with_what_the_server_lacks() {
    let files = [
        (
            "V1__a.sql",
            "create table a (id int); grant select on a to replay_reader;",
        ),
        ("V2__b.sql", "create table stage.b (id int);"),
    ];
    let shop = app(
        "shop",
        "schema = \"shop\"\nschemas = [\"shop\", \"stage\"]",
        &files,
    );
    let scopes: Vec<Scope> = shop
        .series
        .iter()
        .map(|series| Scope::of(series, Values::new()))
        .collect();
    let schemas = ["shop".to_owned(), "stage".to_owned()];
    let mut shadow = Shadow::build(
        server(),
        Base::Migrations(&scopes),
        &schemas,
        Limits::default(),
    )
    .expect("built");
    let proof = prove_on(
        &mut shadow,
        "alter table shop.a add column b int",
        "alter table stage.b add column b int",
    );
    assert_eq!(words(&proof), "equal");
}

#[test]
fn a_base_that_needs_a_superuser_says_what_to_do() {
    let shop = app(
        "shop",
        "",
        &[("V1__a.sql", "select 1;\ncreate extension file_fdw;")],
    );
    let scopes: Vec<Scope> = shop
        .series
        .iter()
        .map(|series| Scope::of(series, Values::new()))
        .collect();
    let build = Shadow::build(server(), Base::Migrations(&scopes), &[], Limits::default());
    let problem = build.err().expect("refused");
    assert_eq!(problem.code, "shadow-base");
    assert_eq!(problem.sqlstate.as_deref(), Some("42501"), "{problem:#?}");
    assert_eq!(problem.places[0].line_column(), (2, 1));
    assert!(problem.helps[0].contains("trusted = true"), "{problem:#?}");
}

#[test]
fn a_base_without_an_end_is_ended() {
    let shop = app(
        "shop",
        "",
        &[(
            "V1__a.sql",
            "-- migration: statement-timeout 0\nselect pg_sleep(1e9);",
        )],
    );
    let scopes: Vec<Scope> = shop
        .series
        .iter()
        .map(|series| Scope::of(series, Values::new()))
        .collect();
    let limits = Limits {
        base: Duration::from_millis(500),
        ..Limits::default()
    };
    let build = Shadow::build(server(), Base::Migrations(&scopes), &[], limits);
    let problem = build.err().expect("refused");
    assert_eq!(problem.code, "shadow-base", "{problem:#?}");
    assert!(
        problem.message.contains("takes longer than"),
        "{problem:#?}"
    );
}

#[test]
fn the_apps_of_this_repository_are_a_base() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a workspace");
    let load = |name: &str| {
        App::from_disk(name, &format!("apps/{name}"), &root.join("apps").join(name)).expect("valid")
    };
    let apps = [load("app1"), load("app2")];
    let core = apps.iter().flat_map(|app| app.series_of("core"));
    let scopes: Vec<Scope> = core
        .map(|series| Scope::of(series, Values::new()))
        .collect();
    let mut shadow =
        Shadow::build(server(), Base::Migrations(&scopes), &[], Limits::default()).expect("built");
    let proof = prove_on(
        &mut shadow,
        "alter table orders add column gift_note text",
        "create index orders_currency_idx on orders (currency)",
    );
    assert_eq!(words(&proof), "equal", "{proof:#?}");
    assert!(!proof.confirmed_by_commits);
    let proof = prove_on(
        &mut shadow,
        "alter table orders rename column currency to currency_code",
        "create index orders_currency_idx on orders (currency)",
    );
    assert_eq!(
        words(&proof),
        "only BThenA: b V1__b.sql:1:1 42703",
        "{proof:#?}"
    );
    let proof = prove_on(
        &mut shadow,
        "update orders set currency = 'EUR'",
        "update orders set currency = 'USD'",
    );
    assert!(
        matches!(&proof.data, DataVerdict::Unproven { tables, .. } if tables == &["public.orders"]),
        "{proof:#?}"
    );
}

#[test]
fn two_shadows_live_side_by_side() {
    let mut one = shadow("create table t (a int)");
    let mut two = shadow_within("create table t (b int)", Limits::default());
    assert_eq!(
        words(&prove_on(&mut one, "select a from t", "create table u ()")),
        "equal"
    );
    drop(one);
    assert_eq!(
        words(&prove_on(&mut two, "select b from t", "create table u ()")),
        "equal"
    );
}
