//! The places where packagers and version managers put PostgreSQL.

use std::fs;
use std::path::{Path, PathBuf};

/// A `*` stands for a part of a name that holds the version. Relative to the root of the file system.
const SYSTEM: &[&str] = &[
    "usr/lib/postgresql/*/bin",                          // Debian
    "usr/pgsql-*/bin", // the PostgreSQL project's packages for Fedora and its kin
    "usr/lib/postgresql*/bin", // SUSE
    "usr/libexec/postgresql*", // Alpine
    "opt/homebrew/opt/postgresql@*/bin", // Homebrew on ARM
    "usr/local/opt/postgresql@*/bin", // Homebrew on Intel
    "home/linuxbrew/.linuxbrew/opt/postgresql@*/bin", // Homebrew on Linux
    "opt/local/lib/postgresql*/bin", // MacPorts
    "Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
    "Library/PostgreSQL/*/bin", // EDB's installer on macOS
    "opt/PostgreSQL/*/bin", // EDB's installer on Linux
    "usr/local/pgsql/bin", // built from source
];

/// The same, relative to the home directory.
const HOME: &[&str] = &[
    ".asdf/installs/postgres/*/bin",
    ".local/share/mise/installs/postgres/*/bin",
    ".pgenv/pgsql-*/bin",
    ".pgrx/*/pgrx-install/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
];

/// All such directories that exist, the newest version first.
pub(super) fn directories(root: &Path, home: Option<&Path>) -> Vec<PathBuf> {
    let system = SYSTEM.iter().flat_map(|pattern| expand(root, pattern));
    let own = HOME
        .iter()
        .flat_map(|pattern| home.map(|home| expand(home, pattern)).unwrap_or_default());
    let mut found: Vec<(Vec<u32>, PathBuf)> = system.chain(own).collect();
    // Stable: of the same version, the earlier pattern comes first.
    found.sort_by(|(a, _), (b, _)| b.cmp(a));
    found.into_iter().map(|(_, directory)| directory).collect()
}

/// The patterns, as words for an error.
pub(super) fn patterns() -> String {
    let system = SYSTEM.iter().map(|pattern| format!("/{pattern}"));
    let own = HOME.iter().map(|pattern| format!("~/{pattern}"));
    system.chain(own).collect::<Vec<_>>().join(", ")
}

/// The directories that `pattern` stands for, each with its version.
fn expand(base: &Path, pattern: &str) -> Vec<(Vec<u32>, PathBuf)> {
    let Some((before, after)) = pattern.split_once('*') else {
        let directory = base.join(pattern);
        return if directory.is_dir() {
            vec![(Vec::new(), directory)]
        } else {
            Vec::new()
        };
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let below = after.trim_start_matches('/');
    let Ok(entries) = fs::read_dir(base.join(parent)) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name();
            let version = numbers(name.to_str()?.strip_prefix(prefix)?);
            let directory = if below.is_empty() {
                entry.path()
            } else {
                entry.path().join(below)
            };
            (!version.is_empty() && directory.is_dir()).then_some((version, directory))
        })
        .collect()
}

/// `9.6` is [9, 6].
fn numbers(text: &str) -> Vec<u32> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_first_over_all_patterns() {
        let root = tempfile::tempdir().unwrap();
        let home = tempfile::tempdir().unwrap();
        let system = [
            "usr/lib/postgresql/9.6/bin",
            "usr/lib/postgresql/16/bin",
            "usr/lib/postgresql/common",
            "usr/pgsql-17/bin",
            "usr/local/pgsql/bin",
            "opt/homebrew/opt/postgresql@18/bin",
            "usr/libexec/postgresql15",
        ];
        for directory in system {
            fs::create_dir_all(root.path().join(directory)).unwrap();
        }
        let managed = home.path().join(".asdf/installs/postgres/16.4/bin");
        fs::create_dir_all(&managed).unwrap();
        let expected = [
            root.path().join("opt/homebrew/opt/postgresql@18/bin"),
            root.path().join("usr/pgsql-17/bin"),
            managed,
            root.path().join("usr/lib/postgresql/16/bin"),
            root.path().join("usr/libexec/postgresql15"),
            root.path().join("usr/lib/postgresql/9.6/bin"),
            root.path().join("usr/local/pgsql/bin"),
        ];
        assert_eq!(directories(root.path(), Some(home.path())), expected);
    }
}
