//! The programs of one PostgreSQL on this machine.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::locate::Search;
use super::server_user::ServerUser;
use super::version::Version;
use super::{child, place};

/// The programs of one PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// The directory that holds `initdb` and `postgres`.
    pub bin: PathBuf,
    /// The version of `postgres`.
    pub version: Version,
    /// How it was found.
    pub origin: Origin,
    banner: String,
    path: OsString,
}

/// How an installation was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `$PG_BIN` names it.
    PgBin,
    /// `pg_config --bindir` names it.
    PgConfig,
    /// It is on `$PATH`.
    Path,
    /// It is where packagers put it.
    Known,
    /// It was fetched from a package, now or earlier.
    Package,
}

/// How long a program may take to say its version or directory.
pub(super) const QUESTION_LIMIT: Duration = Duration::from_secs(10);

impl Installation {
    /// A program of this installation, else one on `PATH`: packages that carry the server may lack its clients.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        std::iter::once(self.bin.clone())
            .chain(directories(&self.path))
            .map(|bin| bin.join(name))
            .find(|program| is_program(program))
    }

    /// The interactive client.
    pub fn psql(&self) -> Option<PathBuf> {
        self.program("psql")
    }

    /// Tells it from other builds of its version.
    pub(super) fn fingerprint(&self) -> String {
        place::fingerprint(&[
            self.bin.as_os_str().as_encoded_bytes(),
            self.banner.as_bytes(),
        ])
    }

    /// Looks at the directory `bin`. The error is half a sentence about it: `holds no …`, `is PostgreSQL …`.
    pub(super) fn inspect(
        bin: &Path,
        origin: Origin,
        search: &Search,
        user: &ServerUser,
    ) -> Result<Installation, String> {
        let holds = |name: &str| is_program(&bin.join(name));
        if !holds("postgres") || !holds("initdb") {
            let client = if holds("psql") { ", only clients" } else { "" };
            return Err(format!("holds no `postgres` with `initdb`{client}"));
        }
        // Through a link, such as /usr/local/bin/postgres, the neighbours may be missing.
        let resolved = fs::canonicalize(bin.join("postgres")).ok();
        let bin = resolved
            .as_deref()
            .and_then(Path::parent)
            .filter(|home| is_program(&home.join("postgres")) && is_program(&home.join("initdb")))
            .unwrap_or(bin);
        let postgres = bin.join("postgres");
        let banner = child::run(user.command(&postgres).arg("--version"), QUESTION_LIMIT)
            .map_err(|reason| format!("has a `postgres` that {reason}{}", whose(user)))?;
        let version = Version::from_banner(&banner)
            .ok_or_else(|| format!("has a `postgres` that calls itself `{banner}`"))?;
        if version.major < Version::OLDEST_MAJOR {
            let oldest = Version::OLDEST_MAJOR;
            return Err(format!(
                "is PostgreSQL {version}; {oldest} is the oldest that will do"
            ));
        }
        if let Some(wanted) = search.major.filter(|wanted| *wanted != version.major) {
            return Err(format!("is PostgreSQL {version}, not {wanted}"));
        }
        Ok(Installation {
            bin: bin.to_owned(),
            version,
            origin,
            banner,
            path: search.path.clone(),
        })
    }
}

/// A program on `path`.
pub(super) fn on_path(name: &str, path: &OsStr) -> Option<PathBuf> {
    directories(path)
        .map(|bin| bin.join(name))
        .find(|program| is_program(program))
}

/// Relative directories depend on where we are called from, and the server's programs run elsewhere.
pub(super) fn directories(path: &OsStr) -> impl Iterator<Item = PathBuf> {
    std::env::split_paths(path).filter(|directory| directory.is_absolute())
}

pub(super) fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

fn whose(user: &ServerUser) -> String {
    match user {
        ServerUser::Ourselves => String::new(),
        ServerUser::Other { name, .. } => {
            format!(" (as user `{name}`, because root must not run it)")
        }
    }
}
