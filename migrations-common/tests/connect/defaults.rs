//! What fills the gaps of a URL, and in which order.

use std::fs;

use migrations_common::Environment;
use migrations_common::connect::Parameters;

use crate::certificates::private;
use crate::server::{PASSWORD, with_tls};
use crate::{connect_in, value};

fn read(text: &str, environment: &[(&str, &str)]) -> Parameters {
    Parameters::from_url(text, &Environment::from_pairs(environment.iter().copied())).unwrap()
}

fn problem(text: &str, environment: &[(&str, &str)]) -> String {
    let problem = Parameters::from_url(text, &Environment::from_pairs(environment.iter().copied()));
    problem.unwrap_err().to_string()
}

#[test]
fn both_forms_are_read() {
    let check = |text: &str, expected: &str| {
        assert_eq!(read(text, &[("USER", "me")]).display(), expected, "{text}");
    };
    check(
        "postgres://app:pw@db:5433/shop",
        "postgres://app@db:5433/shop",
    );
    check(
        "postgresql://app@a,b:2/shop?sslmode=require",
        "postgres://app@a:5432,b:2/shop",
    );
    check(
        "postgres://app:pw@[::1]/shop",
        "postgres://app@[::1]:5432/shop",
    );
    check(
        "postgres://app@%2Ftmp%2Fsock/shop",
        "postgres://app@%2Ftmp%2Fsock:5432/shop",
    );
    check(
        "postgres:///shop?host=/tmp/sock&user=app",
        "postgres://app@%2Ftmp%2Fsock:5432/shop",
    );
    check(
        "host=/tmp/sock dbname='my shop' user=app",
        "postgres://app@%2Ftmp%2Fsock:5432/my%20shop",
    );
    check("postgres://other/?host=db&port=7", "postgres://me@db:7/me");
    check(" postgres://db/shop\n", "postgres://me@db:5432/shop");
}

#[test]
fn the_url_comes_before_the_service_and_the_service_before_variables() {
    let directory = tempfile::tempdir().unwrap();
    let services = directory.path().join("services");
    fs::write(
        &services,
        "[shop]\nhost=from-service\nport=1111\nuser=service\n",
    )
    .unwrap();
    let services = services.to_str().unwrap();
    let environment = [
        ("PGSERVICEFILE", services),
        ("PGHOST", "from-variable"),
        ("PGPORT", "2222"),
        ("PGUSER", "variable"),
        ("PGDATABASE", "variable"),
    ];
    let check = |text: &str, expected: &str| {
        assert_eq!(read(text, &environment).display(), expected, "{text}");
    };
    check("", "postgres://variable@from-variable:2222/variable");
    check(
        "service=shop",
        "postgres://service@from-service:1111/variable",
    );
    check(
        "postgres://url@from-url/url?service=shop",
        "postgres://url@from-url:1111/url",
    );
    check(
        "postgres://from-url/",
        "postgres://variable@from-url:2222/variable",
    );

    let by_variable = [
        ("PGSERVICEFILE", services),
        ("PGSERVICE", "shop"),
        ("PGUSER", ""),
    ];
    assert_eq!(
        read("", &by_variable).display(),
        "postgres://service@from-service:1111/service"
    );
    assert_eq!(
        problem("service=other", &environment),
        "no connection service `other`"
    );
}

