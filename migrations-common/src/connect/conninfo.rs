//! `host=/tmp dbname='my db'` read into keywords: libpq's other form.
//!
//! PostgreSQL 18 manual, 32.1.1.1 "Keyword/Value Connection Strings".

use std::iter::Peekable;
use std::str::Chars;

use super::settings::CODE;
use crate::problem::Problem;

/// The keywords that `text` holds, in its order.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, Problem> {
    let mut chars = text.chars().peekable();
    let mut pairs = Vec::new();
    loop {
        skip_spaces(&mut chars);
        if chars.peek().is_none() {
            return Ok(pairs);
        }
        let key = key(&mut chars)?;
        skip_spaces(&mut chars);
        let value = match chars.next_if_eq(&'\'') {
            Some(_) => quoted(&mut chars)?,
            None => plain(&mut chars),
        };
        pairs.push((key, value));
    }
}

fn skip_spaces(chars: &mut Peekable<Chars<'_>>) {
    while chars.next_if(|c| c.is_whitespace()).is_some() {}
}

/// A keyword and the `=` after it.
fn key(chars: &mut Peekable<Chars<'_>>) -> Result<String, Problem> {
    let mut key = String::new();
    while let Some(c) = chars.next_if(|c| *c != '=' && !c.is_whitespace()) {
        key.push(c);
    }
    skip_spaces(chars);
    match chars.next_if_eq(&'=') {
        Some(_) => Ok(key),
        None => Err(broken("a word in it has no `=` after it")),
    }
}

/// A value up to its closing quote; the opening one is behind us.
fn quoted(chars: &mut Peekable<Chars<'_>>) -> Result<String, Problem> {
    let mut value = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\'' => return Ok(value),
            '\\' => value.extend(chars.next()),
            c => value.push(c),
        }
    }
    Err(broken("a quoted value in it has no closing quote"))
}

/// A value up to the next space.
fn plain(chars: &mut Peekable<Chars<'_>>) -> String {
    let mut value = String::new();
    while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
        match c {
            '\\' => value.extend(chars.next()),
            c => value.push(c),
        }
    }
    value
}

/// A string that cannot be read. No piece of it is shown: it may be a piece of the password.
fn broken(why: &str) -> Problem {
    Problem::config(CODE, format!("the connection string cannot be read: {why}"))
        .help(r"write a value that holds spaces in single quotes, with `'` as \' and `\` as \\")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let pairs = parse(text).unwrap();
        let pairs: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        assert_eq!(pairs, expected, "{text}");
    }

    #[test]
    fn values_are_plain_or_quoted() {
        check("", &[]);
        check("host=/tmp dbname=x", &[("host", "/tmp"), ("dbname", "x")]);
        check(
            "  host = a\tport\n=\n5433 ",
            &[("host", "a"), ("port", "5433")],
        );
        check(
            "user='a b' password='it\\'s\\\\'",
            &[("user", "a b"), ("password", r"it's\")],
        );
        check(
            r"password=a\ b dbname=c",
            &[("password", "a b"), ("dbname", "c")],
        );
        check("dbname='' user=''", &[("dbname", ""), ("user", "")]);
    }

    #[test]
    fn a_broken_string_shows_nothing() {
        for text in ["password=my hunter2", "hunter2", "password='hunter2"] {
            let problem = parse(text).unwrap_err();
            assert!(!format!("{problem:?}").contains("hunter2"), "{problem:?}");
        }
    }
}
