//! Connection services: named sections of `pg_service.conf`.
//!
//! PostgreSQL 18 manual, 32.17 "The Connection Service File". A value from here overrides the environment and yields to
//! the connection string; within a section the first value of a keyword counts.

use std::fs;
use std::path::PathBuf;

use super::settings::{Origin, Settings};
use crate::environment::Environment;
use crate::problem::Problem;

const CODE: &str = "connection-service";

/// Fills `settings` from the service that it or PGSERVICE names.
pub(super) fn fill(settings: &mut Settings, environment: &Environment) -> Result<(), Problem> {
    let named = settings
        .get("service")
        .or_else(|| environment.get("PGSERVICE"));
    let Some(service) = named.filter(|name| !name.is_empty()).map(str::to_owned) else {
        return Ok(());
    };
    let files = files(settings, environment);
    for file in &files {
        let text = match fs::read_to_string(&file.path) {
            Ok(text) => text,
            Err(_) if !file.must_exist => continue,
            Err(error) => {
                let path = file.path.display();
                let message = format!("cannot read the connection service file `{path}`: {error}");
                return Err(Problem::config(CODE, message).help("correct PGSERVICEFILE"));
            }
        };
        let found = section(&text, &service)
            .map_err(|why| Problem::config(CODE, format!("`{}`: {why}", file.path.display())))?;
        if let Some(pairs) = found {
            for (name, value) in pairs {
                settings.fill(name, value.to_owned(), Origin::Service(service.clone()))?;
            }
            return Ok(());
        }
    }
    let looked: Vec<String> = files
        .iter()
        .map(|file| format!("`{}`", file.path.display()))
        .collect();
    Err(
        Problem::config(CODE, format!("no connection service `{service}`")).help(
            match looked.as_slice() {
                [] => "set PGSERVICEFILE to the file that defines it".to_owned(),
                looked => format!("define it in {}", looked.join(" or ")),
            },
        ),
    )
}

struct File {
    path: PathBuf,
    must_exist: bool,
}

/// The user's file and then the system's.
fn files(settings: &Settings, environment: &Environment) -> Vec<File> {
    let variable = |name| environment.get(name).filter(|value| !value.is_empty());
    let named = settings
        .get("servicefile")
        .or_else(|| variable("PGSERVICEFILE"));
    let of_user = match named {
        Some(path) => Some(File {
            path: path.into(),
            must_exist: true,
        }),
        None => environment.home().map(|home| File {
            path: home.join(".pg_service.conf"),
            must_exist: false,
        }),
    };
    let of_system = variable("PGSYSCONFDIR").map(|directory| File {
        path: PathBuf::from(directory).join("pg_service.conf"),
        must_exist: false,
    });
    of_user.into_iter().chain(of_system).collect()
}

/// The keywords of the section `service`, or what is wrong with a line of it. No value is shown: one is the password.
fn section<'a>(text: &'a str, service: &str) -> Result<Option<Vec<(&'a str, &'a str)>>, String> {
    let mut pairs = None;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            if pairs.is_some() {
                break;
            }
            pairs = (name == service).then(Vec::new);
        } else if let Some(pairs) = &mut pairs {
            pairs.push(setting(line).map_err(|why| format!("line {number}: {why}"))?);
        }
    }
    Ok(pairs)
}

fn setting(line: &str) -> Result<(&str, &str), &'static str> {
    match line.split_once('=') {
        _ if line.starts_with("ldap") => Err("LDAP is not supported"),
        Some((name, _)) if name.trim() == "service" => Err("a service cannot name another service"),
        Some((name, value)) => Ok((name.trim(), value.trim())),
        None => Err("expected `keyword=value`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# ours\n[one]\nhost=a\nport = 5433\n\n[two]\nhost=b\npassword=p=w\n#user=x\n[one]\nhost=c\n";

    #[test]
    fn a_section_ends_where_the_next_begins() {
        assert_eq!(
            section(FILE, "one"),
            Ok(Some(vec![("host", "a"), ("port", "5433")]))
        );
        assert_eq!(
            section(FILE, "two"),
            Ok(Some(vec![("host", "b"), ("password", "p=w")]))
        );
        assert_eq!(section(FILE, "three"), Ok(None));
    }

    #[test]
    fn a_broken_line_is_named_by_its_number() {
        let check = |text, expected| assert_eq!(section(text, "x").unwrap_err(), expected);
        check("[x]\nhost", "line 2: expected `keyword=value`");
        check(
            "[x]\nservice=y",
            "line 2: a service cannot name another service",
        );
        check("[x]\nldap://h/dc=x?a?b", "line 2: LDAP is not supported");
        assert_eq!(
            section("[y]\nhost\n[x]\n", "x"),
            Ok(Some(vec![])),
            "lines of others do not matter"
        );
    }

    #[test]
    fn the_users_file_comes_before_the_systems() {
        let directory = tempfile::tempdir().unwrap();
        let (home, system) = (
            directory.path().join("home"),
            directory.path().join("system"),
        );
        fs::create_dir_all(&home).unwrap();
        fs::create_dir_all(&system).unwrap();
        fs::write(home.join(".pg_service.conf"), "[both]\nhost=user\n").unwrap();
        fs::write(
            system.join("pg_service.conf"),
            "[both]\nhost=system\n[only]\nhost=system\n",
        )
        .unwrap();

        let environment = Environment::from_pairs([("HOME", &home), ("PGSYSCONFDIR", &system)]);
        let host = |service: &str| {
            let given = vec![("service".to_owned(), service.to_owned())];
            let mut settings = Settings::given(given).unwrap();
            fill(&mut settings, &environment).map(|()| settings.get("host").unwrap().to_owned())
        };
        assert_eq!(host("both").unwrap(), "user");
        assert_eq!(host("only").unwrap(), "system");
        let problem = host("none").unwrap_err();
        assert_eq!(problem.to_string(), "no connection service `none`");
        assert!(
            problem.helps[0].contains(".pg_service.conf` or `"),
            "{:?}",
            problem.helps
        );
    }

    #[test]
    fn a_file_that_was_asked_for_must_exist() {
        let environment =
            Environment::from_pairs([("PGSERVICE", "x"), ("PGSERVICEFILE", "/no/such")]);
        let problem = fill(&mut Settings::default(), &environment).unwrap_err();
        assert!(problem.message.contains("/no/such"), "{problem}");
    }
}