#[test]
fn variables_reach_the_server() {
    let server = with_tls();
    let (port, ca) = (server.port.to_string(), server.file("ca.crt"));
    let environment = Environment::from_pairs([
        ("PGHOST", "localhost"),
        ("PGHOSTADDR", "127.0.0.1"),
        ("PGPORT", &port),
        ("PGUSER", "app"),
        ("PGPASSWORD", PASSWORD),
        ("PGDATABASE", "postgres"),
        ("PGSSLMODE", "verify-full"),
        ("PGSSLROOTCERT", &ca),
        ("PGAPPNAME", "named by variable"),
        ("PGCONNECT_TIMEOUT", "60"),
        ("PGTARGETSESSIONATTRS", "read-write"),
    ]);
    let mut connection = connect_in("", &environment).unwrap();
    assert_eq!(
        value(&mut connection, "SHOW application_name"),
        "named by variable"
    );
    assert_eq!(
        value(
            &mut connection,
            "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        ),
        "true"
    );
}

#[test]
fn the_users_directory_holds_a_ca_and_a_client_certificate() {
    let server = with_tls();
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join(".postgresql");
    fs::create_dir(&directory).unwrap();
    let environment = Environment::from_pairs([("HOME", home.path())]);
    let text = format!("{} sslmode=require", server.tcp("by_certificate"));
    let code = |text: &str| {
        connect_in(text, &environment)
            .err()
            .map(|problem| problem.code)
    };

    assert_eq!(code(&text), Some("role-refused"));
    fs::copy(server.file("client.crt"), directory.join("postgresql.crt")).unwrap();
    assert_eq!(code(&text), Some("tls-files"), "the key is missing");
    let key = fs::read_to_string(server.file("client.key")).unwrap();
    private(&directory.join("postgresql.key"), &key);
    assert_eq!(code(&text), None);
    fs::copy(server.file("other.crt"), directory.join("root.crt")).unwrap();
    assert_eq!(
        code(&text),
        Some("certificate"),
        "with a root.crt, require is verify-ca"
    );
    fs::copy(server.file("ca.crt"), directory.join("root.crt")).unwrap();
    assert_eq!(code(&text.replace("require", "verify-full")), None);
}

#[test]
fn a_password_is_found_in_a_file() {
    let server = with_tls();
    let directory = tempfile::tempdir().unwrap();
    let port = server.port;
    let url = format!("postgres://app@127.0.0.1:{port}/postgres");
    let code = |environment: &[(&str, &str)]| {
        let environment = Environment::from_pairs(environment.iter().copied());
        connect_in(&url, &environment)
            .err()
            .map(|problem| (problem.code, problem.notes.join("\n")))
    };
    assert_eq!(code(&[]).unwrap().0, "password-missing");

    let pgpass = directory.path().join(".pgpass");
    let escaped = PASSWORD.replace(':', "\\:");
    private(
        &pgpass,
        &format!("other:*:*:*:wrong\n127.0.0.1:{port}:postgres:app:{escaped}\n*:*:*:*:wrong\n"),
    );
    let home = directory.path().to_str().unwrap();
    let pgpass = pgpass.to_str().unwrap();
    assert_eq!(code(&[("HOME", home)]), None);
    assert_eq!(code(&[("PGPASSFILE", pgpass)]), None);
    assert_eq!(
        code(&[("HOME", home), ("PGPASSWORD", "wrong")]).unwrap().0,
        "wrong-password"
    );

    private(&pgpass.into(), "*:*:*:*:wrong\n");
    let (code_of_wrong, notes) = code(&[("HOME", home)]).unwrap();
    assert_eq!(code_of_wrong, "wrong-password");
    assert!(
        notes.contains(&format!("passwords come from `{pgpass}`")),
        "{notes}"
    );

    let file = directory.path().join("secret");
    fs::write(&file, format!("{PASSWORD}\n")).unwrap();
    assert_eq!(code(&[("PGPASSWORD_FILE", file.to_str().unwrap())]), None);
}

#[test]
fn wrong_values_are_refused_by_name() {
    let check = |text: &str, expected: &str| {
        assert_eq!(problem(text, &[("USER", "me")]), expected, "{text}");
    };
    let url = |keyword: &str| format!("postgres://db/d?{keyword}");
    check(
        &url("sslmode=on"),
        "`sslmode` of the connection URL is `on`; it must be one of disable, allow, prefer, require, verify-ca, verify-full",
    );
    check(
        &url("connect_timeout=soon"),
        "`connect_timeout` of the connection URL is `soon`; it must be a whole number",
    );
    check(
        &url("ssl_mode=require"),
        "unknown keyword `ssl_mode` in the connection URL",
    );
    check(
        &url("sslcrl=/x"),
        "`sslcrl` of the connection URL is not supported",
    );
    check(
        &url("gssencmode=require"),
        "`gssencmode` of the connection URL is `require`; it must be disable or prefer, as GSSAPI is not supported",
    );
    check(
        &url("sslrootcert=system&sslmode=require"),
        "`sslmode` of the connection URL is `require`; it must be verify-full when sslrootcert is `system`",
    );
    check(
        &url("sslnegotiation=direct"),
        "`sslnegotiation` of the connection URL is `direct`; it must be postgres unless sslmode is require or stronger",
    );
    check(
        "mysql://db/d",
        "the connection URL is not one of PostgreSQL",
    );
    check("shop", "the connection URL is not one of PostgreSQL");
    check(
        "password=a hunter2=b",
        "an unknown keyword follows the password in the connection URL",
    );
    assert_eq!(
        problem("postgres://u@db", &[("PGSSLMODE", "on")]),
        "`sslmode` of the variable PGSSLMODE is `on`; it must be one of disable, allow, prefer, require, verify-ca, verify-full"
    );
    assert_eq!(
        problem("postgres://db/d", &[]),
        "the connection URL names no user"
    );
}

#[test]
fn keywords_that_change_nothing_are_accepted() {
    let text = "postgres://u@h/d?gssencmode=prefer&client_encoding=UTF8&load_balance_hosts=disable\
                &fallback_application_name=x&keepalives=1&keepalives_idle=99999999&tcp_user_timeout=0";
    assert_eq!(read(text, &[]).display(), "postgres://u@h:5432/d");
}

#[test]
fn a_url_goes_out_as_it_came_in() {
    let check = |text: &str, expected: &str| {
        let parameters = read(text, &[]);
        assert_eq!(parameters.as_url().expose(), expected);
        assert_eq!(read(expected, &[]).as_url().expose(), expected);
        assert!(!format!("{parameters:?} {:?}", parameters.as_url()).contains("p%40ss"));
    };
    check(
        "user=a:b password=p@ss host=/tmp/s dbname=x",
        "postgres://a%3Ab:p%40ss@%2Ftmp%2Fs:5432/x",
    );
    check(
        "postgres://u:p%40ss@a:1,b:2/d?sslmode=verify-full&sslrootcert=/ca%26.crt&passfile=/x",
        "postgres://u:p%40ss@a:1,b:2/d?sslmode=verify-full&sslrootcert=%2Fca%26.crt",
    );
}

#[test]
fn a_server_is_the_same_whatever_the_database() {
    let server = |text| read(text, &[]).server();
    let one = read("postgres://u:p@Db/x", &[]);
    assert_eq!(one.with_database("y").database(), "y");
    assert_eq!(one.with_database("y").server(), one.server());
    assert_eq!(server("postgres://v@db:5432/z"), one.server());
    assert_eq!(server("postgres://v@a,b/z"), server("postgres://v@b,a/z"));
    assert_ne!(server("postgres://u@db:5433/x"), one.server());
    assert_eq!(one.server().to_string(), "db:5432");
}
