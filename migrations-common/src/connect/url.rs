//! `postgres://user:password@host:port,host:port/database?key=value` read into keywords.
//!
//! PostgreSQL 18 manual, 32.1.1.2 "Connection URIs". Where libpq ends the password at the first `@`, we end it at the
//! last one before the path, since no host name holds an `@`.

use percent_encoding::percent_decode_str;

use super::settings::CODE;
use crate::problem::Problem;

/// The keywords that `url` holds, in its order. `url` is what follows `postgres://`.
pub(super) fn parse(url: &str) -> Result<Vec<(String, String)>, Problem> {
    let path_start = url.find('/').unwrap_or(url.len());
    let (credentials, rest) = match url.get(..path_start).and_then(|front| front.rfind('@')) {
        Some(at) => url.split_at_checked(at).unwrap_or_default(),
        None => ("", url),
    };
    let rest = rest.strip_prefix('@').unwrap_or(rest);
    if rest.contains('@') {
        // Most likely a `/` in the password; then the parts that we would see hold pieces of it.
        return Err(broken(
            "it has an `@` after the host, so that its parts cannot be told apart",
        ));
    }

    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (hosts, database) = address.split_once('/').unwrap_or((address, ""));
    let mut pairs = Vec::new();
    let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
    push(&mut pairs, "user", user)?;
    push(&mut pairs, "password", password)?;
    push_hosts(&mut pairs, hosts)?;
    push(&mut pairs, "dbname", database)?;
    for word in query.split('&').filter(|word| !word.is_empty()) {
        let (key, value) = word
            .split_once('=')
            .ok_or_else(|| broken("a word after its `?` has no `=`"))?;
        let (key, value) = (decode(key)?, decode(value)?);
        // The spelling of JDBC, which libpq accepts for its sake.
        if key == "ssl" && value == "true" {
            pairs.push(("sslmode".to_owned(), "require".to_owned()));
        } else {
            pairs.push((key, value));
        }
    }
    Ok(pairs)
}

fn push(pairs: &mut Vec<(String, String)>, key: &str, value: &str) -> Result<(), Problem> {
    if !value.is_empty() {
        pairs.push((key.to_owned(), decode(value)?));
    }
    Ok(())
}

fn push_hosts(pairs: &mut Vec<(String, String)>, hosts: &str) -> Result<(), Problem> {
    let mut names = Vec::new();
    let mut ports = Vec::new();
    for host in hosts.split(',') {
        let (name, port) = name_and_port(host)?;
        names.push(decode(name)?);
        ports.push(decode(port)?);
    }
    for (key, values) in [("host", names), ("port", ports)] {
        if values.iter().any(|value| !value.is_empty()) {
            pairs.push((key.to_owned(), values.join(",")));
        }
    }
    Ok(())
}

/// `name:port`, where the name may be an IPv6 address in brackets.
fn name_and_port(host: &str) -> Result<(&str, &str), Problem> {
    let Some(bracketed) = host.strip_prefix('[') else {
        return Ok(host.split_once(':').unwrap_or((host, "")));
    };
    let (name, port) = bracketed
        .split_once(']')
        .ok_or_else(|| broken("a `[` before an IPv6 address has no `]` after it"))?;
    match port.strip_prefix(':') {
        Some(port) => Ok((name, port)),
        None if port.is_empty() => Ok((name, "")),
        None => Err(broken(
            "something other than a port follows the `]` of an IPv6 address",
        )),
    }
}

fn decode(text: &str) -> Result<String, Problem> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('%') {
        let digits = after
            .get(..2)
            .is_some_and(|two| two.bytes().all(|b| b.is_ascii_hexdigit()));
        if !digits {
            return Err(broken("a `%` is not followed by two hexadecimal digits"));
        }
        rest = after;
    }
    percent_decode_str(text)
        .decode_utf8()
        .map(Into::into)
        .map_err(|_| broken("its percent-encoded bytes are not UTF-8"))
}

/// A URL that cannot be read. No piece of it is shown: it may be a piece of the password.
fn broken(why: &str) -> Problem {
    Problem::config(CODE, format!("the connection URL cannot be read: {why}")).help(
        "percent-encode what has a meaning in URLs wherever it stands in a name or a password: \
         `%` as %25, `/` as %2F, `@` as %40, `:` as %3A, `?` as %3F",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expected: &str) {
        let pairs = parse(url).unwrap();
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        assert_eq!(pairs.join(" "), expected, "{url}");
    }

    #[test]
    fn every_part_is_optional() {
        check("", "");
        check("localhost", "host=localhost");
        check("localhost:5433", "host=localhost port=5433");
        check("localhost/mydb", "host=localhost dbname=mydb");
        check("user@localhost", "user=user host=localhost");
        check(
            "user:secret@localhost",
            "user=user password=secret host=localhost",
        );
        check("/mydb?host=/tmp&user=u", "dbname=mydb host=/tmp user=u");
        check("?sslmode=require", "sslmode=require");
        check(":5433/", "port=5433");
    }

    #[test]
    fn hosts_are_lists() {
        check("a:1,b:2/d", "host=a,b port=1,2 dbname=d");
        check("a,b:2", "host=a,b port=,2");
        check(
            "[::1]:5433,[2001:db8::1234]",
            "host=::1,2001:db8::1234 port=5433,",
        );
    }

    #[test]
    fn parts_are_percent_decoded() {
        check(
            "u%3Aser:p%40s%2Fs@%2Ftmp%2Fsock/my%20db",
            "user=u:ser password=p@s/s host=/tmp/sock dbname=my db",
        );
        check("/d?options=-c%20a%3Db", "dbname=d options=-c a=b");
        check("h?ssl=true", "host=h sslmode=require");
    }

    #[test]
    fn a_password_may_hold_what_cannot_be_mistaken() {
        check("u:p@ss@h", "user=u password=p@ss host=h");
        check("u:p?#:s@h", "user=u password=p?#:s host=h");
    }

    #[test]
    fn no_problem_shows_a_piece_of_the_password() {
        for url in [
            "u:hun/ter2@h/d",
            "u:5432/hunter2@h/d",
            "u:p@h/d?user=hunter2@x",
            "u:hunter2%zz@h",
            "u:hunter2%F@h",
            "u:hunter2%ff@h",
            "u:p@[hunter2",
            "u:p@[::1]hunter2",
            "h?hunter2",
        ] {
            let problem = parse(url).unwrap_err();
            assert_eq!(problem.code, CODE, "{url}");
            let shown = format!("{problem:?}");
            assert!(
                !shown.contains("hun") && !shown.contains("ter2"),
                "{url}: {shown}"
            );
        }
    }
}
