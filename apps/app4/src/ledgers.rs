//! Which customers have a ledger of their own, and where.

use std::env::{self, VarError};
use std::error::Error;

use migrations_common::tenants::Named;

const VARIABLE: &str = "LEDGERS_URLS";

/// Name and URL of every ledger in `environment`: what `tenants = { function = "ledgers" }` asks for.
///
/// The variable `LEDGERS_URLS` stands for what a company has: a registry of customers, a store of secrets. It has a line a
/// ledger, such as `acme postgres://metering@db7/acme`.
///
/// # Errors
/// If the variable is not set, or a line of it is not a name and a URL.
pub fn ledgers(environment: &str) -> Result<Named, Box<dyn Error + Send + Sync>> {
    let list = env::var(VARIABLE).map_err(|error| {
        // The error's own words would show the value.
        let wrong = match error {
            VarError::NotPresent => "is not set",
            VarError::NotUnicode(_) => "is not UTF-8",
        };
        format!(
            "{VARIABLE} {wrong}; it lists the ledgers of {environment}, a name and a URL a line"
        )
    })?;
    read(&list)
}

fn read(list: &str) -> Result<Named, Box<dyn Error + Send + Sync>> {
    let lines = (1..).zip(list.lines().map(str::trim));
    lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| {
            // The line is not shown: it may be a URL with a password.
            let (name, url) = line.split_once(char::is_whitespace).ok_or_else(|| {
                format!("line {number} of {VARIABLE} is not a name, a space and a URL")
            })?;
            Ok((name.to_owned(), Some(url.trim_start().to_owned())))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_line_is_a_name_and_a_url() {
        let ledger = |name: &str, url: &str| (name.to_owned(), Some(url.to_owned()));
        assert_eq!(
            read("acme postgres://db7/acme\n\n  initech\t postgres://db9/initech?application_name=a b\n")
                .expect("two ledgers"),
            [
                ledger("acme", "postgres://db7/acme"),
                ledger("initech", "postgres://db9/initech?application_name=a b"),
            ]
        );
        assert_eq!(read("").expect("no ledger"), []);
    }

    #[test]
    fn a_line_without_a_name_is_told_by_its_number_alone() {
        let error = read("acme postgres://db7/acme\npostgres://u:hunter2@db9/initech")
            .expect_err("no name");
        assert_eq!(
            error.to_string(),
            "line 2 of LEDGERS_URLS is not a name, a space and a URL"
        );
    }
}
