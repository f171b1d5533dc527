//! What each way of not getting a connection is called, and that none of them takes forever.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use migrations_common::Kind;

use crate::refused;
use crate::server::{ENCODED, PASSWORD, with_tls};

#[test]
fn the_servers_refusals_have_names() {
    let server = with_tls();
    let check = |text: String, code: &str, sqlstate: Option<&str>, words: &str| {
        let problem = refused(&text);
        assert_eq!(
            (problem.code, problem.sqlstate.as_deref()),
            (code, sqlstate),
            "{problem}"
        );
        assert_eq!(problem.kind, Kind::Connect);
        assert!(
            problem.message.starts_with("cannot connect to postgres://"),
            "{problem}"
        );
        assert!(problem.message.contains(words), "{problem}");
        assert!(!problem.helps.is_empty(), "{problem}");
    };
    let app = server.tcp("app");
    check(
        format!("{app} password=wrong"),
        "wrong-password",
        Some("28P01"),
        "password authentication failed",
    );
    check(
        format!("{app} password=''"),
        "password-missing",
        None,
        "there is none",
    );
    check(
        format!("{app} dbname=nowhere"),
        "no-database",
        Some("3D000"),
        "\"nowhere\" does not exist",
    );
    check(
        server.tcp("missing"),
        "role-refused",
        Some("28000"),
        "role \"missing\" does not exist",
    );
    check(
        server.tcp("stranger"),
        "role-refused",
        Some("28000"),
        "no pg_hba.conf entry",
    );
    check(
        server.tcp("limited"),
        "too-many-connections",
        Some("53300"),
        "too many connections for role",
    );
    check(
        format!("{app} target_session_attrs=standby"),
        "wrong-session",
        None,
        "it is not a standby server",
    );
    check(
        format!("{app} options='-c nonsense'"),
        "server-refused",
        Some("42601"),
        "nonsense",
    );
}

#[test]
fn a_refusal_names_the_host_that_was_tried() {
    let server = with_tls();
    let problem = refused(&format!(
        "postgres://app:wrong@127.0.0.1:{}/shop?sslmode=require",
        server.port
    ));
    let expected = format!(
        "cannot connect to postgres://app@127.0.0.1:{}/shop: ",
        server.port
    );
    assert!(problem.message.starts_with(&expected), "{problem}");
    assert_eq!(problem.code, "wrong-password");
}

#[test]
fn no_problem_shows_the_password() {
    let server = with_tls();
    for text in [
        format!("postgres://app:{ENCODED}@127.0.0.1:{}/nowhere", server.port),
        format!(
            "postgres://stranger:{ENCODED}@127.0.0.1:{}/nowhere",
            server.port
        ),
        // The server repeats the value of an option.
        format!(
            r"{} options='-c work_mem=hunter2\\ /@:%?'",
            server.tcp("app")
        ),
        format!("postgres://app:{ENCODED}@127.0.0.1:1/nowhere"),
        format!("postgres://app:{ENCODED}@127.0.0.1:x/nowhere"),
        format!("postgres://app:{ENCODED}@127.0.0.1:1/nowhere?nonsense=1"),
        format!("postgres://app:{PASSWORD}@127.0.0.1:1/nowhere"),
    ] {
        refused(&text);
    }
}

#[test]
fn where_nothing_answers_is_unreachable() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let check = |text: &str, words: &str| {
        let problem = refused(text);
        assert_eq!(problem.code, "unreachable", "{problem}");
        assert!(problem.message.contains(words), "{problem}");
    };
    check(
        &format!("postgres://u@127.0.0.1:{closed}/d"),
        "connection refused",
    );
    check(
        "host=/tmp/no/such/directory user=u",
        "there is no socket `/tmp/no/such/directory/.s.PGSQL.5432`",
    );
    check(
        "postgres://u@no-such-host.invalid/d",
        "the host name cannot be resolved",
    );
}

/// A server that does `with` each connection.
fn imposter(with: impl Fn(std::net::TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || listener.incoming().flatten().for_each(with));
    port
}

#[test]
fn a_silent_server_is_given_up() {
    let held = std::sync::Mutex::new(Vec::new());
    let port = imposter(move |stream| held.lock().unwrap().push(stream));
    for mode in ["disable", "prefer", "require"] {
        let problem = refused(&format!(
            "postgres://u@127.0.0.1:{port}/d?connect_timeout=1&sslmode={mode}"
        ));
        assert_eq!(problem.code, "unreachable", "{problem}");
        assert!(
            problem.message.contains("no answer within 1 s"),
            "{problem}"
        );
    }
}

#[test]
fn what_is_no_postgresql_is_no_panic() {
    let answers: [&[u8]; 5] = [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"S\x16\x03\x03\x00\x02garbage",
        b"R\x00\x00\x00\x08\x00\x00\x00\x07",
        b"E\x00\x00\x00\x04R\xff\xff\xff\xff",
    ];
    for answer in answers {
        let port = imposter(move |mut stream| {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(answer);
        });
        for mode in ["disable", "prefer", "require"] {
            let problem = refused(&format!("postgres://u@127.0.0.1:{port}/d?sslmode={mode}"));
            assert_eq!(problem.kind, Kind::Connect, "{answer:?} {problem}");
        }
    }
}
