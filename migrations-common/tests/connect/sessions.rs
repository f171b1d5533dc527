//! What an open connection is: its name, its notices, its cancelling, its errors.

use std::sync::mpsc::channel;
use std::thread;

use migrations_common::Environment;
use migrations_common::connect::{Parameters, open, problem_of};

use crate::server::{Server, bindir, with_tls};
use crate::{connect, refused, value};

#[test]
fn a_running_statement_is_cancelled_over_tls() {
    let server = with_tls();
    let mut connection = connect(&format!("{} sslmode=require", server.tcp("only_tls"))).unwrap();
    let canceller = connection.canceller();
    let pid: i32 = connection
        .query_one("SELECT pg_backend_pid()", &[])
        .unwrap()
        .get(0);
    let sleeper = thread::spawn(move || {
        connection
            .batch_execute("SELECT pg_sleep(600)")
            .unwrap_err()
    });

    let mut other = connect(&server.socket()).unwrap();
    let runs = "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'";
    while other.query_opt(runs, &[&pid]).unwrap().is_none() {
        thread::yield_now();
    }
    canceller.cancel().unwrap();
    let error = problem_of(&sleeper.join().unwrap());
    assert_eq!(error.sqlstate.as_deref(), Some("57014"));
    assert!(!error.connection_lost, "{error:?}");
}

#[test]
fn a_cancel_that_cannot_be_sent_is_a_problem() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = with_tls();
    let upstream = server.port;
    // Forwards one connection and then closes the door.
    thread::spawn(move || {
        let (near, _) = listener.accept().unwrap();
        drop(listener);
        let far = std::net::TcpStream::connect(("127.0.0.1", upstream)).unwrap();
        let (mut near_in, mut far_out) = (near.try_clone().unwrap(), far.try_clone().unwrap());
        thread::spawn(move || std::io::copy(&mut near_in, &mut far_out));
        let (mut far_in, mut near_out) = (far, near);
        let _ = std::io::copy(&mut far_in, &mut near_out);
    });
    let connection = connect(&format!(
        "{} port={port} sslmode=require",
        server.tcp("app")
    ))
    .unwrap();
    let problem = connection.canceller().cancel().unwrap_err();
    assert_eq!(problem.code, "cancel");
    assert!(problem.message.contains("refused"), "{problem}");
}

#[test]
fn a_connection_is_named_and_heard() {
    let (sender, notices) = channel();
    let parameters = Parameters::from_url(&with_tls().tcp("app"), &Environment::default()).unwrap();
    let mut connection = open(&parameters, "migrations app1", move |notice| {
        let _ = sender.send(notice.message().to_owned());
    })
    .unwrap();
    assert_eq!(
        value(&mut connection, "SHOW application_name"),
        "migrations app1"
    );
    connection
        .batch_execute("DO $$ BEGIN RAISE NOTICE 'hear this'; END $$")
        .unwrap();
    assert_eq!(notices.try_recv().unwrap(), "hear this");

    let named = format!("{} application_name=mine", with_tls().tcp("app"));
    assert_eq!(
        value(&mut connect(&named).unwrap(), "SHOW application_name"),
        "mine"
    );
}

#[test]
fn only_the_urls_startup_options_are_sent() {
    let settings = "SELECT count(*)::text FROM pg_settings WHERE source = 'client'
                    AND name NOT IN ('application_name', 'client_encoding')";
    let mut connection = connect(&with_tls().tcp("app")).unwrap();
    assert_eq!(value(&mut connection, settings), "0");
    let text = format!("{} options='-c work_mem=77kB'", with_tls().tcp("app"));
    assert_eq!(value(&mut connect(&text).unwrap(), "SHOW work_mem"), "77kB");
}

