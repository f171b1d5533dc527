//! Rows to tenants: all of them, or everything that is wrong with them.

use std::collections::HashMap;

use super::name::shown;
use super::{Origin, Tenant, check_name};
use crate::problem::{Place, Problem, Problems};
use crate::secret::Secret;

/// What a source says, before anybody believes it.
#[derive(Debug)]
pub(super) struct Row {
    /// The name, or why there is none: `the name is NULL`.
    pub(super) name: Result<String, &'static str>,
    /// The URL; an empty one is none.
    pub(super) url: Option<Secret>,
    /// Where it was found.
    pub(super) origin: Origin,
    /// What shows it, if anything does.
    pub(super) place: Option<Place>,
}

/// The tenants of `rows`, which may have URLs or not.
///
/// # Errors
/// All that is wrong, in the order of the rows: `tenant-name`, `tenant-url`, `duplicate-tenant`.
pub(super) fn trust(rows: Vec<Row>, urls: bool) -> Result<Vec<Tenant>, Problems> {
    let problems = find_problems(&rows, urls);
    problems.or_ok(())?;
    let tenant = |row: Row| {
        Some(Tenant {
            name: row.name.ok()?,
            url: row.url.filter(is_there),
            origin: row.origin,
        })
    };
    Ok(rows.into_iter().filter_map(tenant).collect())
}

fn find_problems(rows: &[Row], urls: bool) -> Problems {
    let mut problems = Problems::default();
    let mut seen: HashMap<&str, &Row> = HashMap::new();
    for row in rows {
        match name(row) {
            Err(problem) => problems.push(problem),
            Ok(name) => match seen.get(name) {
                Some(first) => problems.push(twice(name, first, row)),
                None => {
                    seen.insert(name, row);
                }
            },
        }
        if let Some(url) = row.url.as_ref().filter(|url| is_there(url)) {
            problems.take(check_url(url, urls).map_err(|problem| found_in(row, problem)));
        }
    }
    problems
}

fn name(row: &Row) -> Result<&str, Problem> {
    let name = match &row.name {
        Ok(name) => name,
        Err(why) => {
            let problem =
                Problem::config("tenant-name", *why).help("give it a name, or leave it out");
            return Err(found_in(row, problem));
        }
    };
    match check_name(name) {
        Ok(()) => Ok(name),
        Err(problem) => Err(found_in(row, problem)),
    }
}

fn twice(name: &str, first: &Row, again: &Row) -> Problem {
    let message = format!(
        "{}: the name {} is taken by {} {}",
        again.origin,
        shown(name),
        first.origin.unit,
        first.origin.number
    );
    let mut problem = Problem::config("duplicate-tenant", message)
        .help("list each tenant once: it would be migrated twice at the same time");
    problem.places.extend(again.place.clone());
    if first.place != again.place {
        let first = first.place.clone();
        problem
            .places
            .extend(first.map(|place| place.labelled("the first one")));
    }
    problem
}

fn check_url(url: &Secret, urls: bool) -> Result<(), Problem> {
    if !urls {
        return Err(Problem::config(
            "tenant-url",
            "it has a URL, and its tenants are schemas of one database",
        )
        .help("list names alone, or use `layout = \"database-per-tenant\"`"));
    }
    if url.expose().contains(char::is_control) {
        return Err(
            Problem::config("tenant-url", "its URL holds a control character")
                .help("a row has a name and a URL, and nothing after them"),
        );
    }
    Ok(())
}

fn found_in(row: &Row, mut problem: Problem) -> Problem {
    problem.message = format!("{}: {}", row.origin, problem.message);
    problem.places.extend(row.place.clone());
    problem
}

fn is_there(url: &Secret) -> bool {
    !url.expose().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenants::{Counter, Unit};

    fn rows(names: &[Result<&str, &'static str>], urls: &[&str]) -> Vec<Row> {
        let counter = Counter::new(Unit::Row, "the query");
        let row = |(index, name): (usize, &Result<&str, &'static str>)| Row {
            name: name.map(str::to_owned),
            url: urls.get(index).map(|url| Secret::new(*url)),
            origin: counter.origin(index + 1),
            place: Some(Place::new("migrations.toml", "select 1", 0..8)),
        };
        names.iter().enumerate().map(row).collect()
    }

    fn messages(rows: Vec<Row>, urls: bool) -> Vec<String> {
        let problems = trust(rows, urls).unwrap_err();
        problems
            .0
            .iter()
            .map(|problem| format!("{}: {}", problem.code, problem.message))
            .collect()
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let names = [
            Ok("acme"),
            Err("the name is NULL"),
            Ok("$user"),
            Ok("beta"),
            Ok("acme"),
            Ok(""),
            Ok("acme"),
        ];
        assert_eq!(
            messages(rows(&names, &[]), false),
            [
                "tenant-name: row 2 of the query: the name is NULL",
                "tenant-name: row 3 of the query: the name `$user` means another schema for each role in search_path, also in quotes",
                "duplicate-tenant: row 5 of the query: the name `acme` is taken by row 1",
                "tenant-name: row 6 of the query: the name is empty",
                "duplicate-tenant: row 7 of the query: the name `acme` is taken by row 1",
            ]
        );
    }

    #[test]
    fn names_are_compared_as_they_are() {
        let names = [Ok("acme"), Ok("Acme"), Ok(" acme")];
        let tenants = trust(rows(&names, &[]), false).unwrap();
        let names: Vec<&str> = tenants.iter().map(|tenant| tenant.name.as_str()).collect();
        assert_eq!(names, ["acme", "Acme", " acme"]);
    }

    #[test]
    fn an_empty_url_is_none() {
        let tenants = trust(rows(&[Ok("a"), Ok("b")], &["", "postgres://h"]), true).unwrap();
        assert_eq!(tenants[0].url, None);
        assert_eq!(tenants[1].url, Some(Secret::new("postgres://h")));
        assert!(trust(rows(&[Ok("a")], &[""]), false).is_ok());
    }

    #[test]
    fn a_url_is_refused_without_being_shown() {
        let names = [Ok("a"), Ok("b")];
        let urls = ["postgres://u:hunter2@h", "postgres://u:hunter2@h\tmore"];
        assert_eq!(
            messages(rows(&names, &urls), false)[0],
            "tenant-url: row 1 of the query: it has a URL, and its tenants are schemas of one database"
        );
        let problems = trust(rows(&names, &urls), true).unwrap_err();
        assert_eq!(
            problems.0[0].message,
            "row 2 of the query: its URL holds a control character"
        );
        assert!(!format!("{problems:?}").contains("hunter2"));
    }

    #[test]
    fn a_place_is_shown_once() {
        let places = |rows: Vec<Row>| trust(rows, false).unwrap_err().0[0].places.clone();
        let names = [Ok("a"), Ok("a")];
        assert_eq!(places(rows(&names, &[])).len(), 1);
        let mut rows = rows(&names, &[]);
        rows[0].place = Some(Place::new("tenants.txt", "a\na", 0..1));
        rows[1].place = Some(Place::new("tenants.txt", "a\na", 2..3));
        let lines = |places: &[Place]| -> Vec<usize> {
            places.iter().map(|place| place.line_column().0).collect()
        };
        let both = places(rows);
        assert_eq!(lines(&both), [2, 1]);
        assert_eq!(both[1].label, "the first one");
    }
}
