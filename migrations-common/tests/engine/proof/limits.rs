//! No proof hangs.

use std::process::Command;
use std::thread;
use std::time::Duration;

use migrations_common::Environment;
use migrations_common::embedded::{Search, ThrowAway, locate};
use migrations_common::proof;
use migrations_common::shadow::{Base, Limits, Shadow};
use postgres::{Client, NoTls};

use super::{prove_on, shadow_within, side, words};

fn limits() -> Limits {
    Limits {
        statement: Duration::from_millis(300),
        order: Duration::from_secs(2),
        ..Limits::default()
    }
}

#[test]
fn a_statement_without_an_end_is_ended() {
    let mut shadow = shadow_within("", limits());
    let proof = prove_on(
        &mut shadow,
        "select 1;\nselect pg_sleep(1e9)",
        "create table t ()",
    );
    assert_eq!(
        words(&proof),
        "unproven: canceling statement due to statement timeout; a proof gives a statement 0.3 s at V1__a.sql:2:1"
    );
}

#[test]
fn a_migration_cannot_give_itself_more_time() {
    let mut shadow = shadow_within("", limits());
    let stubborn = "set statement_timeout = 0;\ndo $$begin loop begin perform pg_sleep(1e9); \
        exception when query_canceled then null; end; end loop; end$$";
    let proof = prove_on(&mut shadow, stubborn, "create table t ()");
    assert_eq!(
        words(&proof),
        "unproven: running both sides takes longer than the 2 s that a proof has at V1__a.sql:2:1"
    );
    let proof = prove_on(&mut shadow, "create table s ()", "create table t ()");
    assert_eq!(words(&proof), "equal");
}

#[test]
fn a_migration_that_ends_its_session_fails() {
    let mut shadow = shadow_within("", Limits::default());
    let proof = prove_on(
        &mut shadow,
        "select pg_terminate_backend(pg_backend_pid())",
        "create table t ()",
    );
    assert_eq!(words(&proof), "alone: a V1__a.sql:1:1 none", "{proof:#?}");
}

#[test]
fn a_lock_of_a_session_of_its_own_is_waited_for_a_while() {
    let mut shadow = shadow_within("create table t ()", limits());
    let proof = prove_on(
        &mut shadow,
        "lock table t in access exclusive mode nowait",
        "alter table t add column a int",
    );
    assert_eq!(words(&proof), "equal");
}

#[test]
fn a_server_that_dies_is_a_problem_and_no_verdict() {
    let directory = std::env::temp_dir().join("migrations-common-tests");
    let search = Search::of(&Environment::of_process(), directory.join("packages"));
    let installation = locate(&search).expect("a PostgreSQL on this machine");
    let server = ThrowAway::start(&installation, &directory).expect("started");
    let build = || Shadow::build(&server, Base::Sql(""), &[], Limits::default());
    let mut shadow = build().expect("built");
    let (url, pid) = (server.url("postgres"), server.pid.to_string());
    let killer = thread::spawn(move || {
        let mut client = Client::connect(&url, NoTls).expect("connects");
        let sleeping =
            "select count(*) > 0 from pg_stat_activity where query = 'select pg_sleep(20)'";
        while !client
            .query_one(sleeping, &[])
            .expect("answers")
            .get::<_, bool>(0)
        {
            thread::sleep(Duration::from_millis(10));
        }
        let status = Command::new("kill").args(["-QUIT", &pid]).status();
        assert!(status.expect("runs").success());
    });
    let files = ["-- migration: no-transaction\nselect pg_sleep(20)"];
    let proof = proof::prove(&mut shadow, &side("a", &files), &side("b", &["select 1"]));
    killer.join().expect("killed");
    let problem = proof.expect_err("the server is gone");
    assert_eq!(problem.code, "proof", "{problem:#?}");
    let again = proof::prove(
        &mut shadow,
        &side("a", &["select 1"]),
        &side("b", &["select 1"]),
    );
    assert!(again.is_err(), "{again:#?}");
    drop(shadow);
    assert!(build().is_err());
}
