//! Every `sslmode` against a server with TLS and one without.

use crate::server::{with_tls, without_tls};
use crate::{connect, refused, value};

/// `tls` or `plain`, or the code of the problem.
fn outcome(text: &str) -> String {
    match connect(text) {
        Ok(mut connection) => value(
            &mut connection,
            "SELECT CASE WHEN ssl THEN 'tls' ELSE 'plain' END FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
        ),
        Err(_) => refused(text).code.to_owned(),
    }
}

#[test]
fn each_mode_does_what_libpq_documents() {
    let (with, without) = (with_tls(), without_tls());
    for (mode, on_tls, on_plain) in [
        ("disable", "plain", "plain"),
        ("allow", "plain", "plain"),
        ("prefer", "tls", "plain"),
        ("require", "tls", "no-tls"),
    ] {
        assert_eq!(
            outcome(&format!("{} sslmode={mode}", with.tcp("app"))),
            on_tls,
            "{mode}"
        );
        assert_eq!(
            outcome(&format!("{} sslmode={mode}", without.tcp("app"))),
            on_plain,
            "{mode}"
        );
    }
    assert_eq!(outcome(&with.tcp("app")), "tls", "prefer is the default");
}

#[test]
fn certificates_are_verified_as_asked() {
    let server = with_tls();
    let (ca, other) = (server.file("ca.crt"), server.file("other.crt"));
    let check = |host: &str, rest: &str, expected: &str| {
        let text = format!("{} host={host} {rest}", server.tcp("app"));
        assert_eq!(outcome(&text), expected, "{host} {rest}");
    };
    check(
        "localhost",
        &format!("sslmode=verify-full sslrootcert={ca}"),
        "tls",
    );
    check(
        "wrong.name",
        &format!("sslmode=verify-full sslrootcert={ca}"),
        "certificate",
    );
    check(
        "127.0.0.1",
        &format!("sslmode=verify-full sslrootcert={ca}"),
        "certificate",
    );
    check(
        "wrong.name",
        &format!("sslmode=verify-ca sslrootcert={ca}"),
        "tls",
    );
    check(
        "localhost",
        &format!("sslmode=verify-ca sslrootcert={other}"),
        "certificate",
    );
    check(
        "localhost",
        &format!("sslmode=verify-full sslrootcert={other}"),
        "certificate",
    );
    check(
        "localhost",
        "sslmode=verify-full sslrootcert=system",
        "certificate",
    );
    check("localhost", "sslrootcert=system", "certificate");
    check("localhost", "sslmode=verify-full", "tls-files");
    check(
        "localhost",
        "sslmode=verify-full sslrootcert=/no/such/file",
        "tls-files",
    );
    check(
        "localhost",
        "sslmode=require sslrootcert=/no/such/file",
        "tls-files",
    );
    // With a CA, `require` is `verify-ca`; without one it trusts anybody.
    check(
        "wrong.name",
        &format!("sslmode=require sslrootcert={ca}"),
        "tls",
    );
    check(
        "localhost",
        &format!("sslmode=require sslrootcert={other}"),
        "certificate",
    );
    check(
        "wrong.name",
        "sslmode=require ssl_min_protocol_version=TLSv1.3",
        "tls",
    );
    check(
        "localhost",
        &format!(
            "sslmode=verify-full sslrootcert={}",
            server.file("server.key")
        ),
        "tls-files",
    );
}

#[test]
fn problems_with_certificates_say_which_and_what_to_do() {
    let server = with_tls();
    let ca = server.file("ca.crt");
    let problem = refused(&format!(
        "{} host=wrong.name sslmode=verify-full sslrootcert={ca}",
        server.tcp("app")
    ));
    let port = server.port;
    let start = format!(
        "cannot connect to postgres://app@wrong.name:{port}/postgres: the server's certificate is not for this host"
    );
    assert!(problem.message.starts_with(&start), "{problem}");
    assert!(problem.message.contains("localhost"), "{problem}");

    let other = server.file("other.crt");
    let problem = refused(&format!(
        "{} sslmode=verify-ca sslrootcert={other}",
        server.tcp("app")
    ));
    assert!(
        problem
            .message
            .contains(&format!("no CA in `{other}` signed")),
        "{problem}"
    );

    let problem = refused(&format!("{} sslmode=require", without_tls().tcp("app")));
    assert!(
        problem
            .message
            .ends_with("the server does not offer TLS, and sslmode asks for it"),
        "{problem}"
    );
}

#[test]
fn the_server_decides_between_tls_and_plain() {
    let server = with_tls();
    let check = |user: &str, mode: &str, expected: &str| {
        let text = format!("{} sslmode={mode}", server.tcp(user));
        assert_eq!(outcome(&text), expected, "{user} {mode}");
    };
    check("only_tls", "allow", "tls");
    check("only_tls", "disable", "role-refused");
    check("only_plain", "prefer", "plain");
    check("only_plain", "require", "role-refused");
    let nowhere = format!("{} sslmode=allow", without_tls().tcp("only_tls"));
    assert_eq!(outcome(&nowhere), "role-refused");
}

#[test]
fn a_socket_has_no_tls_and_needs_none() {
    assert_eq!(
        outcome(&format!("{} sslmode=verify-full", with_tls().socket())),
        "plain"
    );
}

#[test]
fn a_client_certificate_is_shown() {
    let server = with_tls();
    let user = server.tcp("by_certificate");
    let (crt, key) = (server.file("client.crt"), server.file("client.key"));
    assert_eq!(
        outcome(&format!(
            "{user} sslmode=require sslcert={crt} sslkey={key}"
        )),
        "tls"
    );
    assert_eq!(outcome(&format!("{user} sslmode=require")), "role-refused");
    assert_eq!(
        outcome(&format!("{user} sslmode=require sslcert={crt}")),
        "tls-files"
    );
    let other = server.file("server.crt");
    assert_eq!(
        outcome(&format!(
            "{user} sslmode=require sslcert={other} sslkey={key}"
        )),
        "tls-files"
    );
}

#[test]
fn the_password_exchange_can_be_bound_to_the_channel() {
    let server = with_tls();
    assert_eq!(
        outcome(&format!("{} channel_binding=require", server.tcp("app"))),
        "tls"
    );
    assert_eq!(
        outcome(&format!(
            "{} channel_binding=require sslmode=disable",
            server.tcp("app")
        )),
        "server-refused"
    );
}