#[test]
fn an_error_is_taken_apart() {
    let mut connection = connect(&with_tls().tcp("app")).unwrap();
    let mut error = |sql: &str| problem_of(&connection.batch_execute(sql).unwrap_err());

    let syntax = error("SELECT 'ä', nothing");
    assert_eq!(syntax.sqlstate.as_deref(), Some("42703"));
    assert_eq!((syntax.position, syntax.internal), (Some(13), None));
    assert!(!syntax.connection_lost);

    let constraint = error(
        "CREATE TEMP TABLE t (c int CONSTRAINT small CHECK (c < 3)); INSERT INTO t VALUES (9)",
    );
    assert_eq!(constraint.table.as_deref(), Some("t"));
    assert_eq!(constraint.constraint.as_deref(), Some("small"));
    assert!(constraint.schema.unwrap().starts_with("pg_temp"));
    assert!(constraint.detail.unwrap().contains("(9)"));

    let internal = error("DO $$ BEGIN EXECUTE 'SELECT nothing'; END $$");
    assert_eq!(internal.internal, Some((8, "SELECT nothing".to_owned())));
    assert!(internal.context.unwrap().contains("PL/pgSQL"));

    // Of class 08 and yet about no connection of ours.
    let foreign = error("DO $$ BEGIN RAISE SQLSTATE '08006' USING HINT = 'look there'; END $$");
    assert_eq!(foreign.hint.as_deref(), Some("look there"));
    assert!(!foreign.connection_lost);
}

#[test]
fn a_lost_connection_is_known_as_lost() {
    let server = with_tls();
    let mut connection = connect(&server.tcp("app")).unwrap();
    let pid: i32 = connection
        .query_one("SELECT pg_backend_pid()", &[])
        .unwrap()
        .get(0);
    connect(&server.socket())
        .unwrap()
        .execute("SELECT pg_terminate_backend($1, 60000)", &[&pid])
        .unwrap();
    let first = problem_of(&connection.batch_execute("SELECT 1").unwrap_err());
    assert!(first.connection_lost, "{first:?}");
    let second = problem_of(&connection.batch_execute("SELECT 1").unwrap_err());
    assert!(second.connection_lost, "{second:?}");
}

#[test]
fn the_next_host_is_tried_unless_the_password_is_wrong() {
    let Server { port, .. } = with_tls();
    let hosts =
        |password: &str| format!("postgres://app:{password}@127.0.0.1:1,127.0.0.1:{port}/postgres");
    connect(&hosts(crate::server::ENCODED)).unwrap();
    let wrong = format!("postgres://app:wrong@127.0.0.1:{port},127.0.0.1:1/postgres");
    assert_eq!(refused(&wrong).code, "wrong-password");
    let both = refused("postgres://app@127.0.0.1:1,127.0.0.1:2/postgres");
    assert!(
        both.message.contains(":2/") && both.notes[0].contains(":1/"),
        "{both:?}"
    );
}

#[test]
fn a_server_can_be_chosen_by_what_it_is() {
    let connect = |attrs: &str| {
        connect(&format!(
            "{} target_session_attrs={attrs}",
            with_tls().tcp("app")
        ))
    };
    for attrs in ["any", "read-write", "primary", "prefer-standby"] {
        assert!(connect(attrs).is_ok(), "{attrs}");
    }
    for attrs in ["read-only", "standby"] {
        assert_eq!(
            connect(attrs).err().unwrap().code,
            "wrong-session",
            "{attrs}"
        );
    }
}

#[test]
fn libpq_understands_our_url() {
    let server = with_tls();
    for text in [
        format!(
            "{} sslmode=verify-full sslrootcert={}",
            server.tcp("app"),
            server.file("ca.crt")
        ),
        server.socket(),
    ] {
        let parameters = Parameters::from_url(&text, &Environment::default()).unwrap();
        let output = std::process::Command::new(bindir().join("psql"))
            .args(["-XAtc", "SELECT current_user", parameters.as_url().expose()])
            .output()
            .unwrap();
        let user = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        assert_eq!(
            user,
            parameters.user(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(
            open(
                &Parameters::from_url(parameters.as_url().expose(), &Environment::default())
                    .unwrap(),
                "",
                |_| {}
            )
            .is_ok()
        );
    }
}
